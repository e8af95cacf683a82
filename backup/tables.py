"""Which tables a backup holds, and how a row becomes a line of JSON and a row again, on either database."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.apps.registry import Apps
from django.db import connection
from django.db.models import Field, FileField, JSONField, Model, Value
from django.db.models.fields import AutoField

# Everything else is kept, also what a later version adds.
LEFT_OUT: Final = {
    "sessions.Session": "people sign in again",
    "usersessions.UserSession": "belongs to a session",
    "account.EmailConfirmation": "a usable token",
    "contenttypes.ContentType": "made by migrating",
    "auth.Permission": "made by migrating",
    "auth.Group": "no group is used here",
    "auth.Group_permissions": "no group is used here",
}
BATCH_ROWS: Final = 500
BATCH_BYTES: Final = 4_000_000
Row = dict[str, Any]

# Stored files that are named inside a column of JSON.
IN_JSON: Final[dict[str, Callable[[Row], list[str]]]] = {
    "assessments.PageImages": lambda row: [key for key, _width, _height in row["pages"]],
}


def kept(apps: Apps) -> dict[str, type[Model]]:
    """The models whose rows belong into a backup, by label, in a fixed order."""
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    return {label: models[label] for label in sorted(models) if label not in LEFT_OUT and models[label]._meta.managed}


def rows(model: type[Model]) -> Iterator[Row]:
    """Every row as {column: value}, read piece by piece. Inside a transaction all are of one instant."""
    fields = model._meta.concrete_fields
    found = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    columns = [field.column for field in fields]
    for values in found.iterator(chunk_size=100):
        yield dict(zip(columns, values, strict=True))


def files_of(model: type[Model], row: Row) -> Iterator[tuple[str, str]]:
    """(name in the storage, SHA-256 that the row says of it or "") of each file that a row refers to."""
    for field in model._meta.concrete_fields:
        if isinstance(field, FileField) and row[field.column]:
            yield row[field.column], row.get("sha256", "") if field.name == "file" else ""
    for key in IN_JSON.get(model._meta.label, lambda _row: [])(row):
        yield key, ""


def as_line(row: Row) -> bytes:
    """One line of JSON, the same on either database: PostgreSQL keeps no order of keys.

    Instants keep their microseconds, since the hashes of the trail are over them.
    """
    return json.dumps(row, sort_keys=True, separators=(",", ":"), default=_plain).encode("ascii") + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A backup does not know how to write a {type(value).__name__}.")


def insert(model: type[Model], lines: Iterator[bytes]) -> int:
    """Add the rows of these lines as they were. Returns how many. `model` is one made from the migrations."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    for field in fields.values():
        field.auto_now = field.auto_now_add = False  # the instants are those of the rows
    number, size, batch = 0, 0, []
    for line in lines:
        row = json.loads(line)
        if not isinstance(row, dict) or row.keys() != fields.keys():
            raise ValueError(f"a row of {model._meta.label} has not the columns of the table")
        batch.append(model(**{field.attname: _typed(field, row[column]) for column, field in fields.items()}))
        number, size = number + 1, size + len(line)
        if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
            model._base_manager.bulk_create(batch)
            size, batch = 0, []
    model._base_manager.bulk_create(batch)
    return number


def _typed(field: "Field[Any, Any]", value: object) -> object:
    if value is None and isinstance(field, JSONField) and not field.null:
        return Value(None, JSONField())  # the JSON null, which is not the absence of a value
    return field.to_python(value)


def last_id(model: type[Model]) -> int:
    """The last number that the database gave to a row, also to one that is gone; 0 where it gives none."""
    field = model._meta.pk
    if not isinstance(field, AutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)"
            cursor.execute(sequence, [connection.ops.quote_name(model._meta.db_table), field.column])
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
    return (found[0] if found else 0) or 0


def continue_after(model: type[Model], number: int) -> None:
    """The next row gets the number after this one, so that none is given twice: the trail names objects by theirs."""
    table = model._meta.db_table
    if not number:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            column = model._meta.pk.column
            quoted = connection.ops.quote_name(table)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [quoted, column, number])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
