"""The results as a table (CSV), one line for each question. Pure."""

from typing import BinaryIO

from assessments.reports.export import tables
from assessments.reports.material import Material
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import cleaned
from assessments.spreadsheets.tables import to_csv


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """Write the table to `out`. Texts that no cell of a spreadsheet can hold are cut, and say so."""
    material.on_step(1, 1)
    out.write(to_csv(tables.alone(cleaned(snapshot))))
