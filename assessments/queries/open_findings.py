"""How many findings are left, by priority: of vendors in a list, and of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.models import Finding
from assessments.policy import RECEIVED
from assessments.querysets import unsettled
from assessments.scoring import PRIORITIES
from playbook.models import Severity

if TYPE_CHECKING:
    from users.models import User

_VENDOR = "answer__assessment__vendor"


@dataclass(frozen=True)
class ByPriority:
    """Findings that are neither verified nor accepted, by priority; only those there are, the most urgent first."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def words(self) -> str:
        """P1 2 · P3 1, or "" where there are none."""
        return " · ".join(f"{name} {count}" for name, count in self.counts.items())


NONE_LEFT = ByPriority({})


def _left(user: User) -> QuerySet[Finding]:
    """Those that count; none of an assessment that this person scores blind."""
    found = Finding.objects.visible_to(user).current().filter(unsettled(timezone.localdate()))
    return found.filter(answer__assessment__state__in=RECEIVED, answer__assessment__vendor__archived_at=None)


def of_vendors(user: User, vendors: Iterable[int]) -> dict[int, ByPriority]:
    """Of each of these vendors that has any. One query."""
    rows = _left(user).filter(**{f"{_VENDOR}__in": list(vendors)}).order_by().values_list(_VENDOR, "priority")
    found: dict[int, dict[str, int]] = {}
    for vendor, priority, count in rows.annotate(count=Count("pk")):
        found.setdefault(vendor, {})[priority] = count
    return {vendor: _ordered(counts) for vendor, counts in found.items()}


def of_all(user: User) -> ByPriority:
    """Of all vendors in use. One query."""
    rows = _left(user).order_by().values_list("priority").annotate(count=Count("pk"))
    return _ordered(dict(rows))


def _ordered(counts: Mapping[str, int]) -> ByPriority:
    return ByPriority({name: counts[name] for name in PRIORITIES if name in counts})


def count_of_vendor(user: User) -> Coalesce:
    """The number for one row of vendors, to sort by."""
    rows = _left(user).filter(**{_VENDOR: OuterRef("pk")}).order_by().values(_VENDOR)
    counts = rows.annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def overdue_of(user: User, vendors: Collection[int]) -> dict[str, int]:
    """Priority to how many findings of these vendors should have been fixed by now. One query."""
    late = _left(user).filter(**{f"{_VENDOR}__in": vendors}).overdue(timezone.localdate())
    return dict(late.order_by().values_list("priority").annotate(count=Count("pk")))


def most_serious(user: User, vendors: Collection[int], most: int) -> list[Finding]:
    """The first of those left of these vendors, by priority, severity and day. One query."""
    weight = Case(*(When(severity=one, then=Value(place)) for place, one in enumerate(Severity)), default=Value(9))
    found = _left(user).filter(**{f"{_VENDOR}__in": vendors}).alias(weight=weight)
    found = found.order_by("priority", "weight", F("due_on").asc(nulls_last=True), f"{_VENDOR}__name", "pk")
    return list(found.select_related(_VENDOR, "answer__criterion")[:most])
