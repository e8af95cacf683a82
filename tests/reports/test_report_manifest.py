"""The manifest of a document: what it names, what a vendor may not see, and that it always can be checked again."""

import dataclasses
import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest

from assessments import limits
from assessments.reports import manifest
from assessments.reports.evidence_facts import EvaluationFacts
from assessments.reports.material import Trail
from assessments.reports.report_manifest import report_manifest
from assessments.reports.snapshot import ConditionOfApproval, DecisionFacts, MatchedResponse, Snapshot
from tests.reports import samples

TRAIL = Trail(41, "ab" * 32)
DIGEST = "cd" * 32
LONG = "🔐" * 200_000


def made(snapshot: Snapshot, kind: str = "report") -> dict[str, object]:
    """What the manifest says, read back as whoever checks it does."""
    text = report_manifest(snapshot, kind=kind, digest=DIGEST, trail=TRAIL)
    return dict(manifest.read(text.encode("ascii")).data)


def decided() -> Snapshot:
    """A closed assessment with a decision, and one evaluation that says otherwise than the answer."""
    base = samples.full()
    shown = EvaluationFacts("failure", "Three keys are unused.", (), 0, (), 0, 1, 1, (), ())
    return dataclasses.replace(
        base,
        assessment=17,
        playbook=dataclasses.replace(base.playbook, sha256="ef" * 32),
        criteria=tuple(
            dataclasses.replace(one, evaluation=shown, is_contradiction=True) if one.number == 13 else one
            for one in base.criteria
        ),
        decision=DecisionFacts(
            kind="conditions",
            reason="Acceptable for a year.",
            conditions=(ConditionOfApproval("Remove the unused keys.", date(2027, 1, 31)),),
            expires_on=date(2027, 12, 31),
            decided_on=date(2026, 12, 18),
            decided_by="Max Brandt",
        ),
    )


def test_it_says_what_the_document_says() -> None:
    facts = made(decided())
    assert {name: facts[name] for name in ("schema", "kind", "document", "snapshot_sha256", "audit")} == {
        "schema": "assay-manifest/1",
        "kind": "report",
        "document": "report",
        "snapshot_sha256": DIGEST,
        "audit": {"position": 41, "hash": "ab" * 32},
    }
    assert facts["assessment"] == {"id": 17, "period": "2026"}
    assert facts["playbook"] == {"slug": "aws-core", "version": samples.full().playbook.version, "sha256": "ef" * 32}
    assert facts["score"] == {
        "value": "7.7",
        "grade": "B",
        "earned": "89.0",
        "possible": "116",
        "is_provisional": False,
        "is_grade_capped": False,
    }
    assert facts["decision"] == {
        "kind": "conditions",
        "reason": "Acceptable for a year.",
        "conditions": [{"text": "Remove the unused keys.", "due_on": "2027-01-31"}],
        "expires_on": "2027-12-31",
        "decided_on": "2026-12-18",
        "decided_by": "Max Brandt",
    }
    assert [one["number"] for one in facts["answers"]] == list(range(1, 34))
    criterion = samples.full().criteria[12]
    assert facts["answers"][12] == {
        "number": 13,
        "code": "aws-core-13",
        "question": criterion.question,
        "severity": criterion.severity,
        "answer": "statements",
        "statements": list(criterion.statements),
        "reason": "",
        "notes": "",
        "plan": "Removal of svc-legacy-sftp is change CHG-4821.",
        "plan_due_on": "2027-01-08",
        "result": "not_met",
        "matched": [{"side": "failure", "text": criterion.matched[0].text}],
        "deviation": "",
        "note": samples.NOTES[13],
        "assurance": criterion.assurance,
        "evaluation": "failure",
        "is_contradiction": True,
        "files": [1, 2],
    }
    finding = samples.full().findings[0]
    assert [one["number"] for one in facts["findings"]] == [one.number for one in samples.full().findings]
    assert {name: facts["findings"][0][name] for name in ("question", "priority", "due_on", "what_we_saw")} == {
        "question": finding.question,
        "priority": "P1",
        "due_on": "2027-01-16",
        "what_we_saw": "\n".join(finding.what_we_saw),
    }


def test_it_names_every_file() -> None:
    files = made(samples.full())["files"]
    assert len(files) == 7
    assert files[0] == {
        "number": 1,
        "name": "credential-report-payments-prod.csv",
        "kind": "csv",
        "size": 12_345,
        "sha256": hashlib.sha256(b"credential-report-payments-prod.csv").hexdigest(),
        "received_on": "2026-11-23",
        "effective_on": "2026-11-20",
        "effective_source": "read",
        "questions": [5, 6, 12, 13, 14],
    }


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_snapshot_has_one_too(version: int) -> None:
    snapshot = dataclasses.replace(samples.full(), schema_version=version)
    facts = made(Snapshot.from_json(snapshot.to_json()))
    assert (facts["assessment"], facts["playbook"]["sha256"]) == ({"id": None, "period": "2026"}, None)
    assert {(one["evaluation"], one["is_contradiction"]) for one in facts["answers"]} == {(None, False)}


def test_the_letter_holds_nothing_a_vendor_may_not_see() -> None:
    """Words are put wherever the report alone prints them; of other questions not even the result is there."""
    secret = "SEEN-BY-US-ALONE"
    base = decided()
    gaps = {one.question for one in base.findings}
    response = MatchedResponse("aws-core-1-a1", "acceptable", secret)
    snapshot = dataclasses.replace(
        base,
        analyst=secret,
        closed_by=secret,
        score=dataclasses.replace(base.score, grade="SEEN-GRADE", value=Decimal("7.7")),
        decision=dataclasses.replace(base.decision, reason=secret, decided_by=secret),
        criteria=tuple(
            dataclasses.replace(one, note=secret, deviation=secret, matched=(response,), assurance=secret, result="met")
            for one in base.criteria
        ),
    )
    facts = made(snapshot, "letter")
    text = json.dumps(facts)
    assert "SEEN-" not in text
    assert sorted(facts) == sorted(
        "schema kind document sha256 snapshot_sha256 audit organisation vendor assessment playbook made_on is_draft "
        "submitted_on closed_on findings files".split()
    )
    assert {one["question"] for one in facts["findings"]} == gaps
    assert not {"result", "severity", "priority"} & set(facts["findings"][0])
    assert facts["document"] == "letter"
    assert "SEEN-" in json.dumps(made(snapshot, "summary"))


def test_a_text_that_no_page_prints_whole_stands_as_its_digest() -> None:
    base = samples.full()
    first = dataclasses.replace(base.criteria[0], notes="n" * 5_000, note="n" * 5_001)
    answer = made(dataclasses.replace(base, criteria=(first, *base.criteria[1:])))["answers"][0]
    assert answer["notes"] == "n" * 5_000
    assert answer["note"] == {"characters": 5_001, "sha256": hashlib.sha256(b"n" * 5_001).hexdigest()}


def enormous(text: str) -> Snapshot:
    """As much of everything as there may be, and more than anybody may type, in letters that take the most bytes."""
    base = samples.full()
    files = tuple(
        dataclasses.replace(
            base.evidence[0],
            number=number,
            name="🔐" * limits.FILE_NAME_LENGTH,
            questions=tuple(range(1, 34)),
            accounts=tuple(f"{account:012d}" for account in range(limits.VENDOR_ACCOUNTS)),
        )
        for number in range(1, limits.ASSESSMENT_FILES + 1)
    )
    numbers = tuple(range(1, limits.ASSESSMENT_FILES + 1))
    typed = {"reason": text, "notes": text, "plan": text, "deviation": text, "note": text}
    criteria = tuple(dataclasses.replace(one, evidence=numbers, **typed) for one in base.criteria)
    findings = tuple(
        dataclasses.replace(
            base.findings[0],
            question=number,
            title=text,
            what_we_saw=(text,) * 5,
            what_to_do=("\n",) * 10_000,
            why_it_matters=text,
            response=text,
            evidence=numbers,
        )
        for number in range(1, 34)
    )
    return dataclasses.replace(
        base, organisation=text, analyst=text, evidence=files, criteria=criteria, findings=findings
    )


@pytest.mark.parametrize("text", [LONG[:5_000], LONG])
def test_the_largest_there_can_be_can_be_checked(text: str) -> None:
    whole = report_manifest(enormous(text), kind="report", digest=DIGEST, trail=TRAIL)
    assert 1_000_000 < len(whole) <= limits.MANIFEST_BYTES
    assert len(manifest.read(whole.encode("ascii")).files) == limits.ASSESSMENT_FILES


def test_awkward_text_stands_as_it_was_typed() -> None:
    answers = made(samples.extreme())["answers"]
    assert answers[2]["notes"] == samples.MARKUP + " \x00\ud800 end"
