"""Second looks: who takes them, how far they are, and how the two results stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from assessments.kappa import Kappa, cohen
from assessments.models import Answer, Assessment, Review, SecondLook, SecondReview
from assessments.scoring import RESULT_LABELS
from playbook.models import ResponseOption
from users.models import StaffRole, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_ROWS = 50  # of the worklist


@dataclass(frozen=True)
class Pair:
    """One question with both results."""

    number: int
    title: str
    severity: str  # in words
    first: str
    second: str
    review: SecondReview

    @property
    def agrees(self) -> bool:
        """Whether the two gave the same result."""
        return self.first == self.second


@dataclass(frozen=True)
class CrossRow:
    """One line of the table of both: a result of the first, and how often the second gave each beside it."""

    label: str
    counts: Sequence[tuple[int, bool]]  # how often, and whether it is the same result


@dataclass(frozen=True)
class Given:
    """What one of the two found, to be read where they differ."""

    by: str
    result: str
    statements: Sequence[str]
    deviation: str
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """A question that the two see otherwise, not settled."""

    pair: Pair
    question: str
    first: Given
    second: Given


@dataclass(frozen=True)
class Standing:
    """Where a second look stands."""

    look: SecondLook
    done: int
    unsettled: int
    kappa: Kappa | None  # once it is finished

    @property
    def is_whole(self) -> bool:
        """Whether all questions are in it."""
        return len(self.look.sample) == self.look.assessment.question_count


@dataclass(frozen=True)
class Outcome:
    """What a finished look has shown."""

    kappa: Kappa
    pairs: Sequence[Pair]
    labels: Sequence[str]  # of the results that were given, columns of the table
    table: Sequence[CrossRow]
    differences: Sequence[Difference]

    @property
    def settled(self) -> list[Pair]:
        """The differences on which somebody has decided."""
        return [pair for pair in self.pairs if pair.review.settled_at]


def _of(assessment: Assessment) -> SecondLook | None:
    found = SecondLook.objects.select_related("analyst", "asked_by", "assessment")
    return found.filter(assessment=assessment).first()


def standing(assessment: Assessment) -> Standing | None:
    """The second look of an assessment that came through the door. Two queries at most."""
    look = _of(assessment)
    if look is None:
        return None
    rows = list(look.reviews.values_list("first_result", "result", "settled_at"))
    is_finished = look.finished_at is not None
    return Standing(
        look=look,
        done=len(rows),
        unsettled=sum(1 for first, second, at in rows if is_finished and first != second and at is None),
        kappa=cohen((first, second) for first, second, _ in rows) if is_finished else None,
    )


def waiting_for(user: User) -> QuerySet[SecondLook]:
    """The second looks that this person has to take, oldest first, with how many questions are `done`. One query."""
    found = SecondLook.objects.blinding(user).filter(assessment__vendor__archived_at=None)
    found = found.select_related("assessment__vendor", "asked_by").annotate(done=Count("reviews"))
    return found.order_by("asked_at", "pk")[:MOST_ROWS]


def may_look(assessment: Assessment) -> QuerySet[User]:
    """Who can be asked: analysts who can sign in and had no part in the first results."""
    scored = Review.objects.filter(answer__assessment=assessment).values("by")
    able = User.objects.filter(is_active=True, staff_role=StaffRole.ANALYST).exclude(pk__in=scored)
    to_score = Answer.objects.filter(assessment=assessment, reviewer__isnull=False).values("reviewer")
    able = able.exclude(pk__in=to_score)
    return able.exclude(pk=assessment.analyst_id).order_by("name", "pk")


def outcome(user: User, look: SecondLook) -> Outcome:
    """Both results side by side, once the look is finished. Four queries."""
    reviews = list(
        SecondReview.objects.visible_to(user)
        .filter(look=look, look__finished_at__isnull=False)
        .select_related("answer__criterion", "by", "settled_by")
    )
    pairs = [_pair(review) for review in reviews]
    labels = [result for result in RESULT_LABELS if any(result in (pair.first, pair.second) for pair in pairs)]
    return Outcome(
        kappa=cohen((pair.first, pair.second) for pair in pairs),
        pairs=pairs,
        labels=[_(RESULT_LABELS[result]) for result in labels],
        table=[
            CrossRow(
                _(RESULT_LABELS[first]),
                [(sum((p.first, p.second) == (first, second) for p in pairs), first == second) for second in labels],
            )
            for first in labels
        ],
        differences=_differences([pair for pair in pairs if not pair.agrees and pair.review.settled_at is None]),
    )


def _pair(review: SecondReview) -> Pair:
    criterion = review.answer.criterion
    return Pair(
        criterion.number,
        criterion.short_title,
        criterion.get_severity_display(),
        review.first_result,
        review.result,
        review,
    )


def _differences(pairs: Sequence[Pair]) -> list[Difference]:
    """What is to be settled, with what each of the two wrote. Two queries."""
    answers = [pair.review.answer_id for pair in pairs]
    firsts = {one.answer_id: one for one in Review.objects.filter(answer__in=answers).select_related("by")}
    texts: dict[str, str] = {}
    if pairs:
        criteria = [pair.review.answer.criterion_id for pair in pairs]
        texts = dict(ResponseOption.objects.filter(criterion__in=criteria).values_list("key", "text"))

    def words(one: Review | SecondReview) -> Given:
        statements = [texts.get(key, key) for key in one.matched]
        return Given(one.by.name, one.result, statements, one.deviation, getattr(one, "note", ""))

    return [
        Difference(
            pair, pair.review.answer.criterion.question, words(firsts[pair.review.answer_id]), words(pair.review)
        )
        for pair in pairs
    ]


def given(look: SecondLook, answer: Answer) -> SecondReview | None:
    """The second result of one answer."""
    return look.reviews.filter(answer=answer).first()


def difference_at(user: User, look: SecondLook, number: int) -> SecondReview | None:
    """Where the two differ on this question, settled or not; None where they do not."""
    visible = SecondReview.objects.visible_to(user).differing()
    return visible.filter(look=look, answer__criterion__number=number).select_related("look").first()


def next_open(look: SecondLook, number: int) -> int | None:
    """The next question of the sample without a second result, after this one and then from the start."""
    done = set(look.reviews.values_list("answer__criterion__number", flat=True))
    left = [one for one in look.sample if one not in done]
    return next(iter([one for one in left if one > number] or left), None)
