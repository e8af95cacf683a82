"""What the vendor's pages show, read at once. Nothing here is about results: a vendor never sees them."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import Answer, AnswerKind, Assessment, Evidence, Query
from assessments.queries.evaluations import Checked
from assessments.queries.files import listed
from assessments.states import State
from playbook.models import EvidenceRequest, ResponseOption
from vendors.models import Member, MemberRole

# Status of one question as the vendor reads it, with the look of its tag.
STATUS = {
    "sent-back": ("Sent back", "tag-amber"),
    "completed": ("Completed", "tag-plain"),
    "in-progress": ("In progress", "tag-blue"),
    "not-started": ("Not started", ""),
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

    @property
    def label(self) -> str:
        """The status in words."""
        return STATUS[self.status][0]

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
        return "due today"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"{count} left" if days > 0 else f"{count} overdue"


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
    return "in-progress" if answer.version else "not-started"


def _hint(answer: Answer, status: str) -> str:
    """What is missing; "" for what is done, not begun, or said by the analyst's own words."""
    if status != "in-progress":
        return ""
    if answer.kind == AnswerKind.UNKNOWN:
        return "Answered “I do not know yet”"
    if answer.kind == AnswerKind.NONE:
        return "No statement chosen yet"
    if not answer.file_count and not answer.notes and answer.kind == AnswerKind.STATEMENTS:
        return "Draft answer saved, no evidence yet"
    return "Draft answer saved, not completed yet"


def answers_of(assessment: Assessment) -> list[Answer]:
    """Every answer with the short texts of its question and its number of files. One query."""
    kept = Count("links", filter=Q(links__evidence__withdrawn_at=None))
    rows = (
        Answer.objects.filter(assessment=assessment)
        .select_related("criterion__domain", "updated_by")
        .annotate(file_count=kept)
    )
    return list(
        rows.only(
            "assessment", "kind", "statements", "reason", "notes", "is_complete", "version", "updated_at",
            "updated_by__name", "updated_by__email",
            "criterion__number", "criterion__short_title", "criterion__question",
            "criterion__domain__slug", "criterion__domain__name", "criterion__domain__order",
        ).order_by("criterion__number")
    )  # fmt: skip


def row_of(answer: Answer, asked: Sequence[str], contradicted: Container[int] = ()) -> QuestionRow:
    """One answer of `answers_of` as a list shows it; `contradicted` are numbers of questions."""
    status = _status(answer, asked)
    return QuestionRow(
        number=answer.criterion.number,
        title=answer.criterion.short_title,
        status=status,
        hint=_hint(answer, status),
        files=answer.file_count,
        is_contradicted=answer.criterion.number in contradicted,
        asked=tuple(asked),
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
            name = rows[0][0].criterion.domain.name
            is_open = all_open or done < len(rows) or any(row.is_contradicted for row in visible)
            domains.append(DomainRows(slug=slug, name=name, done=done, total=len(rows), rows=visible, is_open=is_open))
    return domains


def question_list(assessment: Assessment, show: str, checked: Checked) -> QuestionList:
    """The list of questions with a filter: at most 6 queries, however many questions and files there are.

    `checked` is what was found in the files.
    """
    asked = asked_of(assessment)
    contradicted = {one.number for one in checked.contradictions}
    pairs = [(answer, row_of(answer, asked.get(answer.pk, ()), contradicted)) for answer in answers_of(assessment)]
    rows = [row for _, row in pairs]
    sets = {
        "all": {row.number for row in rows},
        "todo": {row.number for row in rows if not row.is_done},
        "evidence": {row.number for row in rows if not row.files},
        "otherwise": contradicted,
        "sent-back": {row.number for row in rows if row.asked},
    }
    labels = {
        "all": "All",
        "todo": "To do",
        "evidence": "No evidence",
        "otherwise": "Files say otherwise",
        "sent-back": "Sent back",
    }
    filters = [
        Filter(key=key, label=labels[key], count=len(numbers))
        for key, numbers in sets.items()
        if numbers or key not in {"otherwise", "sent-back"}
    ]
    show = show if show in {one.key for one in filters} else "sent-back" if sets["sent-back"] else "all"
    people = people_of(assessment)
    files = list(Evidence.objects.filter(assessment=assessment).kept().values_list("format", "accounts"))
    declared = set(assessment.vendor.aws_accounts.values_list("account_id", flat=True))
    reported = {account for kind, accounts in files if kind == CREDENTIAL_REPORT for account in accounts}
    wanting = EvidenceRequest.objects.filter(criterion__playbook=assessment.playbook_id, kind=CREDENTIAL_REPORT)
    numbers = sorted(set(wanting.values_list("criterion__number", flat=True)))
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


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kind of evidence that is asked for."""

    kind: str  # in words
    is_report: bool
    is_required: bool
    must_show: str
    commands: Sequence[str]


# The key of a statement names its side, so no text that a vendor reads may hold one.
_KEY = re.compile(r"[a-z][a-z0-9-]*-\d+-[af]\d+")
# The playbook speaks to the assessor as well: of its source, of notes and of results that a vendor does not have.
_NOT_FOR_VENDORS = re.compile(r"\bassessor\b|\bthe source\b|\bresult of\b|^ask (?:who|for|whether)\b", re.IGNORECASE)
_PART = re.compile(r"(?<=[.;]) +")


def _neutral(text: str, statements: Mapping[str, str]) -> str:
    """A text of the playbook with the words of a statement in place of its key, and without what is for assessors."""
    parts = _PART.split(text)
    kept = [part for part in parts if not _NOT_FOR_VENDORS.search(part)]
    text = " ".join(kept)
    if len(kept) < len(parts) and text:
        text = text.rstrip(".,;") + "."
    text = text.replace("The vendor says ", "Say ")
    return _KEY.sub(lambda found: f"“{statements.get(found.group(), 'another statement').rstrip('.')}”", text)


def _steps(texts: Sequence[str], statements: Mapping[str, str]) -> list[str]:
    """The steps of which anything is left for a vendor."""
    return [neutral for text in texts if (neutral := _neutral(text, statements))]


def requests_of(answer: Answer, statements: Mapping[str, str] | None = None) -> list[Request]:
    """What is asked for as evidence; `statements` are texts by key, which are read where they are not given."""
    if statements is None:
        statements = {option.key: option.text for option in options_of(answer)}
    return [
        Request(
            kind=one.kind_label,
            is_report=one.kind == CREDENTIAL_REPORT,
            is_required=one.required,
            must_show=_neutral(one.must_show, statements),
            commands=one.commands,
        )
        for one in answer.criterion.evidence_requests.all()
    ]


@dataclass(frozen=True, kw_only=True)
class QuestionSheet:
    """What the page of one question shows beside its form."""

    options: Sequence[ResponseOption]
    when: str  # in which case the question does not apply
    steps: Sequence[str]
    additions: Sequence[str]
    requests: Sequence[Request]
    domain: Sequence[QuestionRow]
    place: int  # 4 of the domain's questions
    previous: QuestionRow | None
    next: QuestionRow | None
    accounts: int
    asked: Sequence[Query]  # of this round, with who asked


def options_of(answer: Answer) -> list[ResponseOption]:
    """The statements of both sides. One query."""
    return list(answer.criterion.options.all())


def question_sheet(answer: Answer, options: Sequence[ResponseOption]) -> QuestionSheet:
    """The page of one question: at most 5 queries beside the one for its options."""
    assessment = answer.assessment
    statements = {option.key: option.text for option in options}
    asked = asked_of(assessment)
    rows = [(one.criterion.domain.slug, row_of(one, asked.get(one.pk, ()))) for one in answers_of(assessment)]
    numbers = [row.number for _, row in rows]
    at = numbers.index(answer.criterion.number)
    domain = [row for slug, row in rows if slug == answer.criterion.domain.slug]
    sent = answer.queries.filter(round=assessment.round).select_related("by") if answer.pk in asked else []
    return QuestionSheet(
        options=options,
        when=_neutral(answer.criterion.applicability.get("when", ""), statements),
        steps=_steps(answer.criterion.validation_steps, statements),
        additions=_steps(answer.criterion.validation_additions, statements),
        requests=requests_of(answer, statements),
        domain=domain,
        place=[row.number for row in domain].index(answer.criterion.number) + 1,
        previous=rows[at - 1][1] if at else None,
        next=rows[at + 1][1] if at + 1 < len(rows) else None,
        accounts=assessment.vendor.aws_accounts.count(),
        asked=list(sent),
    )


def next_open(answer: Answer) -> int | None:
    """The number of the next question that is not completed: after this one, else from the start. One query."""
    open_numbers = list(
        Answer.objects.filter(assessment=answer.assessment_id)
        .open()
        .order_by("criterion__number")
        .values_list("criterion__number", flat=True)
    )
    after = [number for number in open_numbers if number > answer.criterion.number]
    return (after or open_numbers or [None])[0]


def said(answer: Answer, texts: dict[str, str]) -> list[str]:
    """What was answered, in words; `texts` are the statements by key. Their order says nothing of their sides."""
    if answer.kind == AnswerKind.STATEMENTS:
        return sorted(texts[key] for key in answer.statements if key in texts)
    words = AnswerKind(answer.kind).label if answer.kind else "No answer yet"
    return [f"{words}: {answer.reason}" if answer.reason else words]


def statements_chosen(answer: Answer, options: Sequence[ResponseOption]) -> list[str]:
    """What was answered, in words; for a page that is only read."""
    return said(answer, {option.key: option.text for option in options})
