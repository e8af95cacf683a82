"""Read what is said and found in one assessment of the demo, from the YAML beside this module."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from assessments.models import Condition

DATA = Path(__file__).parent / "data"
_DAY = re.compile(r"\{(m?)([+-]\d+)\}")
SPECIAL = {"none_fits", "not_applicable", "unknown", ""}


@dataclass(frozen=True)
class Paper:
    """A file the vendor adds: its name, who makes it (`files.make`) and how many days old it is when it is added.

    `place` is the account and region ("111122223333/eu-west-1") that the vendor names where the file does not.
    """

    key: str
    name: str
    make: str
    age: int
    place: str = ""


@dataclass(frozen=True)
class Line:
    """What one question gets: the vendor's answer, then the analyst's result."""

    number: int
    kind: str
    statements: tuple[str, ...] = ()
    notes: str = ""
    reason: str = ""
    plan: str = ""
    plan_due_on: date | None = None
    files: tuple[str, ...] = ()
    by: str = ""  # who writes it, the lead unless named
    then: str = ""  # who goes over it and completes it
    is_draft: bool = False
    result: str = ""
    matched: tuple[str, ...] = ()
    deviation: str = ""
    note: str = ""
    ask: str = ""
    again: "Line | None" = None  # the answer after the question came back


@dataclass(frozen=True)
class Ruling:
    """What the manager decides once the assessment is closed, so many days before the load."""

    day: int
    kind: str
    reason: str
    expires_on: date | None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What somebody does on a day about one finding: "plan", "fix", "reopen", "verify", "due" or "accept";
    or about the condition of this number of the last decision: "met".

    `by` is the day of a plan, the day to be fixed by that is agreed, or the last day of an accepted risk; `name` is a
    file that proves a fix and `make` who makes it (`files.make`).
    """

    number: int
    day: int
    act: str
    words: str = ""
    by: date | None = None
    name: str = ""
    make: str = ""


@dataclass(frozen=True)
class Second:
    """A second look: who scores which questions blind, and how the manager settles where the two differ."""

    analyst: str
    scores: Mapping[int, Line]
    settled: Mapping[int, str]  # the reason to keep the first result


@dataclass(frozen=True)
class Script:
    """One assessment. `days` are days before the load, negative in the future."""

    name: str
    vendor: str
    year: int
    analyst: str
    days: Mapping[str, Any]
    files: Mapping[str, Paper]
    lines: tuple[Line, ...] = field(default_factory=tuple)
    rulings: tuple[Ruling, ...] = field(default_factory=tuple)
    second: Second | None = None
    findings: tuple[int, ...] = ()  # questions on which one is raised at the end of the review
    turns: tuple[Turn, ...] = ()  # what became of them, in the order in which it happened


def read(name: str, *, today: date) -> Script:
    """The script of this name, with its dates counted from `today`."""
    data = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    anchor = today - timedelta(days=data["anchor"])
    return Script(
        name=name,
        vendor=data["vendor"],
        year=today.year + data["year"],
        analyst=data["analyst"],
        days=data["days"],
        files={key: Paper(key=key, **paper) for key, paper in data["files"].items()},
        lines=tuple(_line(number, answer, anchor) for number, answer in data["answers"].items()),
        rulings=tuple(_ruling(one, today) for one in data["days"].get("decided", ())),
        second=_second(data["second"]) if "second" in data else None,
        findings=tuple(data.get("findings", ())),
        turns=tuple(sorted(_turns(data, today), key=lambda turn: -turn.day)),
    )


def _turns(data: Mapping[str, Any], today: date) -> Iterator[Turn]:
    """Days count from the load, as those of the script do; `by` as well."""
    for number, turns in (*data.get("findings", {}).items(), *data.get("conditions", {}).items()):
        for turn in turns or ():
            by = today - timedelta(days=turn["by"]) if "by" in turn else None
            yield Turn(**{**turn, "number": number, "by": by})


def _second(data: Mapping[str, Any]) -> Second:
    scores = {
        number: Line(
            number, "", result=one["result"], matched=_keys(number, one.get("matched", "")), deviation=one["saw"]
        )
        for number, one in data["scores"].items()
    }
    return Second(analyst=data["analyst"], scores=scores, settled=data["kept"])


def _ruling(data: Mapping[str, Any], today: date) -> Ruling:
    """Its days count from the load, as those of the script do: negative is in the future."""

    def day(days_ago: int) -> date:
        return today - timedelta(days=days_ago)

    return Ruling(
        day=data["day"],
        kind=data["kind"],
        reason=data["reason"],
        expires_on=day(data["until"]) if "until" in data else None,
        conditions=tuple(Condition(text, day(by)) for text, by in data.get("conditions", {}).items()),
    )


def _line(number: int, data: Mapping[str, Any], anchor: date) -> Line:
    say = partial(_dated, anchor=anchor)
    keys = partial(_keys, number)
    says = data["says"]
    plan_in = data.get("plan_in")
    return Line(
        number=number,
        kind=says if says in SPECIAL else "statements",
        statements=() if says in SPECIAL else keys(says),
        notes=say(data.get("notes", "")),
        reason=say(data.get("reason", "")),
        plan=say(data.get("plan", "")),
        plan_due_on=anchor + timedelta(days=plan_in) if plan_in else None,
        files=tuple(data.get("files", ())),
        by=data.get("by", ""),
        then=data.get("then", ""),
        is_draft=data.get("draft", False),
        result=data.get("result", ""),
        matched=keys(data.get("matched", "")),
        deviation=say(data.get("deviation", "")),
        note=say(data.get("note", "")),
        ask=say(data.get("ask", "")),
        again=_line(number, data["again"], anchor) if "again" in data else None,
    )


def _keys(number: int, short: str) -> tuple[str, ...]:
    """a1 f2 -> aws-core-13-a1, aws-core-13-f2."""
    return tuple(f"aws-core-{number}-{part}" for part in short.split())


def _dated(text: str, *, anchor: date) -> str:
    """{-12} becomes the day twelve days before the anchor, {m+40} the month of the day forty days after it."""

    def written(found: re.Match[str]) -> str:
        day = anchor + timedelta(days=int(found[2]))
        return f"{day:%B %Y}" if found[1] else f"{day:%-d %B}"

    return _DAY.sub(written, text)
