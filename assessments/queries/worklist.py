"""Lists of assessments: what an analyst has to do, all of them, and a vendor's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import Answer, Assessment, Finding
from assessments.queries.contradictions import contradictions
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
    """One assessment of a list. `first_unscored` is the number of a question, None when all have a result."""

    assessment: Assessment
    due: Due | None
    first_unscored: int | None = None
    contradicted: int = 0  # answers without a result that the evidence says otherwise than


@dataclass(frozen=True)
class Worklist:
    """What the page "My reviews" shows."""

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
) -> list[WorkRow]:
    today = timezone.localdate()
    first, contradicted = first or {}, contradicted or {}
    return [
        WorkRow(row, due(row.due_on, row.state, today), first.get(row.pk), contradicted.get(row.pk, 0))
        for row in assessments
    ]


def _in_use(user: User) -> QuerySet[Assessment]:
    return Assessment.objects.visible_to(user).filter(vendor__archived_at=None).select_related("vendor", "analyst")


def worklist(user: User) -> Worklist:
    """Reviews of this person first, with those nobody has; then those of others, then whom we wait for."""
    in_review = _in_use(user).filter(state=State.SUBMITTED).order_by("submitted_at", "id")
    mine = Q(analyst=user) | Q(analyst=None)
    own, others = list(in_review.filter(mine)[:MOST_ROWS]), list(in_review.exclude(mine)[:MOST_ROWS])
    ids = [row.pk for row in (*own, *others)]
    unscored = Answer.objects.visible_to(user).filter(assessment__in=ids, review=None).order_by()
    first = dict(unscored.values_list("assessment").annotate(first=Min("criterion__number")))
    against = Counter(one.assessment for one in contradictions(user, ids) if not one.result)
    waiting = _in_use(user).filter(state__in=WITH_VENDOR).order_by(F("due_on").asc(nulls_last=True), "id")[:MOST_ROWS]
    return Worklist(mine=_rows(own, first, against), others=_rows(others, first, against), waiting=_rows(waiting))


@dataclass(frozen=True)
class AssessmentPage:
    """One page of a list of assessments."""

    page: Page
    rows: list[WorkRow]
    has_several_vendors: bool = False


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
