"""Make a backup while the site runs: all rows of one instant, then the stored files that those rows name."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone

from audit.models import Chain
from backup import archive, schema, tables


class Made(NamedTuple):
    """What a backup holds. Sizes in bytes; a problem is a sentence about one file."""

    sha256: str
    tables: int
    rows: int
    files: int
    size: int
    problems: list[str]


class Wanted(NamedTuple):
    """A stored file that a row refers to, and the SHA-256 that the row says of it, or ""."""

    key: str
    row: str
    sha256: str


def make(path: Path) -> Made:
    """Write a backup to `path`. Files that are missing or altered are named in it and in what is returned.

    Raises Refused where the database is not migrated to this version, and OSError where the disk does not take it.
    """
    with archive.writing(path) as writer:
        wanted: dict[str, Wanted] = {}
        with _one_instant():
            facts: dict[str, Any] = {
                "application": application_version(),
                "database": connection.vendor,
                "made_at": timezone.now().isoformat(),
                "migrations": schema.applied(),
                "chains": {each.name: (each.length, each.head) for each in Chain.objects.order_by("id")},
                "tables": _write_tables(writer, wanted),
            }
        problems = [found for each in wanted.values() if (found := _write_file(writer, each))]
        digest = writer.finish({**facts, "problems": problems})
        files = [size for name, (size, _) in writer.members.items() if name.startswith("files/")]
    return Made(
        sha256=digest,
        tables=len(facts["tables"]),
        rows=sum(table["rows"] for table in facts["tables"].values()),
        files=len(files),
        size=path.stat().st_size,
        problems=[in_words(each) for each in problems],
    )


def application_version() -> str:
    """The version of this program."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def in_words(problem: dict[str, Any]) -> str:
    """A problem of the manifest as a sentence; it may come from a file that somebody else wrote."""
    return ascii(f"{problem['file']} of {problem['row']} {problem['problem']}.")[1:-1]


@contextmanager
def _one_instant() -> Iterator[None]:
    """A transaction that only reads, and sees the database as it is now whatever is written meanwhile."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            no_time_limit()
            yield
        return
    connection.ensure_connection()
    usual = connection.transaction_mode
    connection.transaction_mode = "DEFERRED"  # the usual one takes the lock of writers, and the site would wait
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = usual


def no_time_limit() -> None:
    """For this transaction: a role for pages has limits that a backup of everything would meet."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _write_tables(writer: archive.Writer, wanted: dict[str, Wanted]) -> dict[str, dict[str, int]]:
    """Write every table; note in `wanted`, by key, the files that their rows refer to."""
    facts = {}
    for label, model in tables.kept(apps).items():
        table = _Table(label, model, wanted)
        writer.add(archive.table_member(label), table.lines(), packed=True)
        facts[label] = {"rows": table.rows, "last_id": tables.last_id(model)}
    return facts


class _Table:
    """One table while it is written."""

    def __init__(self, label: str, model: type[models.Model], wanted: dict[str, Wanted]) -> None:
        self._label, self._model, self._wanted = label, model, wanted
        self.rows = 0

    def lines(self) -> Iterator[bytes]:
        """Each row as a line; counts them."""
        for row in tables.rows(self._model):
            for key, sha256 in tables.files_of(self._model, row):
                self._wanted[key] = Wanted(key, f"{self._label} {row[self._model._meta.pk.column]}", sha256)
            self.rows += 1
            yield tables.as_line(row)


def _write_file(writer: archive.Writer, wanted: Wanted) -> dict[str, object] | None:
    """Copy one stored file. Returns what is wrong with it; `kept` says whether the whole of it is in the set."""
    source = _Source(wanted.key)
    if source.problem is None:
        _size, sha256 = writer.add(archive.file_member(wanted.key), source.chunks(), packed=False)
        if source.problem is None and wanted.sha256 not in ("", sha256):
            problem = "was altered: its SHA-256 is not the one that was stored with it"
            return {"file": wanted.key, "row": wanted.row, "problem": problem, "kept": True}
    if source.problem is None:
        return None
    return {"file": wanted.key, "row": wanted.row, "problem": source.problem, "kept": False}


class _Source:
    """A stored file that is read; `problem` says why it could not be, which must not end the backup."""

    def __init__(self, key: str) -> None:
        self.problem: str | None = None
        try:
            if not archive.is_key(key):
                raise FileNotFoundError(key)
            self._file = default_storage.open(key)
        except FileNotFoundError:
            self.problem = "is missing from the storage"
        except OSError as error:
            self.problem = f"cannot be read: {error.strerror or error}"

    def chunks(self) -> Iterator[bytes]:
        """What can be read of it."""
        with self._file as file:
            while True:
                try:
                    chunk = file.read(archive.CHUNK)
                except OSError as error:
                    self.problem = f"cannot be read whole: {error.strerror or error}"
                    return
                if not chunk:
                    return
                yield chunk
