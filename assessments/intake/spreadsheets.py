"""The questionnaire that comes back as a spreadsheet: an XLSX and nothing else, opened in a box of its own."""

import io
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from assessments.intake.alone import run_alone
from assessments.intake.refusal import Refused, megabytes
from assessments.limits import (
    SPREADSHEET_BYTES,
    SPREADSHEET_COLUMNS,
    SPREADSHEET_MEMORY_BYTES,
    SPREADSHEET_PARTS,
    SPREADSHEET_ROWS,
    SPREADSHEET_SECONDS,
    SPREADSHEET_UNPACKED_BYTES,
)
from assessments.marking import said as _
from assessments.spreadsheets.grid import Grid, GridCell, GridRow, GridSheet

_BOX = Path(__file__).with_name("spreadsheet_box.py")
_LIMITS = (
    SPREADSHEET_MEMORY_BYTES,
    SPREADSHEET_SECONDS,
    SPREADSHEET_PARTS,
    SPREADSHEET_UNPACKED_BYTES,
    SPREADSHEET_ROWS,
    SPREADSHEET_COLUMNS,
)
_SAVE_AS = _("Choose File, then Save as, then “Excel Workbook (.xlsx)”, and upload that.")
_COPY = _("Download the questionnaire again, copy your answers into it and upload that.")
_NONE = _("This is not a spreadsheet. Upload the questionnaire as an Excel workbook (.xlsx).")
_LOCKED = _("The file is protected by a password. Save it without one and upload it again.")
_DAMAGED = _("The spreadsheet is damaged and cannot be read. Open it in Excel or LibreOffice.").then(_SAVE_AS)
_SENTENCES = {
    "locked": _LOCKED,
    "opendocument": _("This is an OpenDocument spreadsheet (.ods).").then(_SAVE_AS),
    "no spreadsheet": _NONE,
    "damaged": _DAMAGED,
    "macros": _("This spreadsheet may hold macros (.xlsm).").then(_SAVE_AS),
    "binary": _("This is a binary Excel workbook (.xlsb).").then(_SAVE_AS),
    "links": _("The spreadsheet refers to other spreadsheets.").then(_COPY),
    "embedded": _("The spreadsheet has other files or controls inside it.").then(_COPY),
    "declarations": _("The spreadsheet declares XML entities, which no spreadsheet program writes.").then(_COPY),
    "rows": _("The spreadsheet uses more than %(count)s rows.", count=SPREADSHEET_ROWS).then(_COPY),
    "columns": _("The spreadsheet uses more than %(count)s columns.", count=SPREADSHEET_COLUMNS).then(_COPY),
    "too large": _("The spreadsheet holds more than a questionnaire may.").then(_COPY),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream inside an OLE file that holds a locked workbook


def examine_spreadsheet(stream: BinaryIO) -> Grid:
    """The cells of an XLSX. Raises Refused, with a sentence that says what to do, for everything else.

    What the file is called is never asked. No formula is evaluated, and no part of the file is unpacked to disk.
    """
    size = stream.seek(0, io.SEEK_END)
    if size > SPREADSHEET_BYTES:
        limit = megabytes(SPREADSHEET_BYTES)
        words = _("The spreadsheet is %(size)s. It may have %(limit)s.", size=megabytes(size), limit=limit)
        raise Refused(words.then(_COPY))
    stream.seek(0)
    data = stream.read()
    if not data:
        raise Refused(_("The file is empty. Save your spreadsheet and upload it again."))
    if data.startswith(_OLE):
        old = _("This is the older Excel format (.xls).").then(_SAVE_AS)
        raise Refused(_LOCKED if _ENCRYPTED in data else old)
    if not data.startswith(b"PK\x03\x04"):
        is_text = b"\x00" not in data[:4096] and not data.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff"))
        text = _("This is a text or CSV file, which does not hold everything.").then(_SAVE_AS)
        raise Refused(text if is_text else _NONE)
    answer = _open_in_box(data)
    if reason := answer.get("refused"):
        raise Refused(_SENTENCES[str(reason)])
    return _grid(answer)


def _open_in_box(data: bytes) -> dict[str, Any]:
    """What the box says; one that was stopped at its limits, or fell over, counts as too large."""
    try:
        said = run_alone(
            _BOX,
            *_LIMITS,
            data=data,
            seconds=2 * SPREADSHEET_SECONDS,
            env={"OPENPYXL_LXML": "False"},  # one XML parser, the one that everything was counted with
        )
        answer: dict[str, Any] = json.loads(said)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "too large"}
    return answer


def _grid(answer: Mapping[str, Any]) -> Grid:
    sheets = [
        GridSheet(
            name=sheet["name"],
            rows=[GridRow(line, [GridCell(*cell) for cell in cells]) for line, cells in sheet["rows"]],
            merged=sheet["merged"],
        )
        for sheet in answer["sheets"]
    ]
    return Grid(sheets=sheets, has_pictures=answer["pictures"], from_1904=answer["from_1904"])
