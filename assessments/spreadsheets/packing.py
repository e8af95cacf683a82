"""A workbook as bytes that depend on nothing but what is in it: no clock, no host, no chance. Pure."""

import io
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry; a ZIP knows none before."""


def packed(book: Workbook, *, made_at: datetime) -> bytes:
    """The XLSX, made at that moment as its properties say. The same content gives the same bytes."""
    book.properties.created = book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:  # Workbook.save would put the time of day into its properties
        ExcelWriter(book, archive).write_data()
    out = io.BytesIO()
    with ZipFile(written) as archive, ZipFile(out, "w", ZIP_DEFLATED) as still:
        for entry in archive.infolist():
            info = ZipInfo(entry.filename, LONG_AGO)
            info.external_attr, info.compress_type = 0o600 << 16, ZIP_DEFLATED
            still.writestr(info, archive.read(entry))
    return out.getvalue()
