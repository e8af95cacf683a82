"""A playbook file as checked data. Pure: bytes in, a plain dictionary out, no database and no Django.

Four steps, each only after the one before found nothing: strict YAML (playbook.strict_yaml), the JSON Schema in
data/schema.json, what a schema cannot say, such as unique ids and counts, and the translations beside the English text.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from playbook.problems import PlaybookInvalid, Problem, path_of
from playbook.strict_yaml import parse
from playbook.translations import problems_of

DATA = Path(__file__).resolve().parent / "data"
PACKAGED = DATA / "aws-core.yaml"
MAX_PROBLEMS = 200
_TYPE_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_PYTHON_NAMES = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    type(None): "null",
}

Document = dict[str, Any]


def read(source: bytes, name: str = "playbook") -> Document:
    """The checked document in `source`. Raises PlaybookInvalid, which names the file as `name`."""
    try:
        document = parse(source)
    except PlaybookInvalid as error:
        raise PlaybookInvalid(error.problems, name) from error
    if problems := schema_problems(document):
        raise PlaybookInvalid(problems, name)
    assert isinstance(document, dict)  # noqa: S101 -- the schema says so, this tells the type checker
    for find in (_cross_problems, problems_of):
        if problems := list(islice(find(document), MAX_PROBLEMS)):
            raise PlaybookInvalid(problems, name)
    return document


def content_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 in hex of the content as canonical JSON; comments, layout and the order of keys do not count."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a playbook file."""
    loaded: dict[str, Any] = json.loads((DATA / "schema.json").read_text(encoding="utf-8"))
    return loaded


def in_schema_order(value: Any, part: Mapping[str, Any] | None = None) -> Any:
    """`value` with the keys of every mapping in the order in which the schema names them, for writing it out."""
    part = schema() if part is None else part
    if "$ref" in part:
        part = schema()["$defs"][part["$ref"].rsplit("/", 1)[-1]]
    if isinstance(value, dict):
        return {key: in_schema_order(value[key], rule) for key, rule in part["properties"].items() if key in value}
    if isinstance(value, list):
        return [in_schema_order(item, part["items"]) for item in value]
    return value


# --- The schema's findings in plain words -----------------------------------------------------------------------


def schema_problems(document: object, rules: Mapping[str, Any] | None = None) -> list[Problem]:
    """What a JSON Schema, the playbook's unless told, finds wrong: in the order of the file, at most MAX_PROBLEMS."""
    problems: dict[Problem, None] = {}
    for error in islice(Draft202012Validator(rules or schema()).iter_errors(document), MAX_PROBLEMS):
        problems.update(dict.fromkeys(_told(error)))
    return list(problems)[:MAX_PROBLEMS]


def _told(error: ValidationError) -> Iterator[Problem]:
    parts: list[str | int] = list(error.absolute_path)
    rule = str(error.validator)
    wanted: Any = error.validator_value
    found: Any = error.instance
    if rule == "additionalProperties":
        assert isinstance(error.schema, Mapping)  # noqa: S101 -- only a mapping has this rule
        for key in found:
            if key not in error.schema["properties"]:
                yield Problem(path_of([*parts, key]), "is not a known key")
    elif rule == "required":
        for key in wanted:
            if key not in found:
                yield Problem(path_of([*parts, key]), "is missing")
    else:
        yield Problem(path_of(parts), _reason(rule, wanted, found, error.message))


def _reason(rule: str, wanted: Any, found: Any, message: str) -> str:
    """One sentence for one rule of the schema that `found` breaks."""
    match rule:
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            expected = " or ".join(_TYPE_NAMES.get(name, name) for name in names)
            return f"must be {expected}, not {_PYTHON_NAMES[type(found)]}"
        case "enum":
            return f"must be one of {', '.join(wanted)}, not {_short(found)}"
        case "const":
            return f"must be {_short(wanted)}, not {_short(found)}"
        case "pattern":
            return f"has the wrong form: {_short(found)} does not fit {wanted}"
        case "minLength":
            return "must not be empty"
        case "maxLength":
            return f"must have at most {wanted} characters, not {len(found)}"
        case "minItems":
            return f"must have at least {wanted} entry, not {len(found)}"
        case "maxItems":
            return f"must have at most {wanted} entries, not {len(found)}"
        case "minimum":
            return f"must be at least {wanted}, not {found}"
        case "maximum":
            return f"must be at most {wanted}, not {found}"
    return message[:200]


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


# --- What one place says about another ----------------------------------------------------------------------------


def _cross_problems(document: Document) -> Iterator[Problem]:
    yield from _count_problems(document)
    yield from _domain_problems(document)
    yield from _criterion_problems(document)
    criteria = document["criteria"]
    options = [
        (f"criteria[{at}].{side}[{position}].key", option["key"])
        for at, criterion in enumerate(criteria)
        for side in ("acceptable_responses", "failure_responses")
        for position, option in enumerate(criterion[side])
    ]
    yield from repeated(options)
    yield from repeated(
        [
            (f"criteria[{at}].figures[{position}].number", figure["number"])
            for at, criterion in enumerate(criteria)
            for position, figure in enumerate(criterion["figures"])
        ]
    )


def _count_problems(document: Document) -> Iterator[Problem]:
    criteria = document["criteria"]
    found = {
        "domains": len(document["domains"]),
        "criteria": len(criteria),
        "acceptable_responses": sum(len(criterion["acceptable_responses"]) for criterion in criteria),
        "failure_responses": sum(len(criterion["failure_responses"]) for criterion in criteria),
    }
    for key, said in document["playbook"]["counts"].items():
        if said != found[key]:
            yield Problem(f"playbook.counts.{key}", f"says {said}, but the file has {found[key]}")


def _domain_problems(document: Document) -> Iterator[Problem]:
    domains = document["domains"]
    yield from repeated([(f"domains[{at}].slug", domain["slug"]) for at, domain in enumerate(domains)])
    used = Counter(criterion["domain"] for criterion in document["criteria"])
    for at, domain in enumerate(domains):
        if domain["order"] != at + 1:
            yield Problem(f"domains[{at}].order", f"must be {at + 1}, its place in the file, not {domain['order']}")
        if not used[domain["slug"]]:
            yield Problem(f"domains[{at}].slug", f"{_short(domain['slug'])} has no criterion")


def _criterion_problems(document: Document) -> Iterator[Problem]:
    criteria, slug = document["criteria"], document["playbook"]["slug"]
    domains = {domain["slug"] for domain in document["domains"]}
    yield from repeated([(f"criteria[{at}].id", criterion["id"]) for at, criterion in enumerate(criteria)])
    for at, criterion in enumerate(criteria):
        path, number = f"criteria[{at}]", criterion["number"]
        if number != at + 1:
            yield Problem(f"{path}.number", f"must be {at + 1}, its place in the file, not {number}")
        if criterion["id"] != f"{slug}-{number}":
            reason = f'must be "{slug}-{number}", the slug and the number, not {_short(criterion["id"])}'
            yield Problem(f"{path}.id", reason)
        if criterion["domain"] not in domains:
            yield Problem(f"{path}.domain", f"{_short(criterion['domain'])} is no domain of this file")
        yield from _option_problems(path, criterion)
        covered_by = criterion["applicability"]["covered_by"]
        if covered_by is not None and covered_by not in {option["key"] for option in criterion["acceptable_responses"]}:
            reason = f"{_short(covered_by)} is no acceptable response of this criterion"
            yield Problem(f"{path}.applicability.covered_by", reason)


def _option_problems(path: str, criterion: Mapping[str, Any]) -> Iterator[Problem]:
    for side, letter in (("acceptable_responses", "a"), ("failure_responses", "f")):
        for position, option in enumerate(criterion[side]):
            wanted = f"{criterion['id']}-{letter}{position + 1}"
            if option["key"] != wanted:
                reason = f'must be "{wanted}", since it belongs to this criterion, not {_short(option["key"])}'
                yield Problem(f"{path}.{side}[{position}].key", reason)


def repeated(places: Sequence[tuple[str, object]]) -> Iterator[Problem]:
    """A problem for each value that an earlier place has already."""
    first: dict[object, str] = {}
    for path, value in places:
        if value in first:
            yield Problem(path, f"{_short(value)} is used already by {first[value]}")
        else:
            first[value] = path
