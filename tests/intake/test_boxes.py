"""A text or a bundle never takes longer, or more memory, than there is for one file."""

import io
import json
import logging
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from assessments.intake import Refused, boxes, examine
from assessments.intake.boxes import read_bounded
from assessments.intake.readings import Reading, read
from tests.intake.samples import bundle, report, root, user

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
GIVEN_UP = "This file takes too long to read. Split it, or add the output of single commands."
SLOW = b"[" + b",".join([b'"key=key=key=key="'] * 150_000) + b"]"  # 2.9 MB of what the search stops at
WIDE = b"[" + b",".join([b"{}"] * 1_000_000) + b"]"  # 3 MB that become 70 MB
HONEST = {
    "stacks.json": json.dumps([{"Key": "Name", "Value": f"web-{number}"} for number in range(50_000)]).encode(),
    "users.csv": b"user,mfa\n" + b"bob,true\n" * 150_000,
    "audit.log": b"2026-11-20 started, all is well\n" * 50_000,
    "report.csv": report(root(), *(user(f"person-{number}") for number in range(8_000))),
    "bundle.zip": bundle({"manifest.json": b'{"collected_at": "2026-11-20T08:00:00Z"}',
                          "111122223333/global/iam.list-users.json": json.dumps(list(range(300_000))).encode()}),
}  # fmt: skip
LEAKING = b"notes\n" * 300_000 + b"password=Hunter2-Hunter2\n"


def of_file(stream: BinaryIO, name: str, *, bounded: bool = True) -> Reading:
    size = stream.seek(0, io.SEEK_END)
    true_type = "zip" if name.endswith(".zip") else "text"
    return (read_bounded if bounded else read)(stream, name, size, true_type=true_type, received_at=NOW)


def no_box(*args: object, **kwargs: object) -> None:
    raise AssertionError("a process was started")


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("place", ["memory", "disk"])
def test_the_box_says_what_we_would_have_said(
    name: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    run = subprocess.run
    monkeypatch.setattr(boxes.subprocess, "run", lambda *args, **more: started.append(args) or run(*args, **more))
    (tmp_path / name).write_bytes(HONEST[name])
    with (tmp_path / name).open("rb") if place == "disk" else io.BytesIO(HONEST[name]) as stream:
        boxed = examine(stream, name)
        assert stream.read() == HONEST[name]
        plain = of_file(stream, name, bounded=False)
    assert len(started) == 1
    assert Reading(boxed.kind, boxed.format, boxed.facts) == plain
    assert boxed.kind == {"log": "text"}.get(name[-3:], name.rpartition(".")[2])
    assert boxed.format == ("iam-credential-report" if name == "report.csv" else "")


def test_a_refusal_comes_out_of_the_box_word_for_word() -> None:
    with pytest.raises(Refused) as refused:
        examine(io.BytesIO(LEAKING), "notes.txt")
    assert str(refused.value) == (
        "Line 300,001 holds what looks like a password. Remove it, change the password, and add the file again."
    )


@pytest.mark.parametrize("name", ["--help.csv", "a\x00b.csv", "\udc80.csv", "“ü”.csv", "", '{"size": 1}'])
def test_no_name_confuses_the_box(name: str) -> None:
    assert of_file(io.BytesIO(HONEST["users.csv"]), name).kind == "csv"


def test_what_is_small_is_read_at_once_and_a_small_zip_of_much_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes.subprocess, "run", no_box)
    assert of_file(io.BytesIO(b"a" * 1_000_000), "a.txt").kind == "text"
    assert of_file(io.BytesIO(bundle()), "x.zip").facts["files"] == 3
    assert len(HONEST["bundle.zip"]) < 1_000_000
    with pytest.raises(AssertionError, match="a process was started"):
        of_file(io.BytesIO(HONEST["bundle.zip"]), "x.zip")
    with pytest.raises(AssertionError, match="a process was started"):
        of_file(io.BytesIO(b"a" * 1_000_001), "a.txt")


def given_up(data: bytes, caplog: pytest.LogCaptureFixture) -> str:
    """How the box ended, as the log has it; the person gets the sentence."""
    caplog.set_level(logging.WARNING, "assay.intake")
    with pytest.raises(Refused) as refused:
        examine(io.BytesIO(data), "out.json")
    assert str(refused.value) == GIVEN_UP
    assert refused.value.__cause__ is None
    (record,) = caplog.records
    return record.getMessage()


def test_one_that_needs_too_much_of_the_processor_is_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert of_file(io.BytesIO(SLOW[:-1] + b"]"), "out.json").kind == "json"
    monkeypatch.setattr(boxes, "TEXT_SECONDS", 1)
    endless = SLOW[:-1] + b"," + b",".join([SLOW[1:-1]] * 11) + b"]"
    assert given_up(endless, caplog) in {
        "a file was not read: CalledProcessError -9",
        "a file was not read: CalledProcessError -24",
    }


def test_one_that_needs_too_much_memory_is_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert of_file(io.BytesIO(WIDE), "out.json").kind == "json"
    monkeypatch.setattr(boxes, "TEXT_MEMORY_BYTES", 100_000_000)
    assert of_file(io.BytesIO(HONEST["stacks.json"]), "out.json").kind == "json"
    assert given_up(WIDE, caplog) == "a file was not read: CalledProcessError 1"


def test_one_that_does_not_come_back_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(boxes, "TEXT_WAIT_SECONDS", 0.001)
    assert given_up(SLOW, caplog) == "a file was not read: TimeoutExpired "


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os.kill(os.getpid(), 9)", "CalledProcessError -9"),
        ("raise RuntimeError('Hunter2')", "CalledProcessError 1"),
        ("print('{')", "JSONDecodeError "),
        ("", "JSONDecodeError "),
    ],
    ids=["killed", "fell over", "broke off", "says nothing"],
)
def test_a_box_that_fails_takes_nothing_with_it(
    code: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "box.py").write_text(code)
    monkeypatch.setattr(boxes, "_BOX", tmp_path / "box.py")
    assert given_up(SLOW, caplog) == f"a file was not read: {says}"


def test_the_box_gets_its_limits_and_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def run(command: list[str], **options: object) -> object:
        given.update(options, **json.loads(command[-1]))
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(boxes.subprocess, "run", run)
    with pytest.raises(Refused):
        examine(io.BytesIO(SLOW), "out.json")
    assert (given["env"], given["seconds"], given["timeout"], given["memory"]) == ({}, 20, 40, 1_000_000_000)


def test_a_reading_is_nothing_but_json() -> None:
    found = of_file(io.BytesIO(HONEST["report.csv"]), "report.csv", bounded=False)
    assert replace(found, facts=json.loads(json.dumps(found.facts))) == found
