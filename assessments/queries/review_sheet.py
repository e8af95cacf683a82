"""One question as the analyst sees it: what was submitted, what it rests on, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy

from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import (
    Answer,
    AnswerKind,
    AnswerVersion,
    Assessment,
    Evidence,
    InternalNote,
    Query,
    Review,
    SecondLook,
)
from assessments.queries.bars import Bar, bar
from assessments.queries.contradictions import contradictions
from assessments.queries.evaluations import Checked, checked
from assessments.queries.excerpts import Excerpt, Marks, excerpt
from assessments.queries.files import is_image, old_words, size_of
from assessments.queries.pages import Pages, pages_of
from assessments.queries.portfolio import SHORT_NAMES
from assessments.queries.proposals import Machine, Proposal, machine, marks_of, proposal
from assessments.states import State
from playbook.models import EvidenceRequest, ResponseOption, Side

if TYPE_CHECKING:
    from users.models import User

KIND_WORDS = {
    "": gettext_lazy("No answer"),
    AnswerKind.NONE_FITS: gettext_lazy("None of these fits"),
    AnswerKind.NOT_APPLICABLE: gettext_lazy("Not applicable"),
    AnswerKind.UNKNOWN: gettext_lazy("I do not know yet"),
}
# More files than this are chosen from a list instead of tabs.
MOST_TABS = 4


@dataclass(frozen=True)
class Statement:
    """A statement of the playbook, and whether the vendor chose it."""

    key: str
    text: str
    side: str
    is_chosen: bool


@dataclass(frozen=True)
class Said:
    """What the vendor said, at one moment."""

    kind: str
    words: str  # what was chosen instead of a statement, or ""
    statements: Sequence[Statement]
    reason: str
    notes: str
    plan: str
    plan_due_on: date | None
    by: str
    at: datetime | None

    @property
    def content(self) -> tuple[object, ...]:
        """What was said, whoever said it and when."""
        return self.kind, [one.key for one in self.statements], self.reason, self.notes, self.plan, self.plan_due_on


@dataclass(frozen=True)
class File:
    """One file of the answer, with what a page shows of it."""

    evidence: Evidence
    size: str
    is_image: bool
    is_report: bool
    stale: str
    excerpt: Excerpt
    pages: Pages | None  # of a PDF

    @property
    def panel(self) -> str:
        """Id of its part of the page."""
        return f"file-{self.evidence.pk}"


@dataclass(frozen=True)
class RailItem:
    """A question in the list beside."""

    number: int
    title: str
    result: str
    own_version: int  # of the result where the reader gave it, else 0
    is_contradicted: bool = False  # the evidence says otherwise than the answer; open while there is no result
    is_again: bool = False  # it came back with the last round
    reviewer: str = ""  # name of the analyst it is assigned to


@dataclass(frozen=True)
class RailDomain:
    """The questions of one domain."""

    name: str
    items: list[RailItem]


@dataclass(frozen=True)
class ReviewSheet:
    """Everything the workbench shows."""

    assessment: Assessment
    answer: Answer
    said: Said
    history: Sequence[Said]
    statements: Sequence[Statement]
    requests: Sequence[EvidenceRequest]
    files: Sequence[File]
    machine: Machine  # what the evaluation of the evidence shows
    review: Review | None
    before: Review | None  # the result of the vendor's last closed assessment
    queries: Sequence[Query]
    notes: Sequence[InternalNote]
    waiting: int  # questions collected on this assessment, not sent yet
    rail: Sequence[RailDomain]
    bar: Bar
    previous: RailItem | None
    next: RailItem | None
    has_tabs: bool

    @property
    def acceptable(self) -> list[Statement]:
        """Statements that speak for a met criterion."""
        return [one for one in self.statements if one.side == Side.ACCEPTABLE]

    @property
    def failures(self) -> list[Statement]:
        """Statements that speak against one."""
        return [one for one in self.statements if one.side == Side.FAILURE]

    @property
    def is_again(self) -> bool:
        """Whether this question came back with the last round."""
        return any(item.is_again for domain in self.rail for item in domain.items if item.number == self.number)

    @property
    def reviewer(self) -> str:
        """Name of the analyst this question is assigned to, or ""."""
        return next(item.reviewer for domain in self.rail for item in domain.items if item.number == self.number)

    @property
    def number(self) -> int:
        """Of the question."""
        return self.answer.criterion.number

    @property
    def asked_last(self) -> list[Query]:
        """What the vendor was asked in the last round."""
        return [query for query in self.queries if query.round == self.assessment.round]

    @property
    def is_changed(self) -> bool:
        """Whether the vendor says something else now than when it was asked."""
        asked_at = max((query.at for query in self.asked_last), default=None)
        before = next((one for one in self.history if asked_at and one.at and one.at < asked_at), None)
        return before is not None and before.content != self.said.content

    @property
    def scored(self) -> int:
        """Questions that have a result."""
        return sum(1 for domain in self.rail for item in domain.items if item.result)


def next_unscored(user: User, answer: Answer) -> int | None:
    """The number of the next question without a result, after this one and then from the start; None at the end.

    Those assigned to this person come first.
    """
    open_ones = Answer.objects.filter(assessment=answer.assessment_id, review=None).order_by("criterion__number")
    rows = list(open_ones.values_list("criterion__number", "reviewer"))
    numbers = [number for number, reviewer in rows if reviewer == user.pk] or [number for number, _ in rows]
    later = [number for number in numbers if number > answer.criterion.number]
    return next(iter(later or numbers), None)


def option_choices(answer: Answer) -> list[tuple[str, str]]:
    """Key and text of each statement, acceptable ones first."""
    return [(option.key, option.text) for option in answer.criterion.options.all()]


def current_review(answer: Answer) -> Review | None:
    """The result of this answer, with who gave it."""
    return Review.objects.filter(answer=answer).select_related("by").first()


def review_sheet(user: User, answer: Answer) -> ReviewSheet:
    """Read one question for the workbench. `answer` came through the door; the number of queries does not grow."""
    assessment = answer.assessment
    return _sheet(
        user,
        answer,
        review=current_review(answer),
        rail=_rail(user, assessment),
        before=_before(answer),
        queries=list(answer.queries.select_related("by")),
        notes=list(InternalNote.objects.visible_to(user).filter(answer=answer).select_related("by")),
        waiting=Query.objects.filter(answer__assessment=assessment, round=None).count(),
    )


def blind_sheet(user: User, answer: Answer, look: SecondLook) -> ReviewSheet:
    """Read one question of a second look: what was submitted and what it shows, and nothing that anybody found."""
    return _sheet(user, answer, review=None, rail=blind_rail(look))


def _sheet(
    user: User,
    answer: Answer,
    *,
    review: Review | None,
    rail: tuple[list[RailDomain], list[RailItem]],
    before: Review | None = None,
    queries: Sequence[Query] = (),
    notes: Sequence[InternalNote] = (),
    waiting: int = 0,
) -> ReviewSheet:
    """What was submitted, with what is known about it beside."""
    assessment, number = answer.assessment, answer.criterion.number
    options = list(answer.criterion.options.all())
    history = _history(answer, options)
    said = _said(answer, options, history)
    domains, items = rail
    at = next(place for place, item in enumerate(items) if item.number == number)
    seen = checked(assessment, user, number=number)
    files = _files(user, answer, marks_of(seen.shown.get(number)))
    statements = _statements(options, {one.key for one in said.statements})
    return ReviewSheet(
        assessment=assessment,
        answer=answer,
        said=said,
        history=history,
        statements=statements,
        requests=list(answer.criterion.evidence_requests.all()),
        files=files,
        machine=machine(
            seen,
            number,
            kind=said.kind,
            statements=[(one.key, one.text, one.side, one.is_chosen) for one in statements],
            review=review,
            rows={(row.account, row.user): row.id for file in files for row in file.excerpt.rows if row.marks},
            names={file.evidence.pk: file.evidence.name for file in files},
        ),
        review=review,
        before=before,
        queries=queries,
        notes=notes,
        waiting=waiting,
        rail=domains,
        bar=bar([item.result for item in items]),
        previous=items[at - 1] if at else None,
        next=items[at + 1] if at + 1 < len(items) else None,
        has_tabs=1 < len(files) <= MOST_TABS,
    )


def _statements(options: Sequence[ResponseOption], chosen: set[str]) -> list[Statement]:
    return [Statement(option.key, option.text, option.side, option.key in chosen) for option in options]


def _history(answer: Answer, options: Sequence[ResponseOption]) -> list[Said]:
    """What was said up to the submission, newest first. What the vendor wrote after it is not ours to read."""
    submitted_at = answer.assessment.submitted_at
    if submitted_at is None:
        return []
    versions = AnswerVersion.objects.filter(answer=answer, closed_at__lte=submitted_at).select_related("by")
    return [_from(version.content, options, version.by.name, version.saved_at) for version in versions]


def _said(answer: Answer, options: Sequence[ResponseOption], history: Sequence[Said]) -> Said:
    """The answer as it was submitted: the row itself, unless the vendor has it back and may be changing it."""
    if answer.assessment.state == State.CHANGES_REQUESTED:
        return history[0] if history else _from({}, options, "", None)
    by = answer.updated_by.name if answer.updated_by else ""
    return _from(answer.content(), options, by, answer.updated_at)


def _from(content: dict[str, Any], options: Sequence[ResponseOption], by: str, at: datetime | None) -> Said:
    chosen = set(content.get("statements") or ())
    kind = content.get("kind") or ""
    return Said(
        kind=kind,
        words=str(KIND_WORDS.get(kind, "")),
        statements=[one for one in _statements(options, chosen) if one.is_chosen]
        if kind == AnswerKind.STATEMENTS
        else [],
        reason=content.get("reason") or "",
        notes=content.get("notes") or "",
        plan=content.get("plan") or "",
        plan_due_on=parse_date(content.get("plan_due_on") or ""),
        by=by,
        at=at,
    )


def offered(user: User, answer: Answer) -> Proposal | None:
    """The result that the evidence speaks for now."""
    return proposal(checked(answer.assessment, user, number=answer.criterion.number).shown.get(answer.criterion.number))


def waiting_for(user: User, answer: Answer) -> Checked:
    """Where the evaluation of what was submitted stands."""
    return checked(answer.assessment, user, number=answer.criterion.number)


def _files(user: User, answer: Answer, marks: Mapping[tuple[str, str], Marks]) -> list[File]:
    """The files submitted with the answer: those with rows that break it, then other tables, then the rest."""
    submitted_at = answer.assessment.submitted_at
    linked = Evidence.objects.visible_to(user).filter(links__answer=answer, links__at__lte=submitted_at)
    found = sorted(
        linked.select_related("received_by", "page_images"), key=lambda one: (one.format != CREDENTIAL_REPORT, one.pk)
    )
    files = [
        File(
            evidence=one,
            size=size_of(one.size),
            is_image=is_image(one),
            is_report=one.format == CREDENTIAL_REPORT,
            stale=old_words(one, submitted_at),
            excerpt=excerpt(one, marks),
            pages=pages_of(one),
        )
        for one in found
    ]
    return sorted(files, key=lambda file: not file.excerpt.marked_count)


def _rail(user: User, assessment: Assessment) -> tuple[list[RailDomain], list[RailItem]]:
    sent_back = Query.objects.filter(answer=OuterRef("pk"), round=assessment.round)
    rows = Answer.objects.filter(assessment=assessment).annotate(was_sent_back=Exists(sent_back))
    rows = rows.order_by("criterion__number").values_list(
        "criterion__number", "criterion__short_title", "criterion__domain__slug", "criterion__domain__name",
        "review__result", "review__version", "review__by", "was_sent_back", "reviewer__name",
    )  # fmt: skip
    against = {one.number for one in contradictions(user, [assessment.pk])} if assessment.submitted_run_id else set()
    domains: dict[str, RailDomain] = {}
    items = []
    is_back = assessment.state in {State.SUBMITTED, State.CLOSED}
    for number, title, slug, name, result, version, by, was_sent_back, reviewer in rows:
        own = version if by == user.pk else 0
        again = is_back and was_sent_back
        items.append(RailItem(number, title, result or "", own, number in against, again, reviewer or ""))
        domains.setdefault(slug, RailDomain(str(SHORT_NAMES.get(slug, name)), [])).items.append(items[-1])
    return list(domains.values()), items


def blind_rail(look: SecondLook) -> tuple[list[RailDomain], list[RailItem]]:
    """The questions of the sample, with the results that the second analyst gave."""
    given = {number: (result, version) for number, result, version in look.reviews.values_list(
        "answer__criterion__number", "result", "version")}  # fmt: skip
    rows = Answer.objects.filter(assessment=look.assessment_id, criterion__number__in=look.sample)
    rows = rows.order_by("criterion__number").values_list(
        "criterion__number", "criterion__short_title", "criterion__domain__slug", "criterion__domain__name"
    )
    domains: dict[str, RailDomain] = {}
    items = []
    for number, title, slug, name in rows:
        result, version = given.get(number, ("", 0))
        items.append(RailItem(number, title, result, version))
        domains.setdefault(slug, RailDomain(str(SHORT_NAMES.get(slug, name)), [])).items.append(items[-1])
    return list(domains.values()), items


def _before(answer: Answer) -> Review | None:
    """What was found the last time the vendor was asked the same."""
    earlier = Review.objects.filter(
        answer__assessment__vendor=answer.assessment.vendor_id,
        answer__assessment__state=State.CLOSED,
        answer__assessment__lt=answer.assessment_id,
        answer__criterion__code=answer.criterion.code,
    )
    return earlier.select_related("by", "answer__assessment").order_by("-answer__assessment_id").first()
