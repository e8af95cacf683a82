"""Bytes nobody thought of: every reader of what strangers send ends with a result or with its own refusal."""

import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.evaluators.formats import credential_report
from assessments.intake import Accepted, Refused, examine
from playbook import schema
from playbook.problems import PlaybookInvalid
from tests.intake.samples import bundle, jpeg, pdf, png, report

EVIDENCE = [png(), jpeg(), pdf(), report(), bundle(), b'{"Vpcs": []}', b"We rotate keys each month.\n"]
PLAYBOOK = schema.PACKAGED.read_bytes()[:20_000]

# What breaks readers: ends of lines and of text, numbers at their limits, other encodings, markup, nesting.
NASTY = [b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b'"', b",", b"=cmd", b"[" * 200, b"{" * 200, b"NaN", b"9" * 400]
NASTY += [
    b"\xf0\x9f\x92\xa9",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"<script>",
    b"&a *a",
    b"!!python/object",
    b"\x7f" * 9,
]


@st.composite
def mutated(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """A good sample, cut, doubled and spoiled in up to eight places; or nothing but noise."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=2_000))
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 64)))
        match draw(st.sampled_from(["replace", "cut", "double", "nasty"])):
            case "replace":
                data[start:end] = draw(st.binary(max_size=64))
            case "cut":
                del data[start:end]
            case "double":
                data[start:start] = data[start:end]
            case "nasty":
                data[start:end] = draw(st.sampled_from(NASTY))
    return bytes(data)


def intake(data: bytes) -> None:
    """An upload is taken, or refused with a sentence."""
    try:
        taken = examine(io.BytesIO(data), "evidence.bin")
    except Refused as refused:
        outcome = str(refused).strip()
    else:
        outcome = isinstance(taken, Accepted) and taken.size == len(data)
    assert outcome


def report_reader(data: bytes) -> None:
    """A credential report is read, or said to be unreadable."""
    try:
        outcome = credential_report.summary(credential_report.parse(data))
    except credential_report.Unreadable as error:
        outcome = str(error).strip()
    assert outcome


def playbook_reader(data: bytes) -> None:
    """A playbook file is valid, or its problems are named."""
    try:
        outcome = schema.read(data)
    except PlaybookInvalid as error:
        outcome = error.problems
    assert outcome


READERS = [
    pytest.param(intake, EVIDENCE, id="intake"),
    pytest.param(report_reader, [report()], id="credential report"),
    pytest.param(playbook_reader, [PLAYBOOK], id="playbook"),
]


def search(reader: Callable[[bytes], None], samples: list[bytes], examples: int) -> None:
    """Try many; the smallest input that breaks the reader is printed."""

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(mutated(samples))
    def each(data: bytes) -> None:
        reader(data)

    each()


@pytest.mark.parametrize(("reader", "samples"), READERS)
def test_a_few_spoiled_files(reader: Callable[[bytes], None], samples: list[bytes]) -> None:
    search(reader, samples, 40)


@pytest.mark.fuzz
@pytest.mark.parametrize(("reader", "samples"), READERS)
def test_many_spoiled_files(reader: Callable[[bytes], None], samples: list[bytes]) -> None:
    search(reader, samples, 6_000)
