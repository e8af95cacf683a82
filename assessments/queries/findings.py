"""Findings: the list of our own people, the vendor's list, what has to be done, and one finding with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from assessments.models import Evidence, Finding
from assessments.policy import RECEIVED
from assessments.queries.events import SYSTEM
from assessments.querysets import left_to_vendor, unsettled
from assessments.states import FindingState, State
from audit.models import Event
from users.models import StaffRole, User

if TYPE_CHECKING:
    from assessments.models import Answer, Assessment

PAGE_SIZE = 25
# Rows of one part of the worklist; the list of findings has the rest.
MOST_ROWS = 20
# What both sides read of a finding's history. A vendor does not read what was changed before it saw the finding.
_WORDS = {
    "finding.raised": gettext_noop("raised the finding"),
    "finding.changed": gettext_noop("changed the finding"),
    "finding.planned": gettext_noop("planned the fix"),
    "finding.fixed": gettext_noop("marked it as fixed"),
    "finding.verified": gettext_noop("verified that it is fixed"),
    "finding.accepted": gettext_noop("accepted it for now"),
    "finding.reopened": gettext_noop("opened it again"),
    "evidence.attached": gettext_noop("added a file"),
}
_SAID = ("words", "plan")  # of an event's details, what was written to be read by both sides


@dataclass(frozen=True)
class FindingFilter:
    """What a person looks for. `state` "" means what is not settled yet, "all" every state; "" else means any."""

    q: str = ""
    state: str = ""
    priority: str = ""
    owner: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class FindingRow:
    """One finding of a list. `late` says how long it is overdue, or is ""."""

    finding: Finding
    due: str
    is_overdue: bool


@dataclass(frozen=True)
class FindingPage:
    """One page of a list of findings."""

    page: Page
    rows: Sequence[FindingRow]
    has_several_vendors: bool = False


@dataclass(frozen=True)
class Happened:
    """One line of a finding's history; `text` is what the person wrote."""

    at: datetime
    who: str
    words: str
    text: str


@dataclass(frozen=True)
class FindingSheet:
    """Everything the page of one finding shows. `carried_to` is the newer finding in which the work goes on."""

    finding: Finding
    due: str
    is_overdue: bool
    proofs: Sequence[Evidence]
    history: Sequence[Happened]
    carried_to: Finding | None


def distance(day: date | None, today: date) -> str:
    """How far the day is by which something is to be fixed: "4 days", "today", "10 days overdue"; "" without one."""
    if day is None:
        return ""
    days = (day - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}


def _rows(findings: Iterable[Finding]) -> list[FindingRow]:
    today = timezone.localdate()
    return [
        FindingRow(one, distance(one.due_on, today) if one.is_to_fix else "", one.is_overdue(today)) for one in findings
    ]


def _with_names(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    return findings.select_related(
        "answer__assessment__vendor", "answer__assessment__analyst", "answer__criterion", "carried_from"
    )


def _in_use(user: User) -> QuerySet[Finding]:
    """Findings of vendors in use, each where the work goes on."""
    found = Finding.objects.visible_to(user).current()
    return found.filter(answer__assessment__vendor__archived_at=None, answer__assessment__state__in=RECEIVED)


def finding_page(user: User, chosen: FindingFilter, page: str | int) -> FindingPage:
    """Findings of all vendors for our own people, what is due first; a page that does not exist is the nearest."""
    found = _narrowed(_in_use(user), chosen)
    found = found.order_by(F("due_on").asc(nulls_last=True), "priority", "id")
    shown = Paginator(_with_names(found), PAGE_SIZE).get_page(page)
    return FindingPage(page=shown, rows=_rows(shown.object_list))


def _narrowed(found: QuerySet[Finding], chosen: FindingFilter) -> QuerySet[Finding]:
    today = timezone.localdate()
    for word in chosen.q.split():
        found = found.filter(Q(answer__assessment__vendor__name__icontains=word) | Q(title__icontains=word))
    if chosen.state == "":
        found = found.filter(unsettled(today))
    elif chosen.state == FindingState.OPEN:
        found = found.filter(Q(state=FindingState.OPEN) | Q(pk__in=found.lapsed(today)))
    elif chosen.state != "all":
        found = found.filter(state=chosen.state).exclude(pk__in=found.lapsed(today))
    if chosen.priority:
        found = found.filter(priority=chosen.priority)
    if chosen.owner == "nobody":
        found = found.filter(answer__assessment__analyst=None)
    elif chosen.owner:
        found = found.filter(answer__assessment__analyst=chosen.owner)
    return found.overdue(today) if chosen.overdue else found


def every_analyst() -> list[tuple[int, str]]:
    """Our analysts, also those who left and may still be named in an assessment: id and name. One query."""
    people = User.objects.staff().filter(staff_role=StaffRole.ANALYST).order_by("name", "pk")
    return list(people.values_list("pk", "name"))


def findings_of(user: User, page: str | int) -> FindingPage:
    """What a vendor's person reads of their vendor's findings: what is to be fixed first, settled ones last."""
    found = Finding.objects.visible_to(user).current().alias(open=left_to_vendor(timezone.localdate()))
    found = found.order_by("-open", F("due_on").asc(nulls_last=True), "priority", "id")
    shown = Paginator(_with_names(found), PAGE_SIZE).get_page(page)
    rows = _rows(shown.object_list)
    several = len({row.finding.assessment.vendor_id for row in rows}) > 1
    return FindingPage(page=shown, rows=rows, has_several_vendors=several)


@dataclass(frozen=True)
class FindingWork:
    """What the worklist shows: fixes to check, and what vendors should have fixed; of each the first rows."""

    to_check: Sequence[FindingRow]
    overdue: Sequence[FindingRow]
    overdue_count: int


def finding_work(user: User) -> FindingWork:
    """Findings that need somebody now, what waits longest first. Three queries."""
    fixed = _in_use(user).filter(state=FindingState.FIXED, answer__assessment__state=State.CLOSED).order_by("fixed_at")
    late = _in_use(user).overdue(timezone.localdate()).order_by("due_on", "priority", "id")
    return FindingWork(
        to_check=_rows(_with_names(fixed)[:MOST_ROWS]),
        overdue=_rows(_with_names(late)[:MOST_ROWS]),
        overdue_count=late.count(),
    )


def finding_sheet(user: User, finding: Finding) -> FindingSheet:
    """One finding for its page, which is our own people's or the vendor's. Four queries at most."""
    today = timezone.localdate()
    files = Evidence.objects.visible_to(user).filter(finding=finding).select_related("received_by").order_by("pk")
    proofs = list(files)
    later = Finding.objects.visible_to(user).filter(carried_from=finding, answer__assessment__state=State.CLOSED)
    return FindingSheet(
        finding=finding,
        due=distance(finding.due_on, today) if finding.is_to_fix else "",
        is_overdue=finding.is_overdue(today),
        proofs=proofs,
        history=_history(user, finding, proofs),
        carried_to=later.select_related("answer__assessment", "answer__criterion").first(),
    )


def _history(user: User, finding: Finding, proofs: Sequence[Evidence]) -> list[Happened]:
    """What happened, newest first. A vendor reads no name of ours, and nothing of before it saw the finding."""
    names = {f"evidence:{file.pk}": file.name for file in proofs}
    events = Event.objects.filter(target__in=[f"finding:{finding.pk}", *names], kind__in=_WORDS)
    if not user.staff_role:
        events = events.exclude(kind="finding.changed", at__lt=finding.assessment.closed_at)
    events = list(events.select_related("detail").order_by("-id"))
    people = {one.pk: one for one in User.objects.filter(pk__in={one.actor for one in events if one.actor})}
    return [
        Happened(one.at, _who(user, people.get(one.actor)), _(_WORDS[one.kind]), _text(one, names)) for one in events
    ]


def _who(reader: User, person: User | None) -> str:
    if person is None:
        return SYSTEM
    return settings.ORGANISATION_NAME if person.staff_role and not reader.staff_role else person.name


def _text(event: Event, names: Mapping[str, str]) -> str:
    if event.target in names:
        return names[event.target]
    detail = getattr(event, "detail", None)  # details may be erased
    said = [detail.data.get(key) for key in _SAID] if detail else []
    return next((text for text in said if text), "")


def to_fix(user: User, assessment: Assessment) -> int:
    """How many findings of a closed assessment wait for the vendor, as far as this person may see them. One query."""
    found = Finding.objects.visible_to(user).current().filter(answer__assessment=assessment)
    return found.filter(left_to_vendor(timezone.localdate())).count()


def lapsed(user: User) -> list[Finding]:
    """Accepted risks of vendors in use whose last day is over, the longest first: they count as open. One query."""
    found = _in_use(user).lapsed(timezone.localdate()).order_by("accepted_until", "id")
    return list(_with_names(found).select_related("accepted_by")[:MOST_ROWS])


def finding_at(answer: Answer) -> Finding | None:
    """The finding of one question, for the page its result is given on. One query."""
    return Finding.objects.filter(answer=answer).first()
