"""Our page of one assessment: where it stands, what was found, and what is missing for the next move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.agreement import Agreement, of_result
from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import Answer, Assessment, Evaluation, Evidence, EvidenceLink, Query, Report
from assessments.queries.bars import Bar, bar
from assessments.queries.contradictions import Contradiction, contradictions
from assessments.queries.events import Line, recent
from assessments.queries.portfolio import Due, due
from assessments.scoring import GAPS, Result, assurance, finding_order, grade_for, priority
from assessments.states import WITH_VENDOR, State
from playbook.models import Severity
from users.models import StaffRole, User
from vendors.models import Invitation, Member, MemberRole

RECENT_EVENTS = 8


@dataclass(frozen=True)
class DomainRow:
    """The results of one domain."""

    name: str
    first: int  # number of its first question
    bar: Bar
    score: str


ASSURANCES = {
    "verified": gettext_lazy("Verified"),
    "documented": gettext_lazy("Documented"),
    "asserted": gettext_lazy("Asserted"),
}


@dataclass(frozen=True)
class FindingRow:
    """One gap: a question that is not fully met."""

    number: int
    title: str
    severity: str
    priority: str
    result: str
    words: str
    assurance: str  # "verified", "documented" or "asserted"
    raised: int | None  # id of the finding, where one was raised
    state: str = ""  # of that finding

    @property
    def severity_label(self) -> str:
        """The severity in words."""
        return str(Severity(self.severity).label)

    @property
    def assurance_label(self) -> str:
        """The assurance in words."""
        return str(ASSURANCES[self.assurance])


@dataclass(frozen=True)
class Stage:
    """One step of the way; `mark` is "done", "now" or ""."""

    name: str
    words: str
    mark: str


@dataclass(frozen=True)
class ToDo:
    """One thing to do before the questions can be sent. `place` is "edit" or "people"."""

    words: str
    is_done: bool
    place: str


@dataclass(frozen=True)
class Overview:
    """Everything the page shows."""

    assessment: Assessment
    due: Due | None
    is_draft_score: bool
    is_capped: bool  # the grade is lower than the score alone would give
    domains: Sequence[DomainRow]
    findings: Sequence[FindingRow]
    contradictions: Sequence[Contradiction]  # answers that the evidence says otherwise than
    stages: Sequence[Stage]
    to_do: Sequence[ToDo]
    first_unscored: int | None
    queries: Sequence[Query]  # collected, not sent
    asked: Sequence[Query]  # of the round that the vendor has now
    leads: Sequence[Member]
    invited: Sequence[Invitation]
    account_count: int
    file_count: int
    report_file_count: int
    before: Assessment | None
    report: Report | None
    events: Sequence[Line]

    @property
    def open_contradictions(self) -> list[Contradiction]:
        """Those that nobody has given a result to."""
        return [one for one in self.contradictions if not one.result]

    @property
    def resolved_contradictions(self) -> list[Contradiction]:
        """Those that a result has settled."""
        return [one for one in self.contradictions if one.result]

    @property
    def invited_words(self) -> str:
        """The addresses of the leads who were invited and have not joined, as a list in a sentence."""
        return ", ".join(one.email for one in self.invited)

    @property
    def due_is_past(self) -> bool:
        """Whether the vendor would be late as soon as it gets questions back."""
        return self.due is not None and self.due.on < timezone.localdate()

    @property
    def is_ready_to_send(self) -> bool:
        """Whether nothing is missing for sending."""
        return all(one.is_done for one in self.to_do)


def overview(user: User, assessment: Assessment) -> Overview:
    """Read one assessment for its page. `assessment` came through the door, with vendor and playbook."""
    rows = _answers(assessment)
    today = timezone.localdate()
    queries = list(
        Query.objects.visible_to(user)
        .filter(Q(round=None) | Q(round=assessment.round), answer__assessment=assessment)
        .select_related("by", "answer__criterion")
        .order_by("answer__criterion__number", "id")
    )
    leads, invited = _leads(assessment), _invited(assessment)
    files = _file_counts(user, assessment)
    is_back = assessment.state == State.CHANGES_REQUESTED
    return Overview(
        assessment=assessment,
        due=due(assessment.due_on, assessment.state, today),
        is_draft_score=assessment.is_provisional or assessment.state != State.CLOSED,
        is_capped=assessment.grade != grade_for(assessment.score),
        domains=_domains(assessment, rows),
        findings=_findings(assessment, rows),
        contradictions=contradictions(user, [assessment.pk]) if assessment.submitted_run_id else [],
        stages=_stages(assessment),
        to_do=_to_do(assessment, bool(leads or invited), today),
        first_unscored=next((row["criterion__number"] for row in rows if not row["review__result"]), None),
        queries=[one for one in queries if one.round is None],
        asked=[one for one in queries if one.round is not None and is_back],
        leads=leads,
        invited=invited,
        account_count=assessment.vendor.aws_accounts.count(),
        file_count=files["files"],
        report_file_count=files["reports"],
        before=Assessment.objects.closed_before(assessment).first(),
        report=Report.objects.visible_to(user).full().filter(assessment=assessment).defer("snapshot").first(),
        events=recent(assessment, RECENT_EVENTS),
    )


def _answers(assessment: Assessment) -> list[dict[str, Any]]:
    """The answers with their results, whether files were submitted with them, and what those show."""
    links = EvidenceLink.objects.filter(answer=OuterRef("pk"), at__lte=assessment.submitted_at or timezone.now())
    verdicts = Evaluation.objects.filter(answer=OuterRef("pk"), run=assessment.submitted_run_id)
    found = Answer.objects.filter(assessment=assessment).order_by("criterion__number")
    found = found.annotate(
        has_evidence=Exists(links.filter(evidence__withdrawn_at=None)), verdict=Subquery(verdicts.values("state")[:1])
    )
    return list(
        found.values(
            "has_evidence",
            "verdict",
            "criterion__number",
            "criterion__short_title",
            "criterion__severity",
            "criterion__domain__slug",
            "criterion__domain__name",
            "review__result",
            "review__note",
            "review__deviation",
            "finding",
            "finding__state",
            "finding__title",
            "finding__severity",
            "finding__priority",
        )  # fmt: skip
    )


def _domains(assessment: Assessment, rows: Sequence[Mapping[str, Any]]) -> list[DomainRow]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["criterion__domain__slug"], []).append(row)
    return [
        DomainRow(
            name=group[0]["criterion__domain__name"],
            first=group[0]["criterion__number"],
            bar=bar(row["review__result"] or "" for row in group),
            score=assessment.domain_scores.get(slug) or "–",
        )
        for slug, group in groups.items()
    ]


def _findings(assessment: Assessment, rows: Iterable[Mapping[str, Any]]) -> list[FindingRow]:
    """Most serious first: by priority, then severity, then result."""
    found = [
        FindingRow(
            number=row["criterion__number"],
            title=row["finding__title"] or row["criterion__short_title"],
            severity=row["finding__severity"] or row["criterion__severity"],
            priority=row["finding__priority"]
            or priority(
                severity=row["criterion__severity"],
                tier=assessment.vendor.tier,
                result=Result(row["review__result"]),
            ),
            result=row["review__result"],
            words=row["review__deviation"] or row["review__note"],
            assurance=_assurance(row),
            raised=row["finding"],
            state=row["finding__state"] or "",
        )
        for row in rows
        if row["review__result"] in GAPS
    ]
    return sorted(
        found,
        key=lambda one: finding_order(
            priority=one.priority, severity=one.severity, result=Result(one.result), number=one.number
        ),
    )


def _assurance(row: Mapping[str, Any]) -> str:
    agrees = of_result(result=Result(row["review__result"]), verdict=row["verdict"] or "") is Agreement.AGREES
    return assurance(has_evidence=row["has_evidence"], machine_agrees=agrees)


def _day(at: datetime | date | None) -> str:
    """The day in words, with its year unless that is this one."""
    if at is None:
        return ""
    day = timezone.localdate(at) if isinstance(at, datetime) else at
    return date_format(day, "j F" if day.year == timezone.localdate().year else "j F Y")


def _stages(assessment: Assessment) -> list[Stage]:
    """The way from sending to closing, and how far it has gone."""
    state = assessment.state
    place = {State.DRAFT: 0, State.IN_PROGRESS: 1, State.SUBMITTED: 2, State.CHANGES_REQUESTED: 3, State.CLOSED: 5}
    now = place.get(State(state), -1)
    was_back = assessment.round > 1
    steps = [
        (_("Sent"), _day(assessment.sent_at) or _("Not yet")),
        (_("Vendor answered"), _answered(assessment)),
        (_("In review"), "" if now < 2 else _scored(assessment)),
        (_("Back with vendor"), _back(assessment)),
        (_("Closed"), _day(assessment.closed_at) or _("Report issued")),
    ]
    done = {
        0: assessment.sent_at is not None,
        1: assessment.submitted_at is not None,
        2: now >= 3,
        3: was_back and now != 3,
        4: now == 5,
    }
    return [
        Stage(name, words, "now" if number == now else "done" if done[number] else "")
        for number, (name, words) in enumerate(steps)
    ]


def _answered(assessment: Assessment) -> str:
    """When the answers came and, in the first round, whether that was in time; when they are due before."""
    day, due_on = _day(assessment.submitted_at), _day(assessment.due_on)
    if not day:
        return _("Due %(day)s") % {"day": due_on} if due_on else _("No due date")
    if assessment.submitted_at and assessment.due_on and assessment.round == 1:
        if timezone.localdate(assessment.submitted_at) <= assessment.due_on:
            return _("%(day)s, on time") % {"day": day}
        return _("%(day)s, late") % {"day": day}
    return day


def _scored(assessment: Assessment) -> str:
    figures = {"count": assessment.reviewed_count, "total": assessment.question_count}
    return _("%(count)s of %(total)s scored") % figures


def _back(assessment: Assessment) -> str:
    if assessment.round > 1:
        return _("Round %(round)s") % {"round": assessment.round}
    if assessment.state == State.CLOSED:
        return _("Nothing was sent back")
    return _("Only if you send questions back")


def _to_do(assessment: Assessment, has_lead: bool, today: date) -> list[ToDo]:
    """What sending needs; the action has the last word."""
    if assessment.state != State.DRAFT:
        return []
    running = Assessment.objects.filter(vendor=assessment.vendor_id, state__in=WITH_VENDOR).exists()
    dated = assessment.due_on is not None and assessment.due_on >= today
    to_do = [
        ToDo(_("Set a due date that is not past"), dated, "edit"),
        ToDo(_("Invite a lead at the vendor: somebody who can answer and submit"), has_lead, "people"),
    ]
    if running:
        to_do.append(ToDo(_("Wait until the vendor has answered the assessment before, or cancel it"), False, ""))
    return to_do


def _leads(assessment: Assessment) -> list[Member]:
    people = Member.objects.filter(
        vendor=assessment.vendor_id, is_active=True, user__is_active=True, role=MemberRole.LEAD
    )
    return list(people.select_related("user"))


def _invited(assessment: Assessment) -> list[Invitation]:
    return list(Invitation.objects.pending().filter(vendor=assessment.vendor_id, role=MemberRole.LEAD))


def _file_counts(user: User, assessment: Assessment) -> dict[str, int]:
    """Files that were submitted; what the vendor is still collecting is not counted."""
    files = Evidence.objects.visible_to(user).for_answers().filter(assessment=assessment)
    return files.aggregate(files=Count("id"), reports=Count("id", filter=Q(format=CREDENTIAL_REPORT)))


def analysts(assigned: int | None = None) -> QuerySet[User]:
    """Who can be assigned: our analysts who can still sign in, and whoever is assigned already."""
    able = Q(is_active=True, staff_role=StaffRole.ANALYST)
    return User.objects.staff().filter(able | Q(pk=assigned)).order_by("name", "pk")
