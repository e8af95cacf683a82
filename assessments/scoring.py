"""From results to score and grade. Pure: plain values in, plain values out, exact decimals all the way.

Weights, grades and the cap are the product's own; 8.5 for an A follows RiskRecon's published scale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Result(StrEnum):
    """What an analyst found for one answer."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    NOT_VERIFIED = "not_verified"
    NOT_APPLICABLE = "not_applicable"


RESULT_LABELS = {
    Result.MET: "Met",
    Result.PARTLY_MET: "Partly met",
    Result.NOT_MET: "Not met",
    Result.NOT_VERIFIED: "Not verified",
    Result.NOT_APPLICABLE: "Not applicable",
}
WEIGHTS = {"critical": 8, "high": 4, "medium": 2, "low": 1}
SHARES = {
    Result.MET: Decimal(1),
    Result.PARTLY_MET: Decimal("0.5"),
    Result.NOT_MET: Decimal(0),
    Result.NOT_VERIFIED: Decimal(0),
}
# The results that make a finding, the worst first.
GAPS = (Result.NOT_MET, Result.PARTLY_MET, Result.NOT_VERIFIED)
# Read from the top; what reaches none of them is an F.
GRADES = (("A", Decimal("8.5")), ("B", Decimal("7.0")), ("C", Decimal("5.5")), ("D", Decimal("4.0")))
CAP = "C"
PRIORITIES = ("P1", "P2", "P3", "P4")
_RANK = {"critical": 4, "high": 3, "medium": 2, "low": 1}


@dataclass(frozen=True)
class Mark:
    """One criterion as scoring sees it."""

    domain: str
    severity: str
    result: Result | None  # None: not reviewed
    is_answered: bool


@dataclass(frozen=True)
class Part:
    """Points earned and possible in one domain, or in all. `score` is 0.0 to 10.0, or None while nothing is scored."""

    earned: Decimal
    possible: int
    score: Decimal | None


@dataclass(frozen=True)
class Score:
    """The outcome. The domains' points add up to the total's."""

    total: Part
    domains: dict[str, Part]
    grade: str  # "" while nothing is scored
    is_provisional: bool
    is_capped: bool


def _part(marks: Sequence[Mark]) -> Part:
    earned, possible, scored = Decimal(0), 0, False
    for mark in marks:
        if mark.result is Result.NOT_APPLICABLE or (mark.result is None and mark.is_answered):
            continue
        weight = WEIGHTS[mark.severity]
        possible += weight
        if mark.result is not None:
            earned += SHARES[mark.result] * weight
            scored = True
    if not scored:
        return Part(earned, possible, None)
    return Part(earned, possible, (earned * 10 / possible).quantize(Decimal("0.1"), ROUND_HALF_UP))


def grade_for(score: Decimal | None) -> str:
    """The letter for a rounded score, before any cap; "" for None."""
    if score is None:
        return ""
    return next((letter for letter, least in GRADES if score >= least), "F")


def score(marks: Iterable[Mark]) -> Score:
    """Score and grade of one assessment.

    Met earns the criterion's weight and partly met half of it; not met, not verified and unanswered earn nothing; not
    applicable leaves the sum; answered but not reviewed is left out and makes the score provisional. A critical
    criterion that is not met caps the grade at C.
    """
    marks = list(marks)
    domains: dict[str, list[Mark]] = {}
    for mark in marks:
        domains.setdefault(mark.domain, []).append(mark)
    total = _part(marks)
    grade = grade_for(total.score)
    has_critical_gap = any(mark.severity == "critical" and mark.result is Result.NOT_MET for mark in marks)
    is_capped = has_critical_gap and grade in {"A", "B"}
    return Score(
        total=total,
        domains={slug: _part(part) for slug, part in domains.items()},
        grade=CAP if is_capped else grade,
        is_provisional=any(mark.result is None and mark.is_answered for mark in marks),
        is_capped=is_capped,
    )


def priority(*, severity: str, tier: str, result: Result) -> str:
    """P1 to P4 of a finding: severity (critical 4 to low 1) plus tier (the same), one less unless `not_met`."""
    points = _RANK[severity] + _RANK[tier] - (0 if result is Result.NOT_MET else 1)
    if points >= 7:
        return "P1"
    if points == 6:
        return "P2"
    return "P3" if points >= 4 else "P4"


def fix_by(*, priority: str, start: date, days: Mapping[str, int]) -> date | None:
    """The day a finding of this priority is to be fixed by, so many `days` after `start`; None: by the next time."""
    return start + timedelta(days=days[priority]) if priority in days else None


def finding_order(*, priority: str, severity: str, result: Result, number: int) -> tuple[str, int, int, int]:
    """Sorts findings, the most serious first: by priority, severity, result, then number of the question."""
    return priority, -_RANK[severity], GAPS.index(result), number


def assurance(*, has_evidence: bool, machine_agrees: bool = False) -> str:
    """How a reviewed answer is proven: "verified" by a machine evaluation, "documented" by a file, or "asserted"."""
    if machine_agrees:
        return "verified"
    return "documented" if has_evidence else "asserted"
