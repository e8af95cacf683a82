"""What an estate answers when it is asked for a call: the values, or why there are none."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from assessments.evaluators.clock import UNKNOWN, Clock
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.calls import NOT_CONFIGURED
from assessments.evaluators.formats.facts import CliFact
from assessments.evaluators.formats.fields import Item


class Status(Enum):
    """How much of an answer is there; the value says it in words."""

    READ = "read"
    ABSENT = "not configured"  # AWS answered that the thing does not exist
    MISSING = "missing"
    REFUSED = "refused"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Answer:
    """The answer to one call in one account and region. What is there may be used even where it is not all."""

    status: Status
    bodies: tuple[Item, ...] = ()  # several where files of unknown age differ: all of them count
    code: str | None = None  # of a refusal
    clock: Clock = UNKNOWN

    @property
    def is_known(self) -> bool:
        """Whether the whole answer was read; "not configured" is an answer too."""
        return self.status in (Status.READ, Status.ABSENT)

    @property
    def is_absent(self) -> bool:
        """Whether AWS said that the thing is not configured: never so for a missing or refused answer."""
        return self.status is Status.ABSENT

    def has(self, key: str) -> bool:
        """Whether every body holds the member; what lacks it does not say that there is nothing."""
        return bool(self.bodies) and all(key in body for body in self.bodies)

    def items(self, key: str) -> list[Item]:
        """The objects of a list, over all bodies, each once."""
        if len(self.bodies) == 1:
            return list(fields.items(self.bodies[0], key))
        return _unique(item for body in self.bodies for item in fields.items(body, key))

    def strings(self, key: str) -> list[str]:
        """The strings of a list, over all bodies, each once and sorted."""
        return sorted({text for body in self.bodies for text in fields.strings(body, key)})

    def values(self, *path: str) -> list[Any]:
        """What each body says at the end of the path; None where it says nothing."""
        return [fields.dig(body, *path) for body in self.bodies]

    def get(self, *path: str) -> Any:
        """What all bodies say alike at the end of the path, else None: unknown."""
        found = self.values(*path)
        return found[0] if found and all(value == found[0] for value in found) else None

    def why(self) -> str:
        """Why the answer is not known, to follow the name of the command: "was refused (AccessDenied)"."""
        if self.status is Status.REFUSED:
            return f"was refused ({self.code})"
        return "is incomplete" if self.status is Status.INCOMPLETE else "is missing"


MISSING = Answer(Status.MISSING)


def _unique(items: Iterable[Item]) -> list[Item]:
    """Equal items once; what nobody else can see stays in the order of the text, so that no order of files shows."""
    found = {canonical(item): item for item in items}
    return [found[text] for text in sorted(found)]


def canonical(value: Any) -> str:
    """The same text for the same value, whatever the order of its members."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def merge(facts: Sequence[CliFact], stated: Clock) -> Answer:
    """One answer out of all facts about the same call: the newest counts, and beside it all of unknown age.

    `stated` is the clock of those that carry no time of their own.
    """
    dated = [fact.collected_at for fact in facts if fact.collected_at]
    newest = max(dated, default=None)
    facts = [fact for fact in facts if fact.collected_at in (newest, None)]
    clock = _clock(facts, stated)
    bodies = [fact for fact in facts if fact.body is not None]
    codes = sorted({fact.code for fact in facts if fact.code})
    absent = [code for code in codes if code in NOT_CONFIGURED]
    if not bodies:
        status = Status.ABSENT if absent and absent == codes else Status.REFUSED
        named = absent if status is Status.ABSENT else [code for code in codes if code not in absent]
        return Answer(status, (), next(iter(named), "no reason given"), clock)
    whole, parts = _apart(bodies)
    status = Status.INCOMPLETE if parts or absent else Status.READ
    return Answer(status, tuple(whole + parts), codes[0] if codes else None, clock)


def _clock(facts: Sequence[CliFact], stated: Clock) -> Clock:
    clocks = {Clock.at(fact.collected_at) if fact.collected_at else fact.stated or stated for fact in facts}
    return clocks.pop() if len(clocks) == 1 else _span(clocks)


def _span(clocks: Iterable[Clock]) -> Clock:
    lows, highs = zip(*((clock.low, clock.high) for clock in clocks), strict=True)
    return Clock(
        None if None in lows else min(low for low in lows if low),
        None if None in highs else max(high for high in highs if high),
    )


def _apart(facts: Sequence[CliFact]) -> tuple[list[Item], list[Item]]:
    """Whole bodies, and parts that hold something no whole one has; equal ones once, in an order of their own."""
    if len(facts) == 1:
        body = facts[0].body or {}
        return ([], [body]) if facts[0].is_incomplete else ([body], [])
    whole = {canonical(fact.body): fact.body or {} for fact in facts if not fact.is_incomplete}
    parts = {canonical(fact.body): fact.body or {} for fact in facts if fact.is_incomplete}
    kept = [parts[text] for text in sorted(parts) if not any(_holds(body, parts[text]) for body in whole.values())]
    return [whole[text] for text in sorted(whole)], kept


def _holds(whole: Item, part: Item) -> bool:
    """Whether every listed item of a part is in a whole answer too."""
    for key, value in part.items():
        if isinstance(value, list):
            known = {canonical(item) for item in whole.get(key, [])} if isinstance(whole.get(key), list) else set()
            if not all(canonical(item) in known for item in value):
                return False
    return True
