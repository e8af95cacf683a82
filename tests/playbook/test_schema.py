"""What is no valid playbook, and how its author learns of it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from playbook import schema
from playbook.problems import PlaybookInvalid, Problem
from tests.playbook.samples import SOURCE, changed, replaced


def problems(source: bytes) -> list[Problem]:
    with pytest.raises(PlaybookInvalid) as caught:
        schema.read(source)
    return caught.value.problems


def test_counts_of_the_packaged_playbook() -> None:
    document = schema.read(SOURCE)
    criteria = document["criteria"]
    assert {
        "domains": len(document["domains"]),
        "criteria": len(criteria),
        "acceptable": sum(len(item["acceptable_responses"]) for item in criteria),
        "failure": sum(len(item["failure_responses"]) for item in criteria),
        "evidence": sum(len(item["evidence_expected"]) for item in criteria),
        "errata": sum(len(item["erratum"]) for item in criteria),
        "reconstructed": sum(item["question_source"] == "reconstructed" for item in criteria),
    } == {
        "domains": 6,
        "criteria": 33,
        "acceptable": 52,
        "failure": 42,
        "evidence": 82,
        "errata": 18,
        "reconstructed": 18,
    }


def objects(part: Any) -> list[dict[str, Any]]:
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    found = [part] if isinstance(part, dict) and part.get("type") == "object" else []
    return found + [item for child in children for item in objects(child)]


def test_the_schema_is_a_schema_and_closes_every_mapping() -> None:
    Draft202012Validator.check_schema(schema.schema())
    mappings = objects(schema.schema())
    assert len(mappings) == 22
    assert {part["additionalProperties"] for part in mappings} == {False}
    optional = [set(part["properties"]) - set(part["required"]) for part in mappings]
    keys = sorted(key for keys in optional for key in keys)
    assert keys == ["commands", "current_url", "literal_answer", "translations"]


Change = Callable[[dict[str, Any]], object]


def put(*parts: str | int, value: object) -> Change:
    """A change that sets the value at `parts`."""

    def change(document: Any) -> None:
        for part in parts[:-1]:
            document = document[part]
        document[parts[-1]] = value

    return change


def drop(*parts: str | int) -> Change:
    """A change that takes away what is at `parts`."""

    def change(document: Any) -> None:
        for part in parts[:-1]:
            document = document[part]
        del document[parts[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (put("owner", value="x"), "owner", "is not a known key"),
        (put("criteria", 12, "colour", value="x"), "criteria[12].colour", "is not a known key"),
        (
            put("criteria", 0, "severity", "ratoinale", value="x"),
            "criteria[0].severity.ratoinale",
            "is not a known key",
        ),
        (put("evidence_kinds", "video", value="x"), "evidence_kinds.video", "is not a known key"),
        (drop("domains"), "domains", "is missing"),
        (drop("criteria", 12, "severity", "level"), "criteria[12].severity.level", "is missing"),
        (
            drop("criteria", 4, "evidence_expected", 0, "required"),
            "criteria[4].evidence_expected[0].required",
            "is missing",
        ),
        (
            put("criteria", 12, "severity", "level", value="urgent"),
            "criteria[12].severity.level",
            'must be one of critical, high, medium, low, not "urgent"',
        ),
        (put("criteria", 2, "number", value="3"), "criteria[2].number", "must be a whole number, not text"),
        (
            put("criteria", 2, "applicability", "not_applicable_allowed", value="true"),
            "criteria[2].applicability.not_applicable_allowed",
            "must be true or false, not text",
        ),
        (
            put("criteria", 2, "assessor_note", value=3),
            "criteria[2].assessor_note",
            "must be text or null, not a number",
        ),
        (put("criteria", 2, "assessor_note", value=""), "criteria[2].assessor_note", "must not be empty"),
        (put("criteria", value={}), "criteria", "must be a list, not a mapping"),
        (put("criteria", 5, value=None), "criteria[5]", "must be a mapping, not null"),
        (put("schema_version", value=2), "schema_version", "must be 1, not 2"),
        (
            put("criteria", 0, "more_info", 0, "url", value="javascript:alert(1)"),
            "criteria[0].more_info[0].url",
            'has the wrong form: "javascript:alert(1)" does not fit ^https://[A-Za-z0-9.-]+(/\\S*)?$',
        ),
        (
            put("criteria", 0, "short_title", value="x" * 121),
            "criteria[0].short_title",
            "must have at most 120 characters, not 121",
        ),
        (
            put("criteria", 0, "acceptable_responses", value=[]),
            "criteria[0].acceptable_responses",
            "must have at least 1 entry, not 0",
        ),
        (put("domains", 0, "order", value=0), "domains[0].order", "must be at least 1, not 0"),
        (put("domains", 0, "order", value=99), "domains[0].order", "must be at most 20, not 99"),
        (
            put("playbook", "also_called", value=["x"] * 51),
            "playbook.also_called",
            "must have at most 50 entries, not 51",
        ),
    ],
)
def test_the_schema_refuses(change: Change, path: str, reason: str) -> None:
    assert problems(changed(change)) == [Problem(path, reason)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            put("playbook", "counts", "criteria", value=34),
            [Problem("playbook.counts.criteria", "says 34, but the file has 33")],
        ),
        (
            put("playbook", "counts", "failure_responses", value=41),
            [Problem("playbook.counts.failure_responses", "says 41, but the file has 42")],
        ),
        (
            put("domains", 5, "slug", value="encryption"),
            [
                Problem("domains[5].slug", '"encryption" is used already by domains[1].slug'),
                *(Problem(f"criteria[{at}].domain", '"processes" is no domain of this file') for at in range(27, 33)),
            ],
        ),
        (
            put("domains", 2, "order", value=4),
            [Problem("domains[2].order", "must be 3, its place in the file, not 4")],
        ),
        (
            put("criteria", 8, "domain", value="storage"),
            [Problem("criteria[8].domain", '"storage" is no domain of this file')],
        ),
        (
            put("criteria", 12, "number", value=12),
            [
                Problem("criteria[12].number", "must be 13, its place in the file, not 12"),
                Problem("criteria[12].id", 'must be "aws-core-12", the slug and the number, not "aws-core-13"'),
            ],
        ),
        (
            put("criteria", 12, "failure_responses", 0, "key", value="aws-core-13-f2"),
            [
                Problem(
                    "criteria[12].failure_responses[0].key",
                    'must be "aws-core-13-f1", since it belongs to this criterion, not "aws-core-13-f2"',
                )
            ],
        ),
        (
            put("criteria", 12, "acceptable_responses", 1, "key", value="aws-core-14-a2"),
            [
                Problem(
                    "criteria[12].acceptable_responses[1].key",
                    'must be "aws-core-13-a2", since it belongs to this criterion, not "aws-core-14-a2"',
                ),
                Problem(
                    "criteria[12].applicability.covered_by",
                    '"aws-core-13-a2" is no acceptable response of this criterion',
                ),
                Problem(
                    "criteria[13].acceptable_responses[1].key",
                    '"aws-core-14-a2" is used already by criteria[12].acceptable_responses[1].key',
                ),
            ],
        ),
        (
            put("criteria", 12, "applicability", "covered_by", value="aws-core-14-a1"),
            [
                Problem(
                    "criteria[12].applicability.covered_by",
                    '"aws-core-14-a1" is no acceptable response of this criterion',
                )
            ],
        ),
        (
            put("criteria", 1, "figures", 0, "number", value=1),
            [Problem("criteria[1].figures[0].number", "1 is used already by criteria[0].figures[0].number")],
        ),
    ],
)
def test_one_place_contradicts_another(change: Change, expected: list[Problem]) -> None:
    assert problems(changed(change)) == expected


def test_a_duplicate_id_names_the_first() -> None:
    found = problems(changed(put("criteria", 12, "id", value="aws-core-9")))
    assert Problem("criteria[12].id", '"aws-core-9" is used already by criteria[8].id') in found


def test_a_domain_without_criteria() -> None:
    def change(document: dict[str, Any]) -> None:
        for item in document["criteria"]:
            item["domain"] = item["domain"].replace("encryption", "processes")

    assert problems(changed(change)) == [Problem("domains[1].slug", '"encryption" has no criterion')]


def test_every_problem_is_told_at_once_and_the_message_stays_short() -> None:
    def change(document: dict[str, Any]) -> None:
        for item in document["criteria"]:
            del item["question"]

    with pytest.raises(PlaybookInvalid) as caught:
        schema.read(changed(change), "mine.yaml")
    assert caught.value.problems == [Problem(f"criteria[{at}].question", "is missing") for at in range(33)]
    lines = str(caught.value).splitlines()
    assert (lines[0], lines[-1], len(lines)) == (
        "mine.yaml: criteria[0].question: is missing",
        "mine.yaml: and 13 more",
        21,
    )


@pytest.mark.parametrize("source", [b"just text", b"[1, 2]", b"3", b"null"])
def test_another_kind_of_document(source: bytes) -> None:
    (problem,) = problems(source)
    assert (problem.path, problem.reason[:22]) == ("top level", "must be a mapping, not")


def test_a_bare_yes_is_refused_where_it_stands() -> None:
    assert problems(replaced(b'secure_answer: "yes"', b"secure_answer: yes")) == [
        Problem("criteria[0].secure_answer", '"yes" could be read as bool; put text in quotes (line 178)')
    ]


def test_the_hash_is_of_the_content_alone() -> None:
    digest = schema.content_sha256(schema.read(SOURCE))
    assert digest == schema.content_sha256(schema.read(changed(lambda document: None)))
    assert digest == schema.content_sha256(schema.read(b"# one more comment\n" + SOURCE))
    assert digest != schema.content_sha256(schema.read(replaced(b"Sign in to the AWS", b"Sign into the AWS")))


def test_order_of_keys_follows_the_schema() -> None:
    shuffled = {"z": 0, **dict(reversed(schema.read(SOURCE)["playbook"]["licence"].items()))}
    part = schema.schema()["$defs"]["playbook"]["properties"]["licence"]
    assert list(schema.in_schema_order(shuffled, part)) == ["id", "name", "url"]


def test_problems_come_in_the_order_of_the_criteria() -> None:
    def change(document: dict[str, Any]) -> None:
        for item in document["criteria"]:
            item["domain"] = "nowhere"

    places = [problem.path for problem in problems(changed(change)) if problem.path.startswith("criteria")]
    assert len(places) == 33
    assert all(int(a[9:].split("]")[0]) < int(b[9:].split("]")[0]) for a, b in pairwise(places))


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{},&*!'\"\n #?|>%@~1", max_size=60).map(str.encode))
def test_any_bytes_are_refused_with_a_reason(source: bytes) -> None:
    found = problems(source)
    assert found
    assert all(problem.path and problem.reason for problem in found)
