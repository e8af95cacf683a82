"""Snapshots as they were stored, one of each schema version: read for ever, with the digest they have, and made into
the same bytes by any process.

A new version gets a file of its own in `snapshots/`, made by the code that brought it; the files that are there never
change.
"""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from assessments.reports import manifest
from assessments.reports.seal import is_whole
from assessments.reports.snapshot import SCHEMA_VERSION, Snapshot
from tests.reports import samples
from tests.reports.pdfs import words_of
from tests.test_layering import ROOT

FOLDER = Path(__file__).parent / "snapshots"
DIGESTS = {
    1: "6f219c08ad806494f10b2c65bc78cbfc317f660184349b9fde3ee624c08ceb11",
    2: "93a7a75b011cb79f1993c9163ebb2b806c9b9a2d1594a6ef2af5331e0eec1763",
    3: "dff302840e5d987a6a1038089ea41cacb8642d92ee84a10914ed7384d251bc05",
    4: "7bd9be99e895f89d8ae8f97cf720da745378d69ae1672a92cdff89f33479f91a",
}
MAKE = """
import hashlib, io, sys
import django
django.setup()
from assessments.reports import executive, letter, render
from assessments.reports.snapshot import Snapshot
from tests.reports import samples
snapshot = Snapshot.from_json(sys.stdin.read())
for kind, maker in (("report", render), ("summary", executive), ("letter", letter)):
    out = io.BytesIO()
    maker.write(snapshot, samples.material(snapshot, kind=kind), out)
    print(kind, hashlib.sha256(out.getvalue()).hexdigest())
"""


def text_of(version: int) -> str:
    """What was stored."""
    return (FOLDER / f"{version}.json").read_text("ascii")


def test_there_is_one_of_each_version() -> None:
    assert sorted(DIGESTS) == list(range(1, SCHEMA_VERSION + 1))
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{version}.json" for version in DIGESTS]


@pytest.mark.parametrize("version", DIGESTS)
def test_it_is_read_and_keeps_its_digest(version: int) -> None:
    snapshot = Snapshot.from_json(text_of(version))
    assert snapshot.schema_version == version
    assert snapshot.to_json() == text_of(version)
    assert snapshot.digest() == hashlib.sha256(text_of(version).encode()).hexdigest() == DIGESTS[version]


@pytest.mark.parametrize("version", DIGESTS)
def test_it_still_becomes_a_report_that_proves_itself(version: int) -> None:
    pdf = samples.rendered(Snapshot.from_json(text_of(version)))
    assert is_whole(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        carried = manifest.read(opened.attachments["manifest.json"].get_file().read_bytes())
    assert (carried.document, carried.data["snapshot_sha256"]) == ("report", DIGESTS[version])
    assert [(file.number, file.sha256) for file in carried.files] == [
        (item.number, item.sha256) for item in Snapshot.from_json(text_of(version)).evidence
    ]
    words = " ".join(words_of(pdf))
    assert DIGESTS[version] in words
    assert carried.sha256 in words


def made_by_another_process(seed: str, zone: str) -> str:
    """The hashes of all documents, from a process that has just been started."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATA_DIR") if name in os.environ}
    told = {"PYTHONHASHSEED": seed, "TZ": zone, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", MAKE],
        input=text_of(SCHEMA_VERSION),
        capture_output=True,
        text=True,
        check=True,
        env=kept | told,
        cwd=ROOT,
    )
    return done.stdout


def test_before_and_after_a_restart_it_is_the_same_file() -> None:
    first, second = made_by_another_process("1", "UTC"), made_by_another_process("2", "Asia/Tokyo")
    assert first == second
    assert [line.split()[0] for line in first.splitlines()] == ["report", "summary", "letter"]
