"""Everything about one vendor on one page: its assessments and their scores, findings, decisions, documents, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Evidence, Finding, Report, Submission
from assessments.policy import RECEIVED
from assessments.queries import decisions, events
from assessments.querysets import left_to_vendor, unsettled
from assessments.scoring import PRIORITIES
from assessments.states import FindingState, State

if TYPE_CHECKING:
    from users.models import User
    from vendors.models import Vendor

MOST_ROWS = 20  # assessments, the newest
MOST_POINTS = 8  # of the trend
# The trend is drawn in a box of this size; a score of 10 is TOP from its upper edge, one of 0 is on BOTTOM.
WIDTH, HEIGHT, TOP, BOTTOM, SIDE = 560, 150, 26, 118, 40


@dataclass(frozen=True)
class Point:
    """One closed assessment in the trend; x and y as the template prints them."""

    x: str
    y: str
    label_y: str
    period: str
    score: str


@dataclass(frozen=True)
class Trend:
    """The scores of closed assessments from the oldest to the newest, as a line."""

    points: Sequence[Point]
    line: str  # of an SVG polyline
    words: str


@dataclass(frozen=True)
class PriorityRow:
    """How many findings of one priority there are: still to be closed, of these late, and accepted."""

    priority: str
    unsettled: int
    late: int
    accepted: int


@dataclass(frozen=True)
class DocumentRow:
    """What there is on paper about one assessment that was submitted."""

    assessment: Assessment
    files: int
    has_receipt: bool
    report: Mapping[str, object] | None


def vendor_page(user: User, vendor: Vendor, page: str | int) -> dict[str, object]:
    """What this room shows about a vendor; the number of queries does not depend on how much there is."""
    assessments = list(vendor.assessments.visible_to(user).with_blindness(user)[:MOST_ROWS])
    shown, lines = events.vendor_events(vendor, page)
    return {
        "assessments": assessments,
        "trend": trend(assessments),
        "findings": _findings(user, vendor),
        "decisions": decisions.of_vendor(user, vendor),
        "documents": _documents(user, assessments),
        "lines": lines,
        "page": shown,
    }


def trend(assessments: Sequence[Assessment]) -> Trend | None:
    """The line of the closed ones, which are given newest first; None while none has a score."""
    closed = [one for one in assessments if one.state == State.CLOSED and one.score is not None][:MOST_POINTS][::-1]
    if not closed:
        return None
    step = (WIDTH - 2 * SIDE) / max(len(closed) - 1, 1)
    points = [_point(one, SIDE + place * step if len(closed) > 1 else WIDTH / 2) for place, one in enumerate(closed)]
    words = _("%(period)s: %(score)s of 10")
    return Trend(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        words="; ".join(words % {"period": point.period, "score": point.score} for point in points),
    )


def _point(assessment: Assessment, x: float) -> Point:
    y = BOTTOM - float(assessment.score or Decimal(0)) / 10 * (BOTTOM - TOP)
    return Point(f"{x:.1f}", f"{y:.1f}", f"{y - 10:.1f}", assessment.period, f"{assessment.score}")


def _findings(user: User, vendor: Vendor) -> list[PriorityRow]:
    """By priority, the most urgent first; only those there are."""
    today = timezone.localdate()
    found = Finding.objects.visible_to(user).current()
    found = found.filter(answer__assessment__vendor=vendor, answer__assessment__state__in=RECEIVED)
    rows = found.values("priority").annotate(
        unsettled=Count("id", filter=unsettled(today)),
        late=Count("id", filter=left_to_vendor(today) & Q(due_on__lt=today)),
        accepted=Count("id", filter=Q(state=FindingState.ACCEPTED, accepted_until__gte=today)),
    )
    by_priority = {row["priority"]: PriorityRow(**row) for row in rows.order_by("priority")}
    return [by_priority[name] for name in PRIORITIES if name in by_priority]


def _documents(user: User, assessments: Sequence[Assessment]) -> list[DocumentRow]:
    """Files, receipt and newest report of each assessment that was submitted. Three queries."""
    ids = [one.pk for one in assessments]
    files = Evidence.objects.visible_to(user).filter(assessment__in=ids).order_by().values("assessment")
    counts = dict(files.annotate(count=Count("id")).values_list("assessment", "count"))
    receipts = set(Submission.objects.visible_to(user).filter(assessment__in=ids).values_list("assessment", flat=True))
    ready = Report.objects.visible_to(user).full().filter(assessment__in=ids, state=Report.State.READY).order_by("id")
    reports = {row["assessment"]: row for row in ready.values("id", "assessment", "size", "finished_at")}
    return [
        DocumentRow(one, counts.get(one.pk, 0), one.pk in receipts, reports.get(one.pk))
        for one in assessments
        if one.submitted_at
    ]
