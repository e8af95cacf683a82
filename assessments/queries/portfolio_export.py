"""The portfolio as a table to take away: the vendors that the filters leave, all of them, in the order shown."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from assessments.queries.portfolio import PortfolioFilter, PortfolioRow, every_row
from assessments.scoring import PRIORITIES
from assessments.spreadsheets.tables import Table, Value
from assessments.states import LABELS, State

if TYPE_CHECKING:
    from users.models import User


def portfolio_table(user: User, chosen: PortfolioFilter) -> Table:
    """One row a vendor; a score that can still change is marked as a draft."""
    domains, rows = every_row(user, chosen)
    headings = [
        _("Vendor"),
        _("Service"),
        _("Importance"),
        _("Assessment"),
        _("Status"),
        _("Due"),
        _("Grade"),
        _("Score"),
        _("Draft"),
        *(full for _slug, _short, full in domains),
        _("Questions not or partly met"),
        _("Open findings"),
        *PRIORITIES,
        _("Decision"),
        _("Decision holds until"),
        _("Analyst"),
        _("Submitted"),
        _("Closed"),
    ]
    return Table(title=_("Portfolio"), headings=headings, rows=[_cells(row) for row in rows])


def _decision(row: PortfolioRow) -> str:
    """In words, with the reason why it does not hold where it does not."""
    if row.decision is None:
        return ""
    words = row.decision.decision.get_kind_display()
    return words if row.decision.holds else f"{words}: {row.decision.problem}"


def _cells(row: PortfolioRow) -> list[Value]:
    is_scored = row.score is not None
    return [
        row.name,
        row.service,
        row.tier,
        row.period,
        LABELS[State(row.state)] if row.state else _("No assessment"),
        row.due.on if row.due else None,
        row.grade,
        row.score,
        (_("yes") if row.is_provisional else _("no")) if is_scored else "",
        *(Decimal(cell.score) if cell.grade else None for cell in row.heat),
        row.gaps if is_scored else None,
        row.findings.total,
        *(row.findings.counts.get(name, 0) for name in PRIORITIES),
        _decision(row),
        row.decision.decision.expires_on if row.decision else None,
        row.analyst,
        row.submitted_on,
        row.closed_on,
    ]
