"""OSCAL assessment results, as compliance-trestle reads them."""

import dataclasses
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trestle.oscal.assessment_results import AssessmentResults

from assessments.reports.export import oscal
from assessments.reports.export.names import archive_name
from assessments.reports.material import RenderFailed
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import clean
from playbook import oscal as catalogs
from playbook.mappings import for_playbook
from playbook.schema import PACKAGED, read
from tests import oscal as reader
from tests.reports import samples
from tests.reports.export.samples import AWKWARD, made, material, spoilt

NS = "https://assay.example/ns/oscal"


def document(snapshot: Snapshot, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made(oscal.write, snapshot, **more))
    return found["assessment-results"]  # type: ignore[no-any-return]  # it is JSON


def result(snapshot: Snapshot, **more: Any) -> dict[str, Any]:
    (found,) = document(snapshot, **more)["results"]
    return found  # type: ignore[no-any-return]  # it is JSON


def facts(part: dict[str, Any]) -> dict[str, list[str]]:
    """Our own properties by name."""
    found: dict[str, list[str]] = {}
    for one in part["props"]:
        if one.get("ns") == NS:
            found.setdefault(one["name"], []).append(one["value"])
    return found


def of_question(parts: list[dict[str, Any]], number: int, *, beginning: str = "") -> dict[str, Any]:
    (found,) = [one for one in parts if facts(one)["question"] == [str(number)] and one["title"].startswith(beginning)]
    return found


def trestle(snapshot: Snapshot) -> Any:
    return reader.read(AssessmentResults, made(oscal.write, snapshot).decode("ascii"))


@pytest.mark.parametrize("make", [samples.full, samples.draft, samples.empty, samples.extreme])
def test_trestle_reads_the_best_and_the_worst(make: Any) -> None:
    model = trestle(make())
    assert model.metadata.oscal_version.root.root == "1.2.1"
    assert [one.target.target_id for one in model.results[0].findings] == [f"aws-core-{n}_obj" for n in range(1, 34)]


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (1, {"state": "satisfied", "reason": "pass"}),
        (13, {"state": "not-satisfied", "reason": "fail"}),
        (
            3,
            {
                "state": "not-satisfied",
                "reason": "other",
                "remarks": "Partly met: most of the scope is acceptable, with known exceptions.",
            },
        ),
        (
            26,
            {
                "state": "not-satisfied",
                "reason": "other",
                "remarks": "Not verified: the evidence does not show it.",
            },
        ),
        (
            17,
            {
                "state": "satisfied",
                "reason": "other",
                "remarks": "Not applicable: the question does not concern this vendor.",
            },
        ),
    ],
)
def test_each_result_has_its_status(number: int, status: dict[str, str]) -> None:
    assert of_question(result(samples.full())["findings"], number)["target"]["status"] == status


def test_what_is_not_reviewed_says_so() -> None:
    finding = of_question(result(samples.draft())["findings"], 33)
    assert finding["target"]["status"]["remarks"] == "Not reviewed yet: OSCAL has no state for this."
    assert facts(finding)["result"] == ["pending"]
    assert document(samples.draft())["metadata"]["title"] == "Halvorsen Payments: AWS assessment 2026 (draft)"


def test_a_finding_rests_on_the_answer_the_files_and_what_they_show() -> None:
    found = result(samples.full())
    finding = of_question(found["findings"], 13)
    titles = {one["uuid"]: one["title"] for one in found["observations"]}
    assert [titles[one["observation-uuid"]] for one in finding["related-observations"]] == [
        "Answer to question 13",
        "What the files show for question 13",
        "E1 credential-report-payments-prod.csv",
        "E2 payments-prod-users.png",
    ]
    assert facts(finding) == {
        "question": ["13"],
        "severity": ["medium"],
        "result": ["not_met"],
        "assurance": ["documented"],
        "contradiction": ["yes"],
        "matched-response": ["aws-core-13-f1"],
    }
    assert finding["description"].split("\n\n") == [
        samples.NOTES[13],
        "Some IAM access keys were never used, or have not been used for more than 90 days.",
    ]
    assert finding["related-risks"] == [{"risk-uuid": of_question(found["risks"], 13)["uuid"]}]
    assert "related-risks" not in of_question(found["findings"], 1)


def test_a_file_is_observed_with_its_hash_and_its_accounts() -> None:
    whole, snapshot = document(samples.full(), missing=frozenset({2})), samples.full()
    (found,) = whole["results"]
    assert len([one for one in found["observations"] if one["methods"] == ["EXAMINE"]]) == len(snapshot.evidence) == 7
    first = found["observations"][0]
    assert first["description"] == "CSV, 12.3 kB, received on 23 November 2026. It shows the state of 20 November 2026."
    assert first["collected"] == "2026-11-20T00:00:00+00:00"
    assert facts(first)["received-from"] == ["Rita Raman"]
    accounts = {one["uuid"]: one["props"][0]["value"] for one in found["local-definitions"]["inventory-items"]}
    assert [accounts[one["subject-uuid"]] for one in first["subjects"]] == ["111122223333"]
    resources = {f"#{one['uuid']}": one for one in whole["back-matter"]["resources"]}
    resource = resources[first["relevant-evidence"][0]["href"]]
    assert resource["rlinks"] == [
        {
            "href": "evidence/E01%20credential-report-payments-prod.csv",
            "media-type": "text/csv",
            "hashes": [{"algorithm": "SHA-256", "value": snapshot.evidence[0].sha256}],
        }
    ]
    missing = [facts(one)["missing"] for one in resources.values() if "missing" in facts(one)]
    assert missing == [["no"], ["yes"], *[["no"]] * 5]
    undated = found["observations"][4]  # a PDF says no day of its own
    assert undated["collected"] == "2026-11-23T00:00:00+00:00"


def test_an_evaluation_names_the_offending_resources() -> None:
    found = result(samples.full())
    seen = of_question(found["observations"], 13, beginning="What the files show")
    assert seen["description"] == "3 of 7 active keys had no use in 90 days."
    assert (seen["methods"], seen["types"]) == (["TEST"], ["finding"])
    assert [(one["title"], one["remarks"]) for one in seen["subjects"]] == [
        (one.ref, one.reason) for one in samples.EVALUATIONS[13].offenders
    ]
    assert facts(seen) == {
        "question": ["13"],
        "verdict": ["failure"],
        "contradicts-answer": ["yes"],
        "accounts-required": ["3"],
        "accounts-seen": ["1"],
        "offenders": ["3"],
        "gaps": ["2"],
        "missing-account": ["444455556666", "555555555555"],
        "read-from": ["iam get-credential-report"],
    }
    assert seen["remarks"].split("\n\n") == [
        "Missing to be sure:",
        "- 444455556666: no credential report of this account",
        "1 further gap not listed here.",
    ]
    (tool,) = found["local-definitions"]["assessment-assets"]["components"]
    assert seen["origins"] == [{"actors": [{"type": "tool", "actor-uuid": tool["uuid"]}]}]
    good = of_question(found["observations"], 5, beginning="What the files show")
    assert (good["types"], "subjects" in good, "remarks" in good) == (["control-objective"], False, False)


def test_accounts_in_scope_and_found_are_told_apart() -> None:
    items = result(samples.full())["local-definitions"]["inventory-items"]
    told = [(one["props"][0]["value"], *facts(one).values()) for one in items if "in-scope" in facts(one)]
    assert told == [
        ("111122223333", ["yes"], ["yes"]),
        ("444455556666", ["yes"], ["no"]),
        ("555555555555", ["yes"], ["no"]),
        ("999999999999", ["no"], ["no"]),
    ]


def test_a_risk_has_its_priority_its_deadline_and_the_plan() -> None:
    found = result(samples.full())
    assert [facts(one)["question"][0] for one in found["risks"]] == [
        str(one.question) for one in samples.full().findings
    ]
    risk = of_question(found["risks"], 13)
    finding = next(one for one in samples.full().findings if one.question == 13)
    assert (risk["status"], risk["statement"]) == ("open", finding.why_it_matters)
    assert risk["deadline"] == f"{finding.due_on}T23:59:59+00:00" == "2027-02-15T23:59:59+00:00"
    assert facts(risk)["priority"] == ["P2"]
    assert [(one["name"], one["value"]) for one in risk["characterizations"][0]["facets"]] == [
        ("severity", "medium"),
        ("priority", "P2"),
    ]
    recommended, planned = risk["remediations"]
    assert (recommended["lifecycle"], planned["lifecycle"]) == ("recommendation", "planned")
    assert recommended["description"].count("\n") == len(finding.what_to_do) - 1
    assert planned["description"] == "Removal of svc-legacy-sftp is change CHG-4821."
    assert planned["tasks"][0]["timing"] == {"on-date": {"date": "2027-01-08T23:59:59+00:00"}}
    later = dataclasses.replace(finding, due_on=None, response="", response_due_on=None)
    (risk,) = result(dataclasses.replace(samples.full(), findings=(later,)))["risks"]
    assert "deadline" not in risk
    assert [one["lifecycle"] for one in risk["remediations"]] == ["recommendation"]


def test_the_controls_are_those_of_the_catalog() -> None:
    codes = [one["id"] for one in read(PACKAGED.read_bytes())["criteria"]]
    whole = document(samples.full())
    reviewed = whole["results"][0]["reviewed-controls"]
    assert [one["control-id"] for one in reviewed["control-selections"][0]["include-controls"]] == codes
    resources = {f"#{one['uuid']}": one for one in whole["back-matter"]["resources"]}
    catalog = resources[reviewed["links"][0]["href"]]
    assert catalog["rlinks"][0]["href"] == "aws-core-2020-06-oscal-catalog.json"
    assert facts(catalog)["content-sha256"] == [samples.full().playbook.sha256]
    plan = resources[whole["import-ap"]["href"]]
    assert plan["description"].startswith("No assessment plan was written in OSCAL.")


def test_every_objective_and_statement_is_in_the_catalog() -> None:
    catalog = catalogs.catalog(
        read(PACKAGED.read_bytes()), published_at=datetime(2026, 11, 25, tzinfo=UTC), mappings=for_playbook("aws-core")
    )
    ids = {value for key, value in reader.pairs(catalog) if key == "id"}
    named = ("target-id", "objective-id", "control-id", "statement-id")
    wanted = {value for key, value in reader.pairs(result(samples.full())) if key in named}
    assert len(wanted) == 3 * 33
    assert wanted - ids == set()


def test_the_document_says_what_it_is_of() -> None:
    snapshot = samples.full()
    metadata, found = document(snapshot)["metadata"], result(snapshot)
    assert metadata["document-ids"] == [{"scheme": f"{NS}/snapshot-sha256", "identifier": snapshot.digest()}]
    assert metadata["last-modified"] == "2026-12-17T00:00:00+00:00"
    assert (found["start"], found["end"]) == ("2026-11-23T00:00:00+00:00", "2026-12-16T23:59:59+00:00")
    assert [(one["type"], one["name"]) for one in metadata["parties"]] == [
        ("organization", "Alder Mutual"),
        ("organization", "Halvorsen Payments"),
        ("person", "Ana Okafor"),
    ]
    assert len(metadata["responsible-parties"]) == 4
    assert facts(metadata)["audit-position"] == ["214"]
    assert (facts(found)["score"], facts(found)["grade"], facts(found)["past-score"]) == (
        ["7.7"],
        ["B"],
        ["4.1 D", "5.2 D"],
    )
    assert found["description"] == "Score 7.7 of 10, grade B. 33 of 33 questions reviewed, 20 met."


def test_the_same_snapshot_gives_the_same_bytes_and_another_has_other_ids() -> None:
    snapshot = samples.full()
    assert made(oscal.write, snapshot) == made(oscal.write, Snapshot.from_json(snapshot.to_json()))
    other = dataclasses.replace(snapshot, is_provisional=True)
    one, two = ({value for key, value in reader.pairs(document(each)) if key == "uuid"} for each in (snapshot, other))
    assert one & two == set()


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_texts_are_read_and_shown_as_they_are(name: str) -> None:
    model = trestle(spoilt(AWKWARD[name]))
    risk = model.results[0].risks[0]
    if len(AWKWARD[name]) < 5_000:
        tags, said = reader.shown(risk.statement)
        assert tags <= {"p"}
        assert said.split() == (clean(AWKWARD[name]).split() or ["–"])
    assert len(risk.title) < 1_500
    assert len(model.metadata.parties[0].name) <= 250


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_so_is_any_other_text(text: str) -> None:
    trestle(spoilt(text))


def test_nothing_of_the_store_is_told() -> None:
    content = made(oscal.write, samples.full())
    assert b"previews/" not in content
    keys = [item.file for item in samples.full().evidence]
    assert keys[0] == "evidence/1"
    assert [key for key in keys if f'"{key}"'.encode() in content] == []
    assert b"@" not in content
    assert archive_name(samples.full().evidence[0], 7) == "E01 credential-report-payments-prod.csv"


def test_no_question_no_document() -> None:
    nothing = dataclasses.replace(samples.empty(), criteria=(), findings=())
    with pytest.raises(RenderFailed, match="has no questions"):
        oscal.write(nothing, material(nothing, "oscal"), io.BytesIO())
