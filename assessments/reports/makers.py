"""Who makes which kind of document."""

from collections.abc import Callable
from typing import Any, BinaryIO

from assessments.reports import executive, render
from assessments.reports.export import table, workbook
from assessments.reports.kinds import Kind
from assessments.reports.material import Material
from assessments.reports.snapshot import Snapshot

Maker = Callable[[Any, Material, BinaryIO], None]
"""Writes the document of a snapshot. Raises RenderFailed."""

MAKERS: dict[Kind, Maker] = {
    Kind.REPORT: render.write,
    Kind.SUMMARY: executive.write,
    Kind.WORKBOOK: workbook.write,
    Kind.TABLE: table.write,
}

READERS: dict[Kind, Callable[[str], Any]] = {}
"""How a stored snapshot is read, where it is not one of an assessment. Each raises SnapshotError."""


def snapshot_of(kind: Kind, text: str) -> Any:
    """The snapshot that was stored for a document of this kind. Raises SnapshotError."""
    return READERS.get(kind, Snapshot.from_json)(text)
