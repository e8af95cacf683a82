"""The drill: a machine with work on it, a backup, an empty machine, a restore; and everything that must be refused."""

import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from backup import archive, making, tables
from tests.backup.machines import Machine
from vendors.models import Vendor

SAME = ("tables", "chains", "members", "migrations", "problems")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine on which a vendor has submitted."""
    machine = Machine(tmp_path_factory.mktemp("source"))
    done = machine.python("-m", "tests.backup.machines")
    assert done.returncode == 0, done.stderr
    return machine


@pytest.fixture(scope="module")
def backup(source: Machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    path = tmp_path_factory.mktemp("backups") / "assay.zip"
    done = source.run("backup", path)
    assert (done.returncode, done.stderr) == (0, "")
    return path


def manifest(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read("manifest.json"))


def sqlite(machine: Machine, statement: str) -> list[Any]:
    with closing(sqlite3.connect(machine.folder / "assay.sqlite3")) as database:
        return database.execute(statement).fetchall()


def files(machine: Machine) -> dict[str, bytes]:
    return {
        path.relative_to(machine.files).as_posix(): path.read_bytes()
        for path in machine.files.rglob("*")
        if path.is_file()
    }


def restored(machine: Machine, backup: Path) -> dict[str, Any]:
    """Restore on an empty machine, make a backup there, and return what that says of the machine."""
    done = machine.run("restore", backup)
    assert (done.returncode, done.stderr) == (0, "")
    events = sum(length for length, _head in manifest(backup)["chains"].values())
    assert done.stdout.splitlines()[-1] == (
        f"Numbers of rows and SHA-256 of files are those of the set. Audit trail: 4 chains, {events} events and "
        "1 anchors verified, same heads."
    )
    second = machine.folder / "second.zip"
    done = machine.run("backup", second)
    assert (done.returncode, done.stderr) == (0, "")
    return manifest(second)


def test_an_empty_machine_is_restored(source: Machine, backup: Path, tmp_path: Path) -> None:
    """Rows, files, heads of the trail and the numbers given so far: all the same, byte for byte."""
    machine = Machine(tmp_path / "new")
    before, after = manifest(backup), restored(machine, backup)
    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
    assert files(machine) == files(source)
    assert {f"files/{name}" for name in files(source)} == {name for name in before["members"] if "files/" in name}
    assert {name.split("/")[0] for name in files(source)} == {"evidence", "previews", "pages"}
    sequences = "SELECT name, seq FROM sqlite_sequence WHERE name LIKE 'vendors%' OR name LIKE 'audit%' ORDER BY name"
    assert sqlite(machine, sequences) == sqlite(source, sequences)
    assert sqlite(source, "SELECT seq, (SELECT max(id) FROM vendors_vendor) FROM sqlite_sequence "
                          "WHERE name = 'vendors_vendor'") == [(3, 2)]  # fmt: skip
    # A session is as good as a password; people sign in again.
    assert sqlite(source, "SELECT count(*) FROM django_session") == [(1,)]
    assert sqlite(machine, "SELECT count(*) FROM django_session") == [(0,)]
    assert sqlite(machine, "SELECT type, count(*) FROM mfa_authenticator") == [("totp", 1)]


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    found = connection.settings_dict
    if "postgresql" not in found["ENGINE"]:
        raise RuntimeError("The drill between databases needs PostgreSQL: run this with bin/test.")
    admin = psycopg2.connect(host=found["HOST"], port=found["PORT"], user=found["USER"], dbname="postgres")
    admin.autocommit = True
    name = f"assay_drill_{os.getpid()}"
    with closing(admin), admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_from_sqlite_to_postgresql_and_back(backup: Path, tmp_path: Path, postgres: str) -> None:
    before = manifest(backup)
    machine = Machine(tmp_path / "new", postgres)
    after = restored(machine, backup)
    assert after["database"] == "postgresql"
    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
    back = restored(Machine(tmp_path / "old"), machine.folder / "second.zip")
    assert {name: back[name] for name in SAME} == {name: before[name] for name in SAME}
    while_writing(machine, tmp_path)


def while_writing(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "busy.zip"
    done = machine.python("-m", "tests.backup.busy", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "There are 3 vendors now."
    assert manifest(path)["tables"]["vendors.Vendor"]["rows"] == 2
    assert manifest(path)["chains"]["site"][0] == manifest(path)["tables"]["audit.Event"]["rows"] - sum(
        length for name, (length, _head) in manifest(path)["chains"].items() if name != "site"
    )


def test_a_backup_is_of_one_instant(source: Machine, tmp_path: Path) -> None:
    """What is written while it is made belongs to the next one, and nobody waits for it."""
    machine = Machine(tmp_path / "copy")
    shutil.copytree(source.folder, machine.folder)
    while_writing(machine, tmp_path)


def test_missing_and_altered_files_are_named(source: Machine, tmp_path: Path) -> None:
    """The backup is written all the same, says so again whenever it is read, and restores what there was."""
    machine = Machine(tmp_path / "copy")
    shutil.copytree(source.folder, machine.folder)
    (lost, number), (changed, other), (folder, third) = sqlite(machine, "SELECT file, id FROM assessments_evidence")
    (machine.files / lost).unlink()
    (machine.files / changed).write_bytes(b"x")
    (machine.files / folder).unlink()
    (machine.files / folder).mkdir()
    path = tmp_path / "assay.zip"
    done = machine.run("backup", path)
    sentences = [
        f"{lost} of assessments.Evidence {number} is missing from the storage.",
        f"{changed} of assessments.Evidence {other} was altered: its SHA-256 is not the one that was stored with it.",
        f"{folder} of assessments.Evidence {third} cannot be read: Is a directory.",
    ]
    assert done.returncode == 1
    said = done.stderr.removeprefix("CommandError: ").splitlines()
    assert said == [*sentences, "The backup was written and says so."]
    again = [f"Already so when it was made: {sentence}" for sentence in sentences]
    done = Machine(tmp_path / "none", "postgres://nobody@localhost:1/none").run("restore", "--check", path)
    assert (done.returncode, done.stderr.splitlines()) == (0, again)
    empty = Machine(tmp_path / "new")
    done = empty.run("restore", path)
    assert (done.returncode, done.stderr.splitlines()) == (0, again)
    assert files(empty) == files(machine)


def test_a_file_that_ends_in_an_error_is_in_no_restore(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The rest of the backup goes on: one bad sector must not be the end of all backups."""

    class Bad(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(3)

    monkeypatch.setattr(default_storage, "open", lambda key: Bad(b"abcdef"))
    with archive.writing(tmp_path / "a.zip") as writer:
        problem = making._write_file(writer, making.Wanted("evidence/0a", "assessments.Evidence 1", "f" * 64))
    said = "cannot be read whole: Input/output error"
    assert problem == {"file": "evidence/0a", "row": "assessments.Evidence 1", "problem": said, "kept": False}


# --- Refused, with nothing written: here the test's own database is the empty machine --------------------------------


def refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("restore", *map(str, arguments))
    return str(caught.value)


def forged(backup: Path, tmp_path: Path, members: dict[str, bytes], **facts: object) -> Path:
    """The backup with other members or facts, and a manifest that is true of them: whoever can write one can do so."""
    path = tmp_path / "forged.zip"
    with zipfile.ZipFile(backup) as old, archive.writing(path) as writer:
        said = manifest(backup)
        for name in said["members"]:
            writer.add(name, [members.get(name) or old.read(name)], packed=False)
        rest = {name: value for name, value in said.items() if name not in ("members", "sha256", "format")}
        writer.finish({**rest, **facts})
    return path


def test_a_database_with_rows_is_left_alone(backup: Path, acme: Vendor) -> None:
    assert re.match(
        r"The database is not empty: there are rows in account_emailaddress, audit_chain, audit_event and others\. "
        r"Nothing was changed\. Give a new database",
        refused(backup),
    )
    assert Vendor.objects.get() == acme


def test_another_version_is_refused(db: None, backup: Path, tmp_path: Path) -> None:
    later = [*manifest(backup)["migrations"], ["vendors", "0999_later"]]
    words = refused(forged(backup, tmp_path, {}, migrations=later))
    assert words.startswith("The set was made by another version of Assay: 'vendors.0999_later' is not known here.")


def older(backup: Path, tmp_path: Path) -> Path:
    """The set as it would have been before mails had a language."""
    every = manifest(backup)["migrations"]
    migrations = [[app, name] for app, name in every if app != "outbox" or name < "0003"]
    with zipfile.ZipFile(backup) as old:
        rows = [json.loads(line) for line in old.read("tables/outbox.Mail.jsonl").splitlines()]
    lines = [json.dumps({name: value for name, value in row.items() if name != "language"}) + "\n" for row in rows]
    members = {"tables/outbox.Mail.jsonl": "".join(lines).encode()}
    return forged(backup, tmp_path, members, migrations=migrations)


def test_an_older_set_is_restored_and_brought_up_to_date(backup: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "new")
    done = machine.run("restore", older(backup, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite(machine, "SELECT DISTINCT language FROM outbox_mail") == [("en-gb",)]
    assert machine.run("migrate", "--check").returncode == 0


def test_an_older_set_needs_a_database_without_tables(db: None, backup: Path, tmp_path: Path) -> None:
    words = refused(older(backup, tmp_path))
    assert words.startswith("The database is migrated to another version than that of the set.")


def test_an_altered_member_is_named_before_anything_is_written(db: None, backup: Path, tmp_path: Path) -> None:
    path = tmp_path / "altered.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"Acme", b"Ucme") if "vendors.Vendor" in name else data)
    expected = "tables/vendors.Vendor.jsonl was altered: it has not the size and SHA-256 of the manifest."
    assert refused(path) == expected
    assert refused("--check", path) == expected
    assert not Vendor.objects.exists()


def test_rows_that_do_not_fit_leave_nothing(db: None, backup: Path, tmp_path: Path, settings: object) -> None:
    """A forged table fails inside the transaction; the files that were written are taken away again."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "store")},
        },
    }
    count = manifest(backup)["tables"]["audit.Event"]["rows"]
    path = forged(backup, tmp_path, {"tables/audit.Event.jsonl": b'{"id":1}\n' * count})
    assert refused(path) == (
        "The rows of the set do not fit into the tables: a row of audit.Event has not the columns of the table. "
        "Nothing was kept."
    )
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []
    assert not Vendor.objects.exists()


def test_another_file_in_the_storage_is_left_alone(db: None, backup: Path, tmp_path: Path, settings: object) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "store")},
        },
    }
    key = next(name for name in manifest(backup)["members"] if name.startswith("files/evidence/"))[6:]
    (tmp_path / "store" / "evidence").mkdir(parents=True)
    (tmp_path / "store" / key).write_bytes(b"mine")
    assert refused(backup) == f"The storage has another file under the name {key}. Nothing was changed."
    assert (tmp_path / "store" / key).read_bytes() == b"mine"


# --- What belongs into it ---------------------------------------------------------------------------------------------


def test_every_table_is_kept_or_left_out_for_a_reason() -> None:
    """A new table is in the backup without anybody thinking of it; none of these points to one that is left out."""
    kept = tables.kept(apps)
    every = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert kept.keys() | tables.LEFT_OUT.keys() == every
    pointing = [
        f"{label}.{field.name}"
        for label, model in kept.items()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.label in tables.LEFT_OUT
    ]
    assert pointing == []
