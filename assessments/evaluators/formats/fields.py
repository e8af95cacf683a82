"""Read members of JSON that strangers wrote: nothing raises, and what is not of the right type is not there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from assessments.evaluators.formats.times import read_instant

Item = dict[str, Any]


def dig(value: Any, *path: str) -> Any:
    """The member at the end of the path, or None."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def text(value: Any, *path: str) -> str:
    """A string, or ""."""
    found = dig(value, *path)
    return found if isinstance(found, str) else ""


def flag(value: Any, *path: str) -> bool | None:
    """True or false as JSON writes them; None for everything else: unknown."""
    found = dig(value, *path)
    return found if isinstance(found, bool) else None


def number(value: Any, *path: str) -> int | float | None:
    """A number, or None."""
    found = dig(value, *path)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def instant(value: Any, *path: str) -> datetime | None:
    """An instant, from ISO text (version 2 of the command line) or seconds since 1970 (version 1)."""
    return read_instant(dig(value, *path))


def items(value: Any, *path: str) -> Iterator[Item]:
    """The objects of a list; a single object counts as a list of one (policies write `Statement` so)."""
    found = dig(value, *path)
    for item in [found] if isinstance(found, dict) else found if isinstance(found, list) else []:
        if isinstance(item, dict):
            yield item


def strings(value: Any, *path: str) -> list[str]:
    """The strings of a list; a single string counts as a list of one (policies write `Action` so)."""
    found = dig(value, *path)
    if isinstance(found, str):
        return [found]
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
