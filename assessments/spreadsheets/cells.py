"""Texts as a cell can hold them, whole or cut with a note that says so. Pure."""

import re
from typing import Final

CELL_LENGTH: Final = 32_767
"""What a cell of a spreadsheet can hold, counted as Excel does: an emoji is two."""
_NOTE_ROOM = 60  # for the note about what is cut off
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # XLSX reads _x0041_ as a letter


def escaped(text: str) -> str:
    """The text as XLSX writes it."""
    return _ESCAPE.sub("_x005F_", text)


def cut(text: str) -> str:
    """The text if a cell can hold it, else its beginning with a note of how many characters are cut off."""
    if _length(text) <= CELL_LENGTH:
        return text
    kept = text[:CELL_LENGTH]
    while (over := _length(kept) - (CELL_LENGTH - _NOTE_ROOM)) > 0:
        kept = kept[: -max(1, over // 7)]  # one character takes at most 7
    return f"{kept} … [cut: {len(text) - len(kept):,} more characters]"


def _length(text: str) -> int:
    return len(escaped(text).encode("utf-16-le", "surrogatepass")) // 2
