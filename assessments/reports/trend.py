"""The score over time as a drawing: a line over the bands of the grades, all positions ready to print. Pure.

Style sheets do not reach into SVG in the PDF, so colours are attributes and come from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.reports import words
from assessments.reports.snapshot import GradeBand, Snapshot
from assessments.reports.text import shorten, whole

WIDTH, PLOT, LEFT, TOP = 648, 100, 26, 6
"""CSS pixels: of the whole drawing, the height of the plot, and where the plot begins."""
BELOW = 20
"""Room for the periods under the plot."""
MOST_POINTS = 6
"""Later ones are shown, the words say that there are more."""
LONGEST_PERIOD = 10
TINTS = {"A": "#dcf1eb", "B": "#eef7f4", "C": "#fbf6e3", "D": "#fbece0", "F": "#f8e2dd"}


@dataclass(frozen=True)
class Band:
    """The scores of one grade."""

    grade: str
    fill: str
    y: str
    height: str
    middle: str


@dataclass(frozen=True)
class Point:
    """One score with its period."""

    x: str
    y: str
    label_y: str
    score: str
    period: str


@dataclass(frozen=True)
class Trend:
    """`line` is what an SVG polyline wants; `alt` says the same in words; `left_out` says what is not drawn, or ""."""

    width: str
    height: str
    plot_width: str
    left: str
    period_y: str
    alt: str
    bands: tuple[Band, ...]
    line: str
    points: tuple[Point, ...]
    left_out: str


def trend(snapshot: Snapshot) -> Trend | None:
    """All closed assessments and this one; None while there are fewer than two scores."""
    scores = [(past.period, past.value) for past in snapshot.history]
    if snapshot.score.value is not None:
        scores.append((snapshot.period, snapshot.score.value))
    if len(scores) < 2:
        return None
    shown = scores[-MOST_POINTS:]
    left = len(scores) - len(shown)
    step = Decimal(WIDTH - LEFT) / len(shown)
    points = tuple(
        _point(LEFT + step * (Decimal(place) + Decimal("0.5")), value, period)
        for place, (period, value) in enumerate(shown)
    )
    said = words.listed([f"{value:.1f} in {shorten(whole(period), LONGEST_PERIOD)}" for period, value in shown])
    return Trend(
        width=str(WIDTH),
        height=str(TOP + PLOT + BELOW),
        plot_width=str(WIDTH - LEFT),
        left=str(LEFT),
        period_y=str(TOP + PLOT + 14),
        alt=f"Score over time: {said}.",
        bands=_bands(snapshot.method.grades),
        line=" ".join(f"{point.x},{point.y}" for point in points),
        points=points,
        left_out=f"{words.plural(left, 'earlier score is', 'earlier scores are')} not drawn." if left else "",
    )


def _bands(grades: Sequence[GradeBand]) -> tuple[Band, ...]:
    found, above = [], Decimal(10)
    for band in grades:
        top, height = _y(above), (above - band.lowest) * PLOT / 10
        found.append(
            Band(band.grade, TINTS.get(band.grade, "#eceff3"), _px(top), _px(height), _px(top + height / 2 + 3))
        )
        above = band.lowest
    return tuple(found)


def _point(x: Decimal, value: Decimal, period: str) -> Point:
    y = _y(value)
    label = y - 7 if value < 9 else y + 14  # a label above the top line would leave the drawing
    return Point(_px(x), _px(y), _px(label), f"{value:.1f}", shorten(period, LONGEST_PERIOD))


def _y(value: Decimal) -> Decimal:
    return TOP + (10 - value) * PLOT / 10


def _px(value: Decimal) -> str:
    return f"{value:.1f}".removesuffix(".0")
