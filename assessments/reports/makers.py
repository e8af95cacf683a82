"""Who makes which kind of document."""

from collections.abc import Callable
from typing import Any, BinaryIO

from assessments.reports import executive, letter, portfolio_render, render
from assessments.reports.export import archive, oscal, record, table, workbook
from assessments.reports.kinds import Kind
from assessments.reports.material import Material
from assessments.reports.portfolio_snapshot import PortfolioSnapshot
from assessments.reports.snapshot import Snapshot

Maker = Callable[[Any, Material, BinaryIO], None]
"""Writes the document of a snapshot. Raises RenderFailed."""

MAKERS: dict[Kind, Maker] = {
    Kind.REPORT: render.write,
    Kind.SUMMARY: executive.write,
    Kind.LETTER: letter.write,
    Kind.PORTFOLIO: portfolio_render.write,
    Kind.WORKBOOK: workbook.write,
    Kind.TABLE: table.write,
    Kind.DATA: record.write,
    Kind.OSCAL: oscal.write,
    Kind.ARCHIVE: archive.write,
}


def snapshot_of(kind: Kind, text: str) -> Any:
    """The snapshot that was stored for a document of this kind. Raises SnapshotError."""
    return (PortfolioSnapshot if kind is Kind.PORTFOLIO else Snapshot).from_json(text)
