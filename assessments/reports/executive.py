"""Snapshot to the executive summary: two pages for whoever decides, whatever the input.

What does not fit is left out from the end, and a sentence says how much. Where long texts need more room than usual,
the next denser `First` or `Second` is taken, for each page by itself. No database, no clock, no settings.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

import pikepdf

from assessments.reports import charts, words
from assessments.reports.appendix_view import Band, appendix_view
from assessments.reports.attached import attached_manifest
from assessments.reports.document import Head, make
from assessments.reports.material import Material, RenderFailed
from assessments.reports.report_view import LONG_NAME, DomainRow, Verdict, report_view, verdict
from assessments.reports.snapshot import Finding, Snapshot
from assessments.reports.summary import Action, Decided, Tile, action, decided, summary_of
from assessments.reports.text import day, fitted, long_day, shorten, whole
from assessments.reports.trend import Trend, trend

TEMPLATE = "reports/executive.html"
SECOND_PAGE = "Results by domain"
FIRST_SCORE = "This is the first assessment with a score."
SHORT_NAME = 26
"""Characters of a person's name beside the grade."""
ELSEWHERE = "in the assessment report"


@dataclass(frozen=True)
class First:
    """How much the first page shows: characters of the texts, and how many of each list."""

    name: int
    points: int
    point: int
    actions: int
    action: int
    reason: int
    conditions: int
    condition: int
    css: str = ""


@dataclass(frozen=True)
class Second:
    """The same for the second page."""

    domains: int
    domain: int
    findings: int
    title: int


FIRST = (
    First(name=125, points=4, point=150, actions=6, action=130, reason=420, conditions=4, condition=160),
    First(name=125, points=3, point=110, actions=4, action=90, reason=260, conditions=3, condition=120),
    First(name=125, points=2, point=80, actions=3, action=90, reason=160, conditions=2, condition=90, css="dense"),
    First(name=32, points=1, point=48, actions=1, action=40, reason=45, conditions=1, condition=36, css="dense"),
)
SECOND = (
    Second(domains=8, domain=60, findings=14, title=90),
    Second(domains=8, domain=28, findings=8, title=70),
    Second(domains=6, domain=28, findings=4, title=45),
)
"""Airy first. The last ones fit with the widest letters there are."""


@dataclass(frozen=True)
class FindingRow:
    """One of the most serious findings."""

    number: str
    title: str
    severity: str
    verdict: Verdict
    priority: str
    due: str


@dataclass(frozen=True)
class Executive:
    """Both pages as the template prints them; `more_…` say what is left out, or are ""."""

    css: str
    kicker: str
    name: str
    name_css: str
    subtitle: str
    grade: str
    grade_css: str
    score: str
    lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    headline: str
    change: str
    tiles: tuple[Tile, ...]
    pending: str
    works: tuple[str, ...]
    needs: tuple[str, ...]
    decision: Decided | None
    more_decision: str
    actions: tuple[Action, ...]
    more_actions: str
    domains: tuple[DomainRow, ...]
    more_domains: str
    legend: tuple[charts.LegendEntry, ...]
    trend: Trend | None
    findings: tuple[FindingRow, ...]
    more_findings: str
    bands: tuple[Band, ...]
    weights: str
    cap_line: str
    scope: str
    digest: str
    licence: str


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """The summary as a tagged PDF of two pages. Raises RenderFailed."""
    shown, material = fitted(snapshot), replace(material, on_step=_once(material.on_step))
    first = second = 0
    while first < len(FIRST) and second < len(SECOND):
        view = executive(shown, FIRST[first], SECOND[second], digest=material.digest)
        context = {"summary": view, "colour": material.brand.colour}
        attachments = [attached_manifest(snapshot, material)]  # each is read once
        pdf = make(TEMPLATE, context, head=_head(shown), material=material, attachments=attachments)
        before, after = _pages(pdf)
        if before == after == 1:
            out.write(pdf)
            return
        first, second = first + (before > 1), second + (after > 1)
    raise RenderFailed("The executive summary does not fit on two pages.")


def _pages(pdf: bytes) -> tuple[int, int]:
    """Pages up to the heading of the second page, and from there on."""
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        start = next(item for item in outline.root if item.title == SECOND_PAGE)
        assert start.destination is not None  # noqa: S101 -- every bookmark of ours leads to a place
        before = pikepdf.Page(start.destination[0]).index
        return before, len(document.pages) - before


def _once(on_step: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Tells each step once, however often the pages are laid out."""
    last = 0

    def tell(step: int, steps: int) -> None:
        nonlocal last
        if step > last:
            last = step
            on_step(step, steps)

    return tell


def _head(snapshot: Snapshot) -> Head:
    vendor = snapshot.vendor.name
    title = f"AWS assessment {snapshot.period}"
    return Head(
        title=whole(f"{vendor}: executive summary, {title}{' (draft)' if snapshot.is_draft else ''}"),
        organisation=whole(shorten(snapshot.organisation, 60)),
        description=whole(f"Results of the {title} of {vendor} on two pages, {long_day(snapshot.made_on)}"),
        created=f"{snapshot.made_on.isoformat()}T00:00:00Z",
        left=shorten(vendor, 30),
        right="Executive summary",
        footer=f"Confidential · {shorten(title, 40)} · {long_day(snapshot.made_on)}",
        state="DRAFT" if snapshot.is_draft else "",
    )


def executive(snapshot: Snapshot, first: First, second: Second, *, digest: str) -> Executive:
    """The two pages of a fitted snapshot; `digest` is that of the snapshot as it was stored."""
    cut = _short_names(snapshot, first, second)
    report = report_view(cut, digest=digest)
    method = appendix_view(cut, unreadable=frozenset()).method
    summary = summary_of(cut, points=first.points, length=first.point)
    urgent = [finding for finding in cut.findings if finding.priority == "P1"]
    decision, more_decision = _decision(cut, first)
    return Executive(
        css=first.css,
        kicker=report.cover.kicker,
        name=cut.vendor.name,
        name_css="long" if len(cut.vendor.name) > LONG_NAME else "",
        subtitle=report.cover.subtitle,
        grade=report.cover.grade,
        grade_css=report.cover.grade_css,
        score=report.cover.score,
        lines=report.cover.lines,
        facts=_facts(cut),
        headline=summary.headline.replace("priority 1.", "priority\u00a01."),  # no line of a single figure
        change=summary.change or ("" if cut.history or not cut.score.grade else FIRST_SCORE),
        tiles=summary.tiles,
        pending=summary.pending,
        works=summary.works,
        needs=summary.needs,
        decision=decision,
        more_decision=more_decision,
        actions=tuple(action(finding, first.action) for finding in urgent[: first.actions]),
        more_actions=_more(len(urgent) - first.actions, "more priority 1 action"),
        domains=report.domains[: second.domains],
        more_domains=_more(len(report.domains) - second.domains, "more domain"),
        legend=report.legend,
        trend=trend(cut),
        findings=tuple(_row(finding, second) for finding in cut.findings[: second.findings]),
        more_findings=_more(len(cut.findings) - second.findings, "more finding"),
        bands=method.bands,
        weights=words.listed([f"{name.lower()} {weight}" for name, weight in method.weights]),
        cap_line=method.cap_line,
        scope=words.plural(len(cut.accounts), "AWS account"),
        digest=digest,
        licence=_licence(cut),
    )


def _short_names(snapshot: Snapshot, first: First, second: Second) -> Snapshot:
    """The same with names that fit, so that no sentence made with them has to be cut."""
    vendor, decision = snapshot.vendor, snapshot.decision
    return replace(
        snapshot,
        vendor=replace(vendor, name=shorten(vendor.name, first.name), service=shorten(vendor.service, first.name)),
        period=shorten(snapshot.period, 24),
        analyst=shorten(snapshot.analyst, SHORT_NAME),
        closed_by=shorten(snapshot.closed_by, SHORT_NAME),
        previous=replace(snapshot.previous, period=shorten(snapshot.previous.period, 24))
        if snapshot.previous
        else None,
        decision=replace(decision, decided_by=shorten(decision.decided_by, SHORT_NAME)) if decision else None,
        domains=tuple(replace(domain, name=shorten(domain.name, second.domain)) for domain in snapshot.domains),
    )


def _more(number: int, what: str) -> str:
    """3 more findings are in the assessment report."""
    return f"{words.plural(number, f'{what} is', f'{what}s are')} {ELSEWHERE}." if number > 0 else ""


def _facts(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    counts = snapshot.counts
    status = f"Draft, {counts.reviewed} of {counts.total} reviewed" if snapshot.is_draft else "Final"
    closed = " · ".join(filter(None, (snapshot.closed_by, day(snapshot.closed_on))))
    return (
        ("Date", long_day(snapshot.made_on)),
        ("Status", status),
        ("Scope", words.plural(len(snapshot.accounts), "AWS account")),
        ("Analyst", snapshot.analyst or "Not assigned"),
        ("Closed by", closed or "Not closed yet"),
    )


def _decision(snapshot: Snapshot, first: First) -> tuple[Decided | None, str]:
    """The decision with as much of its reason and conditions as there is room for, and what is left out."""
    if snapshot.decision is None:
        return None, ""
    made = decided(snapshot.decision, snapshot.made_on)
    reason = shorten(" ".join(made.reason), first.reason)
    conditions = tuple(
        f"{shorten(one.text, first.condition)} (by {long_day(one.due_on)})"
        for one in snapshot.decision.conditions[: first.conditions]
    )
    left = len(snapshot.decision.conditions) - len(conditions)
    return Decided(words=made.words, reason=(reason,) if reason else (), conditions=conditions), _more(
        left, "more condition"
    )


def _row(finding: Finding, second: Second) -> FindingRow:
    return FindingRow(
        number=str(finding.number),
        title=shorten(finding.title, second.title),
        severity=words.SEVERITIES.get(finding.severity, finding.severity),
        verdict=verdict(finding.result),
        priority=finding.priority,
        due=day(finding.due_on) or "Next assessment",
    )


def _licence(snapshot: Snapshot) -> str:
    playbook = snapshot.playbook
    parts = (shorten(playbook.attribution, 220), f"Licence of the questions: {shorten(playbook.licence, 90)}.")
    return " ".join(part for part in parts if part) if playbook.licence else parts[0]
