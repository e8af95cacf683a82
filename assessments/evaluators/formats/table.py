"""The rows of a credential report as text: delimiter, header, several reports in one file, damage, duplicates."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

from assessments import limits
from assessments.evaluators.formats.errors import TooLarge, Unreadable

COLUMNS: Final = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
    "additional_credentials_info",
)
# In the guide, absent from most reports: only for users with more than two keys or certificates.
OPTIONAL: Final = "additional_credentials_info"
# A table with users and ARNs alone could be anything; one of these makes it a credential report.
_TELLING: Final = {"password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active"}
Pick = Callable[[list[str]], tuple[str, ...]]
_DELIMITERS: Final = (",", ";", "\t")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(root|user/\S.*)")
_ROOT_NAMES: Final = ("<root_account>", "&lt;root_account&gt;")
# One object for cells that repeat thousands of times.
_common: Final = {
    word: word for word in ("true", "false", "TRUE", "FALSE", "N/A", "no_information", "not_supported")
}.get


class RawRow(NamedTuple):
    """One row as text, its cells in the order of COLUMNS."""

    account: str
    is_root: bool
    part: int
    line: int
    cells: tuple[str, ...]


@dataclass
class Records:
    """All rows of a file; exact duplicates are dropped, damaged lines are named by their number from 1."""

    rows: list[RawRow] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    @property
    def damaged_lines(self) -> tuple[int, ...]:
        return tuple(self.damaged)

    @property
    def missing_columns(self) -> tuple[str, ...]:
        return tuple(name for name in COLUMNS if name in self.missing)


def header_of(line: str) -> tuple[str, list[str]] | None:
    """The delimiter and the column names if `line` is the header of a credential report."""
    for delimiter in _DELIMITERS:
        names = _names(next(csv.reader([line], delimiter=delimiter), []))
        if _is_header(names) and not _TELLING.isdisjoint(names):
            return delimiter, names
    return None


def first_line(text: str) -> str:
    """The first line of `text` that says something: blank ones and `sep=;` are passed over."""
    return next((line for line in io.StringIO(text, newline=None) if not _is_preamble(line)), "")


def read(data: bytes, encoding: str) -> Records:
    """Read all rows. Raises TooLarge over the caps and Unreadable when there is no header."""
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        skipped, line = 0, ""
        for skipped, line in enumerate(text):  # noqa: B007 -- both are used after the loop
            if not _is_preamble(line):
                break
        found = header_of(line)
        if found is None:
            raise Unreadable(
                "This is not an IAM credential report. The first row must start with user, arn. "
                "Download it from IAM, Credential report, and add it again."
            )
        delimiter, names = found
        try:
            return _collect(text, delimiter, names, skipped + 1)
        except csv.Error:
            raise _cell_too_large() from None


def _collect(text: Iterable[str], delimiter: str, names: list[str], offset: int) -> Records:
    """Read what follows the first header, which ends at line `offset`."""
    reader = csv.reader(text, delimiter=delimiter)
    records, seen, part = Records(), set(), 1
    pick = _pick(names, records)
    for row in reader:
        if not any(row) or not any(map(str.strip, row)):
            continue
        if len("".join(row)) > limits.CSV_CELL_BYTES and max(map(len, row)) > limits.CSV_CELL_BYTES:
            raise _cell_too_large()
        line = offset + reader.line_num
        raw = _raw(row, len(names), pick, part, line)
        if raw is None and _is_header(found := _names(row)):
            part, names = part + 1, found
            pick = _pick(names, records)
        elif raw is None:
            records.damaged.append(line)
        elif (key := (raw.account, raw.cells)) not in seen:
            seen.add(key)
            records.rows.append(raw)
        if len(records.rows) + len(records.damaged) > limits.CREDENTIAL_REPORT_ROWS:
            raise TooLarge(
                f"The credential report has more than {limits.CREDENTIAL_REPORT_ROWS:,} rows. "
                "Add one report for each account."
            )
    return records


def _raw(row: list[str], width: int, pick: Pick, part: int, line: int) -> RawRow | None:
    """The row in our order of columns, or None when it is damaged: never read shifted."""
    if len(row) != width:
        return None
    cells = pick([*map(_common, row, row), ""])
    found = _ARN.fullmatch(cells[1].strip())
    if not found or "\n" in cells[0] or not cells[0].strip():
        return None
    is_root = found[2] == "root" or cells[0].strip().casefold() in _ROOT_NAMES
    return RawRow(found[1], is_root, part, line, cells)


def _pick(names: list[str], records: Records) -> Pick:
    """Puts a row and one empty cell more into our order; missing columns are noted and read from that cell."""
    records.missing.update(name for name in COLUMNS if name not in names and name != OPTIONAL)
    return itemgetter(*[names.index(name) if name in names else len(names) for name in COLUMNS])


def _names(cells: list[str]) -> list[str]:
    return [re.sub(r"[\s_]+", "_", cell.strip("\ufeff \t\r\n").casefold()) for cell in cells]


def _is_header(names: list[str]) -> bool:
    return "user" in names and "arn" in names


def _is_preamble(line: str) -> bool:
    bare = line.strip("\ufeff \t\r\n,;\"'")
    return not bare or re.fullmatch(r"sep=.?", bare, re.IGNORECASE) is not None


def _cell_too_large() -> TooLarge:
    return TooLarge(
        f"A cell of the credential report is larger than {limits.CSV_CELL_BYTES // limits.KB} kB; perhaps a quote is "
        "not closed. Download the report again."
    )
