"""Bundles as a ZIP and as a folder, with their manifest."""

import json
import zipfile
from io import BytesIO

import pytest

from assessments import limits
from assessments.evaluators import Source, evaluate
from tests.evaluators.shared import ONE, cli, manifest, outcome_of, sources, zipped

VOLUMES = cli(ONE, "us-east-1", "ec2 describe-volumes", {"Volumes": []})
REGIONS = cli(ONE, "us-east-1", "ec2 describe-subnets", {"Subnets": []})


def by_path(*files: Source) -> dict[str, tuple[str, str | None]]:
    return {file.path: (file.status, file.problem) for file in evaluate(files).files}


@pytest.mark.parametrize("name", ["acme-good", "acme-bad"])
def test_a_zip_says_the_same_as_its_folder(name: str) -> None:
    inside = [Source(file.path.partition("/")[2], file.content) for file in sources(name)]
    for files in (inside, sources(name)):  # with and without the folder on top
        assert evaluate([Source("x.zip", zipped(files))]).criteria == outcome_of(name).criteria


@pytest.mark.parametrize("name", ["acme-good", "acme-bad"])
def test_two_halves_say_the_same_as_the_whole(name: str) -> None:
    files = sources(name)
    top = [file for file in files if file.path == f"{name}/manifest.json"]
    rest = [file for file in files if file not in top]
    halves = [Source("a.zip", zipped(top + rest[::2])), Source("b.zip", zipped(top + rest[1::2]))]
    assert evaluate(halves).criteria == outcome_of(name).criteria
    assert evaluate(halves[::-1]).criteria == outcome_of(name).criteria


def test_a_whole_bundle_is_read_whole() -> None:
    found = {file.path: file.status for file in outcome_of("acme-bad").files}
    assert found.pop("acme-bad/expected.json") == "kept"
    assert found.pop("acme-bad/MANIFEST.md") == "kept"
    assert set(found.values()) == {"read"}


def test_a_changed_file_is_refused_and_the_others_are_read() -> None:
    changed = Source(VOLUMES.path, b'{"Volumes": [ ]}')
    found = by_path(changed, REGIONS, manifest([VOLUMES, REGIONS]))
    status, problem = found[VOLUMES.path]
    assert (status, (problem or "")[:44]) == ("refused", "The file is not what the manifest says: it w")
    assert found[REGIONS.path] == ("read", None)


def test_files_that_are_listed_and_not_there_are_named() -> None:
    found = by_path(VOLUMES, manifest([VOLUMES, REGIONS]))
    assert found["manifest.json"] == (
        "partial",
        f"Files it lists are not there: {REGIONS.path}. Run the collector again.",
    )


def test_a_zip_is_named_with_its_damaged_files() -> None:
    data = zipped([Source(VOLUMES.path, b"{"), REGIONS])
    found = by_path(Source("x.zip", data))
    assert found["x.zip"] == ("partial", f"Not read, or not whole: x.zip/{VOLUMES.path}.")
    assert found[f"x.zip/{VOLUMES.path}"][0] == "refused"
    assert found[f"x.zip/{REGIONS.path}"] == ("read", None)


def test_a_strange_manifest_is_refused_and_its_files_are_read() -> None:
    found = by_path(VOLUMES, Source("manifest.json", b'{"name": "app"}'))
    assert found["manifest.json"] == (
        "refused",
        "This manifest.json was not made by the collector. Run the collector again.",
    )
    assert found[VOLUMES.path] == ("read", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"accounts": [{"id": 5}, "x", {"id": ONE, "regions_active": "us-east-1", "regions_enabled": [5]}]},
        {"accounts": [], "declared_accounts": {"a": 1}},
        {"collected_at": ["x"]},
        {"collected_at": 10**400},
    ],
)
def test_a_manifest_of_wrong_types_says_nothing(fields: dict[str, object]) -> None:
    outcome = evaluate([VOLUMES, manifest([VOLUMES], **fields)])
    assert {file.path: file.status for file in outcome.files}[VOLUMES.path] == "read"


def hostile(name: str, *, mode: int = 0, data: bytes = b"{}") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PK\x03\x04 and nothing more", "The ZIP is damaged."),
        (hostile("../outside.json"), "The ZIP holds a link, or a path that leads out of it."),
        (hostile("/etc/passwd"), "The ZIP holds a link, or a path that leads out of it."),
        (hostile("a/../../b.json"), "The ZIP holds a link, or a path that leads out of it."),
        (hostile("link.json", mode=0o120777), "The ZIP holds a link, or a path that leads out of it."),
        (hostile("[Content_Types].xml"), "This is a document of an office program."),
        (hostile("bomb.json", data=b"0" * 10_000_000), "The ZIP holds more than an evidence bundle may."),
    ],
)
def test_hostile_archives_are_refused(data: bytes, problem: str) -> None:
    (file,) = evaluate([Source("x.zip", data)]).files
    assert (file.status, (file.problem or "")[: len(problem)]) == ("refused", problem)


def test_an_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUNDLE_FILES", 1)
    assert by_path(Source("x.zip", zipped([VOLUMES, REGIONS])))["x.zip"][0] == "refused"


def test_a_zip_in_a_zip_is_not_opened() -> None:
    found = by_path(Source("x.zip", zipped([Source("y.zip", zipped([VOLUMES]))])))
    assert found["x.zip/y.zip"] == ("refused", "A ZIP inside a ZIP is not read. Unpack it and add its files.")


def test_unknown_files_are_kept_and_change_nothing() -> None:
    photo = Source("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50))
    notes = Source("acme-bad/notes.txt", b"[2026-11-20] we looked at it")
    outcome = evaluate([*sources("acme-bad"), photo, notes])
    assert outcome.criteria == outcome_of("acme-bad").criteria
    assert [(file.path, file.status) for file in outcome.files if file.path in (photo.path, notes.path)] == [
        ("acme-bad/notes.txt", "kept"),
        ("photo.png", "kept"),
    ]


def test_the_outcome_is_json() -> None:
    text = json.dumps(outcome_of("acme-bad").as_json())
    assert set(json.loads(text)) == {"as_of", "accounts", "files", "criteria"}
