"""Three values, and what they make of the playbook's responses."""

from itertools import product

import pytest

from assessments.evaluators.algebra import Truth, agreed, all_of, any_of, negate, verdict
from assessments.evaluators.result import State

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
VALUES: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(
    ("values", "everything", "anything"),
    [
        ([], True, False),
        ([True], True, True),
        ([True, None], None, True),
        ([True, False], False, True),
        ([None, False], False, None),
        ([False, False], False, False),
        ([None], None, None),
    ],
)
def test_all_and_any(values: list[Truth], everything: Truth, anything: Truth) -> None:
    assert (all_of(values), any_of(values)) == (everything, anything)


def test_negation_keeps_the_unknown() -> None:
    assert [negate(value) for value in VALUES] == [False, True, None]


def test_readings_agree_or_nothing_is_known() -> None:
    assert (agreed([True, True]), agreed([True, False]), agreed([False, None]), agreed([None])) == (
        True,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("acceptable", "failure", "is_complete", "state", "matched"),
    [
        ({"a1": True}, {"f1": False}, True, ACCEPTABLE, ("a1",)),
        ({"a1": True}, {"f1": False}, False, UNDETERMINED, ()),  # coverage is missing
        ({"a1": True}, {"f1": True}, True, FAILURE, ("f1",)),  # single sign-on beside console users
        ({"a1": True}, {"f1": None}, True, ACCEPTABLE, ("a1",)),
        ({"a1": False}, {"f1": None}, False, FAILURE, ()),  # no acceptable response is left
        ({"a1": False, "a2": False}, {"f1": False}, True, FAILURE, ()),
        ({"a1": False, "a2": None}, {"f1": False}, True, UNDETERMINED, ()),
        ({"a1": None, "a2": None}, {"f1": True, "f2": True}, False, FAILURE, ("f1", "f2")),
        ({"a1": True, "a2": True}, {"f1": False}, True, ACCEPTABLE, ("a1", "a2")),
        ({}, {"f1": None}, True, UNDETERMINED, ()),
    ],
)
def test_verdict(
    acceptable: dict[str, Truth], failure: dict[str, Truth], is_complete: bool, state: State, matched: tuple[str, ...]
) -> None:
    assert verdict(acceptable, failure, is_complete=is_complete) == (state, matched)


@pytest.mark.parametrize("values", list(product(VALUES, repeat=4)))
def test_what_is_missing_never_makes_acceptable(values: tuple[Truth, ...]) -> None:
    """Without coverage nothing is acceptable, and a failure does not need it."""
    acceptable, failure = {"a1": values[0], "a2": values[1]}, {"f1": values[2], "f2": values[3]}
    whole = verdict(acceptable, failure, is_complete=True)
    partial = verdict(acceptable, failure, is_complete=False)
    assert partial.state is (UNDETERMINED if whole.state is ACCEPTABLE else whole.state)
    if True in failure.values():
        assert whole.state is FAILURE
