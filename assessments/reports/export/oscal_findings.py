"""Observations, risks and findings of an OSCAL document. Pure."""

from datetime import date

from assessments.reports import words
from assessments.reports.evidence_facts import EvaluationFacts, EvidenceItem
from assessments.reports.export.oscal_frame import Frame, Json, end_of, fact, kept, prose, start_of, title, yes
from assessments.reports.snapshot import CriterionResult, Finding
from assessments.reports.text import long_day
from playbook.markdown import bullets, literal, numbered
from playbook.oscal import NS, objective_id

# Result: state and reason in OSCAL's words, and what they mean here where those say less.
_STATUS = {
    "met": ("satisfied", "pass", ""),
    "partly_met": ("not-satisfied", "other", "Partly met: most of the scope is acceptable, with known exceptions."),
    "not_met": ("not-satisfied", "fail", ""),
    "not_verified": ("not-satisfied", "other", "Not verified: the evidence does not show it."),
    "not_applicable": ("satisfied", "other", "Not applicable: the question does not concern this vendor."),
    "": ("not-satisfied", "other", "Not reviewed yet: OSCAL has no state for this."),
}
_IMPLEMENTED = {"met": "implemented", "partly_met": "partial", "not_applicable": "not-applicable"}


def observations(frame: Frame) -> list[Json]:
    """One for each file, then for each answer, then for each evaluation."""
    criteria = frame.snapshot.criteria
    return [
        *(_file(frame, item) for item in frame.snapshot.evidence),
        *(_answer(frame, one) for one in criteria if one.answer_kind),
        *(_evaluation(frame, one, one.evaluation) for one in criteria if one.evaluation),
    ]


def _file(frame: Frame, item: EvidenceItem) -> Json:
    shows = f"It shows the state of {long_day(item.effective_on)}." if item.effective_on else ""
    kind = words.KINDS.get(item.kind, item.kind)
    received = f"{kind}, {words.file_size(item.size)}, received on {long_day(item.received_on)}."
    return kept(
        {
            "uuid": frame.id("observation-file", item.number),
            "title": title(f"E{item.number} {item.name}"),
            "description": prose(f"{received} {shows}".strip()),
            "props": kept_props(
                fact("evidence", f"E{item.number}"),
                fact("kind", item.kind),
                fact("format", item.format) if item.format else None,
                fact("received-from", item.received_by),
                fact("effective-source", item.effective_source) if item.effective_source else None,
                *(fact("question", number) for number in item.questions),
            ),
            "methods": ["EXAMINE"],
            "types": ["control-objective"],
            "origins": frame.origin("party", "vendor"),
            "subjects": [frame.account_subject(account) for account in item.accounts],
            "relevant-evidence": [{"href": frame.evidence_link(item.number), "description": "The file as received."}],
            "collected": start_of(item.effective_on or item.received_on),
        }
    )


def kept_props(*props: Json | None) -> list[Json]:
    """The properties that are there."""
    return [one for one in props if one is not None]


def _answer(frame: Frame, one: CriterionResult) -> Json:
    said = [words.ANSWERS.get(one.answer_kind, "")] if one.answer_kind != "statements" else []
    plan = [f"Plan to fix: {one.plan}"] if one.plan else []
    plan += [f"By {long_day(one.plan_due_on)}"] if one.plan_due_on else []
    return {
        "uuid": frame.id("observation-answer", one.number),
        "title": title(f"Answer to question {one.number}"),
        "description": prose(*said, *one.statements, one.reason, one.notes, *plan),
        "props": [fact("question", one.number), fact("answer", one.answer_kind)],
        "methods": ["INTERVIEW"],
        "types": ["control-objective"],
        "origins": frame.origin("party", "vendor"),
        "collected": start_of(frame.snapshot.submitted_on or frame.snapshot.made_on),
    }


def _evaluation(frame: Frame, one: CriterionResult, found: EvaluationFacts) -> Json:
    more = [
        _more(found.offender_count - len(found.offenders), "resource"),
        _more(found.gap_count - len(found.gaps), "gap"),
    ]
    gaps = bullets(f"{gap.ref}: {gap.reason}" for gap in found.gaps)
    return kept(
        {
            "uuid": frame.id("observation-evaluation", one.number),
            "title": title(f"What the files show for question {one.number}"),
            "description": prose(found.summary),
            "props": kept_props(
                fact("question", one.number),
                fact("verdict", found.verdict),
                fact("contradicts-answer", yes(one.is_contradiction)),
                fact("accounts-required", found.accounts_required),
                fact("accounts-seen", found.accounts_seen),
                fact("offenders", found.offender_count),
                fact("gaps", found.gap_count),
                *(fact("missing-account", account) for account in found.missing_accounts),
                *(fact("read-from", call) for call in found.calls),
            ),
            "methods": ["TEST"],
            "types": ["finding" if found.verdict == "failure" else "control-objective"],
            "origins": frame.origin("tool", "evaluators"),
            "subjects": [frame.subject(offender) for offender in found.offenders],
            "relevant-evidence": [
                {"href": frame.evidence_link(number), "description": f"File E{number}."} for number in one.evidence
            ],
            "collected": start_of(_last_received(frame, one)),
            "remarks": "\n\n".join(filter(None, [f"Missing to be sure:\n\n{gaps}" if gaps else "", *more])),
        }
    )


def _more(count: int, what: str) -> str:
    return f"{words.plural(count, f'further {what}')} not listed here." if count > 0 else ""


def _last_received(frame: Frame, one: CriterionResult) -> date:
    """The day on which the last file of a question came in."""
    days = [item.received_on for item in frame.snapshot.evidence if item.number in one.evidence]
    return max(days, default=frame.snapshot.submitted_on or frame.snapshot.made_on)


def findings(frame: Frame) -> list[Json]:
    """One for each criterion."""
    risky = {one.question for one in frame.snapshot.findings}
    return [_finding(frame, one, has_risk=one.number in risky) for one in frame.snapshot.criteria]


def _finding(frame: Frame, one: CriterionResult, *, has_risk: bool) -> Json:
    state, reason, remarks = _STATUS.get(one.result, _STATUS[""])
    implemented = _IMPLEMENTED.get(one.result)
    return kept(
        {
            "uuid": frame.id("finding", one.number),
            "title": title(one.short_title),
            "description": prose(one.note, one.deviation, *(match.text for match in one.matched)),
            "props": kept_props(
                fact("question", one.number),
                fact("severity", one.severity),
                fact("result", one.result or "pending"),
                fact("assurance", one.assurance) if one.assurance else None,
                fact("contradiction", yes(one.is_contradiction)),
                *(fact("matched-response", match.key, class_=match.side) for match in one.matched),
            ),
            "origins": frame.origin("party", "assessor"),
            "target": kept(
                {
                    "type": "objective-id",
                    "target-id": objective_id(one.code),
                    "description": literal(one.question),
                    "status": kept({"state": state, "reason": reason, "remarks": remarks}),
                    "implementation-status": {"state": implemented} if implemented else None,
                }
            ),
            "related-observations": _observed(frame, one),
            "related-risks": [{"risk-uuid": frame.id("risk", one.number)}] if has_risk else None,
        }
    )


def _observed(frame: Frame, one: CriterionResult) -> list[Json]:
    """What a result rests on: the answer, what the files show, the files."""
    ids = [frame.id("observation-answer", one.number)] if one.answer_kind else []
    ids += [frame.id("observation-evaluation", one.number)] if one.evaluation else []
    ids += [frame.id("observation-file", number) for number in one.evidence]
    return [{"observation-uuid": uuid} for uuid in ids]


def risks(frame: Frame) -> list[Json]:
    """One for each gap, most serious first."""
    criteria = {one.number: one for one in frame.snapshot.criteria}
    return [_risk(frame, one, criteria[one.question]) for one in frame.snapshot.findings]


def _risk(frame: Frame, one: Finding, criterion: CriterionResult) -> Json:
    return kept(
        {
            "uuid": frame.id("risk", one.question),
            "title": title(one.title),
            "description": prose(*one.what_we_saw),
            "statement": prose(one.why_it_matters),
            "props": [fact("question", one.question), fact("priority", one.priority), fact("result", one.result)],
            "status": "open",
            "origins": frame.origin("party", "assessor"),
            "characterizations": [
                {
                    "origin": frame.origin("party", "assessor")[0],
                    "facets": [
                        {"name": "severity", "system": NS, "value": one.severity},
                        {"name": "priority", "system": NS, "value": one.priority},
                    ],
                }
            ],
            "deadline": end_of(one.due_on) if one.due_on else None,
            "remediations": _remediations(frame, one),
            "related-observations": _observed(frame, criterion),
        }
    )


def _remediations(frame: Frame, one: Finding) -> list[Json]:
    found = []
    if one.what_to_do:
        found.append(
            {
                "uuid": frame.id("remediation", one.question),
                "lifecycle": "recommendation",
                "title": "What to do",
                "description": numbered(one.what_to_do),
                "origins": frame.origin("party", "assessor"),
            }
        )
    if one.response or one.response_due_on:
        found.append(_planned(frame, one))
    return found


def _planned(frame: Frame, one: Finding) -> Json:
    """What the vendor means to do."""
    milestone = None
    if one.response_due_on:
        task = {"uuid": frame.id("milestone", one.question), "type": "milestone", "title": "The plan is carried out"}
        milestone = [task | {"timing": {"on-date": {"date": end_of(one.response_due_on)}}}]
    return kept(
        {
            "uuid": frame.id("response", one.question),
            "lifecycle": "planned",
            "title": "The vendor's plan",
            "description": prose(one.response),
            "origins": frame.origin("party", "vendor"),
            "tasks": milestone,
        }
    )
