"""A stored playbook back as a file."""

import textwrap
from typing import Any

import yaml

from playbook import oscal, schema
from playbook.mappings import for_playbook
from playbook.models import Criterion, Domain, Playbook, ResponseOption, Side
from playbook.translations import as_in_file


class ContentAltered(Exception):
    """The rows no longer say what was published."""


def document_of(playbook: Playbook) -> schema.Document:
    """The content of the file that was loaded. Raises ContentAltered when the rows differ from what was published."""
    domains = list(playbook.domains.all())
    criteria = list(playbook.criteria.select_related("domain").prefetch_related("options", "evidence_requests"))
    document: schema.Document = {
        "schema_version": 1,
        "playbook": playbook.data,
        "evidence_kinds": playbook.evidence_kinds,
        "evidence_rules": playbook.evidence_rules,
        "severity_scale": playbook.severity_scale,
        "domains": [_domain(domain) for domain in domains],
        "criteria": [_criterion(criterion) for criterion in criteria],
    }
    translations = as_in_file(
        {domain.slug: domain.translations for domain in domains},
        {criterion.code: criterion.translations for criterion in criteria},
    )
    if translations:
        document["translations"] = translations
    if schema.content_sha256(document) != playbook.content_sha256:
        raise ContentAltered(f"{playbook.slug} {playbook.version}: the stored rows differ from what was published.")
    ordered: schema.Document = schema.in_schema_order(document)
    return ordered


def to_yaml(playbook: Playbook) -> str:
    """The playbook as YAML, equal in content to the file it came from, under its licence."""
    licence = playbook.data["licence"]
    head = [
        f"{playbook.title}, version {playbook.version}",
        *textwrap.wrap(playbook.data["attribution"], 100),
        f"Licence: {licence['name']}, {licence['url']}",
    ]
    comment = "".join(f"# {line}\n" for line in head)
    return f"{comment}\n" + yaml.safe_dump(document_of(playbook), sort_keys=False, allow_unicode=True, width=110)


def to_oscal(playbook: Playbook) -> str:
    """The playbook and what is mapped to it as an OSCAL catalog in JSON. Raises ContentAltered."""
    mappings = for_playbook(playbook.slug)
    return oscal.to_json(document_of(playbook), published_at=playbook.published_at, mappings=mappings)


def _domain(row: Domain) -> dict[str, Any]:
    return {"slug": row.slug, "order": row.order, "name": row.name, "what": row.what, "why": row.why}


def _criterion(row: Criterion) -> dict[str, Any]:
    options = list(row.options.all())
    return {
        "id": row.code,
        "number": row.number,
        "domain": row.domain.slug,
        "short_title": row.short_title,
        "question": row.question,
        "question_source": row.question_source,
        "secure_answer": row.secure_answer,
        "answer_type": row.answer_type,
        "why_important": row.why_important,
        "validation_source": row.validation_source,
        "validation_steps": row.validation_steps,
        "validation_additions": row.validation_additions,
        "console_urls": row.console_urls,
        "evidence_expected": [
            {"kind": request.kind, "required": request.required, "must_show": request.must_show}
            | ({"commands": request.commands} if request.commands else {})
            for request in row.evidence_requests.all()
        ],
        "acceptable_responses": [_option(option) for option in options if option.side == Side.ACCEPTABLE],
        "failure_responses": [_option(option) for option in options if option.side == Side.FAILURE],
        "more_info": row.more_info,
        "figures": row.figures,
        "thresholds": row.thresholds,
        "erratum": row.errata,
        "assessor_note": row.assessor_note or None,
        "severity": {"level": row.severity, "rationale": row.severity_rationale, "source": "ours"},
        "remediation": row.remediation,
        "applicability": row.applicability,
    }


def _option(row: ResponseOption) -> dict[str, Any]:
    return {"key": row.key, "text": row.text} | ({"literal_answer": row.literal_answer} if row.literal_answer else {})
