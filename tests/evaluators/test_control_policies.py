"""Criterion 7: service control policies restrict the member accounts of an organization."""

import json
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, listed, member, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
OUTSIDE = "AWSOrganizationsNotInUseException"
DENY = [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
FULL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
ALLOW = [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]
ROOT, UNIT, BELOW = "r-ab12", "ou-ab12-11111111", "ou-ab12-22222222"


def org(call: str, body: object, argument: str = "") -> Source:
    return cli(ONE, "global", f"organizations {call}", body, argument)


def roots(*types: tuple[str, str]) -> Source:
    kinds = [{"Type": kind, "Status": status} for kind, status in types]
    return org("list-roots", {"Roots": [{"Id": ROOT, "Arn": "", "PolicyTypes": kinds}]})


ON = roots(("SERVICE_CONTROL_POLICY", "ENABLED"))


def policies(*own: str, kind: str = "SERVICE_CONTROL_POLICY") -> Source:
    rows = [{"Id": "p-FullAWSAccess", "Type": kind, "AwsManaged": True}]
    rows += [{"Id": name, "Type": kind, "AwsManaged": False} for name in own]
    return org("list-policies", {"Policies": rows})


def policy(name: str, statement: Any = DENY) -> Source:
    summary = {"Id": name, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}
    content = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return org("describe-policy", {"Policy": {"PolicySummary": summary, "Content": content}}, name)


def targets(name: str, *where: str) -> Source:
    return org("list-targets-for-policy", {"Targets": [{"TargetId": target} for target in where]}, name)


def unit(parent: str, *below: str, accounts: tuple[str, ...] = ()) -> list[Source]:
    rows = [{"Id": account, "Arn": "", "State": "ACTIVE"} for account in accounts]
    units = {"OrganizationalUnits": [{"Id": name, "Arn": ""} for name in below]}
    return [
        org("list-accounts-for-parent", {"Accounts": rows}, parent),
        org("list-organizational-units-for-parent", units, parent),
    ]


BASE = [listed(ONE, TWO), member(ONE), member(TWO)]
OWN = [*BASE, ON, policies("p-own"), policy("p-own")]
CASES: dict[str, tuple[list[Source], State, str, list[str]]] = {
    "at the root": ([*OWN, targets("p-own", ROOT)], ACCEPTABLE, "a1", []),
    "at a member": ([*OWN, targets("p-own", TWO)], ACCEPTABLE, "a1", []),
    "at the management account": ([*OWN, targets("p-own", ONE)], FAILURE, "f2", [ROOT]),
    "at nothing": ([*OWN, targets("p-own")], FAILURE, "f2", [ROOT]),
    "at a unit": ([*OWN, targets("p-own", UNIT), *unit(UNIT, accounts=(TWO,))], ACCEPTABLE, "a1", []),
    "at a unit of units": (
        [*OWN, targets("p-own", UNIT), *unit(UNIT, BELOW), *unit(BELOW, accounts=(TWO,))],
        ACCEPTABLE,
        "a1",
        [],
    ),
    "at an empty unit": ([*OWN, targets("p-own", UNIT), *unit(UNIT)], FAILURE, "f2", [ROOT]),
    "at a unit with the management account": (
        [*OWN, targets("p-own", UNIT), *unit(UNIT, accounts=(ONE,))],
        FAILURE,
        "f2",
        [ROOT],
    ),
    "at an unknown unit": ([*OWN, targets("p-own", UNIT)], UNDETERMINED, "", []),
    "only FullAWSAccess": ([*BASE, ON, policies()], FAILURE, "f2", [ROOT]),
    "off": ([*BASE, roots(), policies()], FAILURE, "f1", [ROOT]),
    "another type is on": ([*BASE, roots(("RESOURCE_CONTROL_POLICY", "ENABLED"))], FAILURE, "f1", [ROOT]),
    "being turned on": (
        [*BASE, roots(("SERVICE_CONTROL_POLICY", "PENDING_ENABLE")), *OWN[4:], targets("p-own", ROOT)],
        UNDETERMINED,
        "",
        [],
    ),
    "policies of another type": (
        [*BASE, ON, policies("p-own", kind="RESOURCE_CONTROL_POLICY")],
        UNDETERMINED,
        "",
        [],
    ),
    "a copy of FullAWSAccess": (
        [*BASE, ON, policies("p-own"), policy("p-own", FULL), targets("p-own", ROOT)],
        FAILURE,
        "f2",
        [ROOT],
    ),
    "an allow list in place of FullAWSAccess": (
        [
            *BASE,
            ON,
            policies("p-own"),
            policy("p-own", ALLOW[0]),
            targets("p-own", TWO),
            targets("p-FullAWSAccess", ROOT, ONE),
        ],
        ACCEPTABLE,
        "a1",
        [],
    ),
    "an allow list beside FullAWSAccess": (
        [
            *BASE,
            ON,
            policies("p-own"),
            policy("p-own", ALLOW),
            targets("p-own", TWO),
            targets("p-FullAWSAccess", ROOT, TWO),
        ],
        FAILURE,
        "f2",
        [ROOT],
    ),
    "an allow list, FullAWSAccess unknown": (
        [*BASE, ON, policies("p-own"), policy("p-own", ALLOW), targets("p-own", TWO)],
        UNDETERMINED,
        "",
        [],
    ),
    "the content is missing": ([*BASE, ON, policies("p-own"), targets("p-own", ROOT)], UNDETERMINED, "", []),
    "the content is no policy": (
        [
            *BASE,
            ON,
            policies("p-own"),
            org("describe-policy", {"Policy": {"PolicySummary": {"Id": "p-own"}, "Content": "{"}}, "p-own"),
            targets("p-own", ROOT),
        ],
        UNDETERMINED,
        "",
        [],
    ),
    "targets were refused": (
        [*OWN, org("list-targets-for-policy", "AccessDenied", "p-own")],
        UNDETERMINED,
        "",
        [],
    ),
    "the roots are missing": ([*BASE, *OWN[4:], targets("p-own", ROOT)], UNDETERMINED, "", []),
    "the policies are missing": ([*BASE, ON], UNDETERMINED, "", []),
    "a page of the policies is missing": (
        [
            *BASE,
            ON,
            org("list-policies", {"Policies": [{"Id": "p-FullAWSAccess", "AwsManaged": True}], "NextToken": "x"}),
        ],
        UNDETERMINED,
        "",
        [],
    ),
    "no organization": (
        [cli(account, "global", "organizations describe-organization", OUTSIDE) for account in (ONE, TWO)],
        FAILURE,
        "f3",
        [ONE, TWO],
    ),
    "refused": ([cli(ONE, "global", "organizations describe-organization", "AccessDenied")], UNDETERMINED, "", []),
    "a member alone": ([member(TWO)], UNDETERMINED, "", []),
    "nothing": ([], UNDETERMINED, "", []),
}


def case(*files: Source) -> Evaluation:
    return found(7, *files)


@pytest.mark.parametrize(("files", "state", "response", "offenders"), CASES.values(), ids=CASES)
def test_policies(files: list[Source], state: State, response: str, offenders: list[str]) -> None:
    evaluation = case(*files)
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == ((f"aws-core-7-{response}",) if response else ())
    assert refs(evaluation) == offenders


def test_what_no_policy_binds_is_shown() -> None:
    evaluation = case(listed(ONE, TWO, THREE), *OWN[1:], targets("p-own", TWO))
    assert evaluation.state is ACCEPTABLE
    assert [lead.ref for lead in evaluation.leads] == [THREE]


def test_an_account_outside_fails_beside_an_organization() -> None:
    outside = cli(THREE, "global", "organizations describe-organization", OUTSIDE)
    evaluation = case(*OWN, targets("p-own", ROOT), outside)
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == (FAILURE, ("aws-core-7-f3",), [THREE])
    assert evaluation.explanation == "1 account stands outside the organization."


def test_a_good_organization_beside_never_heals_another() -> None:
    row = {"Id": "r-zz99", "Arn": "", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}
    listing = {"Policies": [{"Id": "p-FullAWSAccess", "AwsManaged": True}]}
    second = [
        cli(THREE, "global", "organizations list-roots", {"Roots": [row]}),
        cli(THREE, "global", "organizations list-policies", listing),
    ]
    evaluation = case(*OWN, targets("p-own", ROOT), *second)
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == (FAILURE, ("aws-core-7-f2",), ["r-zz99"])


def test_what_is_missing_is_asked_for_with_its_command() -> None:
    evaluation = case(*BASE, ON, policies("p-own"), targets("p-own", ROOT))
    assert "`aws organizations describe-policy --policy-id p-own` is missing" in evaluation.explanation
    assert evaluation.coverage.missing == (ONE,)
    assert "`aws organizations list-roots`" in case(member(TWO)).explanation


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("AWS Organizations is not in-use for this AWS Account.", FAILURE),
        ("AWS Organization o-1 has no SCPs restricting regions.", UNDETERMINED),
    ],
)
def test_prowler_tells_only_that_there_is_no_organization(text: str, state: State) -> None:
    finding = {
        "metadata": {"event_code": "organizations_scp_check_deny_regions", "product": {"name": "Prowler"}},
        "finding_info": {},
        "status_code": "FAIL",
        "status": "New",
        "status_detail": text,
        "cloud": {"account": {"uid": ONE}, "region": "us-east-1"},
        "resources": [{"uid": f"arn:aws:organizations::{ONE}:unknown", "region": "us-east-1"}],
        "time": 1_795_161_600,
    }
    evaluation = case(Source("x.json", json.dumps([finding]).encode()))
    assert (evaluation.state, refs(evaluation)) == (state, [ONE] if state is FAILURE else [])
