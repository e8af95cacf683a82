"""Text of a file laid out in numbered lines, with the lines that name something marked."""

import codecs
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 1_500
AROUND = 20  # lines kept before and after a marked one when not all are shown
MOST_WIDE = 2_000  # characters of a line
MOST_READABLE = 20_000_000  # characters of a JSON with one value on a line


@dataclass(frozen=True)
class Line:
    """One line. `is_after_gap` says that lines before it are left out."""

    number: int
    text: str
    is_marked: bool
    is_after_gap: bool


@dataclass(frozen=True)
class MarkedText:
    """Lines of one file, as far as they are shown."""

    lines: Sequence[Line]
    line_count: int
    marked_count: int

    @property
    def first(self) -> int:
        """Number of the first marked line, 0 where there is none."""
        return next((line.number for line in self.lines if line.is_marked), 0)


def decoded(head: bytes) -> str:
    """The beginning of a text, which may end inside a letter."""
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if is_wide else "utf-8-sig")()
    try:
        return decoder.decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", errors="replace")


def pattern(word: str) -> re.Pattern[str]:
    """Finds a name as a whole: "bob" is not in "bobby" and "web" not in "web-2". Matches nothing for ""."""
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])" if word else r"(?!)")


def readable_json(text: str) -> str:
    """JSON with one value on a line; as it was where it is no JSON, or where the blanks alone would fill the memory."""
    parts, length = [], 0
    try:
        for part in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(json.loads(text)):
            length += len(part)
            if length > MOST_READABLE:
                return text
            parts.append(part)
    except (ValueError, RecursionError):
        return text
    return "".join(parts)


def marked_text(text: str, word: str) -> MarkedText:
    """Number the lines and mark those that hold `word`; of a long text the lines around the marked ones are kept."""
    is_named = pattern(word)
    lines = text.splitlines()
    marked = {place for place, line in enumerate(lines) if is_named.search(line)}
    kept = range(len(lines)) if len(lines) <= MOST_LINES else _around(marked, len(lines))
    shown, before = [], -1
    for place in kept:
        text_of = lines[place][:MOST_WIDE].replace("\0", "\ufffd")
        shown.append(Line(place + 1, text_of, place in marked, place != before + 1))
        before = place
    return MarkedText(shown, len(lines), len(marked))


def _around(marked: set[int], count: int) -> list[int]:
    if not marked:
        return list(range(MOST_LINES))
    near: set[int] = set()
    for mark in sorted(marked):
        near.update(range(max(0, mark - AROUND), min(count, mark + AROUND + 1)))
        if len(near) >= MOST_LINES:
            break  # what follows comes after all of these
    return sorted(near)[:MOST_LINES]
