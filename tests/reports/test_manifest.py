"""A manifest and a sealed PDF: whole to the byte, or not."""

import hashlib
import json

import pytest

from assessments.reports import manifest, seal
from assessments.reports.manifest import Changed, Compared, Found, NotAManifest

ONE = hashlib.sha256(b"one").hexdigest()
TWO = hashlib.sha256(b"two").hexdigest()
FILES = [
    {"number": 1, "name": "report.csv", "size": 3, "sha256": ONE},
    {"number": 2, "name": "root.png", "size": 3, "sha256": TWO},
]


@pytest.fixture
def text() -> str:
    """A small manifest."""
    return manifest.seal(kind="submission", files=FILES, facts={"round": 2, "vendor": {"name": "Zoë GmbH"}})


def test_the_text_is_canonical(text: str) -> None:
    assert text.startswith('{"files":[{"name":"report.csv","number":1,"sha256":"')
    assert '"kind":"submission","round":2,"schema":"assay-manifest/1","sha256":"' in text
    assert text.endswith('"vendor":{"name":"Zo\\u00eb GmbH"}}')


def test_the_digest_is_over_everything_else(text: str) -> None:
    facts = json.loads(text)
    digest = facts.pop("sha256")
    rest = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    assert digest == hashlib.sha256(rest).hexdigest()
    whole = manifest.read(text.encode())
    assert (whole.kind, whole.sha256, [file.name for file in whole.files]) == (
        "submission",
        digest,
        ["report.csv", "root.png"],
    )


def test_any_changed_byte_is_noticed(text: str) -> None:
    data = text.encode()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((Changed, NotAManifest)):
            manifest.read(changed)


@pytest.mark.parametrize(
    "respelled",
    [
        lambda text: text + "\n",
        lambda text: text.replace('":2', '": 2'),
        lambda text: text.replace('"round":2', '"round":1,"round":2'),
        lambda text: text.replace("\\u00eb", "\\u00EB"),
    ],
)
def test_another_spelling_of_the_same_values_is_a_change(text: str, respelled: object) -> None:
    with pytest.raises(Changed, match=r"^The manifest was changed after it was made"):
        manifest.read(respelled(text).encode())


def forged(**facts: object) -> bytes:
    """Other facts under a digest that fits them."""
    whole = {"schema": manifest.SCHEMA, "kind": "submission", "files": [], **facts}
    return manifest.canonical({**whole, "sha256": manifest.digest(whole)}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        "{\xeb}".encode(),
        forged(files={}),
        forged(files=[1]),
        forged(files=[{**FILES[0], "number": "1"}]),
        forged(files=[{**FILES[0], "sha256": "A" * 64}]),
        forged(files=[{**FILES[0], "name": None}]),
        forged(files=[FILES[0]] * 5_001),
        forged(kind=3),
    ],
)
def test_something_else_is_no_manifest(data: bytes) -> None:
    with pytest.raises(NotAManifest, match=r"^This is not a manifest of Assay\.$"):
        manifest.read(data)


def test_a_later_schema_is_said(text: str) -> None:
    with pytest.raises(NotAManifest, match="another version"):
        manifest.read(text.replace("manifest/1", "manifest/2").encode())


def test_files_are_compared_by_content(text: str) -> None:
    files = manifest.read(text.encode()).files
    other = hashlib.sha256(b"other").hexdigest()
    found = [
        Found("d/report (1).csv", "report (1).csv", ONE),
        Found("d/root.png", "root.png", other),
        Found("d/x", "x", other),
    ]
    assert manifest.compare(files, found) == [
        Compared("same", 1, "report.csv", "d/report (1).csv"),
        Compared("changed", 2, "root.png", "d/root.png"),
        Compared("extra", None, "x", "d/x"),
    ]
    assert manifest.compare(files, [Found("a", "a", TWO), Found("b", "b", TWO)]) == [
        Compared("missing", 1, "report.csv", ""),
        Compared("same", 2, "root.png", "a"),
    ]


PDF = b"%PDF-1.7\nobjects\nstartxref\n9\n%%EOF\n"


def test_a_seal_is_a_comment_before_the_end() -> None:
    line = b"%Assay-SHA256 " + hashlib.sha256(PDF).hexdigest().encode() + b"\n"
    assert seal.sealed(PDF) == b"%PDF-1.7\nobjects\n" + line + b"startxref\n9\n%%EOF\n"
    assert seal.is_whole(seal.sealed(PDF))
    assert not seal.is_whole(PDF)
    with pytest.raises(ValueError, match="does not end"):
        seal.sealed(b"%PDF-1.7")


def test_any_changed_byte_breaks_the_seal() -> None:
    pdf = seal.sealed(PDF)
    for place in range(len(pdf)):
        assert not seal.is_whole(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]), place
    assert not seal.is_whole(pdf + b"\n")
    assert not seal.is_whole(pdf + PDF)
