"""The portfolio snapshot as the template prints it: every sentence, label, number and date already text. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assessments.reports import words
from assessments.reports.portfolio_snapshot import LowestScore, OpenFinding, PortfolioSnapshot, PortfolioVendor
from assessments.reports.report_view import grade_css
from assessments.reports.text import day, long_day, shorten

MOST_VENDORS = 1_000
"""Rows of the heat map; a report of more pages is not read."""
MOST_ROWS = 20
"""Rows of every other table."""
SOON = timedelta(days=90)
"""Decisions that end within this time are named."""
BAR = 300
"""CSS pixels of the longest bar."""
BELOW_C = ("D", "F")
NONE = "–"


@dataclass(frozen=True)
class GradeBar:
    """How many vendors have one grade: a bar with its number."""

    grade: str
    css: str
    span: str
    count: str
    share: str
    width: str
    fill: str


@dataclass(frozen=True)
class Cell:
    """One score of the heat map. The number, the border and the tint say the same."""

    score: str
    css: str


@dataclass(frozen=True)
class VendorRow:
    """One vendor of the heat map."""

    name: str
    about: str
    total: Cell
    grade: str
    note: str
    cells: tuple[Cell, ...]
    findings: str


@dataclass(frozen=True)
class FindingRow:
    """One of the most serious findings."""

    priority: str
    title: str
    vendor: str
    severity: str
    status: str
    due: str
    is_late: bool


@dataclass(frozen=True)
class DueRow:
    """A vendor whose answers are due."""

    vendor: str
    status: str
    due: str
    distance: str
    is_late: bool


@dataclass(frozen=True)
class DecisionRow:
    """A decision that does not hold any more, or soon will not."""

    vendor: str
    decided: str
    until: str
    why: str


@dataclass(frozen=True)
class Portfolio:
    """The whole report; `more_…` say what is left out, or are ""."""

    day: str
    title: str
    filters: tuple[str, ...]
    headline: str
    tiles: tuple[tuple[str, str], ...]
    grades: tuple[GradeBar, ...]
    grades_alt: str
    priorities: tuple[tuple[str, str, str], ...]
    findings: tuple[FindingRow, ...]
    more_findings: str
    due: tuple[DueRow, ...]
    more_due: str
    decisions: tuple[DecisionRow, ...]
    more_decisions: str
    columns: tuple[tuple[str, str], ...]
    vendors: tuple[VendorRow, ...]
    more_vendors: str
    digest: str


FILLS = {"A": "#2f8f7c", "B": "#7fc3b3", "C": "#e3c34f", "D": "#df8a45", "F": "#a8322b", "": "#ffffff"}


def portfolio_view(snapshot: PortfolioSnapshot, *, digest: str) -> Portfolio:
    """The report of a fitted snapshot; `digest` is that of the snapshot as it was stored."""
    due = sorted(
        (one for one in snapshot.vendors if one.answers_due_on), key=lambda one: (one.answers_due_on, one.name)
    )
    decisions = _decisions(snapshot)
    unsettled = sum(one.unsettled for one in snapshot.priorities)
    return Portfolio(
        day=long_day(snapshot.made_on),
        title="The vendors of this filter" if snapshot.filters else "All vendors",
        filters=tuple(shorten(one, 90) for one in snapshot.filters),
        headline=_headline(snapshot),
        tiles=_tiles(snapshot, unsettled),
        grades=_grades(snapshot),
        grades_alt=_grades_alt(snapshot),
        priorities=tuple(
            (one.priority.replace("P", "Priority "), f"{one.unsettled:,}", f"{one.overdue:,}")
            for one in snapshot.priorities
        ),
        findings=tuple(_finding(one) for one in snapshot.findings[:MOST_ROWS]),
        more_findings=_more(unsettled - min(len(snapshot.findings), MOST_ROWS), "more finding is", "more findings are"),
        due=tuple(_due(one, snapshot.made_on) for one in due[:MOST_ROWS]),
        more_due=_more(len(due) - MOST_ROWS, "more vendor has to answer", "more vendors have to answer"),
        decisions=decisions[:MOST_ROWS],
        more_decisions=_more(len(decisions) - MOST_ROWS, "more decision is", "more decisions are"),
        columns=tuple((shorten(one.short, 12), shorten(one.name, 60)) for one in snapshot.domains),
        vendors=tuple(_row(one, snapshot.grades) for one in snapshot.vendors[:MOST_VENDORS]),
        more_vendors=_more(len(snapshot.vendors) - MOST_VENDORS, "more vendor is", "more vendors are"),
        digest=digest,
    )


def _more(number: int, one: str, many: str) -> str:
    """3 more findings are in Assay."""
    return f"{words.plural(number, one, many)} listed in Assay." if number > 0 else ""


def _headline(snapshot: PortfolioSnapshot) -> str:
    vendors = snapshot.vendors
    if not vendors:
        return "No vendor matches."
    graded = [one for one in vendors if one.grade]
    low = [one for one in graded if one.grade in BELOW_C]
    critical = sum(one.tier == "critical" for one in low)
    first = f"{len(graded):,} of {words.plural(len(vendors), 'vendor')} {'has' if len(graded) == 1 else 'have'} a grade"
    if not low:
        rest = "none stands below C" if graded else "so nothing can be compared yet"
    else:
        rest = f"{len(low):,} {'stands' if len(low) == 1 else 'stand'} below C"
        rest += f", {critical:,} of them critical to us" if critical else ""
    urgent = next((one for one in snapshot.priorities if one.priority == "P1"), None)
    if urgent is None or not urgent.unsettled:
        return f"{first}; {rest}. No finding of priority 1 is open."
    is_are = "is" if urgent.unsettled == 1 else "are"
    late = f", {urgent.overdue:,} of them overdue" if urgent.overdue else ""
    return f"{first}; {rest}. {words.plural(urgent.unsettled, 'finding')} of priority\u00a01 {is_are} open{late}."


def _tiles(snapshot: PortfolioSnapshot, unsettled: int) -> tuple[tuple[str, str], ...]:
    vendors = snapshot.vendors
    return (
        (f"{len(vendors):,}", "Vendors"),
        (f"{sum(one.grade != '' for one in vendors):,}", "With a grade"),
        (f"{sum(one.grade in BELOW_C for one in vendors):,}", "Below C"),
        (f"{sum(_is_late(one.answers_due_on, snapshot.made_on) for one in vendors):,}", "Answers overdue"),
        (f"{unsettled:,}", "Open findings"),
    )


def _is_late(due_on: date | None, today: date) -> bool:
    return due_on is not None and due_on < today


def _counts(snapshot: PortfolioSnapshot) -> Counter[str]:
    return Counter(one.grade for one in snapshot.vendors)


def _grades(snapshot: PortfolioSnapshot) -> tuple[GradeBar, ...]:
    counts, total = _counts(snapshot), max(len(snapshot.vendors), 1)
    most = max(counts.values(), default=1)
    bars, above = [], Decimal(10)
    for grade, lowest in (*((one.grade, one.lowest) for one in snapshot.grades), ("", None)):
        span = "Not graded" if lowest is None else f"{lowest:.1f} to {above:.1f}"
        above = above if lowest is None else lowest - Decimal("0.1")
        count = counts[grade]
        bars.append(
            GradeBar(
                grade=grade or NONE,
                css=grade_css(grade),
                span=span,
                count=f"{count:,}",
                share=f"{100 * count / total:.0f} %",
                width=f"{max(BAR * count / most, 1):.0f}" if count else "0",
                fill=FILLS.get(grade, FILLS[""]),
            )
        )
    return tuple(bars)


def _grades_alt(snapshot: PortfolioSnapshot) -> str:
    return words.listed(
        [f"{bar.count} {'not graded' if bar.grade == NONE else bar.grade}" for bar in _grades(snapshot)]
    )


def _finding(one: OpenFinding) -> FindingRow:
    return FindingRow(
        priority=one.priority,
        title=f"{shorten(one.title, 90)} (question {one.number})",
        vendor=f"{shorten(one.vendor, 60)}, {shorten(one.period, 20)}",
        severity=words.SEVERITIES.get(one.severity, one.severity),
        status=one.status,
        due=day(one.due_on) or "Next assessment",
        is_late=one.is_overdue,
    )


def _due(one: PortfolioVendor, today: date) -> DueRow:
    assert one.answers_due_on is not None  # noqa: S101 -- the caller asked
    left = (one.answers_due_on - today).days
    distance = (
        "today"
        if not left
        else f"in {words.plural(left, 'day')}"
        if left > 0
        else f"{words.plural(-left, 'day')} overdue"
    )
    return DueRow(
        vendor=shorten(one.name, 60),
        status=f"{one.status}, {shorten(one.period, 20)}",
        due=day(one.answers_due_on),
        distance=distance,
        is_late=left < 0,
    )


def _decisions(snapshot: PortfolioSnapshot) -> tuple[DecisionRow, ...]:
    """Those that do not hold any more, and those that end soon, the earliest end first."""
    rows = []
    for one in snapshot.vendors:
        made = one.decision
        if made is None:
            continue
        is_near = made.expires_on is not None and made.expires_on <= snapshot.made_on + SOON
        if made.problem or is_near:
            left = (made.expires_on - snapshot.made_on).days if made.expires_on else 0
            why = made.problem or f"Ends in {words.plural(left, 'day')}"
            row = DecisionRow(
                shorten(one.name, 60), words.DECISIONS.get(made.kind, made.kind), day(made.expires_on) or NONE, why
            )
            rows.append((made.expires_on or date.max, one.name, row))
    return tuple(row for _, _, row in sorted(rows, key=lambda item: item[:2]))


def _row(one: PortfolioVendor, grades: Sequence[LowestScore]) -> VendorRow:
    about = (shorten(one.service, 45), f"{one.tier.capitalize()}", one.status)
    return VendorRow(
        name=shorten(one.name, 60),
        about=" · ".join(filter(None, about)),
        total=_cell(one.score, one.grade),
        grade=one.grade,
        note="draft" if one.is_draft else "",
        cells=tuple(_cell(score, _grade_of(score, grades)) for score in one.domain_scores),
        findings=f"{one.findings:,}",
    )


def _cell(score: Decimal | None, grade: str) -> Cell:
    return Cell(words.score(score), grade_css(grade))


def _grade_of(score: Decimal | None, grades: Sequence[LowestScore]) -> str:
    """By the bands in force when the snapshot was taken, best first."""
    return "" if score is None else next((one.grade for one in grades if score >= one.lowest), "")
