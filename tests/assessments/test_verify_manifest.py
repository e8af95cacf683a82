"""`manage.py verify_manifest`: what it prints, its exit status, and that it needs nothing but the files."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessments.models import Assessment
from assessments.reports import manifest
from assessments.reports.receipt import render_receipt
from tests.test_layering import ROOT

CONTENTS = {"report.csv": b"user,arn\n", "root.png": b"\x89PNG"}


def text_of(submitted: Assessment) -> str:
    """The manifest of a submission, as if it had two files."""
    facts = json.loads(submitted.submissions.get().manifest)
    files = [
        {
            "number": number,
            "name": name,
            "kind": "csv",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "received_at": "2026-11-20T08:00:00Z",
            "received_by": "Rita Lindqvist",
            "effective_at": None,
            "effective_source": "",
            "accounts": [],
            "questions": [13],
        }
        for number, (name, data) in enumerate(CONTENTS.items(), start=1)
    ]
    return manifest.seal(kind="submission", files=files, facts=facts)


@pytest.fixture
def receipt(submitted: Assessment, tmp_path: Path) -> Path:
    """A receipt, and beside it a folder with the files it names."""
    folder = tmp_path / "files"
    (folder / "more").mkdir(parents=True)
    (folder / "report.csv").write_bytes(CONTENTS["report.csv"])
    (folder / "more" / "root.png").write_bytes(CONTENTS["root.png"])
    path = tmp_path / "receipt.pdf"
    path.write_bytes(render_receipt(text_of(submitted)))
    return path


def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """The command with an empty environment, where no database could be."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "verify_manifest", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment | {"DATABASE_URL": "postgres://nobody@localhost:1/none"},
        cwd=os.sep,
        check=False,
    )


def test_everything_agrees(receipt: Path, submitted: Assessment) -> None:
    done = run(receipt, receipt.parent / "files", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    folder = receipt.parent / "files"
    assert json.loads(done.stdout) == {
        "file": str(receipt),
        "kind": "submission",
        "sha256": json.loads(text_of(submitted))["sha256"],
        "problem": None,
        "files": [
            {"status": "same", "number": 1, "name": "report.csv", "path": f"{folder}/report.csv"},
            {"status": "same", "number": 2, "name": "root.png", "path": f"{folder}/more/root.png"},
        ],
        "agrees": True,
    }


def test_the_attached_manifest_does_as_well(receipt: Path, submitted: Assessment) -> None:
    path = receipt.with_name("manifest.json")
    path.write_text(text_of(submitted))
    done = run(path, receipt.parent / "files")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"The manifest is whole. SHA-256 {json.loads(text_of(submitted))['sha256']}"
    assert lines[1] == f"same: E1 report.csv ({receipt.parent}/files/report.csv)"
    assert lines[-1] == "2 of 2 files are the same."


def test_changed_missing_and_extra_files_are_named(receipt: Path) -> None:
    folder = receipt.parent / "files"
    (folder / "report.csv").write_bytes(b"user,arm\n")
    (folder / "more" / "root.png").unlink()
    (folder / "new.txt").write_text("new")
    done = run(receipt, folder)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [
        f"changed: E1 report.csv ({folder}/report.csv)",
        "missing: E2 root.png",
        f"extra: new.txt ({folder}/new.txt)",
        "0 of 2 files are the same.",
    ]


def test_one_extra_file_is_a_disagreement(receipt: Path) -> None:
    (receipt.parent / "files" / "new.txt").write_text("new")
    done = run(receipt, receipt.parent / "files", "--json")
    assert (done.returncode, json.loads(done.stdout)["agrees"]) == (1, False)


def test_one_changed_byte_of_the_receipt_fails(receipt: Path) -> None:
    data = bytearray(receipt.read_bytes())
    data[12] ^= 1  # of a comment, so that every reader shows the same pages and the manifest inside is whole
    receipt.write_bytes(data)
    done = run(receipt, receipt.parent / "files")
    assert done.returncode == 1
    changed = "The PDF was changed or saved again: it is not the file that was issued, byte for byte."
    assert done.stdout.splitlines()[0] == f"{receipt}: {changed}"


def test_one_changed_letter_of_the_manifest_fails(receipt: Path, submitted: Assessment) -> None:
    path = receipt.with_name("manifest.json")
    path.write_text(text_of(submitted).replace("See the console.", "See the record.", 1))
    done = run(path, receipt.parent / "files", "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["problem"] == "The manifest was changed after it was made: its SHA-256 is not that of its content."
    assert (said["files"], said["sha256"]) == ([], None)


def test_something_else_is_no_receipt(receipt: Path) -> None:
    folder = receipt.parent / "files"
    done = run(folder / "report.csv", folder)
    assert done.returncode == 1
    assert "This is neither a PDF nor a manifest." in done.stdout


@pytest.mark.parametrize("arguments", [[], ["nothing.pdf", "."], ["manage.py"], ["manage.py", "nowhere"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert run(*(str(ROOT / one) for one in arguments)).returncode == 2
