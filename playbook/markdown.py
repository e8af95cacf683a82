"""Plain text as Markdown that shows exactly this text. Pure.

OSCAL's titles and texts are CommonMark with `{{ insert: ... }}`, ~subscript~ and ^superscript^; a text that a person
typed must not become a link, a heading or markup there.
"""

import re
from collections.abc import Iterable

# What means something wherever it stands; a backslash in front makes it itself.
_ALWAYS = re.compile(r"[\\`*\[\]<>{|~^]")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
# Inside a word an underscore is an underscore, as in access_key_1.
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"[#+=-]")
_NUMBER = re.compile(r"\d{1,9}(?=[.)])")
_FENCE = re.compile("`{3,}")


def literal(text: str) -> str:
    """The text as Markdown; its line breaks stay, blanks at the ends of its lines do not."""
    return "\n".join(_line(line.strip(" \t")) for line in text.strip().split("\n"))


def literal_line(text: str) -> str:
    """The text as one line of Markdown."""
    return _line(" ".join(text.split()))


def _line(line: str) -> str:
    number = _NUMBER.match(line)
    at = number.end() if number else 0
    escaped = _UNDERSCORE.sub(r"\_", _ENTITY.sub(r"\&", _ALWAYS.sub(r"\\\g<0>", line[at:])))
    if number or _LINE_START.match(line):
        escaped = f"\\{escaped}"
    return line[:at] + escaped


def bullets(items: Iterable[str]) -> str:
    """A list, each item shown exactly."""
    return "\n".join("- " + literal(item).replace("\n", "\n  ") for item in items)


def numbered(items: Iterable[str]) -> str:
    """A numbered list from 1, each item shown exactly."""
    return "\n".join(f"{place}. " + literal(item).replace("\n", "\n   ") for place, item in enumerate(items, 1))


def code(lines: Iterable[str]) -> str:
    """Lines shown as they are, with all their blanks."""
    text = "\n".join(lines)
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
    return f"{fence}\n{text}\n{fence}"
