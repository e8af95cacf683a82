"""Criterion 2: accounts of their own for development, staging and production, as names and tags hint."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, manifest, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
EAST, WEST = "us-east-1", "us-west-2"


def accounts(one: str = "Production", two: str = "Staging", three: str = "Development", **more: Any) -> Source:
    rows = [
        {"Id": account, "Arn": "", "Name": name, "State": "ACTIVE"}
        for account, name in ((ONE, one), (TWO, two), (THREE, three))
        if name
    ]
    return cli(ONE, "global", "organizations list-accounts", {"Accounts": rows, **more})


def tagged(account: str, *values: str, key: str = "Environment", region: str = EAST) -> Source:
    rows = [
        {"ResourceARN": f"arn:aws:ec2:{region}:{account}:instance/i-{n}", "Tags": [{"Key": key, "Value": value}]}
        for n, value in enumerate(values)
    ]
    return cli(account, region, "resourcegroupstaggingapi get-resources", {"ResourceTagMappingList": rows})


def instances(account: str, *values: str, state: str = "running", region: str = EAST) -> Source:
    rows = [{"Tags": [{"Key": "env", "Value": value}], "State": {"Name": state}} for value in values]
    return cli(account, region, "ec2 describe-instances", {"Reservations": [{"Instances": rows}]})


CLEAN = [tagged(ONE, "prod"), tagged(TWO), instances(THREE, "dev")]


def case(*files: Source, regions: tuple[str, ...] = (EAST,)) -> Evaluation:
    said = [
        {"id": account, "regions_enabled": regions, "regions_active": regions}
        for account in sorted({file.path[:12] for file in files})
    ]
    return found(2, *files, manifest(list(files), accounts=said))


def verdict(evaluation: Evaluation) -> tuple[State, tuple[str, ...], list[str]]:
    return evaluation.state, tuple(name[-2:] for name in evaluation.responses), refs(evaluation)


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (("Production", "Staging", "Development"), ACCEPTABLE),
        (("acme-prod", "acme_test", "acme dev"), ACCEPTABLE),
        (("Production", "Pre-Production", "Development"), ACCEPTABLE),
        (("Production", "Non-Prod", "Development"), UNDETERMINED),
        (("Production", "dev and test", "Development"), UNDETERMINED),
        (("Shop", "Staging", "Development"), UNDETERMINED),
        (("Products", "Latest", "Devices"), UNDETERMINED),
    ],
)
def test_names(names: tuple[str, str, str], state: State) -> None:
    assert verdict(case(accounts(*names), *CLEAN)) == (state, ("a1",) if state is ACCEPTABLE else (), [])


def test_a_unit_speaks_where_the_name_does_not() -> None:
    unit = {"OrganizationalUnits": [{"Id": "ou-ab12-11111111", "Arn": "", "Name": "Prod"}]}
    inside = {"Accounts": [{"Id": ONE, "Arn": "", "Name": "Shop"}]}
    files = [
        cli(ONE, "global", "organizations list-organizational-units-for-parent", unit, "r-ab12"),
        cli(ONE, "global", "organizations list-accounts-for-parent", inside, "ou-ab12-11111111"),
    ]
    assert case(accounts("Shop"), *files, *CLEAN).state is ACCEPTABLE


@pytest.mark.parametrize(
    "files",
    [
        [tagged(TWO, "prod", "dev")],
        [tagged(TWO, "production", "QA", key="Stage")],
        [tagged(TWO, "prod"), instances(TWO, "dev")],
        [tagged(TWO, "prod"), tagged(TWO, "test", region=WEST)],
    ],
)
def test_two_stages_in_one_account(files: list[Source]) -> None:
    assert verdict(case(accounts(), CLEAN[0], *files, CLEAN[2])) == (FAILURE, ("f1",), [TWO])
    assert verdict(case(accounts("", "", ""), *files))[0] is FAILURE


def test_other_tags_and_terminated_instances_say_nothing() -> None:
    others = [tagged(TWO, "prod", "dev", key="Name"), instances(TWO, "prod", "dev", state="terminated")]
    assert case(accounts(), CLEAN[0], *others, CLEAN[2]).state is ACCEPTABLE


def test_a_name_that_its_tags_contradict_is_to_be_settled() -> None:
    evaluation = case(accounts(), CLEAN[0], tagged(TWO, "prod"), CLEAN[2])
    assert verdict(evaluation) == (UNDETERMINED, (), [])
    assert f"{TWO}: It is named for staging and tagged for production." in evaluation.explanation


def test_one_account_in_all() -> None:
    outside = cli(ONE, "global", "organizations describe-organization", "AWSOrganizationsNotInUseException")
    assert verdict(case(accounts("Shop", "", ""), CLEAN[0])) == (FAILURE, ("f1",), [ONE])
    assert verdict(case(outside, CLEAN[0])) == (FAILURE, ("f1",), [ONE])
    assert case(CLEAN[0]).state is UNDETERMINED


OPEN: dict[str, list[Source]] = {
    "the list is missing": CLEAN,
    "a page of the list is missing": [accounts(NextToken="more"), *CLEAN],
    "tags of one account are missing": [accounts(), *CLEAN[:2]],
    "tags of one account were refused": [
        accounts(),
        *CLEAN[:2],
        cli(THREE, EAST, "resourcegroupstaggingapi get-resources", "AccessDenied"),
    ],
    "nothing": [],
}


@pytest.mark.parametrize("files", OPEN.values(), ids=OPEN)
def test_what_is_not_proven(files: list[Source]) -> None:
    assert verdict(case(*files)) == (UNDETERMINED, (), [])


def test_what_is_missing_is_asked_for() -> None:
    command = f"`aws resourcegroupstaggingapi get-resources --region {WEST}` is missing"
    assert f"{ONE}/{WEST}: {command}" in case(accounts(), *CLEAN, regions=(EAST, WEST)).explanation
    assert "Add the output of `aws organizations list-accounts`" in case(*CLEAN).explanation
    assert "No account is named for production: say which" in case(accounts("Shop"), *CLEAN).explanation
