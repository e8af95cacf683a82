"""The analyst's results, and questions back to the vendor."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.totals import recompute
from assessments.models import Answer, Assessment, Query, Review, SecondLook, SecondReview
from assessments.queries.contradictions import contradictions
from assessments.scoring import Result
from assessments.states import State
from audit.trail import record
from users.models import User


@dataclass(frozen=True)
class ReviewContent:
    """What the analyst chose and wrote."""

    result: str
    matched: Sequence[str] = field(default_factory=tuple)
    deviation: str = ""
    note: str = ""


class StaleReview(Exception):
    """Another analyst saved a result meanwhile. `current` is the review as it stands, None where there is none."""

    def __init__(self, current: Review | None) -> None:
        super().__init__(f"version {current.version if current else 0} was saved meanwhile")
        self.current = current


class ReviewRefused(Exception):
    """It cannot be stored. `problems` maps a field's name to a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def problems_with(content: ReviewContent, *, not_applicable_allowed: bool) -> dict[str, str]:
    """What stands against this result, by field."""
    deviation = content.deviation.strip()
    if not content.result:
        return {"result": _("Choose a result")}
    if content.result == Result.PARTLY_MET and not deviation:
        return {"deviation": _("Write what you saw: partly met is in neither list")}
    if content.result == Result.NOT_APPLICABLE:
        if not not_applicable_allowed and not deviation:
            return {"deviation": _("The playbook says this question always applies. Write why it does not here")}
        return {}
    if not content.matched and not deviation:
        return {"matched": _("Choose a statement, or write what you saw")}
    return {}


@transaction.atomic
def review_answer(*, answer: Answer, content: ReviewContent, base_version: int, by: User) -> Review:
    """Store the result for one answer; `base_version` is 0 where there was none.

    Raises StaleReview when another one was stored meanwhile, ReviewRefused when a rule is broken, and
    ReviewRefused for an assessment that is no longer in review. The same content again is no write.
    """
    assessment = Assessment.objects.select_for_update().get(pk=answer.assessment_id)
    if assessment.state != State.SUBMITTED:
        raise ReviewRefused({"result": _("This assessment is no longer in review. Nothing was changed")})
    _mind_second_look(answer, by)
    if problems := problems_with(content, not_applicable_allowed=answer.criterion.not_applicable_allowed):
        raise ReviewRefused(problems)
    review = Review.objects.select_for_update(of=("self",)).select_related("by").filter(answer=answer).first()
    wanted = (str(content.result), list(content.matched), content.deviation, content.note)
    if review is not None and (review.result, review.matched, review.deviation, review.note) == wanted:
        return review
    if (review.version if review else 0) != base_version:
        raise StaleReview(review)
    if not (content.note.strip() or content.deviation.strip()) and is_contradicted(answer, by):
        raise ReviewRefused({"note": _("The evidence says otherwise than the vendor. Write why you decide as you do")})
    before = review.result if review else None
    review = review or Review(answer=answer, version=0)
    review.result, review.matched, review.deviation, review.note = wanted
    review.version, review.at, review.by = review.version + 1, timezone.now(), by
    review.save()
    recompute(assessment=assessment)
    record(
        kind="review.saved",
        by=by,
        vendor=assessment.vendor_id,
        target=f"answer:{answer.pk}",
        details={"before": before, "result": review.result, "matched": review.matched, "version": review.version},
    )
    return review


def is_contradicted(answer: Answer, by: User) -> bool:
    """Whether the evidence says otherwise than the answer: then a result alone does not settle it."""
    return answer.criterion.number in {one.number for one in contradictions(by, [answer.assessment_id])}


def _mind_second_look(answer: Answer, by: User) -> None:
    """Nobody gives a first result beside their own blind one, and a difference is settled where both are seen."""
    if SecondLook.objects.blinding(by).filter(assessment=answer.assessment_id).exists():
        raise ReviewRefused({"result": _("You take a second look at this assessment. Score it there")})
    if SecondReview.objects.unsettled().filter(answer=answer).exists():
        raise ReviewRefused({"result": _("A second look gave another result. Settle it under “Second look”")})


def _lock_in_review(assessment_id: int) -> None:
    """Wait for whoever moves the assessment. Raises ReviewRefused where it is no longer in review then."""
    if Assessment.objects.select_for_update().get(pk=assessment_id).state != State.SUBMITTED:
        raise ReviewRefused({"text": _("This assessment is no longer in review. Nothing was changed")})


@transaction.atomic
def ask(*, answer: Answer, text: str, by: User) -> Query:
    """Collect a question to the vendor; it goes out with the next batch. The same text again is not asked twice.

    Raises ReviewRefused for an assessment that is no longer in review.
    """
    _lock_in_review(answer.assessment_id)
    query, created = Query.objects.get_or_create(
        answer=answer, text=text.strip(), round=None, defaults={"by": by, "at": timezone.now()}
    )
    if created:
        record(
            kind="query.added",
            by=by,
            vendor=answer.assessment.vendor_id,
            target=f"answer:{answer.pk}",
            details={"text": query.text},
        )
    return query


@transaction.atomic
def remove_query(*, query: Query, by: User) -> None:
    """Take back a question that was not sent yet. One that was sent stays; taking it back twice does nothing.

    Raises ReviewRefused for an assessment that is no longer in review.
    """
    _lock_in_review(query.answer.assessment_id)
    removed, _counts = Query.objects.filter(pk=query.pk, round=None).delete()
    if removed:
        record(
            kind="query.removed",
            by=by,
            vendor=query.answer.assessment.vendor_id,
            target=f"answer:{query.answer_id}",
            details={"text": query.text},
        )
