"""The rows of a credential report as text: delimiter, header, several reports in one file, damage, duplicates."""

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple, TextIO

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
Cells = tuple[str, ...]
Pick = Callable[[list[str]], Cells]
_DELIMITERS: Final = (",", ";", "\t")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(root|user/\S.*)")
_ROOT_NAMES: Final = ("<root_account>", "&lt;root_account&gt;")
# One object for cells that repeat thousands of times.
_common: Final = {
    word: word
    for word in (
        *("true", "false", "TRUE", "FALSE", "N/A", "no_information", "not_supported"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1"),
        *("ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-south-1"),
        *("s3", "ec2", "sts", "iam", "ses", "sqs", "sns", "kms", "ecr", "lambda", "logs", "dynamodb", "monitoring"),
    )
}.get


class RawRow(NamedTuple):
    """One row as text, its cells in the order of COLUMNS."""

    account: str
    is_root: bool
    part: int
    line: int
    cells: Cells


@dataclass
class Records:
    """The rows of a file, read while somebody goes through them, which can be done once.

    Exact duplicates are dropped. What is noted beside the rows is whole when the last of them has been read: `damaged`
    holds the lines left out, by their number from 1, and `missing` the columns that a header lacked.
    """

    lines: Iterator[tuple[int, list[str]]]  # what follows the first header: the number of a line, and its cells
    names: list[str]
    damaged: list[int] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    @property
    def damaged_lines(self) -> tuple[int, ...]:
        return tuple(self.damaged)

    @property
    def missing_columns(self) -> tuple[str, ...]:
        return tuple(name for name in COLUMNS if name in self.missing)

    def __iter__(self) -> Iterator[RawRow]:
        """Read the rows. Raises TooLarge over the caps."""
        first: dict[str, Cells] = {}  # ARN: the cells it was first seen with
        others: set[Cells] = set()  # what else was written for one of these ARNs
        part, width, pick = 1, len(self.names), _pick(self.names, self.missing)
        try:
            for line, row in self.lines:
                raw = _raw(row, width, pick, part, line)
                if raw is None and not any(map(str.strip, row)):
                    continue
                if len("".join(row)) > limits.CSV_CELL_BYTES and max(map(len, row)) > limits.CSV_CELL_BYTES:
                    raise _cell_too_large()
                if raw is None and _is_header(names := _names(row)):
                    part, width, pick = part + 1, len(names), _pick(names, self.missing)
                elif raw is None:
                    self.damaged.append(line)
                elif (known := first.setdefault(raw.cells[1], raw.cells)) is raw.cells:
                    yield raw
                elif raw.cells != known and raw.cells not in others:
                    others.add(raw.cells)
                    yield raw
                if len(first) + len(others) + len(self.damaged) > limits.CREDENTIAL_REPORT_ROWS:
                    raise _too_many_rows()
        except csv.Error:
            raise _cell_too_large() from None


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
    """The rows, to be gone through: that raises TooLarge over the caps. Raises Unreadable when there is no header."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
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
    is_quoted = b'"' in data
    return Records((_quoted if is_quoted else _plain)(text, delimiter, skipped + 1), names)


def _quoted(text: TextIO, delimiter: str, offset: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, delimiter=delimiter)
    for row in reader:
        yield offset + reader.line_num, row


def _plain(text: TextIO, delimiter: str, offset: int) -> Iterator[tuple[int, list[str]]]:
    """As `_quoted`, in half the time: where nothing is quoted a delimiter is a delimiter, and a line is a row."""
    for number, line in enumerate(text, offset + 1):
        yield number, line.rstrip("\r\n").split(delimiter)


def _raw(row: list[str], width: int, pick: Pick, part: int, line: int) -> RawRow | None:
    """The row in our order of columns, or None when it is damaged: never read shifted."""
    if len(row) != width:
        return None
    cells = pick([*map(_common, row, row), ""])
    found = _ARN.fullmatch(cells[1].strip())
    user = cells[0].strip()
    if not found or not user or "\n" in cells[0]:
        return None
    account, resource = found.groups()
    return RawRow(sys.intern(account), resource == "root" or user.casefold() in _ROOT_NAMES, part, line, cells)


def _pick(names: list[str], missing: set[str]) -> Pick:
    """Puts a row and one empty cell more into our order; missing columns are noted and read from that cell."""
    missing.update(name for name in COLUMNS if name not in names and name != OPTIONAL)
    return itemgetter(*[names.index(name) if name in names else len(names) for name in COLUMNS])


def _names(cells: list[str]) -> list[str]:
    return [re.sub(r"[\s_]+", "_", cell.strip("\ufeff \t\r\n").casefold()) for cell in cells]


def _is_header(names: list[str]) -> bool:
    return "user" in names and "arn" in names


def _is_preamble(line: str) -> bool:
    bare = line.strip("\ufeff \t\r\n,;\"'")
    return not bare or re.fullmatch(r"sep=.?", bare, re.IGNORECASE) is not None


def _too_many_rows() -> TooLarge:
    return TooLarge(
        f"The credential report has more than {limits.CREDENTIAL_REPORT_ROWS:,} rows. Add one report for each account."
    )


def _cell_too_large() -> TooLarge:
    return TooLarge(
        f"A cell of the credential report is larger than {limits.CSV_CELL_BYTES // limits.KB} kB; perhaps a quote is "
        "not closed. Download the report again."
    )
