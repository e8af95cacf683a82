"""Snapshot to manifest: what a document about an assessment says, for whoever checks it later. Pure.

A text of more than 5,000 characters, which the pages cut as well, stands as {"characters": N, "sha256": DIGEST} of its
UTF-8 bytes. Where even so the manifest would be larger than one that can be checked, texts of more than 500 do. Lines
of a list are one text with line breaks. Days are ISO 8601, decimals are texts ("7.7"), what is not known is null.
"""

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.limits import MANIFEST_BYTES
from assessments.reports import manifest
from assessments.reports.evidence_facts import EvidenceItem
from assessments.reports.kinds import Kind
from assessments.reports.material import Trail
from assessments.reports.snapshot import CriterionResult, DecisionFacts, Finding, ScoreFacts, Snapshot

KIND = "report"
LONGEST = (5_000, 500)
"""Characters of a text that stands as it is; the second where the first makes too much of it."""

Text = Callable[[str], object]


def report_manifest(snapshot: Snapshot, *, kind: str, digest: str, trail: Trail) -> str:
    """The canonical text for a document of this kind ("report", "summary", "letter", "archive").

    `digest` is the SHA-256 of the snapshot as it is stored, `trail` the vendor's audit trail when the document was
    asked for. The letter goes to the vendor, so its manifest names what to fix and the files, as the letter does: no
    result and no rank.
    """
    text = ""
    for longest in LONGEST:
        text = manifest.seal(
            kind=KIND,
            files=[_file(item) for item in snapshot.evidence],
            facts={
                "document": kind,
                "snapshot_sha256": digest,
                "audit": {"position": trail.position, "hash": trail.hash},
                **_facts(snapshot, kind, lambda value, longest=longest: _bounded(value, longest)),
            },
        )
        if len(text) <= MANIFEST_BYTES:
            break
    return text


def _bounded(value: str, longest: int) -> object:
    if len(value) <= longest:
        return value
    return {"characters": len(value), "sha256": hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()}


def _facts(snapshot: Snapshot, kind: str, text: Text) -> dict[str, object]:
    facts = {
        "organisation": text(snapshot.organisation),
        "vendor": {"name": text(snapshot.vendor.name)},
        "assessment": {"id": snapshot.assessment or None, "period": text(snapshot.period)},
        "playbook": {
            "slug": snapshot.playbook.slug,
            "version": snapshot.playbook.version,
            "sha256": snapshot.playbook.sha256 or None,
        },
        "made_on": _day(snapshot.made_on),
        "is_draft": snapshot.is_draft,
        "submitted_on": _day(snapshot.submitted_on),
        "closed_on": _day(snapshot.closed_on),
        "findings": [_finding(one, text) for one in snapshot.left_to_vendor()],
    }
    if kind == Kind.LETTER:
        return facts
    findings = [
        _finding(one, text) | {"result": one.result, "severity": one.severity, "priority": one.priority}
        for one in snapshot.findings
    ]
    return facts | _ours(snapshot, text) | {"findings": findings}


def _ours(snapshot: Snapshot, text: Text) -> dict[str, object]:
    """What no vendor is shown."""
    return {
        "analyst": text(snapshot.analyst),
        "closed_by": text(snapshot.closed_by),
        "accounts": [account.id for account in snapshot.accounts],
        "score": _score(snapshot.score)
        | {"is_provisional": snapshot.is_provisional, "is_grade_capped": snapshot.is_grade_capped},
        "domains": [{"slug": domain.slug, **_score(domain.score)} for domain in snapshot.domains],
        "answers": [_answer(one, text) for one in snapshot.criteria],
        "decision": _decision(snapshot.decision, text) if snapshot.decision else None,
    }


def _score(score: ScoreFacts) -> dict[str, Any]:
    return {
        "value": _number(score.value),
        "grade": score.grade,
        "earned": _number(score.earned),
        "possible": _number(score.possible),
    }


def _answer(one: CriterionResult, text: Text) -> dict[str, object]:
    return {
        "number": one.number,
        "code": one.code,
        "question": text(one.question),
        "severity": one.severity,
        "answer": one.answer_kind,
        "statements": [text(statement) for statement in one.statements],
        "reason": text(one.reason),
        "notes": text(one.notes),
        "plan": text(one.plan),
        "plan_due_on": _day(one.plan_due_on),
        "result": one.result,
        "matched": [{"side": response.side, "text": text(response.text)} for response in one.matched],
        "deviation": text(one.deviation),
        "note": text(one.note),
        "assurance": one.assurance,
        "evaluation": one.evaluation.verdict if one.evaluation else None,
        "is_contradiction": one.is_contradiction,
        "files": list(one.evidence),
    }


def _finding(one: Finding, text: Text) -> dict[str, object]:
    return {
        "number": one.number,
        "question": one.question,
        "title": text(one.title),
        "due_on": _day(one.due_on),
        "what_we_saw": text("\n".join(one.what_we_saw)),
        "why_it_matters": text(one.why_it_matters),
        "what_to_do": text("\n".join(one.what_to_do)),
        "response": text(one.response),
        "response_due_on": _day(one.response_due_on),
        "files": list(one.evidence),
    }


def _decision(decision: DecisionFacts, text: Text) -> dict[str, object]:
    return {
        "kind": decision.kind,
        "reason": text(decision.reason),
        "conditions": [{"text": text(one.text), "due_on": _day(one.due_on)} for one in decision.conditions],
        "expires_on": _day(decision.expires_on),
        "decided_on": _day(decision.decided_on),
        "decided_by": text(decision.decided_by),
    }


def _file(item: EvidenceItem) -> dict[str, object]:
    return {
        "number": item.number,
        "name": item.name,
        "kind": item.kind,
        "size": item.size,
        "sha256": item.sha256,
        "received_on": _day(item.received_on),
        "effective_on": _day(item.effective_on),
        "effective_source": item.effective_source,
        "questions": list(item.questions),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
