"""Snapshot to the letter that tells the vendor what is to be fixed. No database, no clock, no settings.

A vendor reads what its own pages show it, and nothing else: its answers, its files, and of a closed assessment the
findings with what to do and by when. So a letter holds no score, grade, weight, severity, priority, result or
assurance, no decision, no earlier score, no side of a statement, and no note of ours outside a finding; `_Told` below
is all that its texts are made from. Before the assessment is closed there is no letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from assessments.reports import words
from assessments.reports.attached import attached_manifest
from assessments.reports.document import Head, make
from assessments.reports.material import Material, RenderFailed
from assessments.reports.report_view import Fact, long_css
from assessments.reports.snapshot import Finding, PlaybookFacts, Snapshot
from assessments.reports.text import day, fitted, long_day, shorten, whole

TEMPLATE = "reports/letter.html"
FILES_NAMED = 6
"""Files named with one finding; of more only the number is said."""
NOT_CLOSED = "A letter to the vendor is written when the assessment is closed; before that it reads no findings."

NOT_RAISED = (
    "No finding was raised from the gaps of this assessment, so a letter would ask for nothing. Raise them first."
)


@dataclass(frozen=True)
class _Told:
    """What a vendor may read of a snapshot. `good` are the titles of questions without a finding, by domain."""

    organisation: str
    vendor: str
    period: str
    made_on: date
    analyst: str
    submitted_on: date | None
    closed_on: date | None
    questions: int
    accounts: int
    files: dict[int, str]
    findings: tuple[Finding, ...]
    good: tuple[tuple[str, tuple[str, ...]], ...]
    playbook: PlaybookFacts


@dataclass(frozen=True)
class Card:
    """One finding in full."""

    number: str
    title: str
    question: str
    due: str
    css: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Letter:
    """The letter as the template prints it."""

    vendor: str
    day: str
    subject: str
    salutation: str
    opening: str
    cards: tuple[Card, ...]
    good_line: str
    good: tuple[tuple[str, str], ...]
    contact: str
    analyst: str
    organisation: str
    source: str


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """The letter as a tagged PDF. Raises RenderFailed, also while the assessment is not closed or no gap was raised."""
    if snapshot.is_draft:
        raise RenderFailed(NOT_CLOSED)
    if snapshot.has_only_unraised():
        raise RenderFailed(NOT_RAISED)
    told = _told(fitted(snapshot))
    attachments = [attached_manifest(snapshot, material)]
    out.write(make(TEMPLATE, {"letter": letter(told)}, head=_head(told), material=material, attachments=attachments))


def _told(snapshot: Snapshot) -> _Told:
    found = {finding.question for finding in snapshot.findings}
    good = (
        (
            domain.name,
            tuple(
                one.short_title
                for one in snapshot.criteria
                if _is_good(one.result, one.domain, domain.slug) and one.number not in found
            ),
        )
        for domain in snapshot.domains
    )
    return _Told(
        organisation=shorten(snapshot.organisation, 90),
        vendor=shorten(snapshot.vendor.name, 125),
        period=shorten(snapshot.period, 40),
        made_on=snapshot.made_on,
        analyst=shorten(snapshot.analyst, 90),
        submitted_on=snapshot.submitted_on,
        closed_on=snapshot.closed_on,
        questions=snapshot.counts.total,
        accounts=len(snapshot.accounts),
        files={item.number: item.name for item in snapshot.evidence},
        findings=snapshot.left_to_vendor(),
        good=tuple((name, titles) for name, titles in good if titles),
        playbook=snapshot.playbook,
    )


def _is_good(result: str, domain: str, slug: str) -> bool:
    return domain == slug and result == "met"


def letter(told: _Told) -> Letter:
    """The sentences of the letter."""
    number = sum(len(titles) for _, titles in told.good)
    return Letter(
        vendor=told.vendor,
        day=long_day(told.made_on),
        subject=_subject(told),
        salutation=f"Dear team at {told.vendor},",
        opening=_opening(told),
        cards=tuple(_card(finding, told) for finding in told.findings),
        good_line=f"For {words.plural(number, 'question')} we found nothing that has to change." if number else "",
        good=tuple((name, "; ".join(titles)) for name, titles in told.good),
        contact=_contact(told),
        analyst=told.analyst,
        organisation=told.organisation,
        source=_source(told.playbook),
    )


def _head(told: _Told) -> Head:
    return Head(
        title=whole(f"{told.vendor}: {_subject(told)}"),
        organisation=whole(told.organisation),
        description=whole(f"Letter of {told.organisation} to {told.vendor}, {long_day(told.made_on)}"),
        created=f"{told.made_on.isoformat()}T00:00:00Z",
        left=shorten(told.vendor, 30),
        right=shorten(_subject(told), 50),
        footer=f"Confidential · {shorten(told.organisation, 40)} · {long_day(told.made_on)}",
        state="",
    )


def _subject(told: _Told) -> str:
    what = "Findings" if told.findings else "Result"
    return f"{what} of the AWS assessment {told.period}"


def _opening(told: _Told) -> str:
    """The first paragraph: what was handed in, when it was looked at, and what that leaves to do."""
    handed = [words.plural(told.questions, "question"), words.plural(len(told.files), "file")]
    scope = f" about {words.plural(told.accounts, 'AWS account')}" if told.accounts else ""
    when = f"On {long_day(told.submitted_on)} you" if told.submitted_on else "You"
    first = f"{when} submitted your answers to the AWS assessment {told.period}: {words.listed(handed)}{scope}."
    done = f"We finished our review on {long_day(told.closed_on)}" if told.closed_on else "We finished our review"
    number = len(told.findings)
    if not number:
        return f"{first} {done}. There is nothing for you to fix now. Thank you for your work."
    dated = sorted(finding.due_on for finding in told.findings if finding.due_on)
    by = f", the first by {long_day(dated[0])}" if dated and number > 1 else ""
    by = f", by {long_day(dated[0])}" if dated and number == 1 else by
    return f"{first} {done} and ask you to fix {words.plural(number, 'thing')}{by}."


def _due(finding: Finding, today: date) -> str:
    if finding.due_on is None:
        return "Next assessment"
    return day(finding.due_on) + (", overdue" if finding.due_on < today else "")


def _card(finding: Finding, told: _Told) -> Card:
    plan = tuple(filter(None, (finding.response, _planned(finding.response_due_on))))
    facts = (
        Fact("What we saw", finding.what_we_saw),
        Fact("Why it matters", (finding.why_it_matters,)),
        Fact("What to do", finding.what_to_do, is_list=len(finding.what_to_do) > 1),
        Fact("Your plan", plan or ("None yet.",)),
        Fact("Your files", _files(finding.evidence, told.files)),
    )
    shown = tuple(fact for fact in facts if any(fact.lines))
    return Card(
        number=str(finding.number),
        title=finding.title,
        question=str(finding.question),
        due=_due(finding, told.made_on),
        css=" ".join(long_css(shown)),
        facts=shown,
    )


def _planned(due_on: date | None) -> str:
    return f"Planned for {long_day(due_on)}." if due_on else ""


def _files(numbers: Sequence[int], files: dict[int, str]) -> tuple[str, ...]:
    """The names of the files that a finding speaks of."""
    named = tuple(files[number] for number in numbers[:FILES_NAMED] if number in files)
    left = len(numbers) - FILES_NAMED
    return (*named, f"and {words.plural(left, 'more file')}") if left > 0 else named


def _contact(told: _Told) -> str:
    who = (
        f"{told.analyst} at {told.organisation}"
        if told.analyst
        else f"the person at {told.organisation} who works with you"
    )
    return f"Please ask {who}, if anything is unclear or a day cannot be kept."


def _source(playbook: PlaybookFacts) -> str:
    licence = f" Licence of the questions: {playbook.licence}, {playbook.licence_url}" if playbook.licence else ""
    return f"{playbook.attribution}{licence}"
