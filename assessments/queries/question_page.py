"""The vendor's page of one question, read at once. Nothing here is about results: a vendor never sees them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import Answer, AnswerKind, Query
from assessments.queries.assignments import Holder, active_people
from assessments.queries.vendor_pages import QuestionRow, answers_of, asked_of, row_of
from playbook.models import ResponseOption
from users.models import User


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
_NOT_FOR_VENDORS = re.compile(
    r"\bassessor\b|\bthe source\b|\bresult of\b|^ask (?:who|for|whether)\b"
    r"|\bBewertungshinweis\b|\bder Quelle\b|\bErgebnis von\b|^fragen Sie(?:,| nach)",
    re.IGNORECASE,
)
_PART = re.compile(r"(?<=[.;]) +")


def _neutral(text: str, statements: Mapping[str, str]) -> str:
    """A text of the playbook with the words of a statement in place of its key, and without what is for assessors."""
    parts = _PART.split(text)
    kept = [part for part in parts if not _NOT_FOR_VENDORS.search(part)]
    text = " ".join(kept)
    if len(kept) < len(parts) and text:
        text = text.rstrip(".,;") + "."
    text = text.replace("The vendor says ", "Say ")
    return _KEY.sub(lambda found: _quoted(statements.get(found.group(), _("another statement"))), text)


def _quoted(statement: str) -> str:
    return _("“%(statement)s”") % {"statement": statement.rstrip(".")}


def _steps(texts: Sequence[str], statements: Mapping[str, str]) -> list[str]:
    """The steps of which anything is left for a vendor."""
    return [neutral for text in texts if (neutral := _neutral(text, statements))]


def requests_of(answer: Answer, statements: Mapping[str, str] | None = None) -> list[Request]:
    """What is asked for as evidence; `statements` are texts by key, which are read where they are not given."""
    if statements is None:
        statements = texts_of(answer, options_of(answer))
    words = answer.criterion.words
    return [
        Request(
            kind=one.kind_label,
            is_report=one.kind == CREDENTIAL_REPORT,
            is_required=one.required,
            must_show=_neutral(words.must_show(one), statements),
            commands=one.commands,
        )
        for one in answer.criterion.evidence_requests.all()
    ]


@dataclass(frozen=True, kw_only=True)
class QuestionSheet:
    """What the page of one question shows beside its form."""

    options: Sequence[ResponseOption]
    when: str  # in which case the question does not apply
    english: Sequence[str]  # the question and its statements as they count, where another language is read
    steps: Sequence[str]
    additions: Sequence[str]
    requests: Sequence[Request]
    domain: Sequence[QuestionRow]
    place: int  # 4 of the domain's questions
    previous: QuestionRow | None
    next: QuestionRow | None
    accounts: int
    asked: Sequence[Query]  # of this round, with who asked
    asked_before: Sequence[Query]  # in earlier rounds, the latest first
    holder: Holder | None  # who is asked to answer


def options_of(answer: Answer) -> list[ResponseOption]:
    """The statements of both sides. One query."""
    return list(answer.criterion.options.all())


def texts_of(answer: Answer, options: Sequence[ResponseOption]) -> dict[str, str]:
    """The statements by key, in the reader's language."""
    words = answer.criterion.words
    return {option.key: words.statement(option) for option in options}


def question_sheet(answer: Answer, reader: User, options: Sequence[ResponseOption]) -> QuestionSheet:
    """The page of one question: at most 7 queries beside the one for its options."""
    assessment = answer.assessment
    statements, words = texts_of(answer, options), answer.criterion.words
    asked, active = asked_of(assessment), active_people(assessment)
    rows = [
        (one.criterion.domain.slug, row_of(one, asked.get(one.pk, ()), (), active))
        for one in answers_of(assessment, reader)
    ]
    numbers = [row.number for _, row in rows]
    at = numbers.index(answer.criterion.number)
    domain = [row for slug, row in rows if slug == answer.criterion.domain.slug]
    sent = list(Query.objects.visible_to(reader).filter(answer=answer).select_related("by"))
    is_back = answer.pk in asked
    return QuestionSheet(
        options=options,
        when=_neutral(words.when, statements),
        english=_english(answer, options),
        steps=_steps(words.validation_steps, statements),
        additions=_steps(words.validation_additions, statements),
        requests=requests_of(answer, statements),
        domain=domain,
        place=[row.number for row in domain].index(answer.criterion.number) + 1,
        previous=rows[at - 1][1] if at else None,
        next=rows[at + 1][1] if at + 1 < len(rows) else None,
        accounts=assessment.vendor.aws_accounts.count(),
        asked=[query for query in sent if is_back and query.round == assessment.round],
        asked_before=[query for query in reversed(sent) if not is_back or query.round != assessment.round],
        holder=rows[at][1].holder,
    )


def _english(answer: Answer, options: Sequence[ResponseOption]) -> list[str]:
    """The order of the statements says nothing of their sides."""
    if not answer.criterion.words.is_translated:
        return []
    return [answer.criterion.question, *sorted(option.text for option in options)]


def next_open(answer: Answer, reader: User) -> int | None:
    """The number of the next question that is not completed: after this one, else from the start. One query."""
    open_numbers = list(
        Answer.objects.visible_to(reader)
        .filter(assessment=answer.assessment_id)
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
    words = str(AnswerKind(answer.kind).label)
    return [f"{words}: {answer.reason}" if answer.reason else words]


def statements_chosen(answer: Answer, options: Sequence[ResponseOption]) -> list[str]:
    """What was answered, in words; for a page that is only read."""
    return said(answer, texts_of(answer, options))
