"""The bars of the report as numbers: where each rectangle starts, how wide it is, which colours it has. Pure.

Style sheets do not reach into SVG in the PDF, so colours are attributes and come from here.
"""

from dataclasses import dataclass

from assessments.reports.snapshot import Counts
from assessments.reports.words import RESULTS

BAR_WIDTH = 243
"""Width of the longest possible bar, in CSS pixels."""
UNIT = 27
"""Width of one question where there is room."""
GAP = 2
"""Space between two segments."""


@dataclass(frozen=True)
class Paint:
    """Colours of one result. An empty stroke means none."""

    fill: str
    stroke: str
    dash: str
    text: str


@dataclass(frozen=True)
class Segment:
    """One rectangle with its number. Positions are CSS pixels, as text, because templates only print them."""

    x: str
    width: str
    middle: str
    count: str
    paint: Paint


@dataclass(frozen=True)
class Bar:
    """All results of a domain side by side, with the sentence that says the same in words."""

    width: str
    alt: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class LegendEntry:
    """One colour and its name."""

    label: str
    paint: Paint


PAINTS = {
    "met": Paint("#2d8a55", "", "", "#ffffff"),
    "partly_met": Paint("#f0c063", "#7d4a00", "", "#3f2600"),
    "not_met": Paint("#9d1f26", "", "", "#ffffff"),
    "not_verified": Paint("#ffffff", "#5a3fa0", "2.5 1.5", "#5a3fa0"),
    "not_applicable": Paint("#eceff3", "#8d99ab", "", "#46536a"),
    "": Paint("#ffffff", "#b9c2cf", "1 1.5", "#46536a"),
}


def bar(counts: Counts, largest: int) -> Bar:
    """The bar of one domain. `largest` is the number of questions of the largest domain, so that all bars compare."""
    unit = min(UNIT, BAR_WIDTH / max(largest, 1))
    left, segments, said = 0.5, [], []
    for result, count in _by_result(counts):
        if not count:
            continue
        width = max(unit * count - GAP, 1)
        segments.append(
            Segment(x=_px(left), width=_px(width), middle=_px(left + width / 2), count=str(count), paint=PAINTS[result])
        )
        said.append(f"{count} {RESULTS[result].lower()}")
        left += unit * count
    return Bar(width=str(BAR_WIDTH), alt=", ".join(said) or "no questions", segments=tuple(segments))


def legend(counts: Counts) -> tuple[LegendEntry, ...]:
    """The colours in use: the five results, and "not reviewed" where there is any."""
    return tuple(
        LegendEntry(RESULTS[result], PAINTS[result]) for result, count in _by_result(counts) if result or count
    )


def _by_result(counts: Counts) -> tuple[tuple[str, int], ...]:
    return (
        ("met", counts.met),
        ("partly_met", counts.partly_met),
        ("not_met", counts.not_met),
        ("not_verified", counts.not_verified),
        ("not_applicable", counts.not_applicable),
        ("", counts.pending),
    )


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
