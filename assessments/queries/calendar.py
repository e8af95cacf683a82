"""What is due, month by month: answers, assessments to send and to begin again, decisions, findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, Decision, Finding
from assessments.queries import decisions
from assessments.queries.recurrence import coming, months_after
from assessments.states import TO_FIX, WITH_VENDOR, FindingState, State

if TYPE_CHECKING:
    from users.models import User

MONTHS = 12
MOST_ROWS = 500  # of one kind; a year with more says that it is cut
YEARS = 10  # how far one may turn the pages, either way


@dataclass(frozen=True)
class Kind:
    """What is due, in words, with the icon beside it."""

    words: object
    icon: str


ANSWERS = Kind(_("Answers are due"), "i-chat")
TO_SEND = Kind(_("Answers are due, not sent yet"), "i-send")
AGAIN = Kind(_("To be assessed again"), "i-refresh")
DECISION = Kind(_("The decision expires"), "i-shield")
CONDITION = Kind(_("A condition is to be met"), "i-met")
FINDINGS = Kind(_("Findings are due"), "i-flag")
ACCEPTED = Kind(_("The risk is accepted until then"), "i-half")


@dataclass(frozen=True)
class Entry:
    """One thing that is due. `assessment` is the one it is about, `count` how many findings, 0 for anything else."""

    on: date
    kind: Kind
    vendor: str
    assessment: int
    title: str
    count: int = 0
    is_overdue: bool = False


@dataclass
class Month:
    """One month; `first` is its first day."""

    first: date
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Calendar:
    """Twelve months, and before them what should have been done already. `earlier` and `later` begin other pages."""

    overdue: Sequence[Entry]
    months: Sequence[Month]
    earlier: date | None
    later: date | None
    is_cut: bool


@dataclass(frozen=True)
class _Span:
    """From `first`, or from ever, to the day before `end`."""

    first: date | None
    end: date

    def within(self, rows: QuerySet, column: str) -> QuerySet:
        """The rows with a day in the span, in the order of these days."""
        found = rows.filter(**{f"{column}__lt": self.end})
        found = found.filter(**{f"{column}__gte": self.first}) if self.first else found
        return found.order_by(column, "pk")[:MOST_ROWS]


def page_begin(asked: str, today: date) -> date:
    """The first month of a page: this month, unless the address asks for another, as 2027-11, that is not too far."""
    now = today.replace(day=1)
    try:
        wanted = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return now
    is_near = months_after(now, -12 * YEARS) <= wanted <= months_after(now, 12 * YEARS)
    return wanted if is_near else now


def calendar(user: User, asked: str, *, with_findings: bool) -> Calendar:
    """The page that begins with the month asked for. Eight queries, six without findings, whatever there is."""
    today = timezone.localdate()
    now, begin = today.replace(day=1), page_begin(asked, today)
    span = _Span(None if begin == now else begin, months_after(begin, MONTHS))
    sources = [*_assessments(user, span, today), _again(span, today), _decisions(user, span, today)]
    sources.append(_conditions(user, span, today))
    if with_findings:
        sources += [_findings(user, span, today), _accepted(user, span, today)]
    groups = [list(source) for source in sources]
    entries = sorted((one for group in groups for one in group), key=lambda one: (one.on, one.vendor))
    months = [Month(months_after(begin, place)) for place in range(MONTHS)]
    by_month = {(month.first.year, month.first.month): month.entries for month in months}
    overdue = [one for one in entries if one.on < begin]
    for one in entries[len(overdue) :]:
        by_month[one.on.year, one.on.month].append(one)
    return Calendar(
        overdue=overdue,
        months=months,
        earlier=_turned(begin, -MONTHS, today),
        later=_turned(begin, MONTHS, today),
        is_cut=any(len(group) >= MOST_ROWS for group in groups),
    )


def _turned(begin: date, months: int, today: date) -> date | None:
    other = months_after(begin, months)
    return other if page_begin(f"{other:%Y-%m}", today) == other else None


def _assessments(user: User, span: _Span, today: date) -> Iterator[list[Entry]]:
    found = Assessment.objects.visible_to(user).filter(vendor__archived_at=None).select_related("vendor")
    for kind, states in ((ANSWERS, WITH_VENDOR), (TO_SEND, {State.DRAFT})):
        rows = span.within(found.filter(state__in=states), "due_on")
        yield [Entry(one.due_on, kind, one.vendor.name, one.pk, one.title, 0, one.due_on < today) for one in rows]


def _again(span: _Span, today: date) -> Iterator[Entry]:
    rows = coming(span.end - timedelta(days=1))
    for row in [row for row in rows if span.first is None or row.due_on >= span.first][:MOST_ROWS]:
        yield Entry(row.due_on, AGAIN, row.vendor.name, row.last.pk, row.last.title, 0, row.due_on < today)


def _decisions(user: User, span: _Span, today: date) -> Iterator[Entry]:
    found = Decision.objects.visible_to(user).newest().filter(assessment__vendor__archived_at=None)
    for one in span.within(found.select_related("assessment__vendor"), "expires_on"):
        about, day = one.assessment, one.expires_on
        yield Entry(day, DECISION, about.vendor.name, about.pk, about.title, 0, day < today)


def _conditions(user: User, span: _Span, today: date) -> Iterator[Entry]:
    """Those that nobody has seen met, of decisions that hold."""
    rows = [one for one in decisions.open_conditions(user) if one.due_on < span.end]
    for one in [row for row in rows if span.first is None or row.due_on >= span.first][:MOST_ROWS]:
        about = one.decision.assessment
        yield Entry(one.due_on, CONDITION, about.vendor.name, about.pk, about.title, 0, one.due_on < today)


def _findings(user: User, span: _Span, today: date) -> Iterator[Entry]:
    return _counted(user, span, today, FINDINGS, "due_on", [str(one) for one in TO_FIX])


def _accepted(user: User, span: _Span, today: date) -> Iterator[Entry]:
    return _counted(user, span, today, ACCEPTED, "accepted_until", [FindingState.ACCEPTED])


def _counted(user: User, span: _Span, today: date, kind: Kind, column: str, states: Sequence[str]) -> Iterator[Entry]:
    """Findings of closed assessments that are due on one day, as one entry for each assessment."""
    found = Finding.objects.visible_to(user).current().filter(state__in=states, answer__assessment__state=State.CLOSED)
    found = found.filter(answer__assessment__vendor__archived_at=None, **{f"{column}__lt": span.end})
    if span.first:
        found = found.filter(**{f"{column}__gte": span.first})
    about = "answer__assessment"
    rows = found.order_by(column, about).values_list(column, f"{about}__vendor__name", about, f"{about}__period")
    for day, vendor, assessment, period, count in rows.annotate(count=Count("pk"))[:MOST_ROWS]:
        yield Entry(day, kind, vendor, assessment, Assessment(period=period).title, count, day < today)
