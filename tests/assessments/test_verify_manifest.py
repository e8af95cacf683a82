"""`manage.py verify_manifest`: what it prints, its exit status, and that it needs nothing but the files."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessments.models import Assessment
from assessments.reports import manifest, signature
from assessments.reports.receipt import render_receipt
from tests.reports import signing
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
    environment["PYTHONIOENCODING"] = "utf-8:strict"  # as in most languages
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
        "document": None,
        "sha256": json.loads(text_of(submitted))["sha256"],
        "signed_by": None,
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
    assert done.stdout.splitlines()[2:] == [
        f"changed: E1 report.csv ({folder}/report.csv)",
        "missing: E2 root.png",
        f"extra: new.txt ({folder}/new.txt)",
        "0 of 2 files are the same.",
    ]


def test_a_name_forges_no_line_and_steers_no_terminal(receipt: Path) -> None:
    """Nor does one that is no text at all end the command."""
    folder = receipt.parent / "files"
    (folder / "a\nsame: E2 root.png").write_text("new")
    (folder / "b\x1b[2Jsame").write_text("new")
    Path(os.fsdecode(bytes(folder) + b"/c\xff")).write_text("new")
    done = run(receipt, folder)
    said = [line.partition(" (")[0] for line in done.stdout.splitlines()[4:]]
    assert said == [
        r"extra: a\nsame: E2 root.png",
        r"extra: b\x1b[2Jsame",
        r"extra: c\udcff",
        "2 of 2 files are the same.",
    ]
    assert len(json.loads(run(receipt, folder, "--json").stdout)["files"]) == 5


def test_links_are_not_followed(receipt: Path, tmp_path: Path) -> None:
    """To a folder with itself in it, and to a file outside of it."""
    folder = receipt.parent / "files"
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "more" / "root.png").rename(tmp_path / "root.png")
    (folder / "root.png").symlink_to(tmp_path / "root.png")
    os.mkfifo(folder / "waits")
    done = run(receipt, folder)
    assert done.returncode == 1
    assert done.stdout.splitlines()[2:] == [
        f"same: E1 report.csv ({folder}/report.csv)",
        "missing: E2 root.png",
        "1 of 2 files are the same.",
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


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A document about an assessment with a seal, and beside it the folder of the one file it names."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.csv").write_bytes(b"a")
    files = [{"number": 1, "name": "a.csv", "size": 1, "sha256": hashlib.sha256(b"a").hexdigest()}]
    text = manifest.seal(kind="report", files=files, facts={"document": "letter"})
    path = tmp_path / "letter.pdf"
    path.write_bytes(signing.small_pdf(text))
    return path


def test_a_report_is_checked_in_the_same_way(report: Path) -> None:
    done = run(report, report.parent / "files")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "The PDF is whole, and not signed.",
        f"same: E1 a.csv ({report.parent}/files/a.csv)",
        "1 of 1 files are the same.",
    ]
    said = json.loads(run(report, report.parent / "files", "--json").stdout)
    assert (said["kind"], said["document"]) == ("report", "letter")


def test_who_signed_is_said_and_may_be_required(report: Path, tmp_path: Path) -> None:
    key = signing.new_key()
    own = signing.certificate(key)
    path = signing.key_file(tmp_path, key, own)
    unsigned = report.read_bytes()
    whole = signature.signed(unsigned, path=path, password=signing.PASSWORD, at=signing.NOW)
    report.write_bytes(whole)
    fingerprint, folder = signing.fingerprint(own), report.parent / "files"
    as_people_write_it = ":".join(fingerprint[place : place + 2].upper() for place in range(0, 64, 2))
    done = run(report, folder, "--signed-by", as_people_write_it)
    assert (done.returncode, done.stderr) == (0, "")
    signed = f"Signed by {signing.NAME}, over the whole file. Certificate SHA-256 {fingerprint}"
    assert done.stdout.splitlines()[1] == signed
    said = json.loads(run(report, folder, "--json").stdout)
    assert said["signed_by"] == {"name": signing.NAME, "certificate_sha256": fingerprint}
    done = run(report, folder, "--signed-by", "0" * 64)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1,
        f"{report}: The PDF is not signed with the certificate {'0' * 64}.",
    )
    report.write_bytes(unsigned)
    assert run(report, folder, "--signed-by", fingerprint).returncode == 1
    report.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    done = run(report, folder, "--json")
    assert (done.returncode, json.loads(done.stdout)["signed_by"]) == (1, None)


def test_what_is_added_behind_the_end_is_no_part_of_it(report: Path) -> None:
    with report.open("ab") as file:
        file.write(b"1 0 obj null endobj\nstartxref\n9\n%%EOF\n")
    done = run(report, report.parent / "files", "--json")
    assert (done.returncode, json.loads(done.stdout)["agrees"]) == (1, False)


@pytest.mark.parametrize("arguments", [[], ["nothing.pdf", "."], ["manage.py"], ["manage.py", "nowhere"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert run(*(str(ROOT / one) for one in arguments)).returncode == 2
