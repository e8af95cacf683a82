"""The scores of a vendor's closed assessments as a line so small that it fits into a row of a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from assessments.models import Assessment
from assessments.states import State

if TYPE_CHECKING:
    from users.models import User

MOST_POINTS = 6
WIDTH, HEIGHT, EDGE = 64, 20, 2  # of the drawing


@dataclass(frozen=True)
class Spark:
    """`line` is what an SVG polyline wants, `words` say the same: "2024: 6.1, 2025: 7.9"; `change` is "+1.8"."""

    line: str
    words: str
    change: str  # of the last score against the one before, with its sign
    direction: str  # "up", "down", or "" where they are the same
    period: str  # of the last score, which is not that of an assessment still open


def sparks(user: User, vendors: Collection[int]) -> dict[int, Spark]:
    """One for each of these vendors that has two scores or more. One query."""
    closed = Assessment.objects.visible_to(user).filter(vendor__in=vendors, state=State.CLOSED).exclude(score=None)
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for vendor, period, score in closed.order_by("closed_at", "pk").values_list("vendor", "period", "score"):
        found.setdefault(vendor, []).append((period, score))
    return {vendor: _spark(scores[-MOST_POINTS:]) for vendor, scores in found.items() if len(scores) > 1}


def _spark(scores: list[tuple[str, Decimal]]) -> Spark:
    step = Decimal(WIDTH - 2 * EDGE) / (len(scores) - 1)
    points = [
        f"{EDGE + step * place:.1f},{EDGE + (10 - score) * (HEIGHT - 2 * EDGE) / 10:.1f}"
        for place, (_period, score) in enumerate(scores)
    ]
    words = ", ".join(_("%(period)s: %(score)s") % {"period": period, "score": score} for period, score in scores)
    change = scores[-1][1] - scores[-2][1]
    direction = "up" if change > 0 else "down" if change < 0 else ""
    return Spark(" ".join(points), words, f"{change:+}".replace("-", "\N{MINUS SIGN}"), direction, scores[-1][0])
