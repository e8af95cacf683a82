"""The cells of a spreadsheet, as plain values; `assessments.intake` makes them from a file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class GridCell:
    """One cell that holds something. `value` is text whatever the kind: a day in ISO format, a number in digits."""

    column: int  # from 1
    kind: str  # "text", "number", "day", "truth", "formula" or "error"
    value: str


@dataclass(frozen=True)
class GridRow:
    """One row that holds something."""

    line: int  # from 1
    cells: Sequence[GridCell]


@dataclass(frozen=True)
class GridSheet:
    """One sheet."""

    name: str
    rows: Sequence[GridRow]
    merged: Sequence[str] = ()  # "D14:D16"


@dataclass(frozen=True)
class Grid:
    """A whole file."""

    sheets: Sequence[GridSheet]
    has_pictures: bool = False
    from_1904: bool = False  # whether its numbers of days count from 1904


def letters(column: int) -> str:
    """D for 4, AA for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
