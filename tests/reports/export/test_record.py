"""The record: everything of a snapshot but keys of the store, as its schema says."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assessments.reports.export import record
from assessments.reports.snapshot import Snapshot
from tests.reports import samples
from tests.reports.export.samples import AWKWARD, TRAIL, made, spoilt
from tests.test_layering import ROOT

DOCS = ROOT / "docs" / "record.md"
KEYS = {"file", "preview", "preview_width", "preview_height"}


def read(snapshot: Snapshot, **more: Any) -> dict[str, Any]:
    """The record, after it passed its schema."""
    found: dict[str, Any] = json.loads(made(record.write, snapshot, **more))
    Draft202012Validator(record.schema()).validate(found)
    return found


@pytest.mark.parametrize("make", [samples.full, samples.draft, samples.empty, samples.extreme])
def test_the_schema_describes_the_best_and_the_worst(make: Any) -> None:
    assert len(read(make())["snapshot"]["criteria"]) == 33


def test_it_holds_all_of_the_snapshot_but_the_keys_of_the_store() -> None:
    snapshot = samples.full()
    found, whole = read(snapshot, missing=frozenset({2})), snapshot.to_data()
    for item in whole["evidence"]:
        for key in KEYS:
            del item[key]
        item["is_missing"] = item["number"] == 2
    assert found == {
        "record": "assay-assessment",
        "schema_version": 1,
        "digest": snapshot.digest(),
        "audit": {"position": TRAIL.position, "hash": TRAIL.hash},
        "snapshot": whole,
    }


def test_no_key_of_the_store_is_in_it() -> None:
    text = made(record.write, samples.full()).decode("ascii")
    keys = [key for item in samples.full().evidence for key in (item.file, item.preview) if key]
    assert len(keys) == 10
    assert [key for key in keys if f'"{key}"' in text] == []


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_snapshot_has_the_fields_of_today(version: int) -> None:
    old = Snapshot.from_data(dataclasses.replace(samples.full(), schema_version=version).to_data())
    found = read(old)
    assert found["digest"] == old.digest()
    assert found["snapshot"]["schema_version"] == version
    assert found["snapshot"]["coverage"] == {"declared": [], "with_evidence": [], "found_only": []}


def test_the_schema_leaves_nothing_open() -> None:
    """Every object has a description, names all its fields, and each of them has one."""
    schema = record.schema()
    Draft202012Validator.check_schema(schema)
    objects = {"record": schema, **schema["$defs"]}
    for name, part in objects.items():
        assert part["description"].endswith("."), name
        if part["type"] != "object":
            continue
        assert part["additionalProperties"] is False, name
        assert part["required"] == list(part["properties"]), name
        assert [key for key, rule in part["properties"].items() if not rule["description"].endswith(".")] == [], name


@pytest.mark.parametrize("field", ["number", "sha256", "question", "severity"])
def test_the_schema_refuses_what_is_not_a_record(field: str) -> None:
    spoils: dict[str, Any] = {"number": 0, "sha256": "x", "question": None, "severity": "grave"}
    found = read(samples.full())
    part = found["snapshot"]["evidence" if field == "sha256" else "criteria"][0]
    assert field in part
    part[field] = spoils[field]
    assert not Draft202012Validator(record.schema()).is_valid(found)


@pytest.mark.parametrize("name", AWKWARD)
def test_texts_are_whole_and_exact(name: str) -> None:
    text = AWKWARD[name]
    found = read(spoilt(text))["snapshot"]
    exact = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if name == "surrogate" else text
    assert found["criteria"][1]["note"] == found["vendor"]["name"] == exact


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_so_is_any_other_text(text: str) -> None:
    found = read(spoilt(text))["snapshot"]["criteria"][1]["note"]
    assert found == "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)
    found.encode()  # every JSON reader takes it


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    snapshot = samples.full()
    assert made(record.write, snapshot) == made(record.write, Snapshot.from_json(snapshot.to_json()))


def test_the_documentation_says_what_the_schema_says() -> None:
    text = Path(DOCS).read_text("utf-8")
    assert text[text.index("## record") :] == record.as_markdown()
