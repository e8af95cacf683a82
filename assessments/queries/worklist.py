"""Lists of assessments: what an analyst has to do, all of them, and a vendor's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from assessments.models import Answer, Assessment, Evidence, Finding
from assessments.queries.contradictions import contradictions
from assessments.queries.files import is_too_old
from assessments.queries.portfolio import Due, due
from assessments.querysets import left_to_vendor
from assessments.states import WITH_VENDOR, State
from vendors.models import Vendor

if TYPE_CHECKING:
    from users.models import User

PAGE_SIZE = 25
# Rows of one part of the worklist; the list of all assessments has the rest.
MOST_ROWS = 50


@dataclass(frozen=True)
class WorkRow:
    """One assessment of a list. `first_unscored` is the number of a question, None when all have a result; where
    some without a result are assigned to the reader, the first of these.
    """

    assessment: Assessment
    due: Due | None
    first_unscored: int | None = None
    contradicted: int = 0  # answers without a result that the evidence says otherwise than
    stale: int = 0  # files that were too old when they were submitted
    assigned: int = 0  # questions without a result that are assigned to the reader

    @property
    def is_again(self) -> bool:
        """Whether it came back after questions were sent to the vendor."""
        return self.assessment.round > 1


# What a person may choose to see, by the word in the address: its name, and which rows it leaves.
SHOWS: dict[str, tuple[str, Callable[[WorkRow], bool]]] = {
    "": (gettext_lazy("All"), lambda row: True),
    "new": (gettext_lazy("Submitted"), lambda row: not row.is_again),
    "again": (gettext_lazy("Submitted again"), lambda row: row.is_again),
    "contradicted": (gettext_lazy("Contradicted by evidence"), lambda row: row.contradicted > 0),
    "stale": (gettext_lazy("Stale evidence"), lambda row: row.stale > 0),
}


@dataclass(frozen=True)
class Show:
    """One of the choices, with the number of assessments it leaves."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Worklist:
    """What the page "My reviews" shows."""

    show: str
    shows: list[Show]

    mine: list[WorkRow]
    others: list[WorkRow]
    waiting: list[WorkRow]

    @property
    def next_due(self) -> WorkRow | None:
        """Whose answers are expected first."""
        return next((row for row in self.waiting if row.due), None)


def _rows(
    assessments: Iterable[Assessment],
    first: Mapping[int, int] | None = None,
    contradicted: Mapping[int, int] | None = None,
    stale: Mapping[int, int] | None = None,
    assigned: Mapping[int, int] | None = None,
) -> list[WorkRow]:
    today = timezone.localdate()
    first, contradicted, stale, assigned = first or {}, contradicted or {}, stale or {}, assigned or {}
    return [
        WorkRow(
            row,
            due(row.due_on, row.state, today),
            first.get(row.pk),
            contradicted.get(row.pk, 0),
            stale.get(row.pk, 0),
            assigned.get(row.pk, 0),
        )
        for row in assessments
    ]


def _stale(user: User, in_review: Iterable[Assessment]) -> dict[int, int]:
    """How many files of each were too old when they were submitted."""
    submitted = {one.pk: one.submitted_at for one in in_review}
    files = Evidence.objects.visible_to(user).filter(assessment__in=submitted, withdrawn_at=None)
    dated = files.exclude(effective_at=None).only("assessment", "format", "effective_at")
    return Counter(one.assessment_id for one in dated if is_too_old(one, submitted[one.assessment_id]))


def _in_use(user: User) -> QuerySet[Assessment]:
    found = Assessment.objects.visible_to(user).with_blindness(user).filter(vendor__archived_at=None)
    return found.select_related("vendor", "analyst")


def worklist(user: User, show: str = "") -> Worklist:
    """Reviews of this person first, with those nobody has and those with questions for them to score; then those of
    others, then whom we wait for.

    `show` is one of SHOWS; anything else is all. The counts are of this person's own.
    """
    in_review = _in_use(user).filter(state=State.SUBMITTED).order_by("submitted_at", "id")
    to_score = Answer.objects.visible_to(user).filter(reviewer=user, review=None)
    mine = Q(analyst=user) | Q(analyst=None) | Q(pk__in=to_score.order_by().values("assessment"))
    own, others = list(in_review.filter(mine)[:MOST_ROWS]), list(in_review.exclude(mine)[:MOST_ROWS])
    ids = [row.pk for row in (*own, *others)]
    unscored = Answer.objects.visible_to(user).filter(assessment__in=ids, review=None).order_by()
    number, for_them = "criterion__number", Q(reviewer=user)
    left = unscored.values_list("assessment").annotate(
        first=Coalesce(Min(number, filter=for_them), Min(number)), assigned=Count("pk", filter=for_them)
    )
    found = list(left)
    first, assigned = {pk: at for pk, at, _ in found}, {pk: count for pk, _, count in found}
    against = Counter(one.assessment for one in contradictions(user, ids) if not one.result)
    waiting = _in_use(user).filter(state__in=WITH_VENDOR).order_by(F("due_on").asc(nulls_last=True), "id")[:MOST_ROWS]
    stale = _stale(user, (*own, *others))
    facts = first, against, stale, assigned
    mine, theirs = _rows(own, *facts), _rows(others, *facts)
    show = show if show in SHOWS else ""
    leaves = SHOWS[show][1]
    return Worklist(
        show=show,
        shows=[Show(key, str(label), sum(map(fits, mine))) for key, (label, fits) in SHOWS.items()],
        mine=list(filter(leaves, mine)),
        others=list(filter(leaves, theirs)),
        waiting=[] if show else _rows(waiting),
    )


@dataclass(frozen=True)
class AssessmentPage:
    """One page of a list of assessments."""

    page: Page
    rows: list[WorkRow]
    has_several_vendors: bool = False

    @property
    def has_closed(self) -> bool:
        """Whether there can be findings."""
        return any(row.assessment.state == State.CLOSED for row in self.rows)


def assessment_page(user: User, state: str, page: str | int) -> AssessmentPage:
    """All assessments for our own people, newest first; `state` "" means any."""
    found = _in_use(user).order_by("-id")
    shown = Paginator(found.filter(state=state) if state else found, PAGE_SIZE).get_page(page)
    return AssessmentPage(page=shown, rows=_rows(shown.object_list))


def home_of(user: User, page: str | int) -> AssessmentPage:
    """What a vendor's person has to answer, and what they have answered; what is open comes first."""
    is_open = Q(state__in=WITH_VENDOR)
    left = left_to_vendor(timezone.localdate())
    fixes = Finding.objects.visible_to(user).current().filter(left, answer__assessment=OuterRef("pk"))
    found = Assessment.objects.visible_to(user).select_related("vendor").alias(open=is_open).order_by("-open", "-id")
    found = found.annotate(has_fixes=Exists(fixes))
    shown = Paginator(found, PAGE_SIZE).get_page(page)
    rows = _rows(shown.object_list)
    return AssessmentPage(
        page=shown, rows=rows, has_several_vendors=len({row.assessment.vendor_id for row in rows}) > 1
    )


def vendors_to_assess(user: User) -> QuerySet[Vendor]:
    """Vendors in use, by name."""
    return Vendor.objects.visible_to(user).filter(archived_at=None).order_by("name", "id")
