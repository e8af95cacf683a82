"""Campaigns: the list of them, and how far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Campaign
from assessments.queries.portfolio import due
from assessments.queries.worklist import WorkRow
from assessments.states import LABELS, State

if TYPE_CHECKING:
    from users.models import User

PAGE_SIZE = 25


@dataclass(frozen=True)
class StateCount:
    """How many assessments of a campaign are in one state."""

    state: str
    words: str
    count: int


@dataclass(frozen=True)
class CampaignPage:
    """How far a campaign has come, and one page of its assessments."""

    counts: Sequence[StateCount]
    total: int
    done: int
    page: Page
    rows: Sequence[WorkRow]


def campaign_page(user: User, page: str | int) -> Page:
    """Campaigns, newest first, each with `total` and `done`, the number of its assessments and of those closed."""
    done = Count("assessments", filter=Q(assessments__state=State.CLOSED))
    cancelled = Count("assessments", filter=Q(assessments__state=State.CANCELLED))
    found = Campaign.objects.visible_to(user).select_related("created_by")
    found = found.annotate(total=Count("assessments"), done=done, cancelled=cancelled).order_by("-id")
    return Paginator(found, PAGE_SIZE).get_page(page)


def progress(user: User, campaign: Campaign, state: str, page: str | int) -> CampaignPage:
    """Where its assessments stand; of these the ones in `state`, or all where it is "". Three queries."""
    found = Assessment.objects.visible_to(user).with_blindness(user).filter(campaign=campaign)
    numbers = dict(found.order_by().values_list("state").annotate(number=Count("pk")))
    counts = [StateCount(one, _(LABELS[one]), numbers[one]) for one in State if one in numbers]
    rows = found.select_related("vendor", "analyst").order_by("vendor__name", "pk")
    shown = Paginator(rows.filter(state=state) if state else rows, PAGE_SIZE).get_page(page)
    today = timezone.localdate()
    return CampaignPage(
        counts=counts,
        total=sum(numbers.values()),
        done=numbers.get(State.CLOSED, 0),
        page=shown,
        rows=[WorkRow(one, due(one.due_on, one.state, today)) for one in shown.object_list],
    )
