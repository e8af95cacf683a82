"""When a vendor is due to be assessed again: so many months after its last assessment was closed, by its tier."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.models import Assessment
from assessments.states import State
from vendors.models import Vendor

_OVER = (State.CLOSED, State.CANCELLED)


@dataclass(frozen=True)
class Next:
    """A vendor that is due again on this day, and the assessment it is counted from."""

    vendor: Vendor
    last: Assessment
    due_on: date


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def coming(until: date, *, vendor: int | None = None) -> list[Next]:
    """Vendors in use that are due again by this day, the earliest first; of one vendor where it is named. One query.

    Not those with an assessment that is not over, and not those whose next one was opened since: cancelling that means
    that a person decided against it, and the next one is opened by a person too.
    """
    since = Q(created_at__gt=OuterRef("closed_at")) | Q(state=State.CLOSED, closed_at__gt=OuterRef("closed_at"))
    others = Assessment.objects.filter(vendor=OuterRef("vendor")).exclude(pk=OuterRef("pk"))
    found = (
        Assessment.objects.filter(state=State.CLOSED, vendor__archived_at=None, vendor__tier__in=settings.RECURRENCE)
        .filter(~Exists(others.filter(since | ~Q(state__in=_OVER))))
        .select_related("vendor", "playbook", "analyst")
        .order_by("closed_at", "pk")
    )
    if vendor is not None:
        found = found.filter(vendor=vendor)
    rows = [Next(one.vendor, one, _due_on(one)) for one in found]
    return sorted((row for row in rows if row.due_on <= until), key=lambda row: row.due_on)


def _due_on(last: Assessment) -> date:
    return months_after(timezone.localdate(last.closed_at), settings.RECURRENCE[last.vendor.tier])


def to_send(most: int) -> list[Assessment]:
    """Assessments of vendors in use that nobody has sent yet, those due first on top; so many at most. One query."""
    found = Assessment.objects.filter(state=State.DRAFT, vendor__archived_at=None).select_related("vendor", "analyst")
    return list(found.order_by("due_on", "pk")[:most])
