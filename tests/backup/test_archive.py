"""The file of a backup: whole or not there, and nothing in it is believed."""

import copy
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backup import archive
from backup.archive import Refused, Writer

ROWS = b'{"id":1}\n{"id":2}\n'
PICTURE = b"a picture" * 1000
KEY = "evidence/0123456789abcdef"
FACTS: dict[str, Any] = {
    "application": "1.0.0",
    "database": "sqlite",
    "made_at": "2026-11-25T12:00:00+00:00",
    "migrations": [["users", "0001_initial"]],
    "tables": {"users.User": {"rows": 2, "last_id": 7}},
    "chains": {},
    "problems": [],
}


def make(path: Path, **facts: object) -> Path:
    """A whole set of one table and one file, with these facts instead of the usual ones."""
    with archive.writing(path) as writer:
        writer.add("tables/users.User.jsonl", [ROWS], packed=True)
        writer.add(f"files/{KEY}", [PICTURE[:100], PICTURE[100:]], packed=False)
        writer.finish({**FACTS, **facts})
    return path


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return make(tmp_path / "whole.zip")


def verdict(path: Path) -> list[str]:
    """What is wrong with an archive."""
    try:
        with archive.reading(path) as found:
            found.verify()
    except Refused as error:
        return list(error.problems)
    return []


def again(path: Path, change: Callable[[dict[str, bytes], zipfile.ZipFile], None]) -> Path:
    """The same archive written by another program, after a change to its members or with others put in."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as out:
        change(members, out)
        for name, data in members.items():
            out.writestr(name, data)
    return changed


def test_a_whole_set_is_whole_and_private(whole: Path) -> None:
    assert verdict(whole) == []
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert [path.name for path in whole.parent.iterdir()] == ["whole.zip"]
    with archive.reading(whole) as found:
        assert list(found.keys()) == [KEY]
        assert found.open(f"files/{KEY}").read() == PICTURE
        assert found.manifest["members"][f"files/{KEY}"][0] == 9000


def test_a_set_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    def full() -> Any:
        yield b"x" * 10
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), archive.writing(tmp_path / "new.zip") as writer:
        writer.add("files/a/b", full(), packed=False)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(whole: Path) -> None:
    before = whole.read_bytes()
    with pytest.raises(Refused, match="is there already"):
        make(whole)
    assert whole.read_bytes() == before


def test_one_byte_of_a_file_is_noticed(whole: Path) -> None:
    data = bytearray(whole.read_bytes())
    data[data.index(PICTURE) + 4321] ^= 1
    whole.write_bytes(data)
    assert verdict(whole) == [f"files/{KEY} was altered: it has not the size and SHA-256 of the manifest."]


def test_every_altered_member_is_named(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        members["tables/users.User.jsonl"] = ROWS.replace(b"2", b"3")
        members[f"files/{KEY}"] = PICTURE.replace(b"a", b"o")

    assert verdict(again(whole, change)) == [
        f"files/{KEY} was altered: it has not the size and SHA-256 of the manifest.",
        "tables/users.User.jsonl was altered: it has not the size and SHA-256 of the manifest.",
    ]


def test_missing_and_extra_members_are_named(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        del members[f"files/{KEY}"]
        members["files/evidence/extra"] = b"x"

    assert verdict(again(whole, change)) == [
        f"files/{KEY} is missing.",
        "files/evidence/extra is not in the manifest.",
    ]


def test_another_size_is_refused_before_it_is_read(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        members[f"files/{KEY}"] = b"\0" * 50_000

    assert verdict(again(whole, change)) == [f"files/{KEY} was altered: it has 50000 bytes and not 9000."]


def test_a_table_without_its_rows_is_refused(tmp_path: Path) -> None:
    tables = {"users.User": {"rows": 3, "last_id": 7}, "vendors.Vendor": {"rows": 0, "last_id": 0}}
    assert verdict(make(tmp_path / "a.zip", tables=tables)) == ["tables/vendors.Vendor.jsonl is missing."]
    assert verdict(make(tmp_path / "b.zip", tables={"users.User": {"rows": 3, "last_id": 7}})) == [
        "tables/users.User.jsonl was altered: it has not the size and SHA-256 of the manifest."
    ]
    assert verdict(make(tmp_path / "c.zip", tables={})) == [
        "tables/users.User.jsonl is a table the manifest says nothing of."
    ]


@pytest.mark.parametrize(
    "name", ["../users.User", "/etc/passwd", "files/../../x", "files//x", "files/.ssh/x", "files/a\\..\\b", "notes.txt"]
)
def test_no_name_leads_elsewhere(whole: Path, name: str) -> None:
    changed = again(whole, lambda members, out: members.update({name: b"x"}))
    assert verdict(changed) == [f"{name!a} is no name that a backup has."]


def test_links_are_refused(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("files/evidence/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(info, "../../target")

    assert verdict(again(whole, change)) == ["'files/evidence/link' is no plain file."]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_are_there_twice_are_refused(whole: Path) -> None:
    changed = again(whole, lambda members, out: out.writestr(f"files/{KEY}", b"another"))
    assert verdict(changed) == [f"'files/{KEY}' is in it 2 times."]


def test_overlapping_members_are_refused(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        out.writestr("files/a/first", PICTURE)
        for number in range(5):
            info = copy.copy(out.filelist[0])
            info.filename = f"files/a/{number}"
            out.filelist.append(info)

    assert verdict(again(whole, change)) == ["Its members overlap: together they are larger than the file."]


def test_a_changed_manifest_is_refused(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        members["manifest.json"] = members["manifest.json"].replace(b'"last_id":7', b'"last_id":8')

    assert verdict(again(whole, change)) == ["manifest.json was altered: its SHA-256 is not that of its content."]
    assert verdict(again(whole, lambda members, out: members.pop("manifest.json"))) == ["manifest.json is missing."]
    assert verdict(again(whole, lambda members, out: members.update({"manifest.json": b"[" * 100_000}))) == [
        "manifest.json was altered: it cannot be read."
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"made_at": "\x1b[2J"},
        {"tables": {"users.User": {"rows": "2", "last_id": 7}}},
        {"tables": {"users.User": {"rows": 2}}},
        {"migrations": [["users"]]},
        {"more": 1},
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path: Path, facts: dict[str, object]) -> None:
    assert verdict(make(tmp_path / "a.zip", **facts)) == ["manifest.json does not have the form of format 1."]


def test_another_format_is_refused(whole: Path) -> None:
    def change(members: dict[str, bytes], out: zipfile.ZipFile) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), "format": 2}).encode()

    assert verdict(again(whole, change)) == ["The set has format 2; this version of Assay reads format 1."]


def test_what_is_cut_off_or_something_else_is_refused(whole: Path) -> None:
    os.truncate(whole, whole.stat().st_size - 100)
    assert verdict(whole) == [f"{whole} cannot be read: it is cut off, or was never a backup."]
    none = whole.with_name("none.zip")
    assert verdict(none) == [f"{none} cannot be read: No such file or directory."]


def test_only_a_whole_file_is_restored(tmp_path: Path) -> None:
    problem = {"file": KEY, "row": "assessments.Evidence 1", "problem": "cannot be read whole", "kept": False}
    with archive.reading(make(tmp_path / "a.zip", problems=[problem])) as found:
        assert list(found.keys()) == []


def test_the_writer_says_what_it_wrote(tmp_path: Path) -> None:
    with archive.writing(tmp_path / "a.zip") as writer:
        assert isinstance(writer, Writer)
        assert writer.add("files/a/b", [b"ab", b"c"], packed=False) == (
            3,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )
