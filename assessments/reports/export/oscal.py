"""The snapshot as OSCAL assessment results (JSON). Pure.

OSCAL 1.2, https://pages.nist.gov/OSCAL/reference/latest/assessment-results/json-reference/. The objectives it speaks of
are those of the playbook's own catalog, which `manage.py export_playbook SLUG --format oscal` gives. Texts are shown
exactly by whatever reads their Markdown; days are taken as UTC.
"""

import json
from datetime import date
from typing import BinaryIO

from assessments.reports import words
from assessments.reports.export.names import MEDIA_TYPES, archive_address, true_type
from assessments.reports.export.oscal_findings import findings, kept_props, observations, risks
from assessments.reports.export.oscal_frame import Frame, Json, end_of, fact, kept, line, prose, start_of, title, yes
from assessments.reports.material import Material, RenderFailed
from assessments.reports.snapshot import DecisionFacts, Snapshot
from assessments.reports.text import cleaned, long_day
from playbook.markdown import literal
from playbook.oscal import NS, VERSION, catalog_id, objective_id, statement_id


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """Write the document to `out`, in ASCII. Raises RenderFailed where there is no question to speak of."""
    material.on_step(1, 1)
    if not snapshot.criteria:
        raise RenderFailed("This assessment has no questions, and OSCAL has no word for results of nothing.")
    out.write(json.dumps(document(cleaned(snapshot), material), indent=2).encode("ascii") + b"\n")


def document(snapshot: Snapshot, material: Material) -> Json:
    """The same as values."""
    frame = Frame(snapshot, material)
    return {
        "assessment-results": {
            "uuid": frame.id("document"),
            "metadata": _metadata(frame),
            "import-ap": {
                "href": f"#{frame.id('plan')}",
                "remarks": "There is no assessment plan in OSCAL. The plan was to put every question of the playbook.",
            },
            "results": [_result(frame)],
            "back-matter": {"resources": [_plan(frame), _catalog(frame), *_files(frame)]},
        }
    }


def _metadata(frame: Frame) -> Json:
    snapshot, digest = frame.snapshot, frame.material.digest
    made = start_of(snapshot.made_on)
    parties = _parties(frame)
    return {
        "title": title(f"{snapshot.vendor.name}: AWS assessment {snapshot.period}{' (draft)' * snapshot.is_draft}"),
        "published": made,
        "last-modified": made,
        "version": f"{snapshot.made_on.isoformat()}.{digest[:12]}",
        "oscal-version": VERSION,
        "document-ids": [{"scheme": f"{NS}/snapshot-sha256", "identifier": digest}],
        "props": kept_props(
            fact("assessment", snapshot.assessment) if snapshot.assessment else None,
            fact("snapshot-version", snapshot.schema_version),
            fact("draft", yes(snapshot.is_draft)),
            fact("audit-position", frame.material.trail.position),
            fact("audit-hash", frame.material.trail.hash),
        ),
        "roles": [
            {"id": "assessor", "title": "Organisation that assessed"},
            {"id": "provider", "title": "Vendor that was assessed"},
            {"id": "assessment-lead", "title": "Analyst who found the results"},
            {"id": "assessment-closer", "title": "Who closed the assessment"},
        ],
        "parties": list({party["uuid"]: party for _, party in parties}.values()),
        "responsible-parties": [{"role-id": role, "party-uuids": [party["uuid"]]} for role, party in parties],
        "remarks": prose(snapshot.playbook.attribution, snapshot.playbook.changes_made, snapshot.playbook.disclaimer),
    }


def _parties(frame: Frame) -> list[tuple[str, Json]]:
    """Everybody with their role: whoever the report names on its first page."""
    snapshot, vendor = frame.snapshot, frame.snapshot.vendor
    closer = "analyst" if snapshot.closed_by == snapshot.analyst else "closer"
    about = {"remarks": literal(vendor.service), "props": [fact("tier", vendor.tier)]}
    named = [
        ("assessor", "assessor", "organization", snapshot.organisation, {}),
        ("provider", "vendor", "organization", vendor.name, about),
        ("assessment-lead", "analyst", "person", snapshot.analyst, {}),
        ("assessment-closer", closer, "person", snapshot.closed_by, {}),
    ]
    return [
        (role, kept({"uuid": frame.id("party", who), "type": kind, "name": line(name), **more}))
        for role, who, kind, name, more in named
        if name or kind == "organization"
    ]


def _result(frame: Frame) -> Json:
    snapshot = frame.snapshot
    last = snapshot.closed_on or snapshot.made_on
    days = [item.received_on for item in snapshot.evidence] or [snapshot.submitted_on or last]
    score = snapshot.score
    said = (
        f"Score {words.score(score.value)} of 10, grade {score.grade}." if score.value is not None else "No score yet."
    )
    counts = snapshot.counts
    reviewed = f"{counts.reviewed} of {words.plural(counts.total, 'question')} reviewed, {counts.met} met."
    return kept(
        {
            "uuid": frame.id("result"),
            "title": title(f"AWS assessment {snapshot.period}"),
            "description": prose(f"{said} {reviewed}"),
            "start": start_of(min(*days, last)),
            "end": end_of(last),
            "props": _numbers(frame),
            "local-definitions": _definitions(frame),
            "reviewed-controls": _reviewed(frame),
            "assessment-log": _log(frame),
            "observations": observations(frame),
            "risks": risks(frame),
            "findings": findings(frame),
            "remarks": _decided(snapshot.decision) if snapshot.decision else None,
        }
    )


def _numbers(frame: Frame) -> list[Json]:
    snapshot, second = frame.snapshot, frame.snapshot.second_look
    counts = {name: getattr(snapshot.counts, name) for name in (*_COUNTED, "pending")}
    return kept_props(
        fact("score", words.score(snapshot.score.value)),
        fact("grade", snapshot.score.grade) if snapshot.score.grade else None,
        fact("provisional", yes(snapshot.is_provisional)),
        fact("grade-capped", yes(snapshot.is_grade_capped)),
        *(fact(f"count-{name.replace('_', '-')}", count) for name, count in counts.items()),
        *(fact("domain-score", words.score(one.score.value), group=one.slug) for one in snapshot.domains),
        *(
            fact(
                "past-score",
                f"{words.score(one.value)} {one.grade}",
                remarks=literal(f"{one.period}, closed on {long_day(one.closed_on)}"),
            )
            for one in snapshot.history
        ),
        fact("second-look", f"{second.agreed} of {second.questions} agreed") if second else None,
        fact("decision", snapshot.decision.kind) if snapshot.decision else None,
    )


_COUNTED = ("met", "partly_met", "not_met", "not_verified", "not_applicable")


def _decided(decision: DecisionFacts) -> str:
    kind = words.DECISIONS.get(decision.kind, decision.kind)
    until = f" It holds until {long_day(decision.expires_on)}." if decision.expires_on else ""
    conditions = [f"Condition, by {long_day(one.due_on)}: {one.text}" for one in decision.conditions]
    return prose(
        f"{kind} by {decision.decided_by} on {long_day(decision.decided_on)}.{until}", decision.reason, *conditions
    )


def _definitions(frame: Frame) -> Json:
    """The accounts and resources that observations name, and the program that read the files."""
    coverage = frame.snapshot.coverage
    in_scope = {line(one.id) for one in frame.snapshot.accounts}
    seen = {line(account) for account in coverage.with_evidence}
    items = [
        {
            "uuid": frame.id("account", account),
            "description": prose(about or "AWS account found in the files"),
            "props": [
                {"name": "asset-id", "value": account},
                fact("in-scope", yes(account in in_scope)),
                fact("with-evidence", yes(account in seen)),
            ],
        }
        for account, about in frame.accounts.items()
    ]
    items += [
        {
            "uuid": frame.id("resource", short),
            "description": prose(whole),
            "props": [{"name": "asset-id", "value": short}],
        }
        for short, whole in frame.offenders.items()
    ]
    tool = {
        "uuid": frame.id("tool", "evaluators"),
        "type": "software",
        "title": "Evaluators of Assay",
        "description": "Read the files that the vendor submitted and compare them with the criteria.",
        "status": {"state": "operational"},
    }
    platform = {
        "uuid": frame.id("platform"),
        "title": "Assay",
        "uses-components": [{"component-uuid": tool["uuid"]}],
    }
    return kept(
        {
            "inventory-items": items,
            "assessment-assets": {"components": [tool], "assessment-platforms": [platform]},
        }
    )


def _reviewed(frame: Frame) -> Json:
    criteria = frame.snapshot.criteria
    return {
        "description": "Every question of the playbook.",
        "links": [{"href": f"#{frame.id('catalog')}", "rel": "reference"}],
        "control-selections": [
            {
                "include-controls": [
                    {"control-id": one.code, "statement-ids": [statement_id(one.code)]} for one in criteria
                ]
            }
        ],
        "control-objective-selections": [
            {"include-objectives": [{"objective-id": objective_id(one.code)} for one in criteria]}
        ],
    }


def _log(frame: Frame) -> Json | None:
    snapshot = frame.snapshot
    days: list[tuple[str, str, date | None]] = [
        ("submitted", "The vendor submitted its answers", snapshot.submitted_on),
        ("closed", "The assessment was closed", snapshot.closed_on),
        ("decided", "It was decided on", snapshot.decision.decided_on if snapshot.decision else None),
    ]
    entries = [
        {"uuid": frame.id("log", what), "title": said, "start": start_of(day)} for what, said, day in days if day
    ]
    return {"entries": entries} if entries else None


def _plan(frame: Frame) -> Json:
    """In place of a plan, which the standard wants to be pointed to."""
    playbook = frame.snapshot.playbook
    return {
        "uuid": frame.id("plan"),
        "title": "In place of an assessment plan",
        "description": (
            "No assessment plan was written in OSCAL. Every question of the playbook was put to the vendor, and the "
            "answers and files were examined as the catalog's assessment methods say."
        ),
        "props": [fact("playbook", f"{playbook.slug}-{playbook.version}")],
    }


def _catalog(frame: Frame) -> Json:
    playbook = frame.snapshot.playbook
    catalog = catalog_id(playbook.sha256) if playbook.sha256 else None
    name = f"{playbook.slug}-{playbook.version}-oscal-catalog.json"
    return {
        "uuid": frame.id("catalog"),
        "title": title(f"{playbook.title} {playbook.version}, as an OSCAL catalog"),
        "description": prose(playbook.attribution, f"Licence: {playbook.licence}, {playbook.licence_url}"),
        "props": kept_props(
            fact("catalog-uuid", catalog) if catalog else None,
            fact("content-sha256", playbook.sha256) if playbook.sha256 else None,
        )
        or [fact("playbook", f"{playbook.slug}-{playbook.version}")],
        "document-ids": [{"identifier": line(f"{playbook.slug}-{playbook.version}")}],
        "rlinks": [{"href": name, "media-type": "application/json"}],
    }


def _files(frame: Frame) -> list[Json]:
    """Every file with its digest, and where it is in the archive of the same assessment."""
    files = frame.snapshot.evidence
    return [
        {
            "uuid": frame.id("file", item.number),
            "title": title(f"E{item.number} {item.name}"),
            "description": "Evidence as received. The address is that in the archive of evidence.",
            "props": [
                {"name": "type", "value": "evidence"},
                fact("size", item.size),
                fact("missing", yes(item.number in frame.material.missing)),
            ],
            "rlinks": [
                {
                    "href": archive_address(item, len(files)),
                    "media-type": MEDIA_TYPES[true_type(item)],
                    "hashes": [{"algorithm": "SHA-256", "value": item.sha256}],
                }
            ],
        }
        for item in files
    ]
