"""Criteria 15 and 16: idle roles, and broad policies of AWS."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import NOW, ONE, TWO, cli, found, listed, manifest, prowler, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
DETAILS = "iam get-account-authorization-details"
COMMAND = f"`aws {DETAILS} --filter User Role Group LocalManagedPolicy`"
AWS = "arn:aws:iam::aws:policy/"


def ago(days: float, *, epoch: bool = False) -> str | float:
    moment = NOW - timedelta(days=days)
    return moment.timestamp() if epoch else moment.isoformat()


def role(
    name: str, used: object = None, *, made: object = None, path: str = "/", policies: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Path": path,
        "Arn": f"arn:aws:iam::{ONE}:role{path}{name}",
        "CreateDate": made or ago(500),
        "RoleLastUsed": {"LastUsedDate": used, "Region": "us-east-1"} if used else {},
        "AttachedManagedPolicies": attached(*policies),
    }


def attached(*names: str) -> list[dict[str, str]]:
    return [{"PolicyName": name.rpartition("/")[2], "PolicyArn": name} for name in names]


def details(account: str, *roles: dict[str, Any], **lists: object) -> Source:
    body: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": list(roles), "Policies": []}
    text = body | lists
    for one in text["RoleDetailList"]:
        one["Arn"] = one["Arn"].replace(ONE, account)
    return cli(account, "global", DETAILS, text)


def judged(number: int, *files: Source, as_of: datetime | None = NOW) -> Evaluation:
    return found(number, *files, as_of=as_of)


LINKED = "/aws-service-role/support.amazonaws.com/"
ROLES: dict[str, tuple[list[dict[str, Any]], State, tuple[str, ...], list[str]]] = {
    "all used": ([role("app", ago(3)), role("ci", ago(89.9))], ACCEPTABLE, ("a1",), []),
    "exactly 90 days": ([role("app", ago(90))], ACCEPTABLE, ("a1",), []),
    "only AWS's own idle": ([role("app", ago(3)), role("x", path=LINKED)], ACCEPTABLE, ("a2",), []),
    "a reserved one idle": ([role("x", path="/aws-reserved/sso.amazonaws.com/")], ACCEPTABLE, ("a2",), []),
    "one idle": ([role("app", ago(3)), role("old", ago(90.1))], FAILURE, (), [f"{ONE}/global/role/old"]),
    "two idle": ([role("a", ago(91)), role("b")], FAILURE, ("f1",), [f"{ONE}/global/role/a", f"{ONE}/global/role/b"]),
    "a service role counts": ([role("a", path="/service-role/")], FAILURE, (), [f"{ONE}/global/role/a"]),
    "seconds since 1970": ([role("a", ago(91, epoch=True))], FAILURE, (), [f"{ONE}/global/role/a"]),
    "young without use": ([role("app", ago(3)), role("new", made=ago(5))], UNDETERMINED, (), []),
    "a date that is none": ([role("app", "yesterday")], UNDETERMINED, (), []),
}


@pytest.mark.parametrize(("roles", "state", "responses", "named"), ROLES.values(), ids=ROLES)
def test_idle_roles(roles: list[dict[str, Any]], state: State, responses: tuple[str, ...], named: list[str]) -> None:
    evaluation = judged(15, details(ONE, *roles))
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-15-{name}" for name in responses)
    assert refs(evaluation) == named


def test_what_is_said_of_idle_roles() -> None:
    evaluation = judged(15, details(ONE, role("old", ago(120)), role("app", ago(1))))
    assert evaluation.explanation == (
        "1 custom role was not used in the last 90 days. One role is not several, so no response of the playbook fits."
    )
    assert evaluation.resources[0].reason == "The role was last used 120 days ago."
    never = judged(15, details(ONE, role("old")))
    assert never.resources[0].reason == "AWS shows no use of the role. It is 500 days old."
    young = judged(15, details(ONE, role("new", made=ago(5))))
    assert young.explanation == (
        "No custom role was proven to be idle for more than 90 days. To be settled: "
        f"{ONE}/global/role/new: The role is 5 days old and was not used yet."
    )
    both = judged(15, details(ONE, role("new", made=ago(5)), role("newer", made=ago(4))))
    assert both.explanation.endswith(
        f"was not used yet; {ONE}/global/role/newer: The role is 4 days old and was not used yet."
    )


def test_one_bad_account_of_six() -> None:
    ids = [ONE, TWO, "333333333333", "666666666666", "777788889999", "123456789012"]
    good = [details(account, role("app", ago(3))) for account in ids[1:]]
    bad = details(ONE, role("a"), role("b"), role("c", ago(1)))
    evaluation = judged(15, listed(*ids), bad, *good)
    assert refs(evaluation) == [f"{ONE}/global/role/a", f"{ONE}/global/role/b"]
    assert (evaluation.coverage.seen, evaluation.coverage.missing) == (6, ())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "is missing"),
        (cli(TWO, "global", DETAILS, "AccessDenied"), "was refused (AccessDenied)"),
        (details(TWO, role("app", ago(3)), Marker="more"), "is incomplete"),
    ],
    ids=["missing", "refused", "incomplete"],
)
@pytest.mark.parametrize("number", [15, 16])
def test_an_account_that_was_not_read_is_asked_for(number: int, answer: Source | None, why: str) -> None:
    evaluation = judged(number, listed(ONE, TWO), details(ONE, role("app", ago(3))), *([answer] if answer else []))
    assert evaluation.state is UNDETERMINED
    assert evaluation.coverage.missing == (TWO,)
    assert evaluation.explanation.endswith(f"Still missing: {TWO}: {COMMAND} {why}.")


def test_without_a_date_only_what_the_answer_itself_shows_is_sure() -> None:
    evaluation = judged(15, details(ONE, role("a", ago(200)), role("b", ago(1))), as_of=None)
    assert refs(evaluation) == [f"{ONE}/global/role/a"]
    assert evaluation.resources[0].reason == "The role was last used at least 199 days ago."
    fine = judged(15, details(ONE, role("a", ago(2)), role("b", ago(1))), as_of=None)
    assert fine.state is UNDETERMINED
    assert f"State when `aws {DETAILS}` was run" in fine.explanation


def test_a_stated_date_that_cannot_be_true_makes_nothing_young() -> None:
    evaluation = judged(15, details(ONE, role("a", ago(2))), as_of=datetime(2025, 1, 1, tzinfo=UTC))
    assert evaluation.state is UNDETERMINED


def user(name: str, *policies: str, **more: object) -> dict[str, Any]:
    return {"UserName": name, "AttachedManagedPolicies": attached(*policies), **more}


def group(name: str, *policies: str) -> dict[str, Any]:
    return {"GroupName": name, "AttachedManagedPolicies": attached(*policies)}


ADMIN, S3, IAM = f"{AWS}AdministratorAccess", f"{AWS}AmazonS3FullAccess", f"{AWS}IAMFullAccess"
POLICIES: dict[str, tuple[Source, State, tuple[str, ...], list[str]]] = {
    "none": (details(ONE, role("app", policies=(f"{AWS}ReadOnlyAccess",))), ACCEPTABLE, ("a1",), []),
    "an own policy of the same name": (
        details(ONE, role("app", policies=(f"arn:aws:iam::{ONE}:policy/AdministratorAccess",))),
        ACCEPTABLE,
        ("a1",),
        [],
    ),
    "a user": (
        details(ONE, UserDetailList=[user("ann", ADMIN)]),
        FAILURE,
        ("f1",),
        [f"{ONE}/global/user/ann#AdministratorAccess"],
    ),
    "a user in China": (
        details(ONE, UserDetailList=[user("ann", "arn:aws-cn:iam::aws:policy/IAMFullAccess")]),
        FAILURE,
        ("f1",),
        [f"{ONE}/global/user/ann#IAMFullAccess"],
    ),
    "a group without members": (
        details(ONE, GroupDetailList=[group("dev", IAM)]),
        FAILURE,
        ("f1",),
        [f"{ONE}/global/group/dev#IAMFullAccess"],
    ),
    "a role with S3": (
        details(ONE, role("app", ago(1), policies=(S3, ADMIN))),
        FAILURE,
        ("f1",),
        [f"{ONE}/global/role/app#AmazonS3FullAccess"],
    ),
    "two calm administrators": (
        details(ONE, role("a", ago(31), policies=(ADMIN,)), role("b", policies=(ADMIN,))),
        ACCEPTABLE,
        ("a2",),
        [],
    ),
    "a busy administrator": (details(ONE, role("a", ago(30), policies=(ADMIN,))), UNDETERMINED, (), []),
    "three administrators": (
        details(ONE, *(role(name, policies=(ADMIN,)) for name in "abc")),
        UNDETERMINED,
        (),
        [],
    ),
    "a service-linked role": (details(ONE, role("x", path=LINKED, policies=(ADMIN,))), ACCEPTABLE, ("a1",), []),
    "the users were left out": (
        cli(ONE, "global", DETAILS, {"RoleDetailList": [], "UserDetailList": []}),
        UNDETERMINED,
        (),
        [],
    ),
}


@pytest.mark.parametrize(("file", "state", "responses", "named"), POLICIES.values(), ids=POLICIES)
def test_broad_policies(file: Source, state: State, responses: tuple[str, ...], named: list[str]) -> None:
    evaluation = judged(16, file)
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-16-{name}" for name in responses)
    assert refs(evaluation) == named


def test_the_number_of_administrators_is_that_of_an_account() -> None:
    files = [details(account, *(role(name, policies=(ADMIN,)) for name in "ab")) for account in (ONE, TWO)]
    assert judged(16, *files).responses == ("aws-core-16-a2",)


def test_a_copy_of_a_broad_policy_is_a_lead() -> None:
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": ["*"]}}
    arn = f"arn:aws:iam::{ONE}:policy/all"
    own = {
        "PolicyName": "all",
        "Arn": arn,
        "PolicyVersionList": [{"IsDefaultVersion": True, "Document": everything}],
    }
    ann = user("ann", arn, UserPolicyList=[{"PolicyName": "inline", "PolicyDocument": everything}])
    evaluation = judged(16, details(ONE, UserDetailList=[ann], Policies=[own]))
    assert evaluation.state is ACCEPTABLE
    assert [lead.ref for lead in evaluation.leads] == [f"{ONE}/global/user/ann#{name}" for name in ("all", "inline")]


@pytest.mark.parametrize(
    ("check", "state"),
    [
        ("iam_user_administrator_access_policy", FAILURE),
        ("iam_group_administrator_access_policy", FAILURE),
        ("iam_role_administratoraccess_policy", UNDETERMINED),
        ("iam_aws_attached_policy_no_administrative_privileges", UNDETERMINED),
    ],
)
def test_prowler(check: str, state: State) -> None:
    evaluation = found(16, prowler(check, f"arn:aws:iam::{ONE}:user/ann"))
    assert evaluation.state is state
    assert refs(evaluation) == ([f"arn:aws:iam::{ONE}:user/ann"] if state is FAILURE else [])


def test_the_manifest_dates_the_answer() -> None:
    file = details(ONE, role("a", ago(91)))
    assert judged(15, file, manifest([file]), as_of=None).state is FAILURE
