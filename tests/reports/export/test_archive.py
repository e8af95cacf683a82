"""The archive: the files as received, named safely, with what proves them."""

import dataclasses
import hashlib
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessments.reports import manifest
from assessments.reports.evidence_facts import EvidenceItem
from assessments.reports.export import archive
from assessments.reports.export.names import archive_address, archive_name
from assessments.reports.report_manifest import report_manifest
from assessments.reports.snapshot import Snapshot
from tests.reports import samples
from tests.reports.export.samples import AWKWARD, TRAIL, made, material, spoilt
from tests.test_layering import ROOT

NAMES = [
    "evidence/E01 credential-report-payments-prod.csv",
    "evidence/E02 payments-prod-users.png",
    "evidence/E03 organizations-accounts.png",
    "evidence/E04 org-trail-destination.png",
    "evidence/E05 security-groups-outbound.pdf",
    "evidence/E06 patch-schedule-2026.pdf",
    "evidence/E07 statement-operations.pdf",
]


def stored() -> tuple[Snapshot, dict[str, bytes]]:
    """The full sample, whose files have the content that their digests say."""
    files = {f"evidence/{number}": f"file {number}\n".encode() * 1_000 for number in range(1, 8)}
    base = samples.full()
    evidence = tuple(
        dataclasses.replace(item, size=len(files[item.file]), sha256=hashlib.sha256(files[item.file]).hexdigest())
        for item in base.evidence
    )
    return dataclasses.replace(base, evidence=evidence), files


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def text(content: bytes, name: str) -> str:
    return opened(content).read(name).decode()


def test_every_file_is_in_it_as_received() -> None:
    snapshot, files = stored()
    found = opened(made(archive.write, snapshot, files))
    assert found.testzip() is None
    assert found.namelist() == ["README.txt", "manifest.json", *NAMES]
    assert [found.read(name) for name in NAMES] == list(files.values())


def test_it_has_the_manifest_of_the_snapshot() -> None:
    snapshot, files = stored()
    found = opened(made(archive.write, snapshot, files)).read("manifest.json")
    assert found.decode() == report_manifest(snapshot, kind="any", digest=snapshot.digest(), trail=TRAIL)
    assert [file.sha256 for file in manifest.read(found).files] == [item.sha256 for item in snapshot.evidence]


def test_the_readme_says_how_to_verify() -> None:
    snapshot, files = stored()
    readme = text(made(archive.write, snapshot, files), "README.txt")
    assert "Vendor:      Halvorsen Payments\nAssessment:  2026, closed on 16 December 2026\n" in readme
    assert "Files:       7 files, 49.0 kB\n" in readme
    assert "python manage.py verify_manifest manifest.json evidence" in readme
    assert snapshot.digest() in readme
    assert f"event {TRAIL.position}: {TRAIL.hash}" in readme
    assert "a draft" in text(made(archive.write, dataclasses.replace(snapshot, is_draft=True), files), "README.txt")


def test_verify_manifest_says_same_for_each_file(tmp_path: Path) -> None:
    snapshot, files = stored()
    opened(made(archive.write, snapshot, files)).extractall(tmp_path)
    command = [sys.executable, "manage.py", "verify_manifest", tmp_path / "manifest.json", tmp_path / "evidence"]
    found = json.loads(subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, check=True).stdout)
    assert [one["status"] for one in found["files"]] == ["same"] * 7
    (tmp_path / NAMES[2]).write_bytes(b"other")
    again = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, check=False)
    assert again.returncode == 1
    rows = [(one["status"], one["number"]) for one in json.loads(again.stdout)["files"]]
    assert rows == [("same", 1), ("same", 2), ("changed", 3), ("same", 4), ("same", 5), ("same", 6), ("same", 7)]


def test_a_file_that_is_gone_is_named() -> None:
    snapshot, files = stored()
    del files["evidence/6"]
    old = dataclasses.replace(snapshot.evidence[3], file="")  # from a snapshot that did not keep it
    snapshot = dataclasses.replace(snapshot, evidence=(*snapshot.evidence[:3], old, *snapshot.evidence[4:]))
    content = made(archive.write, snapshot, files, missing=frozenset({2}))
    gone = [NAMES[1], NAMES[3], NAMES[5]]
    assert opened(content).namelist() == [
        "README.txt",
        "manifest.json",
        *(name for name in NAMES if name not in gone),
        "MISSING.txt",
    ]
    said = text(content, "MISSING.txt")
    assert re.findall(r"^  (E\d\d .*)$", said, re.M) == [name.removeprefix("evidence/") for name in gone]
    assert snapshot.evidence[5].sha256 in said
    assert "other bytes" not in said


def test_a_file_with_other_bytes_is_named() -> None:
    snapshot, files = stored()
    files["evidence/6"] += b"!"
    content = made(archive.write, snapshot, files)
    assert opened(content).read(NAMES[5]) == files["evidence/6"]
    said = text(content, "MISSING.txt")
    assert said.startswith("These files are here with other bytes than those that were received:\n\n  E06 patch")
    assert re.findall(r"^  (E\d\d .*)$", said, re.M) == ["E06 patch-schedule-2026.pdf"]


def test_a_store_that_does_not_answer_is_no_missing_file() -> None:
    snapshot, _ = stored()

    def away(key: str) -> BinaryIO:
        raise OSError("the store does not answer")

    held = dataclasses.replace(material(snapshot, "archive"), open_file=away)
    with pytest.raises(OSError, match="does not answer"):
        archive.write(snapshot, held, io.BytesIO())


def test_no_file_is_held_in_memory() -> None:
    snapshot, files = stored()
    most: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            most.append(size)
            return super().read(size)

    held = dataclasses.replace(material(snapshot, "archive"), open_file=lambda key: Counted(files[key]))
    archive.write(snapshot, held, io.BytesIO())
    assert set(most) == {1 << 20}


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    snapshot, files = stored()
    content = made(archive.write, snapshot, files)
    assert content == made(archive.write, snapshot, files)
    assert {info.date_time for info in opened(content).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_packed_already_is_stored() -> None:
    snapshot, files = stored()
    kinds = {info.filename[-3:]: info.compress_type for info in opened(made(archive.write, snapshot, files)).infolist()}
    assert kinds["csv"] == kinds["txt"] == zipfile.ZIP_DEFLATED
    assert kinds["png"] == kinds["pdf"] == zipfile.ZIP_STORED


def test_each_file_is_a_step() -> None:
    snapshot, files = stored()
    steps: list[tuple[int, int]] = []
    made(archive.write, snapshot, files, on_step=lambda step, of: steps.append((step, of)))
    assert steps == [(number, 8) for number in range(1, 9)]


def test_an_assessment_without_evidence() -> None:
    content = made(archive.write, samples.empty())
    assert opened(content).namelist() == ["README.txt", "manifest.json"]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_texts(name: str) -> None:
    snapshot = spoilt(AWKWARD[name])
    content = made(archive.write, snapshot)
    assert opened(content).namelist() == ["README.txt", "manifest.json", "MISSING.txt"]
    assert max(map(len, text(content, "README.txt").splitlines())) < 250


# --- Names --------------------------------------------------------------------------------------------------------


def item(name: str, kind: str = "pdf", number: int = 1) -> EvidenceItem:
    return dataclasses.replace(samples.full().evidence[0], name=name, kind=kind, number=number)


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../etc/passwd", "text", "E01 passwd.txt"),
        ("C:\\Users\\rita\\report.csv", "csv", "E01 report.csv"),
        ("/", "pdf", "E01 evidence.pdf"),
        ("CON.txt", "text", "E01 CON.txt"),
        ("aux", "pdf", "E01 aux.pdf"),
        ("bill\u202efdp.exe", "pdf", "E01 billfdp.pdf"),
        ("a\x00b\nc.png", "image", "E01 abc.png"),
        ("photo.JPG", "image", "E01 photo.jpg"),
        ("no extension", "image", "E01 no extension.png"),
        ('what?*<>|:".json', "json", "E01 what_______.json"),
        ("dots... .zip", "zip", "E01 dots.zip"),
        ("e\u0301.pdf", "pdf", "E01 \u00e9.pdf"),
        ("\ud800.pdf", "pdf", "E01 _.pdf"),
        ("=1+1.csv", "csv", "E01 =1+1.csv"),
    ],
)
def test_names_are_safe(name: str, kind: str, safe: str) -> None:
    assert archive_name(item(name, kind), 7) == safe


def test_numbers_are_as_wide_as_the_last() -> None:
    assert archive_name(item("a.pdf"), 99) == "E01 a.pdf"
    assert archive_name(item("a.pdf", number=7), 400) == "E007 a.pdf"


def test_a_long_name_ends_at_150_bytes() -> None:
    assert archive_name(item("ж" * 140 + ".pdf"), 7) == f"E01 {'ж' * 71}.pdf"
    assert len(archive_name(item("x" * 400 + ".pdf"), 7).encode()) == 150


def test_an_address_is_one_of_the_web() -> None:
    assert archive_address(item("ä b#1.pdf"), 7) == "evidence/E01%20%C3%A4%20b%231.pdf"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["image", "csv", "json", "pdf", "text", "zip", "other"]))
@example("..", "pdf")
@example("x" * 149 + "é", "text")
def test_any_name_is_one_part_of_a_path(name: str, kind: str) -> None:
    found = archive_name(item(name, kind), 7)
    assert re.fullmatch(r"E01 [^/\\<>:\"|?*]+\.[a-z]+", found)
    assert len(found.encode()) <= 150
    assert [one for one in found if unicodedata.category(one) in {"Cc", "Cf", "Cs"}] == []
    assert not re.search(r"[ .]\.[a-z]+$", found)


def test_two_files_of_one_name_do_not_meet() -> None:
    assert archive_name(item("a.pdf", number=1), 7) != archive_name(item("a.pdf", number=2), 7)
