"""Lists as CSV and XLSX to take away. No cell of them can ever be a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from assessments.spreadsheets.cells import cut
from assessments.spreadsheets.grid import letters
from assessments.spreadsheets.layout import clean
from assessments.spreadsheets.packing import packed
from assessments.spreadsheets.write import height_of, put

Value = str | int | Decimal | date | None

# A program that opens CSV takes a cell that begins like this for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NARROWEST, _WIDEST = 8, 68  # characters; a SHA-256 fits into one line
_PAGE_WIDTH = 200  # characters on a page across, in small print
_HEAD_FONT, _HEAD_FILL = Font(name="Calibri", bold=True, color="FFFFFF"), PatternFill("solid", start_color="1F4B6E")


@dataclass(frozen=True)
class Table:
    """One sheet: a title of at most 31 characters, a heading for each column, and the rows.

    The first `fixed` columns stay while one goes to the others.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    fixed: int = 0


def to_csv(table: Table) -> bytes:
    """UTF-8 with a mark at the start, so that Excel reads it as such. Days are written 2026-12-31."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([_plain(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value.isoformat() if isinstance(value, date) else str(value)
    text = clean(value)
    return cut(f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text)


def to_xlsx(tables: Sequence[Table], *, made_at: datetime, title: str = "") -> bytes:
    """One sheet a table, headings fixed and with filters. Numbers and days can be counted with.

    The same tables, moment and title give the same bytes.
    """
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _write_sheet(book.create_sheet(table.title), table)
    book.properties.creator, book.properties.title = "Assay", clean(title) or None
    return packed(book, made_at=made_at)


def _write_sheet(sheet: Worksheet, table: Table) -> None:
    widths = [_width(table, place) for place in range(len(table.headings))]
    for place, heading in enumerate(table.headings, 1):
        cell = put(sheet.cell(1, place), heading)
        cell.font, cell.fill, cell.alignment = _HEAD_FONT, _HEAD_FILL, Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[letters(place)].width = widths[place - 1]
    for line, row in enumerate(table.rows, 2):
        for place, value in enumerate(row, 1):
            if value is not None:
                cell = put(sheet.cell(line, place), value)
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                if isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
        texts = [(value, width) for value, width in zip(row, widths, strict=True) if isinstance(value, str)]
        sheet.row_dimensions[line].height = height_of(*texts, ("", _NARROWEST))
    sheet.freeze_panes = sheet.cell(2, table.fixed + 1)
    sheet.auto_filter.ref = f"A1:{letters(len(table.headings))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = -(-sum(widths) // _PAGE_WIDTH), 0


def _width(table: Table, place: int) -> int:
    longest = max((len(_plain(row[place])) for row in table.rows), default=0)
    return min(max(longest, len(table.headings[place]), _NARROWEST) + 2, _WIDEST)
