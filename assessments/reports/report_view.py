"""The snapshot as the templates print it: every sentence, label, number and date already text. Pure.

Templates only loop and print. The snapshot has gone through `text.fitted` before, so all text from people is clean,
capped and breakable; the templates escape it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.reports import charts, words
from assessments.reports.assurance_view import AssuranceView, assurance_view, shown_facts
from assessments.reports.snapshot import CriterionResult, Finding, MatchedResponse, Snapshot
from assessments.reports.summary import Summary, summary_of
from assessments.reports.text import day, long_day, sentence, shorten, whole
from assessments.reports.trend import Trend, trend

LONG_CARD_LINES = 26
"""A finding or answer with more lines than this may be split across pages; a shorter one never is."""
LONG_NAME = 40
"""A vendor's name with more characters is set smaller on the cover."""
LINE_WIDTH = 88
"""Characters that fit on one line of a card, roughly."""
EVIDENCE_SHOWN = 5
"""Evidence numbers shown in one cell of the table of results."""


@dataclass(frozen=True)
class Verdict:
    """A result as a word with its mark."""

    label: str
    css: str


@dataclass(frozen=True)
class Fact:
    """A label and the paragraphs that belong to it."""

    label: str
    lines: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True)
class EvidenceRefs:
    """Numbers of evidence, linked to the register; `more` is how many are left out."""

    numbers: tuple[str, ...]
    more: str


@dataclass(frozen=True)
class DomainRow:
    name: str
    bar: charts.Bar
    score: str
    grade: str
    grade_css: str
    found: str


@dataclass(frozen=True)
class FindingCard:
    number: str
    title: str
    verdict: Verdict
    tags: tuple[str, ...]
    css: str
    facts: tuple[Fact, ...]
    evidence: EvidenceRefs


@dataclass(frozen=True)
class ResultRow:
    number: str
    title: str
    severity: str
    verdict: Verdict
    assurance: str
    evidence: EvidenceRefs


@dataclass(frozen=True)
class ResultGroup:
    name: str
    rows: tuple[ResultRow, ...]


@dataclass(frozen=True)
class AnswerCard:
    number: str
    title: str
    tags: tuple[str, ...]
    verdict: Verdict
    question: str
    css: str
    facts: tuple[Fact, ...]
    evidence: EvidenceRefs


@dataclass(frozen=True)
class AnswerGroup:
    name: str
    cards: tuple[AnswerCard, ...]


@dataclass(frozen=True)
class Head:
    """What every page and the document's properties say."""

    title: str
    author: str
    description: str
    created: str
    vendor: str
    footer: str
    state: str
    digest: str


@dataclass(frozen=True)
class Cover:
    organisation: str
    kicker: str
    vendor: str
    vendor_css: str
    subtitle: str
    grade: str
    grade_css: str
    score: str
    lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    confidential: str


@dataclass(frozen=True)
class ReportView:
    head: Head
    cover: Cover
    summary: Summary
    legend: tuple[charts.LegendEntry, ...]
    domains: tuple[DomainRow, ...]
    accounts: tuple[tuple[str, str, str], ...]
    findings_intro: str
    findings: tuple[FindingCard, ...]
    results_title: str
    results: tuple[ResultGroup, ...]
    answers: tuple[AnswerGroup, ...]
    trend: Trend | None
    assurance: AssuranceView | None


def report_view(snapshot: Snapshot, *, digest: str) -> ReportView:
    """The main part of the report. The snapshot is fitted; `digest` is that of the snapshot as it was stored."""
    largest = max((domain.counts.total for domain in snapshot.domains), default=1)
    return ReportView(
        head=_head(snapshot, digest),
        cover=_cover(snapshot),
        summary=summary_of(snapshot),
        legend=charts.legend(snapshot.counts),
        domains=tuple(
            DomainRow(
                name=domain.name,
                bar=charts.bar(domain.counts, largest),
                score=words.score(domain.score.value),
                grade=domain.score.grade or "–",
                grade_css=grade_css(domain.score.grade),
                found=_found([one for one in snapshot.criteria if one.domain == domain.slug]),
            )
            for domain in snapshot.domains
        ),
        accounts=tuple((account.id, account.name or "–", account.stage or "–") for account in snapshot.accounts),
        findings_intro=_findings_intro(snapshot),
        findings=tuple(_finding_card(finding, has_state=snapshot.schema_version >= 4) for finding in snapshot.findings),
        results_title=f"All {words.plural(snapshot.counts.total, 'result')}",
        results=tuple(
            ResultGroup(domain.name, tuple(_result_row(one) for one in snapshot.criteria if one.domain == domain.slug))
            for domain in snapshot.domains
        ),
        answers=tuple(
            AnswerGroup(domain.name, tuple(_answer_card(one) for one in snapshot.criteria if one.domain == domain.slug))
            for domain in snapshot.domains
        ),
        trend=trend(snapshot),
        assurance=assurance_view(snapshot),
    )


def grade_css(grade: str) -> str:
    """The class that colours a grade."""
    return f"g-{grade.lower()}" if grade in ("A", "B", "C", "D", "F") else "g-none"


def verdict(result: str) -> Verdict:
    """The word and the mark of a result; "" is not reviewed."""
    return Verdict(words.RESULTS[result], f"v-{words.RESULT_CLASSES[result]}")


def evidence_refs(numbers: Sequence[int], shown: int = 40) -> EvidenceRefs:
    """E1, E2, ... of which at most `shown` are printed."""
    left = len(numbers) - shown
    return EvidenceRefs(tuple(str(number) for number in numbers[:shown]), f"+{left}" if left > 0 else "")


def _head(snapshot: Snapshot, digest: str) -> Head:
    title = f"AWS assessment {snapshot.period}"
    return Head(
        title=whole(f"{snapshot.vendor.name}: {title}{' (draft)' if snapshot.is_draft else ''}"),
        author=whole(snapshot.organisation),
        description=whole(f"Results of the {title} of {snapshot.vendor.name}, {long_day(snapshot.made_on)}"),
        created=f"{snapshot.made_on.isoformat()}T00:00:00Z",
        vendor=shorten(snapshot.vendor.name, 44),
        footer=f"Confidential · {shorten(title, 50)} · {long_day(snapshot.made_on)}",
        state="DRAFT" if snapshot.is_draft else "",
        digest=digest,
    )


def _cover(snapshot: Snapshot) -> Cover:
    counts, score, vendor = snapshot.counts, snapshot.score, snapshot.vendor
    findings = words.plural(len(snapshot.findings), "finding")
    lines = [f"{counts.met} of {words.plural(counts.total, 'question')} met. {findings}."]
    if snapshot.previous:
        lines.append(f"Before ({snapshot.previous.period}): {snapshot.previous.grade}, {snapshot.previous.value:.1f}")
    if snapshot.is_provisional:
        lines.append("Provisional: some answers are not reviewed yet.")
    if snapshot.is_grade_capped:
        lines.append(f"Held at {score.grade}: a critical question is not met.")
    return Cover(
        organisation=shorten(snapshot.organisation, 90),
        kicker=f"AWS assessment {shorten(snapshot.period, 40)}",
        vendor=shorten(vendor.name, 125),
        vendor_css="long" if len(vendor.name) > LONG_NAME else "",
        subtitle=f"{sentence(shorten(vendor.service, 120))} {words.TIERS.get(vendor.tier, vendor.tier)}.".strip(),
        grade=score.grade or "–",
        grade_css=grade_css(score.grade),
        score="Not scored yet" if score.value is None else f"{score.value:.1f} out of 10",
        lines=tuple(lines),
        facts=_cover_facts(snapshot),
        confidential=f"Confidential. For {shorten(snapshot.organisation, 70)} and {shorten(vendor.name, 70)} only.",
    )


def _cover_facts(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Three rows of two: labels and values side by side, absent values as a dash."""
    counts = snapshot.counts
    status = f"Draft, {counts.reviewed} of {counts.total} reviewed" if snapshot.is_draft else "Final"
    closed = " · ".join(filter(None, (snapshot.closed_by, day(snapshot.closed_on))))
    return (
        ("Report date", long_day(snapshot.made_on)),
        ("Status", status),
        ("Answers submitted", long_day(snapshot.submitted_on) or "Not yet"),
        ("Answers due", long_day(snapshot.due_on) or "–"),
        ("Analyst", snapshot.analyst or "Not assigned"),
        ("Closed by", closed or "Not closed yet"),
        ("Scope", words.plural(len(snapshot.accounts), "AWS account")),
        ("Playbook", f"{snapshot.playbook.slug} {snapshot.playbook.version}"),
    )


def _found(criteria: Sequence[CriterionResult]) -> str:
    """One domain in a few sentences: how many are met, and which are not."""
    applicable = [one for one in criteria if one.result != "not_applicable"]
    if not applicable:
        return "No question here applies."
    pending = sum(one.result == "" for one in applicable)
    reviewed = len(applicable) - pending
    if not reviewed:
        return "Not reviewed yet."
    met = sum(one.result == "met" for one in applicable)
    some = f"{met} of {reviewed}{' reviewed' if pending else ''} met."
    parts = ["All questions met." if met == len(applicable) else some]
    for result in ("not_met", "partly_met", "not_verified"):
        titles = [one.short_title for one in applicable if one.result == result]
        if titles:
            parts.append(f"{words.RESULTS[result]}: {'; '.join(titles)}.")
    if pending:
        parts.append(f"Not reviewed yet: {pending}.")
    return " ".join(parts)


def _findings_intro(snapshot: Snapshot) -> str:
    if not snapshot.findings:
        return "There are no findings." if not snapshot.counts.pending else "There are no findings so far."
    times = [f"{priority_name(item.priority)}: {words.within(item.days)}." for item in snapshot.method.priorities]
    return " ".join(
        (
            "A finding is a question that is not met, partly met or not verified. Its priority combines the severity "
            "of the question, the tier of the vendor and the result.",
            *times,
            "Evidence numbers refer to appendix B.",
        )
    )


def priority_name(priority: str) -> str:
    """P1 in words."""
    return f"Priority {priority.removeprefix('P')}"


def _finding_card(finding: Finding, *, has_state: bool) -> FindingCard:
    response = []
    if finding.response:
        response.append(finding.response)
    if finding.response_due_on:
        response.append(f"Planned for {long_day(finding.response_due_on)}.")
    facts = (
        Fact("What we saw", finding.what_we_saw),
        Fact("Why it matters", (finding.why_it_matters,)),
        Fact("What to do", finding.what_to_do, is_list=len(finding.what_to_do) > 1),
        Fact("Vendor’s plan", tuple(response) or ("None given.",)),
    )
    due = "Due at the next assessment" if finding.due_on is None else f"Due {day(finding.due_on)}"
    return FindingCard(
        number=str(finding.number),
        title=finding.title,
        verdict=verdict(finding.result),
        tags=(
            _severity(finding.severity),
            priority_name(finding.priority),
            f"Question {finding.question}",
            due,
            *([words.FINDING_STATES[finding.state]] if has_state else []),
        ),
        css=" ".join((finding.priority.lower(), *long_css(facts))),
        facts=tuple(fact for fact in facts if any(fact.lines)),
        evidence=evidence_refs(finding.evidence),
    )


def _result_row(one: CriterionResult) -> ResultRow:
    return ResultRow(
        number=str(one.number),
        title=one.short_title,
        severity=words.SEVERITIES.get(one.severity, one.severity),
        verdict=verdict(one.result),
        assurance=words.ASSURANCES.get(one.assurance, one.assurance),
        evidence=evidence_refs(one.evidence, EVIDENCE_SHOWN),
    )


def _answer_card(one: CriterionResult) -> AnswerCard:
    said = one.statements if one.answer_kind == "statements" else ()
    answer = said or (words.ANSWERS.get(one.answer_kind, one.answer_kind),)
    plan = tuple(filter(None, (one.plan, f"Planned for {long_day(one.plan_due_on)}." if one.plan_due_on else "")))
    matched = tuple(_match(item, one.statements) for item in one.matched)
    facts = (
        Fact("Answer", answer, is_list=len(answer) > 1),
        Fact("Reason given", (one.reason,)),
        Fact("Vendor’s notes", (one.notes,)),
        Fact("Vendor’s plan", plan),
        *(Fact(label, lines, is_list=is_list) for label, lines, is_list in shown_facts(one.evaluation)),
        Fact("Matches", matched, is_list=len(matched) > 1),
        Fact("Deviation", (one.deviation,)),
        Fact("Our note", (one.note,)),
    )
    tags = [one.code, _severity(one.severity)]
    if one.assurance:
        tags.append(words.ASSURANCES.get(one.assurance, one.assurance))
    if one.is_contradiction:
        tags.append("Files contradict the answer")
    if one.question_source == "reconstructed":
        tags.append("Reconstructed question")
    return AnswerCard(
        number=str(one.number),
        title=one.short_title,
        tags=tuple(tags),
        verdict=verdict(one.result),
        question=one.question,
        css=" ".join(long_css(facts)),
        facts=tuple(fact for fact in facts if any(fact.lines)),
        evidence=evidence_refs(one.evidence),
    )


def _match(item: MatchedResponse, statements: Sequence[str]) -> str:
    """Which response was found to be true; one that the vendor chose is not printed twice."""
    side = words.SIDES.get(item.side, item.side)
    if item.text not in statements:
        return f"{side}: {item.text}"
    return f"{side}, as answered." if len(statements) == 1 else f"{side}, as answered: {item.text}"


def _severity(severity: str) -> str:
    return f"{words.SEVERITIES.get(severity, severity)} severity"


def long_css(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The class of a card that is too long to be kept on one page."""
    texts = [line for fact in facts for line in fact.lines]
    lines = sum(text.count("\n") + len(text) // LINE_WIDTH + 1 for text in texts)
    return ("long",) if lines > LONG_CARD_LINES else ()
