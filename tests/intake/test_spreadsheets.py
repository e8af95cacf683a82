"""The questionnaire comes back as an XLSX and nothing else; whatever else it is, one sentence says what to do."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import date

import openpyxl
import pytest

from assessments.intake import Refused, examine_spreadsheet
from assessments.limits import SPREADSHEET_BYTES, SPREADSHEET_PARTS, SPREADSHEET_UNPACKED_BYTES
from assessments.spreadsheets.grid import GridCell
from tests.intake import samples

SAVE_AS = "Choose File, then Save as, then “Excel Workbook (.xlsx)”, and upload that."
COPY = "Download the questionnaire again, copy your answers into it and upload that."
NONE = "This is not a spreadsheet. Upload the questionnaire as an Excel workbook (.xlsx)."
LOCKED = "The file is protected by a password. Save it without one and upload it again."
DAMAGED = f"The spreadsheet is damaged and cannot be read. Open it in Excel or LibreOffice. {SAVE_AS}"
MUCH = f"The spreadsheet holds more than a questionnaire may. {COPY}"
ROWS = f"The spreadsheet uses more than 1,000 rows. {COPY}"
COLUMNS = f"The spreadsheet uses more than 100 columns. {COPY}"
DECLARED = f"The spreadsheet declares XML entities, which no spreadsheet program writes. {COPY}"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
SHEET = "xl/worksheets/sheet1.xml"


def book(cells: Mapping[str, object] | None = None) -> bytes:
    """A workbook with one sheet."""
    made = openpyxl.Workbook()
    for address, value in (cells or {"A1": "No."}).items():
        made.active[address] = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(name: str, data: bytes | Callable[[bytes], bytes], of: bytes | None = None) -> bytes:
    """The workbook with one part added or changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(of or book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, data(old.read(name)) if callable(data) else data)
    return out.getvalue()


def typed(old: str, new: str) -> bytes:
    """The workbook whose list of content types says something else."""
    return with_part("[Content_Types].xml", lambda data: data.replace(old.encode(), new.encode()))


def archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def locked() -> bytes:
    """Every part says that it is encrypted, in its own header and in the directory."""
    data = bytearray(book())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + place)
            struct.pack_into("<H", data, at + place, flags | 1)
            at = data.find(signature, at + 4)
    return bytes(data)


def twice() -> bytes:
    """Two parts of one name, of which two readers may take different ones."""
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def declares(kind: str) -> Callable[[bytes], bytes]:
    """A sheet with a document type declaration in front."""
    entities = {
        "laughs": '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">',
        "file": '<!ENTITY a SYSTEM "file:///etc/hostname">',
        "none": "",
    }
    return lambda data: f"<!DOCTYPE worksheet [{entities[kind]}]>".encode() + data


def long_texts() -> bytes:
    """Few bytes when packed, nine million characters when read."""
    made = openpyxl.Workbook()
    for line in range(1, 1001):
        made.active[f"A{line}"] = "x" * 9_000
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rows_without_end(data: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_000_001))
    return data.split(b"<sheetData>")[0] + b"<sheetData>" + rows + b"</sheetData></worksheet>"


def turned_rows(data: bytes) -> bytes:
    rows = b'<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    return data.split(b"<sheetData>")[0] + b"<sheetData>" + rows + b"</sheetData></worksheet>"


SPREADSHEET = "officedocument.spreadsheetml.sheet.main+xml"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "The file is empty. Save your spreadsheet and upload it again."),
    "too large": (
        lambda: b"PK\x03\x04" + bytes(SPREADSHEET_BYTES),
        f"The spreadsheet is 5.1 MB. It may have 5 MB. {COPY}",
    ),
    "csv": (lambda: b"No.,Domain\r\n1,Root", f"This is a text or CSV file, which does not hold everything. {SAVE_AS}"),
    "pdf": (samples.pdf, NONE),
    "png": (samples.png, NONE),
    "xls": (lambda: OLE, f"This is the older Excel format (.xls). {SAVE_AS}"),
    "encrypted": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "encrypted parts": (locked, LOCKED),
    "docx": (lambda: typed(SPREADSHEET, "officedocument.wordprocessingml.document.main+xml"), NONE),
    "zip": (lambda: archive({"a.txt": b"a"}), NONE),
    "bundle": (samples.bundle, NONE),
    "ods": (
        lambda: archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        f"This is an OpenDocument spreadsheet (.ods). {SAVE_AS}",
    ),
    "xlsm": (
        lambda: typed("vnd.openxmlformats-" + SPREADSHEET, "vnd.ms-excel.sheet.macroEnabled.main+xml"),
        f"This spreadsheet may hold macros (.xlsm). {SAVE_AS}",
    ),
    "macros under a plain type": (
        lambda: with_part("xl/vbaProject.bin", b"x"),
        f"This spreadsheet may hold macros (.xlsm). {SAVE_AS}",
    ),
    "xlsb": (
        lambda: typed("vnd.openxmlformats-" + SPREADSHEET, "vnd.ms-excel.sheet.binary.macroFree.main"),
        f"This is a binary Excel workbook (.xlsb). {SAVE_AS}",
    ),
    "links": (
        lambda: with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
        f"The spreadsheet refers to other spreadsheets. {COPY}",
    ),
    "embedded": (
        lambda: with_part("xl/embeddings/oleObject1.bin", b"x"),
        f"The spreadsheet has other files or controls inside it. {COPY}",
    ),
    "entities": (lambda: with_part(SHEET, declares("laughs")), DECLARED),
    "external entity": (lambda: with_part("xl/styles.xml", declares("file")), DECLARED),
    "document type": (lambda: with_part("docProps/core.xml", declares("none")), DECLARED),
    "bomb": (lambda: with_part("xl/media/image1.png", bytes(SPREADSHEET_UNPACKED_BYTES)), MUCH),
    "bomb of XML": (
        lambda: with_part("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * (SPREADSHEET_UNPACKED_BYTES // 5)),
        MUCH,
    ),
    "many parts": (
        lambda: archive({"[Content_Types].xml": b"<Types/>"} | {str(n): b"" for n in range(SPREADSHEET_PARTS)}),
        MUCH,
    ),
    "long texts": (long_texts, MUCH),
    "row 1,001": (lambda: book({"A1001": "x"}), ROWS),
    "the last row there is": (lambda: book({"A1": "x", "A1048576": "x"}), ROWS),
    "column 101": (lambda: book({"CW1": "x"}), COLUMNS),
    "rows without end": (lambda: with_part(SHEET, rows_without_end), MUCH),
    "rows in no order": (lambda: with_part(SHEET, turned_rows), DAMAGED),
    "two parts of one name": (twice, DAMAGED),
    "half a file": (lambda: book()[:2000], DAMAGED),
    "broken XML": (lambda: with_part(SHEET, lambda data: data[:-20]), DAMAGED),
    "a number that is none": (
        lambda: with_part(SHEET, lambda data: data.replace(b"<v>7</v>", b"<v>seven</v>"), book({"A1": 7})),
        DAMAGED,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_whatever_it_is_one_sentence_says_what_to_do(what: str) -> None:
    make, sentence = REFUSED[what]
    with pytest.raises(Refused) as refused:
        examine_spreadsheet(io.BytesIO(make()))
    assert str(refused.value) == sentence


def test_cells_come_as_plain_values() -> None:
    cells = {"A1": "=1+1", "B2": "text", "C2": 5.0, "D2": True, "E2": date(2027, 1, 31), "F2": "#REF!", "CV1000": "end"}
    (sheet,) = examine_spreadsheet(io.BytesIO(book(cells))).sheets
    assert [(row.line, list(row.cells)) for row in sheet.rows] == [
        (1, [GridCell(1, "formula", "")]),
        (
            2,
            [
                GridCell(2, "text", "text"),
                GridCell(3, "number", "5"),
                GridCell(4, "truth", "Yes"),
                GridCell(5, "day", "2027-01-31T00:00:00"),
                GridCell(6, "error", ""),
            ],
        ),
        (1000, [GridCell(100, "text", "end")]),
    ]


def test_a_long_text_is_handed_on_in_part() -> None:
    (sheet,) = examine_spreadsheet(io.BytesIO(book({"A1": "x" * 30_000}))).sheets
    assert len(sheet.rows[0].cells[0].value) == 10_000
