"""The frozen values: one canonical text, one digest, and a clear refusal of anything else."""

import dataclasses
import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assessments.reports.evidence_facts import CoverageFacts
from assessments.reports.snapshot import Counts, PreviousScore, Snapshot, SnapshotError
from tests.reports import samples


@pytest.mark.parametrize("make", [samples.full, samples.draft, samples.empty, samples.extreme])
def test_a_snapshot_survives_its_json(make: Any) -> None:
    snapshot = make()
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert Snapshot.from_data(json.loads(snapshot.to_json())) == snapshot
    assert Snapshot.from_data(snapshot.to_data()) == snapshot


def test_the_text_is_canonical() -> None:
    text = samples.full().to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    data = json.loads(text)
    assert data["made_on"] == "2026-12-17"
    assert data["score"] == {"earned": "89.0", "grade": "B", "possible": "116", "value": "7.7"}
    assert (data["schema_version"], data["decision"]) == (4, None)


def test_the_digest_is_of_the_text_and_does_not_depend_on_order() -> None:
    snapshot = samples.full()
    assert snapshot.digest() == hashlib.sha256(snapshot.to_json().encode()).hexdigest()
    reordered = dict(reversed(snapshot.to_data().items()))
    assert Snapshot.from_data(reordered).digest() == snapshot.digest()


def test_any_change_changes_the_digest() -> None:
    snapshot = samples.full()
    others = [
        dataclasses.replace(snapshot, made_on=date(2026, 12, 18)),
        dataclasses.replace(snapshot, is_draft=True),
        dataclasses.replace(snapshot, previous=PreviousScore("2025", Decimal("5.3"), "D")),
        dataclasses.replace(snapshot, evidence=snapshot.evidence[:-1]),
    ]
    assert len({one.digest() for one in (snapshot, *others)}) == 5


def test_a_snapshot_from_before_evaluations_is_read_and_keeps_its_digest() -> None:
    data = _as_of_version_2(samples.full().to_data())
    snapshot = Snapshot.from_data(data)
    assert (snapshot.schema_version, snapshot.assessment, snapshot.history, snapshot.second_look) == (2, 0, (), None)
    assert snapshot.coverage == CoverageFacts()
    assert {(one.evaluation, one.is_contradiction) for one in snapshot.criteria} == {(None, False)}
    assert {item.file for item in snapshot.evidence} == {""}
    assert snapshot.to_data() == data
    assert snapshot.digest() == _sha256(data)


def test_a_snapshot_from_before_decisions_is_read_and_keeps_its_digest() -> None:
    data = _as_of_version_2(samples.full().to_data()) | {"schema_version": 1}
    del data["decision"]
    snapshot = Snapshot.from_data(data)
    assert (snapshot.decision, snapshot.schema_version) == (None, 1)
    assert snapshot.to_data() == data
    assert snapshot.digest() == _sha256(data)


def _as_of_version_2(data: dict[str, Any]) -> dict[str, Any]:
    for name in ("assessment", "history", "second_look", "coverage"):
        del data[name]
    del data["playbook"]["sha256"]
    for one in data["criteria"]:
        del one["evaluation"], one["is_contradiction"]
    for item in data["evidence"]:
        del item["file"]
    for finding in data["findings"]:
        del finding["state"]
    return data | {"schema_version": 2}


def _sha256(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@pytest.mark.parametrize("version", [5, 0, "1", True, None])
def test_another_schema_version_is_refused(version: object) -> None:
    data = samples.full().to_data() | {"schema_version": version}
    with pytest.raises(SnapshotError, match="schema version"):
        Snapshot.from_data(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"made_on": "17.12.2026"}, "snapshot.made_on: '17.12.2026' is not a date"),
        ({"made_on": 5}, "snapshot.made_on: text is expected"),
        ({"is_draft": "no"}, "snapshot.is_draft: bool is expected, not str"),
        ({"criteria": {}}, "snapshot.criteria: a list is expected"),
        ({"findings": [{"number": 1}]}, r"snapshot.findings\[0\]: missing or unknown: code, "),
        ({"surplus": 1}, "snapshot: missing or unknown: surplus"),
        ({"score": {"value": "x", "grade": "", "earned": "0", "possible": "0"}}, "snapshot.score.value: 'x' is not"),
    ],
)
def test_another_shape_is_refused_with_its_place(change: dict[str, object], message: str) -> None:
    with pytest.raises(SnapshotError, match=message):
        Snapshot.from_data(samples.full().to_data() | change)


def test_text_that_is_no_json_is_refused() -> None:
    for text in ("", "{", "[]", "null", "[" * 100_000):
        with pytest.raises(SnapshotError):
            Snapshot.from_json(text)


def test_a_snapshot_cannot_hold_what_json_would_round() -> None:
    wrong = dataclasses.replace(samples.full(), period=1.5)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="float"):
        wrong.to_json()


def test_counts_add_up() -> None:
    counts = Counts(met=3, partly_met=1, not_met=2, not_verified=1, not_applicable=4, pending=5)
    assert (counts.total, counts.reviewed, counts.applicable) == (16, 11, 12)
