"""The frozen portfolio to a PDF: the same snapshot and brand give the same bytes. No database, clock or settings."""

from typing import BinaryIO

from assessments.reports.document import Head, make
from assessments.reports.material import Material
from assessments.reports.portfolio_snapshot import PortfolioSnapshot
from assessments.reports.portfolio_view import portfolio_view
from assessments.reports.text import fitted, long_day, shorten, whole

TEMPLATE = "reports/portfolio.html"


def write(snapshot: PortfolioSnapshot, material: Material, out: BinaryIO) -> None:
    """The portfolio report as a tagged PDF. Raises RenderFailed."""
    shown = fitted(snapshot)
    view = portfolio_view(shown, digest=material.digest)
    out.write(
        make(TEMPLATE, {"portfolio": view, "made_by": shorten(shown.made_by, 60)}, head=_head(shown), material=material)
    )


def _head(snapshot: PortfolioSnapshot) -> Head:
    organisation, today = shorten(snapshot.organisation, 60), long_day(snapshot.made_on)
    return Head(
        title=whole(f"{organisation}: portfolio of vendors, {today}"),
        organisation=whole(organisation),
        description=whole(f"Scores, findings and decisions of {len(snapshot.vendors):,} vendors, {today}"),
        created=f"{snapshot.made_on.isoformat()}T00:00:00Z",
        left=organisation,
        right="Portfolio report",
        footer=f"Confidential · internal · {today}",
        state="",
    )
