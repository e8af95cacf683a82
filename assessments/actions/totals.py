"""Score, grade and counters that lists show. The only writer of these columns."""

from typing import Any

from django.db import transaction

from assessments.models import Answer, Assessment
from assessments.scoring import GAPS, Mark, Result, Score, score
from audit.trail import record


def score_assessment(assessment: Assessment) -> Score:
    """Score this assessment now, from its answers and reviews. One query."""
    rows = Answer.objects.filter(assessment=assessment).values_list(
        "criterion__domain__slug", "criterion__severity", "review__result", "is_complete"
    )
    return score(
        Mark(domain=domain, severity=severity, result=Result(result) if result else None, is_answered=answered)
        for domain, severity, result, answered in rows.order_by("criterion__number")
    )


def _totals(assessment: Assessment) -> dict[str, Any]:
    """What the columns should hold now. Two queries."""
    results = list(Answer.objects.filter(assessment=assessment).values_list("is_complete", "review__result"))
    outcome = score_assessment(assessment)
    return {
        "score": outcome.total.score,
        "grade": outcome.grade,
        "is_provisional": outcome.is_provisional,
        "domain_scores": {
            slug: None if part.score is None else str(part.score) for slug, part in outcome.domains.items()
        },
        "question_count": len(results),
        "answered_count": sum(1 for is_complete, _ in results if is_complete),
        "reviewed_count": sum(1 for _, result in results if result),
        "finding_count": sum(1 for _, result in results if result in GAPS),
    }


def recompute(*, assessment: Assessment) -> None:
    """Write score, grade and counters. Called inside the transaction of the write that changed them."""
    values = _totals(assessment)
    Assessment.objects.filter(pk=assessment.pk).update(**values)
    for name, value in values.items():
        setattr(assessment, name, value)


@transaction.atomic
def repair(*, assessment_id: int) -> list[str]:
    """Recompute one assessment under its lock; returns the columns that held something else, each in a line."""
    assessment = Assessment.objects.select_for_update().get(pk=assessment_id)
    before = {name: getattr(assessment, name) for name in _totals(assessment)}
    recompute(assessment=assessment)
    after = {name: getattr(assessment, name) for name in before}
    wrong = [f"{name}: {before[name]} should be {after[name]}" for name in before if before[name] != after[name]]
    if wrong:
        record(
            kind="assessment.recomputed",
            by=None,
            vendor=assessment.vendor_id,
            target=f"assessment:{assessment_id}",
            details={"wrong": wrong},
        )
    return wrong


def recompute_answered(*, assessment: Assessment) -> None:
    """The counter a vendor's save changes; cheaper than scoring, and nothing is scored while a vendor answers."""
    count = Answer.objects.filter(assessment=assessment, is_complete=True).count()
    Assessment.objects.filter(pk=assessment.pk).update(answered_count=count)
    assessment.answered_count = count
