"""What other frameworks ask for the same: the data itself, what its reader refuses, and that evaluators agree."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from assessments.evaluators import CRITERIA, Estate
from assessments.evaluators.formats.facts import Finding
from playbook.mappings import Control, Mappings, Sure, for_playbook, read
from playbook.problems import PlaybookInvalid
from playbook.schema import DATA
from tests.test_layering import ROOT

SOURCE = (DATA / "aws-core-mappings.yaml").read_bytes()
KEYS = [
    "cis-aws-1.4",
    "cis-aws-3.0",
    "cis-aws-5.0",
    "security-hub",
    "nist-800-53-r5",
    "iso-27001-2022",
    "csa-ccm-4",
    "prowler",
]
# The form of an id, written here once more: the file could be wrong about itself.
FORMS = {
    "cis-aws-1.4": r"[1-5]\.\d{1,2}(\.\d)?",
    "cis-aws-3.0": r"[1-5]\.\d{1,2}(\.\d)?",
    "cis-aws-5.0": r"[1-5]\.\d{1,2}(\.\d)?",
    "security-hub": r"(Account|CloudTrail|CloudWatch|CodeBuild|Config|DocumentDB|DynamoDB|EC2|ECS|EFS|ES|ElastiCache"
    r"|GuardDuty|IAM|Kinesis|Neptune|Opensearch|RDS|Redshift|S3|SSM|SecretsManager)\.\d{1,2}",
    "nist-800-53-r5": r"(AC|AU|CA|CM|CP|IA|IR|SC|SI)-\d{1,2}(\(\d{1,2}\))?",
    # Annex A of 2022 has 37 organisational and 34 technological controls.
    "iso-27001-2022": r"A\.5\.([1-9]|[12]\d|3[0-7])|A\.8\.([1-9]|[12]\d|3[0-4])",
    "csa-ccm-4": r"(AIS|BCR|CCC|CEK|DCS|DSP|IAM|IVS|LOG|SEF|TVM)-\d\d",
    "prowler": r"(awslambda|backup|cloudformation|cloudtrail|cloudwatch|codebuild|config|documentdb|dynamodb|ec2|ecs"
    r"|efs|elasticache|guardduty|iam|kinesis|neptune|opensearch|organizations|rds|redshift|s3|ssm|ssmincidents|vpc)"
    r"_[a-z0-9_]+",
}


@pytest.fixture
def mappings() -> Mappings:
    return for_playbook("aws-core")


def ids(mappings: Mappings, number: int) -> dict[str, list[str]]:
    return {row.framework.key: [control.id for control in row.controls] for row in mappings.of(number)}


def controls(mappings: Mappings) -> Iterator[tuple[int, str, Control]]:
    for number, rows in mappings.by_number.items():
        for row in rows:
            for control in row.controls:
                yield number, row.framework.key, control


# --- The data -----------------------------------------------------------------------------------------------------


def test_every_criterion_has_an_entry_for_every_framework(mappings: Mappings) -> None:
    assert [framework.key for framework in mappings.frameworks] == KEYS
    assert list(mappings.by_number) == list(range(1, 34))
    assert [number for number, rows in mappings.by_number.items() if [row.framework.key for row in rows] != KEYS] == []


def test_how_many_are_known_and_how_sure(mappings: Mappings) -> None:
    """A control that gets lost, or another mark, changes a number here."""
    assert Counter(key for _, key, _ in controls(mappings)) == {
        "cis-aws-1.4": 23,
        "cis-aws-3.0": 26,
        "cis-aws-5.0": 26,
        "security-hub": 60,
        "nist-800-53-r5": 67,
        "iso-27001-2022": 53,
        "csa-ccm-4": 57,
        "prowler": 95,
    }
    assert Counter(control.sure for *_, control in controls(mappings)) == {
        Sure.PROWLER: 190,
        Sure.SECURITY_HUB: 40,
        Sure.JUDGEMENT: 177,
    }


@pytest.mark.parametrize(
    ("key", "none"),
    [
        ("cis-aws-1.4", [1, 2, 7, 15, 17, 18, 20, 21, 23, 27, 28, 29, 30, 31, 32]),
        ("cis-aws-3.0", [1, 2, 7, 15, 17, 18, 20, 23, 27, 28, 29, 30, 31, 32]),
        ("cis-aws-5.0", [1, 2, 7, 15, 17, 18, 20, 23, 27, 28, 29, 30, 31, 32]),
        ("security-hub", [2, 4, 7, 10, 12, 15, 16, 28, 29, 30]),
        ("nist-800-53-r5", []),
        ("iso-27001-2022", []),
        ("csa-ccm-4", []),
        ("prowler", [2, 4, 15, 22, 28]),
    ],
)
def test_where_none_is_known(mappings: Mappings, key: str, none: list[int]) -> None:
    assert [number for number in mappings.by_number if not ids(mappings, number)[key]] == none


def test_ids_have_the_form_of_their_framework(mappings: Mappings) -> None:
    wrong = [(n, key, one.id) for n, key, one in controls(mappings) if not re.fullmatch(FORMS[key], one.id)]
    assert wrong == []


def test_only_names_in_the_public_domain_are_given(mappings: Mappings) -> None:
    named = [(key, bool(control.name)) for _, key, control in controls(mappings)]
    assert {key for key, has_name in named if has_name} == {"nist-800-53-r5"}
    assert ("nist-800-53-r5", False) not in named


def test_prowler_checks_are_our_choice(mappings: Mappings) -> None:
    assert {control.sure for _, key, control in controls(mappings) if key == "prowler"} == {Sure.JUDGEMENT}


def test_one_criterion_in_full(mappings: Mappings) -> None:
    found = {
        row.framework.key: [(control.id, control.sure.value, control.note) for control in row.controls]
        for row in mappings.of(13)
    }
    assert found == {
        "cis-aws-1.4": [("1.12", "prowler", "45 days")],
        "cis-aws-3.0": [("1.12", "prowler", "45 days")],
        "cis-aws-5.0": [("1.11", "prowler", "45 days")],
        "security-hub": [("IAM.8", "prowler", "90 days"), ("IAM.22", "prowler", "45 days")],
        "nist-800-53-r5": [("AC-2(3)", "prowler", ""), ("AC-6", "prowler", "")],
        "iso-27001-2022": [("A.5.15", "prowler", ""), ("A.5.18", "judgement", "")],
        "csa-ccm-4": [("IAM-03", "prowler", ""), ("IAM-07", "prowler", ""), ("IAM-08", "prowler", "")],
        "prowler": [
            (
                "iam_user_accesskey_unused",
                "judgement",
                "45 days unless set otherwise, and a key that was never used passes",
            )
        ],
    }


def test_controls_stand_under_their_marks_surest_first(mappings: Mappings) -> None:
    row = next(row for row in mappings.of(3) if row.framework.key == "nist-800-53-r5")
    assert [(mark, [control.id for control in found]) for mark, found in row.by_mark] == [
        (Sure.PROWLER, ["AU-12", "AU-2"]),
        (Sure.JUDGEMENT, ["AU-9(2)"]),
    ]


@pytest.mark.parametrize("slug", ["gcp-core", "", "../data/aws-core", "aws-core-mappings"])
def test_a_playbook_nobody_mapped_has_none(slug: str) -> None:
    assert for_playbook(slug) == Mappings(slug, (), {})
    assert for_playbook(slug).of(1) == ()


def test_a_number_that_is_not_mapped(mappings: Mappings) -> None:
    assert (mappings.of(0), mappings.of(34)) == ((), ())


# --- What is refused ----------------------------------------------------------------------------------------------


def first(document: dict[str, Any]) -> dict[str, Any]:
    """The controls of criterion 1."""
    found: dict[str, Any] = document["criteria"][0]["controls"]
    return found


def set_at(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        document[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            set_at("criteria", 0, "controls", "security-hub", 0, "sure", to="certain"),
            'criteria[0].controls.security-hub[0].sure: must be one of prowler, security-hub, judgement, not "certain"',
        ),
        (
            lambda document: first(document)["security-hub"][0].pop("sure"),
            "criteria[0].controls.security-hub[0].sure: is missing",
        ),
        (
            set_at("criteria", 0, "controls", "nist-800-53-r5", 0, "id", to="CA9"),
            "criteria[0].controls.nist-800-53-r5[0].id: has the wrong form: CA9 does not fit "
            r"[A-Z]{2}-[1-9][0-9]?(\([1-9][0-9]?\))?",
        ),
        (
            set_at("criteria", 0, "controls", "nist-800-53-r5", 0, "id", to="AT-1"),
            "criteria[0].controls.nist-800-53-r5[0].id: AT-1 has no name, but others of nist-800-53-r5 have one",
        ),
        (
            lambda document: first(document).pop("prowler"),
            "criteria[0].controls.prowler: is missing; an empty list says that there is none",
        ),
        (set_at("criteria", 0, "controls", "pci", to=[]), "criteria[0].controls.pci: is no framework of this file"),
        (set_at("criteria", 4, "number", to=6), "criteria[4].number: must be 5, its place in the file, not 6"),
        (
            set_at("criteria", 0, "controls", "nist-800-53-r5", 1, "id", to="CA-9(1)"),
            'criteria[0].controls.nist-800-53-r5[1].id: "CA-9(1)" is used already by '
            "criteria[0].controls.nist-800-53-r5[0].id",
        ),
        (set_at("frameworks", 1, "key", to="cis-aws-1.4"), 'frameworks[1].key: "cis-aws-1.4" is used already by '),
        (set_at("frameworks", 0, "id_pattern", to="("), "frameworks[0].id_pattern: is no regular expression: "),
        (
            set_at("frameworks", 0, "names", "one", to="One"),
            r"frameworks[0].names.one: has the wrong form: it does not fit [1-5]\.",
        ),
        (set_at("frameworks", 0, "url", to="x"), "frameworks[0].url: is not a known key"),
    ],
)
def test_a_damaged_file_names_the_place(change: Callable[[dict[str, Any]], object], problem: str) -> None:
    document = yaml.safe_load(SOURCE)
    change(document)
    with pytest.raises(PlaybookInvalid) as caught:
        read(yaml.safe_dump(document, sort_keys=False).encode(), "mine.yaml")
    assert any(str(found).startswith(problem) for found in caught.value.problems), str(caught.value)
    assert str(caught.value).startswith("mine.yaml: ")


def test_a_bare_number_is_refused() -> None:
    """Readers of YAML take 1.10 for 1.1."""
    with pytest.raises(PlaybookInvalid, match=r'"3\.1" could be read as float; put text in quotes'):
        read(SOURCE.replace(b'id: "3.1"', b"id: 3.1", 1))


# --- Evaluators ---------------------------------------------------------------------------------------------------


def test_evaluators_use_no_prowler_check_that_is_not_mapped(mappings: Mappings) -> None:
    """As they run over nothing at all, each for its own criterion."""
    asked: list[str] = []

    class Watched(Estate):
        def findings(self, *checks: str) -> tuple[Finding, ...]:
            asked.extend(checks)
            return ()

    estate = Watched(facts=[], reports=[], findings=[], manifests=[])
    used = {}
    for code, evaluate in CRITERIA.items():
        asked.clear()
        evaluate(estate, None)
        if asked:
            used[int(code.rpartition("-")[2])] = set(asked)
    assert {number: found - set(ids(mappings, number)["prowler"]) for number, found in used.items()} == {
        number: set() for number in used
    }
    assert used[21] == {"rds_instance_no_public_access"}
    assert {3, 8, 9, 17, 18, 19, 25, 26, 27} <= used.keys()


def test_every_check_that_evaluators_name_is_mapped(mappings: Mappings) -> None:
    """As their sources name them, also where nothing at all does not reach them."""
    known = {control.id for _, key, control in controls(mappings) if key == "prowler"}
    services = {check.partition("_")[0] for check in known}
    looks_like_a_check = re.compile(rf"(?:{'|'.join(sorted(services))})_[a-z0-9_]+[a-z0-9]")
    named = set()
    for path in sorted((ROOT / "assessments/evaluators/criteria").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and looks_like_a_check.fullmatch(str(node.value)):
                named.add(node.value)
    assert named - known == set()
    assert {"organizations_account_part_of_organizations", "s3_bucket_public_write_acl"} <= named
