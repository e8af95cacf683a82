"""Results, findings and evidence as a workbook (XLSX). Pure."""

from datetime import UTC, datetime, time
from typing import BinaryIO

from assessments.reports.export import tables
from assessments.reports.material import Material
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import cleaned
from assessments.spreadsheets.tables import to_xlsx


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """Write the workbook to `out`. Texts that no cell can hold are cut, and say so."""
    material.on_step(1, 1)
    said = cleaned(snapshot)
    sheets = [
        tables.results(said),
        tables.findings(said),
        tables.evidence(said, material.missing),
        tables.about(said, material),
    ]
    made_at = datetime.combine(snapshot.made_on, time(), UTC)
    out.write(to_xlsx(sheets, made_at=made_at, title=f"{said.vendor.name}: AWS assessment {said.period}"))
