"""A playbook as an OSCAL catalog: domains are groups, criteria are controls. Pure.

OSCAL 1.2, https://pages.nist.gov/OSCAL/reference/latest/catalog/json-reference/. What OSCAL has no word for stands in
properties and parts of our own namespace. The same content and day of publishing give the same document, with ids
made from the content. Texts are English: a catalog has no place for translations.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from playbook.mappings import Mappings
from playbook.markdown import bullets, code, literal, literal_line, numbered
from playbook.schema import Document, content_sha256

VERSION = "1.2.1"
"""Of OSCAL."""
NS = "https://assay.example/ns/oscal"
"""Our namespace: a name that is never fetched; .example is nobody's."""
RMF = "http://csrc.nist.gov/ns/rmf"
"""NIST's namespace, in which OSCAL wants the method of an assessment."""

Json = dict[str, Any]


def catalog_id(sha256: str) -> UUID:
    """The id of the catalog whose content has this SHA-256; ids inside it are made from this one."""
    return uuid5(NAMESPACE_URL, f"{NS}/catalog/{sha256}")


def statement_id(code: str) -> str:
    """The id of the part that holds a criterion's question."""
    return f"{code}_smt"


def objective_id(code: str) -> str:
    """The id of the part that says what is determined for a criterion."""
    return f"{code}_obj"


def to_json(document: Document, *, published_at: datetime, mappings: Mappings) -> str:
    """The catalog of a checked document, as JSON with a line end, in ASCII."""
    return json.dumps(catalog(document, published_at=published_at, mappings=mappings), indent=2) + "\n"


def catalog(document: Document, *, published_at: datetime, mappings: Mappings) -> Json:
    """The same as values. `published_at` is when this installation published the version, to the second."""
    sha256 = content_sha256(document)
    root = catalog_id(sha256)
    criteria = document["criteria"]
    return {
        "catalog": {
            "uuid": str(root),
            "metadata": _metadata(document["playbook"], root, sha256, published_at)
            | {"links": _links(document["playbook"], root, mappings)},
            "groups": [
                _group(domain, [one for one in criteria if one["domain"] == domain["slug"]], document, mappings)
                for domain in document["domains"]
            ],
            "back-matter": {"resources": _resources(document, root, mappings)},
        }
    }


def prop(name: str, value: object, **more: str) -> Json:
    """A property of our own namespace; `class_` is its class. A value is one line and never empty."""
    said = " ".join(str(value).split()) or "none"
    return {"name": name, "ns": NS, "value": said} | {key.rstrip("_"): text for key, text in more.items() if text}


def moment(at: datetime) -> str:
    """2026-12-17T00:00:00+00:00."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _metadata(header: Json, root: UUID, sha256: str, published_at: datetime) -> Json:
    parties = {
        name: {"uuid": str(uuid5(root, f"party/{name}")), "type": kind, "name": name}
        for name, kind in [
            (header["publisher"], "organization"),
            *((one["name"], _kind(one)) for one in header["credits"]),
        ]
    }
    parties[header["publisher"]] |= {"remarks": literal(header["publisher_note"])}
    parties[header["publisher"]] |= {"links": [{"href": header["publisher_url"], "rel": "homepage"}]}
    for one in header["credits"]:
        parties[one["name"]] |= {"props": [prop("part", one["part"]), prop("organization", one["organization"])]}
    return {
        "title": literal_line(header["title"]),
        "published": moment(published_at),
        "last-modified": moment(published_at),
        "version": header["version"],
        "oscal-version": VERSION,
        "document-ids": [{"identifier": f"{header['slug']}-{header['version']}"}],
        "props": [
            prop("slug", header["slug"]),
            prop("content-sha256", sha256),
            prop("criteria-set", header["criteria_set"]),
            prop("title-on-cover", header["title_on_cover"]),
            *(prop("also-called", name) for name in header["also_called"]),
            prop("language", header["language"]),
            prop("licence", header["licence"]["id"]),
        ],
        "roles": [
            {"id": "source-publisher", "title": "Publisher of the source, who does not endorse this adaptation"},
            {"id": "source-contributor", "title": "Contributor to the source"},
        ],
        "parties": list(parties.values()),
        "responsible-parties": [
            {"role-id": "source-publisher", "party-uuids": [parties[header["publisher"]]["uuid"]]},
            {
                "role-id": "source-contributor",
                "party-uuids": [parties[one["name"]]["uuid"] for one in header["credits"]],
            },
        ],
        "remarks": literal("\n\n".join([header["attribution"], header["changes_made"], header["disclaimer"]])),
    }


def _links(header: Json, root: UUID, mappings: Mappings) -> list[Json]:
    licence = header["licence"]
    named = ["source", "severity_scale", "evidence_kinds", "evidence_rules", *(one.key for one in mappings.frameworks)]
    return [
        {"href": licence["url"], "rel": "license", "text": literal_line(licence["name"])},
        *({"href": f"#{uuid5(root, f'resource/{name}')}", "rel": "reference"} for name in named),
    ]


def _kind(credit: Json) -> str:
    return "organization" if credit["name"] == credit["organization"] else "person"


def _resources(document: Document, root: UUID, mappings: Mappings) -> list[Json]:
    header = document["playbook"]
    licence = header["licence"]

    def resource(name: str, title: str, **more: object) -> Json:
        return {"uuid": str(uuid5(root, f"resource/{name}")), "title": title, **more}

    def named(texts: Mapping[str, str]) -> str:
        return bullets(f"{name}: {text}" for name, text in texts.items())

    return [
        resource(
            "source",
            "The source of this adaptation, and its licence",
            citation={"text": literal_line(header["attribution"])},
            rlinks=[{"href": header["publisher_url"]}, {"href": licence["url"]}],
            remarks=f"{literal(licence['name'])} ({literal(licence['id'])}). {literal(header['changes_made'])}",
        ),
        resource("severity_scale", "What the severities mean", description=named(document["severity_scale"])),
        resource("evidence_kinds", "Kinds of evidence", description=named(document["evidence_kinds"])),
        resource("evidence_rules", "Rules for evidence", description=bullets(document["evidence_rules"])),
        *(
            resource(
                one.key,
                literal_line(one.title),
                description=f"Controls of {literal_line(one.publisher)} that ask the same or something akin.",
                props=[prop("framework", one.key)],
            )
            for one in mappings.frameworks
        ),
    ]


def _group(domain: Json, criteria: Iterable[Json], document: Document, mappings: Mappings) -> Json:
    slug = domain["slug"]
    return {
        "id": slug,
        "class": "domain",
        "title": literal_line(domain["name"]),
        "props": [{"name": "sort-id", "value": f"{domain['order']:02}"}],
        "parts": [
            {"id": f"{slug}_ovw", "name": "overview", "prose": literal(domain["what"])},
            {"id": f"{slug}_why", "name": "rationale", "ns": NS, "prose": literal(domain["why"])},
        ],
        "controls": [_control(one, document["evidence_kinds"], mappings) for one in criteria],
    }


def _control(criterion: Json, kinds: Mapping[str, str], mappings: Mappings) -> Json:
    code = criterion["id"]
    control = {
        "id": code,
        "class": "criterion",
        "title": literal_line(criterion["short_title"]),
        "props": list(_props(criterion, mappings)),
        "links": [
            *(
                {"href": one["url"], "rel": "reference", "text": literal_line(one["title"])}
                for one in criterion["more_info"]
            ),
            *({"href": one.get("current_url") or one["url"], "rel": "console"} for one in criterion["console_urls"]),
        ],
        "parts": [
            {"id": statement_id(code), "name": "statement", "prose": literal(criterion["question"])},
            _guidance(criterion),
            *_responses(criterion),
            _objective(criterion),
            _method(criterion, kinds),
            *_remarks(criterion),
        ],
    }
    return {key: value for key, value in control.items() if value}


def _props(criterion: Json, mappings: Mappings) -> Iterator[Json]:
    number = criterion["number"]
    yield {"name": "label", "value": str(number)}
    yield {"name": "sort-id", "value": f"{number:02}"}
    yield prop("severity", criterion["severity"]["level"])
    yield prop("answer-type", criterion["answer_type"])
    yield prop("secure-answer", criterion["secure_answer"])
    yield prop("question-source", criterion["question_source"])
    yield prop("not-applicable-allowed", "yes" if criterion["applicability"]["not_applicable_allowed"] else "no")
    for one in criterion["thresholds"]:
        yield prop("threshold", f"{one['value']} {one['unit']}", remarks=literal(one["meaning"]))
    for figure in criterion["figures"]:
        yield prop("figure-in-source", figure["number"], remarks=literal(figure["caption"]))
    for row in mappings.of(number):
        for one in row.controls:
            remarks = literal(". ".join(filter(None, [one.name, one.note])))
            yield prop("counterpart", one.id, class_=str(one.sure), group=row.framework.key, remarks=remarks)


def _guidance(criterion: Json) -> Json:
    code, where = criterion["id"], criterion["applicability"]
    parts = [
        _own(f"{code}_gdn.severity", "severity-rationale", literal(criterion["severity"]["rationale"])),
        _own(f"{code}_gdn.remediation", "remediation", numbered(criterion["remediation"])),
        _own(f"{code}_gdn.applicability", "applicability", literal(where["when"]))
        | ({"props": [prop("covered-by", where["covered_by"])]} if where["covered_by"] else {}),
    ]
    return {
        "id": f"{code}_gdn",
        "name": "guidance",
        "prose": literal(criterion["why_important"]),
        "parts": [part for part in parts if part["prose"]],
    }


def _own(part_id: str, name: str, prose: str) -> Json:
    return {"id": part_id, "name": name, "ns": NS, "prose": prose}


def _responses(criterion: Json) -> Iterator[Json]:
    """The statements a vendor may choose; their ids are the keys by which reviews name them."""
    for side in ("acceptable", "failure"):
        for option in criterion[f"{side}_responses"]:
            part = _own(option["key"], f"{side}-response", literal(option["text"]))
            answer = option.get("literal_answer")
            yield part | ({"props": [prop("literal-answer", answer)]} if answer else {})


def _objective(criterion: Json) -> Json:
    keys = [option["key"] for option in criterion["acceptable_responses"]]
    return {
        "id": objective_id(criterion["id"]),
        "name": "assessment-objective",
        "prose": (
            "Determine whether the evidence shows an acceptable response, and no failure response, "
            "for every AWS account in scope."
        ),
        "links": [
            {"href": f"#{statement_id(criterion['id'])}", "rel": "assessment-for"},
            *({"href": f"#{key}", "rel": "acceptable-response"} for key in keys),
        ],
    }


def _method(criterion: Json, kinds: Mapping[str, str]) -> Json:
    code_ = criterion["id"]
    source = "ours" if criterion["validation_source"] == "ours" else "source"
    return {
        "id": f"{code_}_asm-examine",
        "name": "assessment-method",
        "props": [
            {"name": "method", "ns": RMF, "value": "EXAMINE"},
            prop("validation-source", source),
        ],
        "prose": numbered([*criterion["validation_steps"], *criterion["validation_additions"]]),
        "parts": [
            _evidence(f"{code_}_asm-examine.{place}", request)
            for place, request in enumerate(criterion["evidence_expected"], 1)
        ],
    }


def _evidence(part_id: str, request: Json) -> Json:
    commands = request.get("commands") or []
    prose = literal(request["must_show"]) + (f"\n\n{code(commands)}" if commands else "")
    return {
        "id": part_id,
        "name": "assessment-objects",
        "props": [prop("kind", request["kind"]), prop("required", "yes" if request["required"] else "no")],
        "prose": prose,
    }


def _remarks(criterion: Json) -> Iterator[Json]:
    """What is for whoever assesses."""
    code = criterion["id"]
    if criterion["assessor_note"]:
        yield _own(f"{code}_note", "assessor-note", literal(criterion["assessor_note"]))
    for place, one in enumerate(criterion["erratum"], 1):
        prose = f"{literal(one['source_problem'])}\n\nUsed instead: {literal(one['we_use'])}"
        yield _own(f"{code}_erratum.{place}", "erratum", prose) | {"props": [prop("where", one["where"])]}
