"""Read an IAM credential report: as AWS sends it, and as people hand it on.

The columns and what AWS writes into them: AWS IAM guide, "Getting credential reports". Nothing here decides whether
what a report says is good; it only says what is there, and what could not be read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Final, NamedTuple

from assessments.evaluators.formats import garbage, table
from assessments.evaluators.formats.container import unwrap
from assessments.evaluators.formats.errors import HeaderOnly, TooLarge, Unreadable
from assessments.evaluators.formats.times import MARKS, DateOrder, Mark, Time, is_local, proven_order, read_time

__all__ = [
    "COLUMNS",
    "CredentialReport",
    "HeaderOnly",
    "Key",
    "Row",
    "TooLarge",
    "Unreadable",
    "parse",
    "rows_between",
    "summary",
]

COLUMNS: Final = table.COLUMNS
ROOT: Final = "<root_account>"
_CERTIFICATES: Final = tuple(COLUMNS.index(name) for name in ("cert_1_last_rotated", "cert_2_last_rotated"))
_LAST: Final = COLUMNS.index("cert_2_last_rotated")
# As AWS writes them, and as spreadsheets in other languages save them.
_TRUE: Final = ("true", "wahr", "vrai", "verdadero", "vero", "waar", "sant", "prawda", "1")
_FALSE: Final = ("false", "falsch", "faux", "falso", "onwaar", "falskt", "fałsz", "0")
_BOOLEANS: Final = {
    written: value
    for words, value in ((_TRUE, True), (_FALSE, False))
    for word in words
    for written in (word, word.upper(), word.capitalize())
}
# A clock that runs ahead by less than this is no sign of a wrong date.
_SLACK: Final = timedelta(days=1)


class Key(NamedTuple):
    """One access key slot. Slots are no identities: 1 and 2 follow neither age nor status."""

    active: bool | None  # None: neither true nor false is written there
    last_rotated: Time
    last_used: Time
    region: str
    service: str


class Row(NamedTuple):
    """One user of one account, or its root; `cells` holds the raw text in the order of COLUMNS, "" where missing."""

    account: str
    user: str  # "<root_account>" for root
    arn: str
    is_root: bool
    part: int  # which report of the file, from 1
    line: int  # line of the file, from 1
    created_at: Time
    password_enabled: bool | None
    password_last_used: Time
    password_last_changed: Time
    password_next_rotation: Time
    mfa_active: bool | None
    keys: tuple[Key, Key]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CredentialReport:
    """What one file says.

    `rows_other_order` is empty unless the dates can be read in two ways: then `rows` reads month first and it holds
    the same rows read day first, and only what both say is sure.
    `latest_in_file` is the latest time AWS wrote, password_next_rotation aside: the report was not made before it
    (in an ambiguous file the earlier of both readings).
    """

    rows: tuple[Row, ...]
    rows_other_order: tuple[Row, ...]
    date_order: DateOrder
    generated_at: datetime | None  # from the wrapper of get-credential-report only
    latest_in_file: datetime | None
    missing_columns: tuple[str, ...]
    damaged_lines: tuple[int, ...]
    problems: tuple[str, ...]

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """The account ids in the file, sorted."""
        return tuple(sorted({row.account for row in self.rows}))

    @cached_property
    def accounts_with_root(self) -> frozenset[str]:
        """The accounts whose root row is there; a real report always has one."""
        return frozenset(row.account for row in self.rows if row.is_root)

    def has_root(self, account: str) -> bool:
        """Whether the root row of `account` was read."""
        return account in self.accounts_with_root


class _Times(dict[str, Time]):
    """Reads cells as times and remembers the latest; marks are known from the start, since most cells hold one."""

    def __init__(self, order: DateOrder) -> None:
        super().__init__(MARKS)
        self.order = order
        self.latest: datetime | None = None
        self.unread: set[str] = set()  # cells that are neither a mark nor a time

    def __missing__(self, text: str) -> Time:
        time = read_time(text, self.order)
        if isinstance(time, datetime):
            if self.latest is None or time > self.latest:
                self.latest = time
        else:
            self.unread.add(text)
        return time


class _Booleans(dict[str, bool | None]):
    """Reads cells as true, false or neither."""

    def __init__(self) -> None:
        super().__init__(_BOOLEANS)

    def __missing__(self, text: str) -> bool | None:
        return _BOOLEANS.get(text.strip().casefold())


class _Reading(NamedTuple):
    rows: tuple[Row, ...]
    latest: datetime | None
    unread: set[str]  # cells that are neither a mark of AWS nor a time in the order they were read in


@garbage.collection_paused()
def parse(data: bytes, *, received_at: datetime | None = None) -> CredentialReport:
    """Read a report from the bytes of a file.

    `received_at` is when the file came in: no date in it but password_next_rotation can lie after, which may tell
    day from month.
    Raises TooLarge over the caps, HeaderOnly when there is a header and nothing else, Unreadable for all else that
    is no report. Damaged rows are counted and left out, never read shifted.
    """
    content = unwrap(data)
    records = table.read(content.data, content.encoding)
    reading, other, order = _read_rows(records, received_at)
    if not reading.rows and not records.damaged:
        raise HeaderOnly("This credential report has a header and no rows. Download it from IAM again and add it.")
    latest = min(filter(None, (reading.latest, other and other.latest)), default=None)
    problems = [*content.problems, *_problems(records, reading.rows, order)]
    if content.generated_at and latest and content.generated_at < latest:
        problems.append("The report holds a time after the moment it says it was made. Download it again.")
    if received_at and latest and latest > received_at + _SLACK:
        problems.append("The report holds a time that has not come yet. Download it again.")
    return CredentialReport(
        rows=reading.rows,
        rows_other_order=other.rows if other else (),
        date_order=order,
        generated_at=content.generated_at,
        latest_in_file=latest,
        missing_columns=records.missing_columns,
        damaged_lines=records.damaged_lines,
        problems=tuple(problems),
    )


def rows_between(data: bytes, order: DateOrder, start: int, stop: int) -> tuple[Row, ...]:
    """Some rows of a file that `parse` has read before, counted from 0, in the order of dates it found.

    Nothing is checked again: rows before `start` are passed over, and those from `stop` on are not even read.
    """
    content = unwrap(data)
    records = table.read(content.data, content.encoding)
    return _typed(islice(records, start, stop), DateOrder.MONTH_FIRST if order is DateOrder.AMBIGUOUS else order).rows


def summary(report: CredentialReport) -> dict[str, Any]:
    """What is worth storing beside the file; holds only JSON values."""
    return {
        "rows": len(report.rows),
        "accounts": list(report.accounts),
        "generated_at": report.generated_at.isoformat() if report.generated_at else None,
        "latest_in_file": report.latest_in_file.isoformat() if report.latest_in_file else None,
        "date_order": report.date_order.value,
        "damaged": len(report.damaged_lines),
        "problems": list(report.problems),
    }


def _is_cut(rows: tuple[Row, ...], records: table.Records) -> bool:
    """A download that broke off inside the last cell leaves a row of the right width; it is damage all the same."""
    if not rows or records.missing or _is_time(rows[-1].cells[_LAST]):
        return False
    return _is_time(rows[0].cells[_LAST]) or len(rows) == 1


def _is_time(cell: str) -> bool:
    return read_time(cell, DateOrder.ISO) is not None or is_local(cell)


def _read_rows(records: table.Records, received_at: datetime | None) -> tuple[_Reading, _Reading | None, DateOrder]:
    """Type the rows; a second reading is there only when the dates can be read in two ways."""
    iso = _typed(records, DateOrder.ISO)
    if _is_cut(iso.rows, records):
        records.damaged.append(iso.rows[-1].line)
        iso = _typed(_untyped(iso.rows[:-1]), DateOrder.ISO)
    if not (local := _local_cells(iso)):
        return iso, None, DateOrder.ISO
    order = proven_order(local)
    if order is not DateOrder.AMBIGUOUS:
        return _typed(_untyped(iso.rows), order), None, order
    month_first = _typed(_untyped(iso.rows), DateOrder.MONTH_FIRST)
    day_first = _typed(_untyped(iso.rows), DateOrder.DAY_FIRST)
    impossible = [_is_impossible(each, received_at) for each in (month_first, day_first)]
    if impossible == [True, False]:
        return day_first, None, DateOrder.DAY_FIRST
    if impossible == [False, True]:
        return month_first, None, DateOrder.MONTH_FIRST
    return month_first, day_first, order


def _local_cells(reading: _Reading) -> list[str]:
    """The dates whose order of day and month has to be found out; those of certificates count beside others only."""
    if not reading.unread:
        return []
    certificates = {row.cells[place] for row in reading.rows for place in _CERTIFICATES}
    return list(filter(is_local, reading.unread | certificates))


def _is_impossible(reading: _Reading, received_at: datetime | None) -> bool:
    ahead = received_at is not None and reading.latest is not None and reading.latest > received_at
    return ahead or any(map(is_used_before_made, reading.rows))


def is_used_before_made(row: Row) -> bool:
    """A last use before the creation it belongs to: day and month are swapped, or the file was edited."""
    first, second = row.keys
    return (
        _is_before(row.password_last_used, row.created_at)
        or _is_before(first.last_used, first.last_rotated)
        or _is_before(second.last_used, second.last_rotated)
    )


def _is_before(used: Time, made: Time) -> bool:
    return isinstance(used, datetime) and isinstance(made, datetime) and used < made


def _untyped(rows: Iterable[Row]) -> Iterator[table.RawRow]:
    """The rows as they were before their cells were read, to read them in another way."""
    for row in rows:
        yield table.RawRow(row.account, row.is_root, row.part, row.line, row.cells)


def _typed(raws: Iterable[table.RawRow], order: DateOrder) -> _Reading:
    times, next_rotations, booleans = _Times(order), _Times(order), _Booleans()
    slots: dict[tuple[str, ...], Key] = {}  # most slots are empty and alike

    def key(cells: tuple[str, ...]) -> Key:
        if (known := slots.get(cells)) is None:
            active, rotated, used, region, service = cells
            known = Key(booleans[active], times[rotated], times[used], region, service)
            if not isinstance(known.last_rotated, datetime):
                slots[cells] = known
        return known

    rows = tuple(
        [
            Row(
                account,
                ROOT if is_root else cells[0],
                cells[1],
                is_root,
                part,
                line,
                times[cells[2]],
                booleans[cells[3]],
                times[cells[4]],
                times[cells[5]],
                next_rotations[cells[6]],
                booleans[cells[7]],
                (key(cells[8:13]), key(cells[13:18])),
                cells,
            )
            for account, is_root, part, line, cells in raws
        ]
    )
    return _Reading(rows, times.latest, times.unread | next_rotations.unread)


def _problems(records: table.Records, rows: tuple[Row, ...], order: DateOrder) -> list[str]:
    problems = []
    if damaged := records.damaged_lines:
        named = ", ".join(map(str, damaged[:5])) + (" and more" if len(damaged) > 5 else "")
        were = "1 row is damaged and was" if len(damaged) == 1 else f"{len(damaged):,} rows are damaged and were"
        problems.append(f"{were} left out (line {named}). Download the report again.")
    if records.missing_columns:
        problems.append(f"These columns are missing: {', '.join(records.missing_columns)}.")
    roots = {row.account for row in rows if row.is_root}
    problems += [
        f"Account {account} has no root row, but a real report always has one. Download the report again."
        for account in sorted({row.account for row in rows} - roots)
    ]
    if conflicting := _listed_twice(rows):
        problems.append(f"Listed more than once with different values: {conflicting}.")
    if order is DateOrder.AMBIGUOUS:
        problems.append("Day and month cannot be told apart in the dates. Add the file as AWS sends it.")
    if order is DateOrder.MIXED:
        problems.append("The dates are written in two orders and were not read. Add the file as AWS sends it.")
    if order is not DateOrder.AMBIGUOUS and (early := sum(map(is_used_before_made, rows))):
        who = "1 row holds" if early == 1 else f"{early:,} rows hold"
        problems.append(f"{who} a last use before its creation. Add the file as AWS sends it.")
    return problems


def _listed_twice(rows: tuple[Row, ...]) -> str:
    if len({(row.account, row.user) for row in rows}) == len(rows):
        return ""
    seen: set[tuple[str, str]] = set()
    twice: dict[str, None] = {}
    for row in rows:
        who = (row.account, row.user)
        if who in seen:
            twice[f"{row.user} in {row.account}"] = None
        seen.add(who)
    named = list(twice)
    return ", ".join(named[:5]) + (f" and {len(named) - 5:,} more" if len(named) > 5 else "")


def is_absent(time: Time) -> bool:
    """Whether AWS says that there is no such time; unreadable and missing ones are unknown instead."""
    return isinstance(time, Mark)
