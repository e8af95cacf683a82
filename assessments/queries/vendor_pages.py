"""The vendor's list of questions, read at once. Nothing here is about results: a vendor never sees them."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import Answer, AnswerKind, Assessment, Evidence, Query
from assessments.queries.assignments import Holder, active_people, holder_of, is_held_by
from assessments.queries.evaluations import Checked
from assessments.states import State
from assessments.wording import listed
from playbook.models import EvidenceRequest
from users.models import User
from vendors.models import Member, MemberRole

# Status of one question as the vendor reads it, with the look of its tag.
STATUS = {
    "sent-back": (gettext_noop("Sent back"), "tag-amber"),
    "completed": (gettext_noop("Completed"), "tag-plain"),
    "to-confirm": (gettext_noop("To confirm"), "tag-violet"),
    "in-progress": (gettext_noop("In progress"), "tag-blue"),
    "not-started": (gettext_noop("Not started"), ""),
}


# The filters of the list; the first three are there even when they are empty.
FILTERS = {
    "all": gettext_noop("All"),
    "todo": gettext_noop("To do"),
    "evidence": gettext_noop("No evidence"),
    "mine": gettext_noop("Assigned to you"),
    "to-confirm": gettext_noop("To confirm"),
    "otherwise": gettext_noop("Files say otherwise"),
    "sent-back": gettext_noop("Sent back"),
}


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One question in a list."""

    number: int
    title: str
    status: str
    hint: str
    files: int
    is_contradicted: bool = False  # by what its files show
    asked: Sequence[str] = ()  # what the analyst asks in this round
    holder: Holder | None = None  # who is asked to answer
    answered_by: str = ""

    @property
    def label(self) -> str:
        """The status in words."""
        return _(STATUS[self.status][0])

    @property
    def tag(self) -> str:
        """The look of its tag."""
        return STATUS[self.status][1]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.status == "completed"


@dataclass(frozen=True, kw_only=True)
class DomainRows:
    """The questions of one domain that a filter shows, and how far the whole domain is."""

    slug: str
    name: str
    done: int
    total: int
    rows: Sequence[QuestionRow]
    is_open: bool
    to_confirm: Sequence[int] = ()  # numbers of the questions shown that can be confirmed together

    @property
    def width(self) -> str:
        """Length of the bar, of 100."""
        return f"{100 * self.done / self.total:.1f}" if self.total else "0"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter of the list."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class QuestionList:
    """The vendor's list of questions."""

    domains: Sequence[DomainRows]
    filters: Sequence[Filter]
    show: str
    total: int
    done: int
    next_number: int | None
    files: int
    leads: Sequence[str]
    helpers: Sequence[str]
    accounts: int
    reported_accounts: int
    report_questions: str  # "5, 6 and 14"
    report_count: int

    @property
    def width(self) -> str:
        """Length of the bar, of 100."""
        return f"{100 * self.done / self.total:.1f}" if self.total else "0"


@dataclass(frozen=True)
class People:
    """Who acts for the vendor, by name."""

    leads: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)


def distance(due_on: date | None, today: date | None = None) -> str:
    """18 days left, due today, 10 days overdue; "" without a due date."""
    if due_on is None:
        return ""
    days = (due_on - (today or timezone.localdate())).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", -days) % {"count": -days}


def people_of(assessment: Assessment) -> People:
    """Who submits, and who helps. One query."""
    people = People()
    members = Member.objects.filter(vendor=assessment.vendor_id, is_active=True, user__is_active=True)
    for role, name, email in members.order_by("user__name", "id").values_list("role", "user__name", "user__email"):
        (people.leads if role == MemberRole.LEAD else people.helpers).append(name or email)
    return people


def asked_of(assessment: Assessment) -> dict[int, list[str]]:
    """Answer's id -> what is asked about it in this round. One query, and none before anything was sent back."""
    if assessment.state != State.CHANGES_REQUESTED:
        return {}
    asked: dict[int, list[str]] = {}
    sent = Query.objects.filter(answer__assessment=assessment, round=assessment.round)
    for answer, text in sent.values_list("answer", "text"):
        asked.setdefault(answer, []).append(text)
    return asked


def _status(answer: Answer, asked: Sequence[str]) -> str:
    if answer.is_complete:
        return "completed"
    if asked:
        return "sent-back"
    if answer.is_to_confirm:
        return "to-confirm"
    return "in-progress" if answer.version else "not-started"


def _hint(answer: Answer, status: str) -> str:
    """What is missing; "" for what is done, not begun, or said by the analyst's own words."""
    if status != "in-progress":
        return ""
    if answer.kind == AnswerKind.UNKNOWN:
        return _("Answered “I do not know yet”")
    if answer.kind == AnswerKind.NONE:
        return _("No statement chosen yet")
    if not answer.file_count and not answer.notes and answer.kind == AnswerKind.STATEMENTS:
        return _("Draft answer saved, no evidence yet")
    return _("Draft answer saved, not completed yet")


def answers_of(assessment: Assessment, reader: User) -> list[Answer]:
    """Every answer this person may see, with the short texts of its question and its number of files. One query."""
    kept = Count("links", filter=Q(links__evidence__withdrawn_at=None))
    rows = (
        Answer.objects.visible_to(reader)
        .filter(assessment=assessment)
        .select_related("criterion__domain", "updated_by", "assignee", "assignee_invitation__accepted_by")
        .annotate(file_count=kept)
    )
    return list(
        rows.only(
            "assessment", "kind", "statements", "reason", "notes", "is_complete", "version", "updated_at",
            "updated_by__name", "updated_by__email", "carried_from",
            "assignee__name", "assignee__email", "assignee_invitation__name", "assignee_invitation__email",
            "assignee_invitation__revoked_at", "assignee_invitation__accepted_by__name",
            "assignee_invitation__accepted_by__email",
            "criterion__number", "criterion__short_title", "criterion__question", "criterion__translations",
            "criterion__domain__slug", "criterion__domain__name", "criterion__domain__order",
            "criterion__domain__translations",
        ).order_by("criterion__number")
    )  # fmt: skip


def row_of(
    answer: Answer, asked: Sequence[str], contradicted: Container[int] = (), active: Container[int] | None = None
) -> QuestionRow:
    """One answer of `answers_of` as a list shows it.

    `contradicted` are numbers of questions, `active` ids of the people who act for the vendor, where the list says who
    works on what.
    """
    status = _status(answer, asked)
    return QuestionRow(
        number=answer.criterion.number,
        title=answer.criterion.words.short_title,
        status=status,
        hint=_hint(answer, status),
        files=answer.file_count,
        is_contradicted=answer.criterion.number in contradicted,
        asked=tuple(asked),
        holder=holder_of(answer, active) if active is not None else None,
        answered_by=answer.updated_by.name if answer.updated_by else "",
    )


def _by_domain(pairs: Sequence[tuple[Answer, QuestionRow]], shown: set[int], *, all_open: bool) -> list[DomainRows]:
    grouped: dict[str, list[tuple[Answer, QuestionRow]]] = {}
    for answer, row in pairs:
        grouped.setdefault(answer.criterion.domain.slug, []).append((answer, row))
    domains = []
    for slug, rows in grouped.items():
        done = sum(row.is_done for _, row in rows)
        visible = [row for _, row in rows if row.number in shown]
        if visible:
            name = rows[0][0].criterion.domain.words.name
            is_open = all_open or done < len(rows) or any(row.is_contradicted for row in visible)
            waiting = [row.number for row in visible if row.status == "to-confirm" and not row.is_contradicted]
            domains.append(
                DomainRows(
                    slug=slug,
                    name=name,
                    done=done,
                    total=len(rows),
                    rows=visible,
                    is_open=is_open or bool(waiting),
                    to_confirm=waiting,
                )
            )
    return domains


def _filters(sets: Mapping[str, set[int]]) -> list[Filter]:
    return [
        Filter(key=key, label=_(FILTERS[key]), count=len(numbers))
        for key, numbers in sets.items()
        if numbers or key in {"all", "todo", "evidence"}
    ]


def question_list(assessment: Assessment, reader: User, show: str, checked: Checked) -> QuestionList:
    """The list of questions with a filter: at most 7 queries, however many questions and files there are.

    `checked` is what was found in the files.
    """
    asked = asked_of(assessment)
    contradicted = {one.number for one in checked.contradictions}
    active = active_people(assessment)
    pairs = [
        (answer, row_of(answer, asked.get(answer.pk, ()), contradicted, active))
        for answer in answers_of(assessment, reader)
    ]
    rows = [row for _, row in pairs]
    sets = {
        "all": {row.number for row in rows},
        "todo": {row.number for row in rows if not row.is_done},
        "evidence": {row.number for row in rows if not row.files},
        "mine": {answer.criterion.number for answer, _ in pairs if is_held_by(answer, reader)},
        "to-confirm": {row.number for row in rows if row.status == "to-confirm"},
        "otherwise": contradicted,
        "sent-back": {row.number for row in rows if row.asked},
    }
    filters = _filters(sets)
    show = show if show in {one.key for one in filters} else "sent-back" if sets["sent-back"] else "all"
    people = people_of(assessment)
    kept = Evidence.objects.visible_to(reader).for_answers().filter(assessment=assessment).kept()
    files = list(kept.values_list("format", "accounts"))
    declared = set(assessment.vendor.aws_accounts.values_list("account_id", flat=True))
    reported = {account for kind, accounts in files if kind == CREDENTIAL_REPORT for account in accounts}
    wanting = EvidenceRequest.objects.filter(criterion__playbook=assessment.playbook_id, kind=CREDENTIAL_REPORT)
    numbers = sorted(set(wanting.values_list("criterion__number", flat=True)) & sets["all"])
    return QuestionList(
        domains=_by_domain(pairs, sets[show], all_open=show != "all"),
        filters=filters,
        show=show,
        total=len(rows),
        done=sum(row.is_done for row in rows),
        next_number=next((row.number for row in rows if not row.is_done), None),
        files=len(files),
        leads=people.leads,
        helpers=people.helpers,
        accounts=len(declared),
        reported_accounts=len(reported & declared) if declared else len(reported),
        report_questions=listed(numbers) if numbers else "",
        report_count=len(numbers),
    )
