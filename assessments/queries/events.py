"""The trail of one assessment in words people read. Of what an event holds in detail only a reason that
somebody wrote to be read is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from assessments.models import Answer, Assessment, Evidence, Report
from audit.models import Event, EventDetail
from users.models import User

PAGE_SIZE = 50
SYSTEM = "Assay"
WITH_REASON = "assessment.reopen_reason"
# Kind to what the person did; {n} is the number of the question.
WORDS = {
    "assessment.opened": "started the assessment",
    "assessment.changed": "changed period, due date or analyst",
    "assessment.send": "sent the questions to the vendor",
    "assessment.submit": "submitted the answers",
    "assessment.request_changes": "sent questions back to the vendor",
    "assessment.close": "closed the assessment",
    "assessment.reopen": "opened the assessment again",
    WITH_REASON: "gave the reason for opening it again",
    "assessment.cancel": "cancelled the assessment",
    "decision.approved": "approved the vendor",
    "decision.conditions": "approved the vendor with conditions",
    "decision.rejected": "rejected the vendor",
    "answer.started": "began to answer question {n}",
    "answer.saved": "worked on question {n}",
    "answer.completed": "completed question {n}",
    "review.saved": "scored question {n}",
    "query.added": "noted a question to the vendor on question {n}",
    "query.removed": "took back a question to the vendor on question {n}",
    "evidence.attached": "added a file",
    "evidence.linked": "used a file for one more question",
    "evidence.unlinked": "took a file off a question",
    "evidence.withdrawn": "withdrew a file",
    "evidence.dated": "gave the date of a file",
    "evidence.placed": "said which account a file is from",
    "evidence.evaluated": "checked the evidence",
    "report.requested": "asked for a report",
    "report.rendered": "made the report",
    "receipt.requested": "asked for the receipt again",
    "receipt.rendered": "made the receipt",
}


@dataclass(frozen=True)
class Line:
    """One event: who did what, and when."""

    at: datetime
    who: str
    words: str
    number: int | None  # of the question it is about


def _of(assessment: Assessment, numbers: dict[int, int]) -> QuerySet[Event]:
    """Events about the assessment, its answers, files and reports. Two queries, and one when it is read."""
    files = Evidence.objects.filter(assessment=assessment).values_list("pk", flat=True)
    reports = Report.objects.filter(assessment=assessment).values_list("pk", flat=True)
    targets = [f"assessment:{assessment.pk}"]
    targets += [f"answer:{pk}" for pk in numbers]
    targets += [f"evidence:{pk}" for pk in files]
    targets += [f"report:{pk}" for pk in reports]
    return Event.objects.filter(target__in=targets).order_by("-id")


def _numbers(assessment: Assessment) -> dict[int, int]:
    """Id of each answer to the number of its question."""
    return dict(Answer.objects.filter(assessment=assessment).values_list("pk", "criterion__number"))


def _reasons(events: Iterable[Event]) -> dict[int, str]:
    """Id of each event that is a reason to its words. A query only where there is one."""
    wanted = [event.pk for event in events if event.kind == WITH_REASON]
    if not wanted:
        return {}
    details = EventDetail.objects.filter(event__in=wanted).values_list("event", "data")
    return {pk: data.get("reason", "") for pk, data in details}


def _lines(events: Iterable[Event], numbers: dict[int, int]) -> list[Line]:
    events = list(events)
    reasons = _reasons(events)
    names = dict(User.objects.filter(pk__in={event.actor for event in events if event.actor}).values_list("pk", "name"))
    return [_line(event, names, numbers, reasons) for event in events]


def _line(event: Event, names: dict[int, str], numbers: dict[int, int], reasons: dict[int, str]) -> Line:
    thing, _, pk = event.target.partition(":")
    number = numbers.get(int(pk)) if thing == "answer" else None
    who = names.get(event.actor, "Somebody who left") if event.actor else SYSTEM
    words = WORDS.get(event.kind, event.kind.replace(".", " ").replace("_", " "))
    words = words.format(n=number)
    if event.pk in reasons:
        words += f": {reasons[event.pk]}"
    return Line(at=event.at, who=who, words=words, number=number)


def recent(assessment: Assessment, count: int) -> list[Line]:
    """The newest events."""
    numbers = _numbers(assessment)
    return _lines(_of(assessment, numbers)[:count], numbers)


def event_page(assessment: Assessment, page: str | int) -> tuple[Page, list[Line]]:
    """One page of all events, newest first."""
    numbers = _numbers(assessment)
    shown = Paginator(_of(assessment, numbers), PAGE_SIZE).get_page(page)
    return shown, _lines(shown.object_list, numbers)
