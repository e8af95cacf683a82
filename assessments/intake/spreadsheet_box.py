"""Run by itself, in a process with little memory and time: opens the XLSX on standard input and lists its cells.

An XLSX is a ZIP of XML, so a few kilobytes can promise gigabytes; everything is counted before openpyxl sees it.
Formulas are listed as such and never evaluated. Prints one JSON object: {"sheets": [...], "pictures": false,
"from_1904": false}, each sheet with its name, merged ranges and rows; or {"refused": REASON}.
"""

import io
import json
import posixpath
import re
import resource
import sys
import warnings
import zipfile
from typing import Any

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST = 10_000  # characters of one cell that are handed on; every field of an answer takes less
MOST = 5_000_000  # characters of all cells, since one stored text can be shown in many
_LOCKED = 0x1 | 0x40 | 0x2000  # flags: encrypted, strongly encrypted, headers masked
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Found(Exception):
    """Why this is not taken: a key of the sentences in intake.spreadsheets."""


def main(memory: int, seconds: int, *most: int) -> dict[str, object]:
    """Bytes, seconds of processor time; then files inside, bytes unpacked, rows and columns: the limits."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    data = sys.stdin.buffer.read()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_parts(archive, *most[:2])
            merged = look_at(archive, *most[2:])
            pictures = any(name.startswith("xl/media/") for name in archive.namelist())
        return {**cells(data, merged), "pictures": pictures}
    except Found as found:
        return {"refused": str(found)}
    except MemoryError:
        return {"refused": "too large"}
    except Exception:  # whatever goes wrong in here, the file is not taken
        return {"refused": "damaged"}


def check_parts(archive: zipfile.ZipFile, most_parts: int, most_bytes: int) -> None:
    """Names, sizes and kinds as the directory states them; no more than that is ever unpacked. Raises Found."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(member.flag_bits & _LOCKED for member in members):
        raise Found("locked")
    if len(members) > most_parts or sum(member.file_size for member in members) > most_bytes:
        raise Found("too large")
    if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype"):
        raise Found("opendocument")
    if "[Content_Types].xml" not in names:
        raise Found("no spreadsheet")
    if len(set(names)) != len(names):
        raise Found("damaged")
    kinds = {
        item.get("ContentType", "")
        for _, item in elements(archive, "[Content_Types].xml")
        if item.tag.endswith(("Override", "Default"))
    }
    if any("macroEnabled" in kind for kind in kinds) or any(name.endswith("vbaProject.bin") for name in names):
        raise Found("macros")
    if any("sheet.binary" in kind for kind in kinds):
        raise Found("binary")
    if WORKBOOK not in kinds:
        raise Found("no spreadsheet")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Found("links")
    if any(name.startswith(("xl/embeddings/", "xl/activeX/", "xl/ctrlProps/")) for name in names):
        raise Found("embedded")


def elements(archive: zipfile.ZipFile, name: str) -> Any:
    """(event, element) at the start and the end of each element of one part. Raises Found for declarations of types."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 -- foreign code is loaded inside the box
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 -- the same

    try:
        with archive.open(name) as part:
            yield from iterparse(part, events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Found("declarations") from error


def look_at(archive: zipfile.ZipFile, most_rows: int, most_columns: int) -> dict[str, list[str]]:
    """Parse every part once, and count the sheets' rows and columns; returns the merged ranges by name of the sheet."""
    paths = dict(sheet_paths(archive))
    merged: dict[str, list[str]] = {}
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        is_sheet = name in paths or name.startswith("xl/worksheets/") and name.endswith(".xml")
        found = look_at_sheet(archive, name, most_rows, most_columns) if is_sheet else look_through(archive, name)
        if name in paths:
            merged[paths[name]] = found
    return merged


def look_through(archive: zipfile.ZipFile, name: str) -> list[str]:
    """Parse one part to its end, keeping nothing."""
    for event, item in elements(archive, name):
        if event == "end":
            item.clear()
    return []


def sheet_paths(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(part, name) of each sheet of the workbook."""
    targets = {
        item.get("Id"): posixpath.normpath(posixpath.join("xl", item.get("Target", ""))).lstrip("/")
        for event, item in elements(archive, "xl/_rels/workbook.xml.rels")
        if event == "start" and item.tag.endswith("}Relationship")
    }
    return [
        (targets[item.get(RELATED)], item.get("name", ""))
        for event, item in elements(archive, "xl/workbook.xml")
        if event == "start" and item.tag == MAIN + "sheet" and item.get(RELATED) in targets
    ]


def look_at_sheet(archive: zipfile.ZipFile, name: str, most_rows: int, most_columns: int) -> list[str]:
    """Count one sheet's rows and columns by their own addresses; returns its merged ranges. Raises Found."""
    merged: list[str] = []
    row = column = 0
    for event, item in elements(archive, name):
        if event == "end":
            item.clear()
        elif item.tag == MAIN + "row":
            before, row, column = row, int(item.get("r", row + 1)), 0
            if row <= before:
                raise Found("damaged")
            if row > most_rows:
                raise Found("rows")
        elif item.tag == MAIN + "c":
            before, column = column, column_of(item.get("r"), row) or column + 1
            if column <= before:
                raise Found("damaged")
            if column > most_columns:
                raise Found("columns")
        elif item.tag == MAIN + "mergeCell":
            merged.append(item.get("ref", ""))
            if len(merged) > most_rows:  # every cell is held against each of them
                raise Found("too large")
    return merged


def column_of(address: str | None, row: int) -> int:
    """4 of "D14"; 0 where the cell states no address. Raises Found where it says it is in another row."""
    if address is None:
        return 0
    found = _ADDRESS.fullmatch(address)
    if not found or int(found[2]) != row:
        raise Found("damaged")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cells(data: bytes, merged: dict[str, list[str]]) -> dict[str, object]:
    """Every cell that holds something, as [column, kind, value]; the value is text whatever the kind."""
    import openpyxl  # noqa: PLC0415 -- foreign code is loaded inside the box

    warnings.simplefilter("ignore")  # about what it leaves out: pictures, validations of newer programs
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    sheets, total = [], 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        rows = []
        for row in sheet.iter_rows():
            listed = [[cell.column, *plain(cell)] for cell in row if cell.value not in (None, "")]
            total += sum(len(value) for _, _, value in listed)
            if total > MOST:
                raise Found("too large")
            if listed:
                rows.append([next(cell.row for cell in row if cell.value not in (None, "")), listed])
        sheets.append({"name": sheet.title, "merged": merged.get(sheet.title, []), "rows": rows})
    return {"sheets": sheets, "from_1904": book.epoch.year == 1904}


def plain(cell: Any) -> tuple[str, str]:
    """Kind and value of one cell: a day in ISO format, a number without needless decimals, text as it stands."""
    value, kind = cell.value, cell.data_type
    if kind in {"f", "e"}:
        return {"f": "formula", "e": "error"}[kind], ""
    if kind == "d" and hasattr(value, "isoformat"):
        return "day", value.isoformat()
    if isinstance(value, bool):
        return "truth", "Yes" if value else "No"
    if isinstance(value, (int, float)):
        whole = isinstance(value, float) and value.is_integer()
        return "number", str(int(value) if whole else value)
    return "text", str(value)[:LONGEST]


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:7]))))  # noqa: T201 -- standard output is the answer
