"""The trail of one assessment in words people read. Of what an event holds in detail only a reason that
somebody wrote to be read is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from assessments.models import Answer, Assessment, Evidence, Report
from assessments.reports.kinds import ABOUT, Kind
from audit.models import Event, EventDetail
from audit.trail import chain_name
from users.models import User
from vendors.models import Vendor

PAGE_SIZE = 50
VENDOR_PAGE_SIZE = 15
SYSTEM = "Assay"
WITH_REASON = "assessment.reopen_reason"
WITH_DOCUMENT = "report.requested"
# Kind to what the person did; {n} is the number of the question.
WORDS = {
    "assessment.opened": gettext_lazy("started the assessment"),
    "assessment.changed": gettext_lazy("changed period, due date or analyst"),
    "assessment.send": gettext_lazy("sent the questions to the vendor"),
    "assessment.submit": gettext_lazy("submitted the answers"),
    "assessment.request_changes": gettext_lazy("sent questions back to the vendor"),
    "assessment.close": gettext_lazy("closed the assessment"),
    "assessment.reopen": gettext_lazy("opened the assessment again"),
    WITH_REASON: gettext_lazy("gave the reason for opening it again"),
    "assessment.recomputed": gettext_lazy("corrected stored scores"),
    "assessment.cancel": gettext_lazy("cancelled the assessment"),
    "condition.met": gettext_lazy("found a condition of the decision met"),
    "decision.approved": gettext_lazy("approved the vendor"),
    "decision.conditions": gettext_lazy("approved the vendor with conditions"),
    "decision.rejected": gettext_lazy("rejected the vendor"),
    "answer.started": gettext_lazy("began to answer question {n}"),
    "answer.saved": gettext_lazy("worked on question {n}"),
    "answer.completed": gettext_lazy("completed question {n}"),
    "review.saved": gettext_lazy("scored question {n}"),
    "reviewer.assigned": gettext_lazy("assigned questions to somebody to score"),
    "reviewer.removed": gettext_lazy("took questions to score back from somebody"),
    "note.added": gettext_lazy("wrote an internal note on question {n}"),
    "second.asked": gettext_lazy("asked for a second look"),
    "second.called_off": gettext_lazy("called the second look off"),
    "second.scored": gettext_lazy("scored question {n} blind, for the second look"),
    "second.finished": gettext_lazy("finished the second look"),
    "second.settled": gettext_lazy("settled a difference of the second look on question {n}"),
    "query.added": gettext_lazy("noted a question to the vendor on question {n}"),
    "query.removed": gettext_lazy("took back a question to the vendor on question {n}"),
    "finding.raised": gettext_lazy("raised a finding on question {n}"),
    "finding.changed": gettext_lazy("changed the finding on question {n}"),
    "finding.removed": gettext_lazy("removed the finding on question {n}"),
    "finding.planned": gettext_lazy("planned the fix on question {n}"),
    "finding.fixed": gettext_lazy("marked the finding on question {n} as fixed"),
    "finding.verified": gettext_lazy("verified the fix on question {n}"),
    "finding.accepted": gettext_lazy("accepted the finding on question {n}"),
    "finding.reopened": gettext_lazy("opened the finding on question {n} again"),
    "evidence.attached": gettext_lazy("added a file"),
    "evidence.linked": gettext_lazy("used a file for one more question"),
    "evidence.unlinked": gettext_lazy("took a file off a question"),
    "evidence.withdrawn": gettext_lazy("withdrew a file"),
    "evidence.dated": gettext_lazy("gave the date of a file"),
    "evidence.placed": gettext_lazy("said which account a file is from"),
    "evidence.evaluated": gettext_lazy("checked the evidence"),
    "report.requested": gettext_lazy("asked for a document"),
    "report.rendered": gettext_lazy("made the document"),
    "evidence.missing": gettext_lazy("found that stored evidence is gone"),
    "receipt.requested": gettext_lazy("asked for the receipt again"),
    "receipt.rendered": gettext_lazy("made the receipt"),
    "vendor.created": gettext_lazy("added the vendor"),
    "vendor.changed": gettext_lazy("changed the vendor"),
    "vendor.archived": gettext_lazy("archived the vendor"),
    "vendor.accounts_declared": gettext_lazy("declared the AWS accounts in scope"),
    "invitation.created": gettext_lazy("invited somebody"),
    "invitation.resent": gettext_lazy("sent an invitation again"),
    "invitation.revoked": gettext_lazy("withdrew an invitation"),
    "invitation.accepted": gettext_lazy("accepted an invitation"),
    "member.removed": gettext_lazy("removed somebody from the vendor"),
    "answers.assigned": gettext_lazy("gave questions to somebody to answer"),
    "answers.unassigned": gettext_lazy("took questions back from somebody"),
    "assessment.forwarded": gettext_lazy("handed the request to another person"),
}


@dataclass(frozen=True)
class Line:
    """One event: who did what, and when."""

    at: datetime
    who: str
    words: str
    number: int | None  # of the question it is about


def _of(assessment: Assessment, numbers: dict[str, int]) -> QuerySet[Event]:
    """Events about the assessment, its answers, findings, files and reports. Two queries, and one when it is read."""
    files = Evidence.objects.filter(assessment=assessment).values_list("pk", flat=True)
    reports = Report.objects.filter(assessment=assessment).values_list("pk", flat=True)
    targets = [f"assessment:{assessment.pk}", *numbers]
    targets += [f"evidence:{pk}" for pk in files]
    targets += [f"report:{pk}" for pk in reports]
    return Event.objects.filter(target__in=targets).order_by("-id")


def _numbers(assessment: Assessment) -> dict[str, int]:
    """Each answer and finding, as events name it, to the number of its question."""
    rows = list(Answer.objects.filter(assessment=assessment).values_list("pk", "finding", "criterion__number"))
    findings = {f"finding:{finding}": number for _, finding, number in rows if finding}
    return {f"answer:{answer}": number for answer, _, number in rows} | findings


def _reasons(events: Iterable[Event]) -> dict[int, str]:
    """Id of each event that says more to its words: a reason, or which document. A query only where there is one."""
    wanted = [event.pk for event in events if event.kind in {WITH_REASON, WITH_DOCUMENT}]
    if not wanted:
        return {}
    details = EventDetail.objects.filter(event__in=wanted).values_list("event", "data")
    return {pk: data.get("reason") or _document(data.get("kind", "")) for pk, data in details}


def _document(kind: str) -> str:
    """What a kind of document is called; one that this version does not know keeps the name of its kind."""
    return gettext(ABOUT[Kind(kind)].label) if kind in ABOUT else kind


def _lines(events: Iterable[Event], numbers: dict[str, int]) -> list[Line]:
    events = list(events)
    reasons = _reasons(events)
    names = dict(User.objects.filter(pk__in={event.actor for event in events if event.actor}).values_list("pk", "name"))
    return [_line(event, names, numbers, reasons) for event in events]


def _line(event: Event, names: dict[int, str], numbers: dict[str, int], reasons: dict[int, str]) -> Line:
    number = numbers.get(event.target)
    who = names.get(event.actor, gettext("Somebody who left")) if event.actor else SYSTEM
    words = str(WORDS.get(event.kind, event.kind.replace(".", " ").replace("_", " "))).format(n=number)
    if reasons.get(event.pk):
        words += f": {reasons[event.pk]}"
    return Line(at=event.at, who=who, words=words, number=number)


def vendor_events(vendor: Vendor, page: str | int) -> tuple[Page, list[Line]]:
    """One page of everything that happened at one vendor, newest first."""
    found = Event.objects.filter(chain__name=chain_name(vendor.pk)).order_by("-position")
    shown = Paginator(found, VENDOR_PAGE_SIZE).get_page(page)
    happened = list(shown.object_list)
    return shown, _lines(happened, _numbers_of(happened))


def _numbers_of(happened: Iterable[Event]) -> dict[str, int]:
    """The answers and findings that events are about, to the number of their question. One query."""
    targets = [one.target.partition(":") for one in happened]
    about = Q(pk__in=[pk for thing, _, pk in targets if thing == "answer"])
    about |= Q(finding__in=[pk for thing, _, pk in targets if thing == "finding"])
    rows = list(Answer.objects.filter(about).values_list("pk", "finding", "criterion__number"))
    findings = {f"finding:{finding}": number for _, finding, number in rows if finding}
    return {f"answer:{answer}": number for answer, _, number in rows} | findings


def recent(assessment: Assessment, count: int) -> list[Line]:
    """The newest events."""
    numbers = _numbers(assessment)
    return _lines(_of(assessment, numbers)[:count], numbers)


def event_page(assessment: Assessment, page: str | int) -> tuple[Page, list[Line]]:
    """One page of all events, newest first."""
    numbers = _numbers(assessment)
    shown = Paginator(_of(assessment, numbers), PAGE_SIZE).get_page(page)
    return shown, _lines(shown.object_list, numbers)
