"""What holds for every file, and the command that tries the door."""

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments import limits
from assessments.intake import Refused, examine
from tests.intake.samples import bundle, jpeg, pdf, png, report

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "shot.png": png(),
    "photo.jpg": jpeg(),
    "policy.pdf": pdf(),
    "report.csv": report(),
    "vpcs.json": b'{"Vpcs": []}',
    "notes.txt": b"We rotate keys each month.\n",
    "bundle.zip": bundle(),
}


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_is_measured_hashed_and_rewound(name: str) -> None:
    data = GOOD[name]
    stream = io.BytesIO(data)
    stream.seek(7)
    taken = examine(stream, name)
    assert (taken.name, taken.size, taken.sha256) == (name, len(data), hashlib.sha256(data).hexdigest())
    assert taken.file is stream
    assert stream.read() == data
    assert (taken.preview is not None) == (taken.kind == "image")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("sent", ["x.exe", "x", "x.html", "report.csv.png"])
def test_the_name_never_decides_what_a_file_is(name: str, sent: str) -> None:
    honest, lying = examine(io.BytesIO(GOOD[name]), name), examine(io.BytesIO(GOOD[name]), sent)
    assert (lying.kind, lying.content_type, lying.sha256) == (honest.kind, honest.content_type, honest.sha256)
    assert lying.name.endswith(Path(name).suffix)


def test_reading_stops_at_the_limit() -> None:
    """Even where the end of the stream cannot be believed."""

    class Endless(io.RawIOBase):
        given = 0

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def read(self, size: int = -1) -> bytes:
            type(self).given += max(size, 1)
            return b"x" * max(size, 1)

    with pytest.raises(Refused, match="It must be smaller than 50 MB"):
        examine(Endless(), "endless.txt")
    assert Endless.given < 53_000_000


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        (b"%PDF-1.7\n", "The PDF is 20.1 MB. It must be smaller than 20 MB. Split it or leave out pages."),
        (b"PK\x03\x04", "The ZIP is 101 MB. It must be smaller than 100 MB. Add one bundle for each account."),
    ],
)
def test_what_is_too_large_says_how_large(start: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(101_000_000 if start.startswith(b"PK") else 20_000_001)
    with path.open("rb") as file, pytest.raises(Refused) as refused:
        examine(file, "large")
    assert str(refused.value) == sentence


def test_every_limit_is_in_the_table() -> None:
    constants = {name for name, value in vars(limits).items() if name.isupper() and isinstance(value, int)} - {
        "KB",
        "MB",
        "GB",
    }
    assert {limit.name for limit in limits.TABLE} == constants
    assert all(getattr(limits, limit.name) == limit.value for limit in limits.TABLE)
    assert "| PNG or JPEG, one file | 20 MB | `IMAGE_BYTES` |" in limits.as_markdown()
    assert limits.as_markdown() in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


# --- manage.py check_upload ------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As a person without a server runs it: no database, nothing in the environment."""
    return subprocess.run(
        [sys.executable, "manage.py", "check_upload", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_an_upload_would_get(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.png"
    good.write_bytes(report())
    bad.write_bytes(b"")
    done = run("--json", str(good), str(bad))
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "path": str(good),
            "accepted": True,
            "kind": "csv",
            "name": "good.csv",
            "problem": None,
            "sha256": hashlib.sha256(report()).hexdigest(),
        },
        {
            "path": str(bad),
            "accepted": False,
            "kind": None,
            "name": None,
            "problem": "The file is empty. Check it and add it again.",
            "sha256": None,
        },
    ]


def test_the_command_takes_the_name_the_browser_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "upload"
    path.write_bytes(png())
    call_command("check_upload", str(path), "--name", "..\\mfa.exe", "--json")
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["mfa.png"]


def test_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    for arguments in ((str(path), str(path), "--name", "x"), (str(tmp_path),), (str(tmp_path / "none"),)):
        with pytest.raises(CommandError) as refused:
            call_command("check_upload", *arguments)
        assert refused.value.returncode == 2
    assert run().returncode == 2
    assert run("--wrong", str(path)).returncode == 2
    assert run(str(tmp_path / "none")).returncode == 2
