"""Restore a backup into an empty database: everything is checked before anything is written, and again afterwards."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from audit.anchors import AnchorBroken, verify_anchors
from audit.models import Chain
from audit.trail import ChainBroken, verify_chain
from backup import archive, schema, tables
from backup.archive import Archive, Refused
from backup.making import in_words, no_time_limit


class Checked(NamedTuple):
    """What a whole set holds; a problem is a sentence about a file that was not whole when it was made."""

    sha256: str
    made_at: str
    tables: int
    rows: int
    files: int
    problems: list[str]


class Restored(NamedTuple):
    """What was compared after restoring. `broken` has a sentence for each file or chain that is not as it should be."""

    set: Checked
    chains: int
    events: int
    anchors: int
    broken: list[str]


def check(path: Path) -> Checked:
    """Read all of an archive. Raises Refused, naming every member that is missing, altered or not ours."""
    with archive.reading(path) as found:
        found.verify()
        return _checked(found)


def restore(path: Path) -> Restored:
    """Restore rows and files in full, or leave the database empty and the storage as it was.

    Raises Refused before anything is written: for a set that is not whole or was made by a version unknown here, a
    database that is not empty, and a storage that has another file under a name of the set.
    """
    with archive.reading(path) as found:
        target = schema.Target([(app, name) for app, name in found.manifest["migrations"]])
        then = target.apps()
        _refuse_other_tables(found, then)
        _refuse_rows(then)
        found.verify()
        there = _files_there(found)
        target.prepare()
        written: list[str] = []
        try:
            _write_files(found, there, written)
            try:
                _insert(found, then)
            except (DatabaseError, ValidationError, ValueError) as error:
                raise Refused(f"The rows of the set do not fit into the tables: {error}. Nothing was kept.") from error
        except BaseException:
            for key in written:
                default_storage.delete(key)
            raise
        schema.bring_up_to_date()
        return _compare(found)


def _checked(found: Archive) -> Checked:
    facts = found.manifest
    return Checked(
        sha256=facts["sha256"],
        made_at=facts["made_at"],
        tables=len(facts["tables"]),
        rows=sum(table["rows"] for table in facts["tables"].values()),
        files=sum(1 for _ in found.keys()),
        problems=[in_words(each) for each in facts["problems"]],
    )


def _refuse_other_tables(found: Archive, then: Apps) -> None:
    if tables.kept(then).keys() != found.manifest["tables"].keys():
        raise Refused("The tables of the set are not those that its migrations make.")


def _refuse_rows(then: Apps) -> None:
    """A restore adds to nothing and replaces nothing."""
    there = set(connection.introspection.table_names())
    full = []
    for model in tables.kept(then).values():
        if model._meta.db_table in there:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    full.append(model._meta.db_table)
    if full:
        raise Refused(
            f"The database is not empty: there are rows in {', '.join(full[:3])}{' and others' if full[3:] else ''}. "
            "Nothing was changed. Give a new database; restore makes the tables itself."
        )


def _files_there(found: Archive) -> set[str]:
    """Files of the set that the storage already has, byte for byte. Raises Refused for others under the same names."""
    same, others = set(), []
    for key in found.keys():
        if default_storage.exists(key):
            if _stored_sha256(key) == found.manifest["members"][archive.file_member(key)][1]:
                same.add(key)
            else:
                others.append(f"The storage has another file under the name {key}. Nothing was changed.")
    if others:
        raise Refused(*others)
    return same


def _stored_sha256(key: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(key) as file:
        while chunk := file.read(archive.CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write_files(found: Archive, there: set[str], written: list[str]) -> None:
    """Before the rows, so that no row ever names a file that is not there."""
    for key in found.keys():
        if key not in there:
            with found.open(archive.file_member(key)) as member:
                written.append(key)  # also what was written in part is taken away again
                name = default_storage.save(key, File(member, name=key))
            if name != key:
                written.append(name)
                raise Refused(f"The storage did not take {key} under its own name.")


def _insert(found: Archive, then: Apps) -> None:
    """All rows in one transaction; foreign keys are checked at its end, so the order of the tables does not matter."""
    with transaction.atomic():
        no_time_limit()
        for label, model in tables.kept(then).items():
            table = found.manifest["tables"][label]
            with found.open(archive.table_member(label)) as lines:
                tables.insert(model, lines)
            if (number := model._base_manager.count()) != table["rows"]:
                raise Refused(f"{label}: {number} rows were restored of {table['rows']}. Nothing was kept.")
            tables.continue_after(model, table["last_id"])


def _compare(found: Archive) -> Restored:
    """Read every restored file and walk every chain and anchor again."""
    broken = [
        f"{key} is not in the storage as it is in the set."
        for key in found.keys()
        if _stored_sha256(key) != found.manifest["members"][archive.file_member(key)][1]
    ]
    chains = {each.name: each for each in Chain.objects.order_by("id")}
    heads = {name: [each.length, each.head] for name, each in chains.items()}
    if heads != found.manifest["chains"]:
        broken.append("The heads of the audit trail are not those of the set.")
    events = anchors = 0
    for chain in chains.values():
        try:
            events += verify_chain(chain)
        except ChainBroken as error:
            broken.append(f"The audit trail is broken. {error}.")
    try:
        anchors = verify_anchors()
    except AnchorBroken as error:
        broken.append(f"The audit trail is broken. {str(error).capitalize()}.")
    return Restored(set=_checked(found), chains=len(chains), events=events, anchors=anchors, broken=broken)
