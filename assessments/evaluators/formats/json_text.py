"""Read JSON that strangers wrote: decoded as people save it, within caps, and never a traceback."""

import json
import math
from typing import Any, Final

from assessments import limits
from assessments.evaluators.formats.errors import TooLarge, Unreadable
from assessments.evaluators.formats.text import encoding_of

_NESTING: Final = (dict, list)
_AGAIN: Final = "Run the command again and add its output."


def load(data: bytes) -> Any:
    """The value. Raises TooLarge over the caps, and Unreadable for whatever is no JSON or nested too deeply."""
    if len(data) > limits.BUNDLE_FILE_BYTES:
        raise TooLarge(
            f"The JSON is {len(data) / limits.MB:,.1f} MB. It must be smaller than "
            f"{limits.BUNDLE_FILE_BYTES // limits.MB} MB. Add the output of single commands."
        )
    if sum(map(data.count, (b",", b"[", b"{"))) > limits.JSON_VALUES:  # each begins a value
        raise TooLarge(f"The JSON holds more than {limits.JSON_VALUES:,} values. Add the output of single commands.")
    encoding = encoding_of(data)
    if encoding is None:
        raise Unreadable(f"This is not a text file. {_AGAIN}")
    try:
        text = data.decode(encoding).lstrip("\ufeff")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise Unreadable(_too_deep()) from None
    except json.JSONDecodeError as error:
        place = f"at line {error.lineno}, column {error.colno}"
        raise Unreadable(f"The JSON is damaged {place}. {_AGAIN}") from None
    except ValueError:  # thousands of digits, or no number at all
        raise Unreadable(f"The JSON holds a number that cannot be read. {_AGAIN}") from None
    _check_depth(value, data)
    _check_characters(value, text)
    return value


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(text)
    return number


def _too_deep() -> str:
    return f"The JSON is nested more than {limits.JSON_DEPTH} levels deep. {_AGAIN}"


def _check_depth(value: Any, data: bytes) -> None:
    if data.count(b"{") + data.count(b"[") <= limits.JSON_DEPTH:
        return
    level, depth = [value] if isinstance(value, _NESTING) else [], 0
    while level:
        depth += 1
        if depth > limits.JSON_DEPTH:
            raise Unreadable(_too_deep())
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, _NESTING)
        ]


def _check_characters(value: Any, text: str) -> None:
    """Half a character (a lone surrogate) can be neither printed nor stored."""
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Unreadable(f"The JSON holds half a character. {_AGAIN}") from None
