"""The times of a credential report: ISO as AWS writes them, and what spreadsheets make of them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Final


class Mark(Enum):
    """What AWS writes where there is no time."""

    NOT_APPLICABLE = "N/A"
    NO_INFORMATION = "no_information"
    NOT_SUPPORTED = "not_supported"


Time = datetime | Mark | None
"""An instant with its offset, a mark of AWS, or None: the column is missing or the cell cannot be read."""


class DateOrder(Enum):
    """How the dates of one file are written; a file has one order throughout."""

    ISO = "iso"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    AMBIGUOUS = "ambiguous"  # both readings remain possible
    MIXED = "mixed"  # both orders are proven, so no local date is read


MARKS: Final[dict[str, Mark]] = {
    "N/A": Mark.NOT_APPLICABLE,
    "n/a": Mark.NOT_APPLICABLE,
    "#N/A": Mark.NOT_APPLICABLE,
    "#NV": Mark.NOT_APPLICABLE,
    "no_information": Mark.NO_INFORMATION,
    "NO_INFORMATION": Mark.NO_INFORMATION,
    "not_supported": Mark.NOT_SUPPORTED,
    "NOT_SUPPORTED": Mark.NOT_SUPPORTED,
}
_LOCAL: Final = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?)?"
)


def read_time(text: str, order: DateOrder) -> Time:
    """Read one cell; a time without a zone is UTC, an offset is kept.

    Local dates (03.02.2019, 2/3/2019 10:11 AM) are read only when `order` says which number is the day.
    """
    if text[4:8:3] == "--":
        return _read_iso(text)
    if order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        return _read_local(text, day_first=order is DateOrder.DAY_FIRST)
    return MARKS.get(text.strip())


def is_local(text: str) -> bool:
    """Whether the cell holds a date whose order of day and month has to be found out."""
    return _LOCAL.fullmatch(text.strip()) is not None


def proven_order(cells: Iterable[str]) -> DateOrder:
    """The order proven by the cells alone: a component above 12, or dots, which only day-first countries write."""
    day_first = month_first = False
    for cell in cells:
        if not (found := _LOCAL.fullmatch(cell.strip())):
            continue
        first, separator, second = int(found[1]), found[2], int(found[3])
        day_first = day_first or first > 12 or separator == "."
        month_first = month_first or second > 12
    if day_first and month_first:
        return DateOrder.MIXED
    if day_first:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if month_first else DateOrder.AMBIGUOUS


def read_instant(value: object) -> datetime | None:
    """An instant from JSON: ISO text, or seconds since 1970 as older command lines print it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError):
            return None
    return _read_iso(value) if isinstance(value, str) else None


def _read_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.rstrip())
    except ValueError:
        return None
    if not 1 < moment.year < 9999:
        return None  # no instant of AWS, and at these ends other time zones have no date
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_local(text: str, *, day_first: bool) -> Time:
    text = text.strip()
    found = _LOCAL.fullmatch(text)
    if not found:
        return MARKS.get(text)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day, month = (first, second) if day_first else (second, first)
    hour, minute, seconds = int(found[5] or 0), int(found[6] or 0), int(found[7] or 0)
    if half := found[8]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, minute, seconds, tzinfo=UTC)
    except ValueError:
        return None
