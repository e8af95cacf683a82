"""A second analyst scores blind; what differs is settled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.actions.reviews import (
    ReviewContent,
    ReviewRefused,
    StaleReview,
    is_contradicted,
    problems_with,
    review_answer,
)
from assessments.models import Answer, Assessment, Review, SecondLook, SecondReview, SettledBy
from assessments.sampling import draw
from assessments.staff_letters import tell_second_analyst
from assessments.states import State
from audit.trail import record
from users.models import StaffRole, User


class SecondLookRefused(Exception):
    """It cannot be done. `problems` maps a field's name to a sentence, None to what concerns the whole."""

    def __init__(self, problems: dict[str | None, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Sample:
    """Which questions: `count` drawn at random, or the `numbers` chosen by hand; all of them where both are empty."""

    count: int | None = None
    numbers: Sequence[int] = field(default_factory=tuple)


@dataclass(frozen=True)
class Settlement:
    """Which result stands and why. `result` and `deviation` are of another result than the two."""

    how: str
    reason: str
    result: str = ""
    deviation: str = ""


def _in_review(pk: int) -> Assessment:
    """The assessment, held against whoever moves it. Raises SecondLookRefused where it is not in review."""
    assessment = Assessment.objects.select_for_update().get(pk=pk)
    if assessment.state != State.SUBMITTED:
        raise SecondLookRefused({None: _("This assessment is not in review. Nothing was changed.")})
    return assessment


def _record(kind: str, assessment: Assessment, by: User, details: dict[str, object], answer: int | None = None) -> None:
    target = f"answer:{answer}" if answer else f"assessment:{assessment.pk}"
    record(kind=kind, by=by, vendor=assessment.vendor_id, target=target, details=details)


@transaction.atomic
def ask(*, assessment: Assessment, analyst: User, sample: Sample, form_key: UUID, by: User) -> SecondLook:
    """Ask another analyst to score all questions or a sample of them blind. The same form sent twice asks once.

    Raises SecondLookRefused outside the review, for a second one, for an analyst who did not review this assessment
    asking, and for an analyst who had a part in the first results.
    """
    assessment = _in_review(assessment.pk)
    standing = SecondLook.objects.filter(assessment=assessment).first()
    if standing is not None and standing.form_key == form_key:
        return standing
    if standing is not None:
        raise SecondLookRefused({None: _("This assessment has a second look already. Nothing was changed.")})
    if by.staff_role == StaffRole.ANALYST and assessment.analyst_id not in {None, by.pk}:
        raise SecondLookRefused({None: _("Only the analyst of this assessment or a manager asks for a second look.")})
    severities = dict(
        Answer.objects.filter(assessment=assessment).values_list("criterion__number", "criterion__severity")
    )
    if problems := _problems(assessment, analyst, sample, set(severities)):
        raise SecondLookRefused(problems)
    numbers = sorted(set(sample.numbers) or severities)
    if sample.count is not None:
        numbers = draw(severities, count=sample.count, seed=str(form_key))
    look = SecondLook.objects.create(
        assessment=assessment,
        analyst=analyst,
        sample=numbers,
        is_drawn=sample.count is not None,
        asked_by=by,
        asked_at=timezone.now(),
        form_key=form_key,
    )
    _record("second.asked", assessment, by, {"analyst": analyst.pk, "sample": numbers, "drawn": look.is_drawn})
    tell_second_analyst(look=look)
    return look


def _problems(assessment: Assessment, analyst: User, sample: Sample, known: set[int]) -> dict[str | None, str]:
    if not analyst.is_active or analyst.staff_role != StaffRole.ANALYST:
        return {"analyst": _("Choose an analyst who can sign in")}
    has_scored = Review.objects.filter(answer__assessment=assessment, by=analyst).exists()
    is_to_score = Answer.objects.filter(assessment=assessment, reviewer=analyst).exists()
    if has_scored or is_to_score or assessment.analyst_id == analyst.pk:
        return {"analyst": _("Choose somebody else: the first results are this person’s")}
    if sample.count is not None and not 1 <= sample.count <= len(known):
        return {"count": _("Draw 1 to %(most)s questions") % {"most": len(known)}}
    if unknown := sorted(set(sample.numbers) - known):
        return {"numbers": _("There is no question %(number)s") % {"number": unknown[0]}}
    return {}


@transaction.atomic
def score(*, look: SecondLook, answer: Answer, content: ReviewContent, base_version: int, by: User) -> SecondReview:
    """Store the second result for one answer; `base_version` is 0 where there was none.

    The same content again is no write. Raises StaleReview where it was changed in another window meanwhile,
    SecondLookRefused for anybody but the second analyst, once the look is finished and for a question that is not of
    the sample; ReviewRefused for a result that breaks a rule.
    """
    assessment = _in_review(look.assessment_id)
    look = _running(look)
    if look.analyst_id != by.pk:
        raise SecondLookRefused({None: _("Another analyst takes this second look. Nothing was changed.")})
    if answer.assessment_id != assessment.pk or answer.criterion.number not in look.sample:
        raise SecondLookRefused({None: _("This question is not part of the second look. Nothing was changed.")})
    if problems := problems_with(content, not_applicable_allowed=answer.criterion.not_applicable_allowed):
        raise ReviewRefused(problems)
    wanted = (str(content.result), list(content.matched), content.deviation)
    review = SecondReview.objects.filter(look=look, answer=answer).first()
    if review is not None and (review.result, review.matched, review.deviation) == wanted:
        return review
    if (review.version if review else 0) != base_version:
        raise StaleReview(None)
    if not content.deviation.strip() and is_contradicted(answer, by):
        raise ReviewRefused(
            {"deviation": _("The evidence says otherwise than the vendor. Write why you decide as you do")}
        )
    review = review or SecondReview(look=look, answer=answer, version=0)
    review.result, review.matched, review.deviation = wanted
    review.version, review.at, review.by = review.version + 1, timezone.now(), by
    review.save()
    _record("second.scored", assessment, by, {"result": review.result, "matched": review.matched}, answer.pk)
    return review


def _running(look: SecondLook) -> SecondLook:
    """The look as it stands. Raises SecondLookRefused once it is finished or called off."""
    current = SecondLook.objects.select_for_update().filter(pk=look.pk).first()
    if current is None:
        raise SecondLookRefused({None: _("This second look was called off. Nothing was changed.")})
    if current.finished_at is not None:
        raise SecondLookRefused({None: _("This second look is finished. Nothing was changed.")})
    return current


def _named(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


@transaction.atomic
def finish(*, look: SecondLook, by: User) -> SecondLook:
    """Hold the two against each other; from here both sides see all. What the first result was is kept.

    Raises SecondLookRefused for anybody but the second analyst, and while a question of the sample lacks one of the
    two results.
    """
    assessment = _in_review(look.assessment_id)
    look = _running(look)
    if look.analyst_id != by.pk:
        raise SecondLookRefused({None: _("Another analyst takes this second look. Nothing was changed.")})
    reviews = list(look.reviews.select_related("answer__criterion"))
    scored = {review.answer.criterion.number for review in reviews}
    if open_ones := [number for number in look.sample if number not in scored]:
        words = ngettext(
            "Score question %(numbers)s first.", "Score these questions first: %(numbers)s.", len(open_ones)
        )
        raise SecondLookRefused({None: words % {"numbers": _named(open_ones)}})
    firsts = dict(Review.objects.filter(answer__assessment=assessment).values_list("answer", "result"))
    if missing := [one.answer.criterion.number for one in reviews if one.answer_id not in firsts]:
        words = ngettext(
            "The first analyst has no result for question %(numbers)s yet. Finish once there is one.",
            "The first analyst has no result for these questions yet: %(numbers)s. Finish once there are.",
            len(missing),
        )
        raise SecondLookRefused({None: words % {"numbers": _named(missing)}})
    for review in reviews:
        review.first_result = firsts[review.answer_id]
    SecondReview.objects.bulk_update(reviews, ["first_result"])
    look.finished_at = timezone.now()
    look.save(update_fields=["finished_at"])
    differing = sum(1 for review in reviews if review.result != review.first_result)
    _record("second.finished", assessment, by, {"compared": len(reviews), "differing": differing})
    return look


@transaction.atomic
def call_off(*, look: SecondLook, by: User) -> None:
    """Do without a second look that is not finished; what was scored in it is removed."""
    assessment = _in_review(look.assessment_id)
    look = _running(look)
    if by.staff_role == StaffRole.ANALYST and assessment.analyst_id not in {None, by.pk}:
        raise SecondLookRefused({None: _("Only the analyst of this assessment or a manager calls a second look off.")})
    details = {"analyst": look.analyst_id, "sample": look.sample, "scored": look.reviews.count()}
    look.delete()
    _record("second.called_off", assessment, by, details)


@transaction.atomic
def settle(*, review: SecondReview, settlement: Settlement, by: User) -> SecondReview:
    """Decide which result stands where the two differ; a difference is settled once.

    What is taken becomes the result of the answer, with the note for the report as it was. Raises SecondLookRefused
    where there is nothing to settle, for a choice without reason and for another result that breaks a rule.
    """
    assessment = _in_review(review.look.assessment_id)
    current = (
        SecondReview.objects.unsettled()
        .select_for_update(of=("self",))
        .select_related("answer__criterion")
        .filter(pk=review.pk)
        .first()
    )
    if current is None:
        raise SecondLookRefused({None: _("There is nothing to settle here, or it is settled already.")})
    if settlement.how not in SettledBy.values:
        raise SecondLookRefused({"how": _("Choose which result stands")})
    if not settlement.reason.strip():
        raise SecondLookRefused({"reason": _("Write the reason")})
    standing = Review.objects.get(answer=current.answer_id)
    taken = _taken(current, standing, settlement)
    if problems := problems_with(taken, not_applicable_allowed=current.answer.criterion.not_applicable_allowed):
        raise SecondLookRefused({"result" if key == "result" else "deviation": text for key, text in problems.items()})
    current.settled_how, current.settled_result = settlement.how, taken.result
    current.settled_reason = settlement.reason.strip()
    current.settled_at, current.settled_by = timezone.now(), by
    current.save()
    if settlement.how != SettledBy.FIRST:
        try:
            review_answer(answer=current.answer, content=taken, base_version=standing.version, by=by)
        except ReviewRefused as error:
            raise SecondLookRefused({"deviation": str(error)}) from error
    details = {"how": settlement.how, "result": taken.result, "reason": current.settled_reason}
    _record("second.settled", assessment, by, details, current.answer_id)
    return current


def _taken(current: SecondReview, standing: Review, settlement: Settlement) -> ReviewContent:
    """What is to stand."""
    if settlement.how == SettledBy.FIRST:
        return ReviewContent(standing.result, standing.matched, standing.deviation, standing.note)
    if settlement.how == SettledBy.SECOND:
        return ReviewContent(current.result, current.matched, current.deviation, standing.note)
    return ReviewContent(settlement.result, (), settlement.deviation.strip(), standing.note)


def problems_with_closing(assessment: Assessment) -> list[str]:
    """What of a second look stands against closing, as sentences that say what to do first."""
    look = SecondLook.objects.filter(assessment=assessment).first()
    if look is None:
        return []
    if look.finished_at is None:
        return [_("A second look is not finished. Wait for it, or call it off under “Second look”.")]
    count = SecondReview.objects.unsettled().filter(look=look).count()
    if not count:
        return []
    words = ngettext(
        "Settle %(count)s difference of the second look first, under “Second look”.",
        "Settle %(count)s differences of the second look first, under “Second look”.",
        count,
    )
    return [words % {"count": count}]
