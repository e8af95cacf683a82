"""Frozen dataclasses to JSON values and back, exactly: decimals as text, dates as ISO 8601, no value as null. Pure."""

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Union


class SnapshotError(ValueError):
    """The text is not a snapshot this version can read. The message says where and why."""


def plain(value: object) -> Any:
    """Dataclasses, tuples, decimals and dates as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"a snapshot cannot hold {type(value).__name__}")


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def read(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind`: a dataclass, tuple[X, ...], X | None, Decimal, date, str, int or bool."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, Union):
        inner = next(item for item in typing.get_args(kind) if item is not type(None))
        return None if value is None else read(inner, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise SnapshotError(f"{where}: a list is expected")
        item_kind = typing.get_args(kind)[0]
        return tuple(read(item_kind, item, f"{where}[{index}]") for index, item in enumerate(value))
    if dataclasses.is_dataclass(kind):
        return _record(kind, value, where)
    if kind in (Decimal, date):
        return _from_text(kind, value, where)
    if type(value) is not kind:
        raise SnapshotError(f"{where}: {kind.__name__} is expected, not {type(value).__name__}")
    return value


def _record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise SnapshotError(f"{where}: an object is expected")
    hints = _hints(kind)
    names = {field.name for field in dataclasses.fields(kind)}
    if set(value) != names:
        odd = ", ".join(sorted(map(str, set(value) ^ names)))
        raise SnapshotError(f"{where}: missing or unknown: {odd}")
    return kind(**{name: read(hints[name], value[name], f"{where}.{name}") for name in names})


def _from_text(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, str):
        raise SnapshotError(f"{where}: text is expected")
    try:
        return Decimal(value) if kind is Decimal else date.fromisoformat(value)
    except (ValueError, ArithmeticError) as error:
        raise SnapshotError(f"{where}: {value!r} is not a {kind.__name__}") from error
