"""Foreign text made safe to lay out: cleaned, capped, and breakable. Pure.

An unbroken run of characters makes the layout engine slow out of all proportion (50,000 characters took half a
minute), so every run gets a place to break. Nothing here escapes markup: the templates do, and print it literally.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from assessments.reports.snapshot import Snapshot

ZERO_WIDTH_SPACE = "\u200b"
RUN_LENGTH = 40
"""Characters after which an unbroken run may be broken."""
TEXT_LIMIT = 5_000
"""Characters printed of a longer text."""
LINE_LIMIT = 80
"""Lines printed of a text that has line breaks."""
NAME_LIMIT = 200
"""Characters printed of a name or title."""
NAMES = frozenset(
    {"organisation", "name", "service", "period", "analyst", "closed_by", "decided_by", "received_by", "title"}
    | {"vendor", "made_by"}
)
"""Fields that are names: one line, and shorter."""
CODES = frozenset(
    {
        "sha256",
        "preview",
        "file",
        "result",
        "severity",
        "priority",
        "side",
        "assurance",
        "answer_kind",
        "slug",
        "verdict",
        "state",
    }
)
"""Fields whose values the report looks up or prints unchanged."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_RUN = re.compile(rf"\S{{{RUN_LENGTH}}}(?=\S)")

T = TypeVar("T")


def clean(text: str) -> str:
    """One kind of line break; no control characters, lone surrogates or characters that reorder their neighbours."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROL.sub("", text).strip()


def breakable(text: str) -> str:
    """The text with a zero-width space after every 40 characters without a space."""
    return _RUN.sub(_break_after, text)


def _break_after(match: re.Match[str]) -> str:
    # Never between a letter and its accent or joiner: step back to the last place where a cluster ends.
    run = match[0]
    end = len(run)
    following = match.string[match.end()]
    while end > 1 and _joins(following):
        end -= 1
        following = run[end]
    if end == 1:
        end = len(run)
    return run[:end] + ZERO_WIDTH_SPACE + run[end:]


def _joins(character: str) -> bool:
    return unicodedata.combining(character) != 0 or character in "\u200d\ufe0e\ufe0f"


def whole(text: str) -> str:
    """The text without the places to break: for properties that are not laid out."""
    return text.replace(ZERO_WIDTH_SPACE, "")


def capped(text: str, limit: int = TEXT_LIMIT, lines: int = LINE_LIMIT) -> str:
    """The text, or its beginning with a sentence that says how much is left out."""
    kept = text[:limit]
    parts = kept.split("\n")
    if len(parts) > lines:
        kept = "\n".join(parts[:lines])
    if len(kept) == len(text):
        return text
    return f"{kept.rstrip()} … [shortened: {len(text) - len(kept):,} more characters are in the record]"


def fit_text(text: str) -> str:
    """A text of several lines, ready to lay out."""
    return breakable(capped(_SPACES.sub(" ", clean(text))))


def fit_name(text: str) -> str:
    """A name: one line, ready to lay out."""
    line = " ".join(clean(text).split())
    return breakable(line if len(line) <= NAME_LIMIT else line[: NAME_LIMIT - 1].rstrip() + "…")


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word, with an ellipsis where something is missing."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    kept = line[: limit - 1]
    at_word = kept.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip(" ,;:") + "…"


def sentence(text: str) -> str:
    """The text with a full stop at its end, if it ends with a word."""
    return text + "." if text and text[-1].isalnum() else text


def cleaned(snapshot: Snapshot) -> Snapshot:
    """A copy of the snapshot with every text cleaned and otherwise whole: for documents that programs read."""
    return _each_text(snapshot, "", lambda text, _field: clean(text))


def fitted(snapshot: T) -> T:
    """A copy of a snapshot in which every text is ready to lay out. Digests, keys and codes stay as they are."""
    return _each_text(snapshot, "", _fit)


def masked(snapshot: Snapshot, *, key_ids: bool, account_ids: bool) -> Snapshot:
    """A copy with stars for all but the last four characters of access key ids, of account ids, or of both.

    An account id is any run of twelve digits. File digests and codes stay as they are.
    """
    patterns = [pattern for pattern, is_wanted in ((_KEY_ID, key_ids), (_ACCOUNT_ID, account_ids)) if is_wanted]

    def mask(text: str, field: str) -> str:
        for pattern in patterns if field not in CODES else ():
            text = pattern.sub(lambda match: "*" * len(match[0]), text)
        return text

    return _each_text(snapshot, "", mask)


_KEY_ID = re.compile(r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{12}(?=[A-Z0-9]{4}(?![A-Za-z0-9]))")
_ACCOUNT_ID = re.compile(r"(?<![A-Za-z0-9])\d{8}(?=\d{4}(?![A-Za-z0-9]))", re.ASCII)


def _fit(text: str, field: str) -> str:
    if field in CODES:
        return text
    return fit_name(text) if field in NAMES else fit_text(text)


def _each_text(value: T, field: str, change: Callable[[str, str], str]) -> T:
    """The value with each text in it replaced by `change(text, name of its field)`."""
    if isinstance(value, str):
        return change(value, field)  # type: ignore[return-value]  # str is T here
    if isinstance(value, tuple):
        return tuple(_each_text(item, field, change) for item in value)  # type: ignore[return-value]  # same kind
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [item.name for item in dataclasses.fields(value)]
        return dataclasses.replace(value, **{name: _each_text(getattr(value, name), name, change) for name in fields})
    return value


def day(value: date | None) -> str:
    """18 Dec 2026, or "" for no date; the same in every locale."""
    return "" if value is None else f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def long_day(value: date | None) -> str:
    """18 December 2026, or "" for no date; the same in every locale."""
    return "" if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip
