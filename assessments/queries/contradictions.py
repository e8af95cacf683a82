"""Questions whose evidence says otherwise than the answer; open until a person has given a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from assessments.agreement import Agreement, of_answer
from assessments.evaluators import State as Verdict
from assessments.models import AnswerKind, Evaluation
from assessments.states import State
from playbook.models import Side

if TYPE_CHECKING:
    from users.models import User

_WITH_US = (State.SUBMITTED, State.CHANGES_REQUESTED, State.CLOSED)


@dataclass(frozen=True)
class Contradiction:
    """One of them. `result` is "" while it is open."""

    assessment: int
    number: int  # of the question
    title: str
    result: str


def contradictions(user: User, assessments: Iterable[int]) -> list[Contradiction]:
    """Those of these assessments, in the order of the questions. One query.

    While an assessment is back with the vendor, the questions sent back are left out: what stands there now is the
    vendor's draft.
    """
    rows = Evaluation.objects.visible_to(user).filter(
        answer__assessment__in=list(assessments),
        answer__assessment__state__in=_WITH_US,
        answer__kind__in=[AnswerKind.STATEMENTS, AnswerKind.NOT_APPLICABLE],
        answer__criterion__options__side=Side.FAILURE,
    )
    rows = rows.exclude(state=Verdict.UNDETERMINED).exclude(
        answer__assessment__state=State.CHANGES_REQUESTED, answer__queries__round=F("answer__assessment__round")
    )
    values = rows.order_by("answer__assessment", "answer__criterion__number").values_list(
        "answer__assessment", "answer__criterion__number", "answer__criterion__short_title", "answer__review__result",
        "answer__kind", "answer__statements", "state", "answer__criterion__options__key",
    )  # fmt: skip
    failures: dict[tuple[int, int], set[str]] = {}
    found = {}
    for pk, number, title, result, kind, statements, verdict, failure in values:
        failures.setdefault((pk, number), set()).add(failure)
        found[pk, number] = Contradiction(pk, number, title, result or ""), kind, statements, verdict
    return [
        one
        for place, (one, kind, statements, verdict) in found.items()
        if of_answer(kind=kind, statements=statements, sides=_sides(statements, failures[place]), verdict=verdict)
        is Agreement.CONTRADICTS
    ]


def _sides(statements: Iterable[str], failures: set[str]) -> dict[str, str]:
    return {key: Side.FAILURE if key in failures else Side.ACCEPTABLE for key in statements}
