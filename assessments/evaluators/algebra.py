"""Three-valued logic and the verdict algebra: evidence contract, section 0."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assessments.evaluators.result import State

Truth = bool | None
"""True and False are proven; None is unknown, and never counts as either."""


def all_of(values: Iterable[Truth]) -> Truth:
    """False if one is false, else unknown if one is unknown; true of nothing at all."""
    unknown = False
    for value in values:
        if value is False:
            return False
        unknown = unknown or value is None
    return None if unknown else True


def any_of(values: Iterable[Truth]) -> Truth:
    """True if one is true, else unknown if one is unknown; false of nothing at all."""
    return negate(all_of(negate(value) for value in values))


def negate(value: Truth) -> Truth:
    """Not; the unknown stays unknown."""
    return None if value is None else not value


def agreed(values: Iterable[Truth]) -> Truth:
    """What all readings of the same thing say; unknown where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


class Verdict(NamedTuple):
    """The state, and the numbers of the responses that are true ("a2", "f1") and led to it."""

    state: State
    matched: tuple[str, ...]


def verdict(acceptable: Mapping[str, Truth], failure: Mapping[str, Truth], *, is_complete: bool) -> Verdict:
    """Weigh the playbook's responses, each evaluated on its own.

    Failure if a failure response is true, whatever else is, or if every acceptable one is proven false: then no
    response is matched. Acceptable if an acceptable one is true, and only from complete coverage. Else undetermined.
    """
    if failed := tuple(name for name, value in failure.items() if value is True):
        return Verdict(State.FAILURE, failed)
    if acceptable and all(value is False for value in acceptable.values()):
        return Verdict(State.FAILURE, ())
    met = tuple(name for name, value in acceptable.items() if value is True)
    return Verdict(State.ACCEPTABLE, met) if met and is_complete else Verdict(State.UNDETERMINED, ())
