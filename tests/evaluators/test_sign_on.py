"""Criterion 10: people sign in through SAML single sign-on, and no IAM user has a password."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import NOW, ONE, TWO, cli, found, refs
from tests.intake.samples import report, root, user

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
DAY = timedelta(days=1)
CENTER = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"


def providers(account: str, *names: str) -> Source:
    rows = [{"Arn": f"arn:aws:iam::{account}:saml-provider/{name}"} for name in names]
    return cli(account, "global", "iam list-saml-providers", {"SAMLProviderList": rows})


def details(account: str, *roles: tuple[str, timedelta | None], action: Any = "sts:AssumeRoleWithSAML") -> Source:
    """Roles by the provider they trust and how long ago they were used; the filter left users and groups out."""
    rows = []
    for number, (federated, used) in enumerate(roles):
        statement = {"Effect": "Allow", "Action": action, "Principal": {"Federated": federated}}
        row: dict[str, Any] = {
            "RoleName": f"people-{number}",
            "Path": "/",
            "Arn": f"arn:aws:iam::{account}:role/people-{number}",
            "CreateDate": "2024-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statement},
            "RoleLastUsed": {} if used is None else {"LastUsedDate": (NOW - used).isoformat()},
        }
        rows.append(row)
    body = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": rows}
    return cli(account, "global", "iam get-account-authorization-details", body)


def arn(name: str, account: str = ONE) -> str:
    return f"arn:aws:iam::{account}:saml-provider/{name}"


def people(account: str = ONE, console: str = "false") -> Source:
    text = report(root(), user("bob")).decode().replace(ONE, account)
    header, *rows = text.split("\n")
    column = header.split(",").index("password_enabled")
    cells = rows[-1].split(",")
    cells[column] = console
    return Source(f"{account}/global/credential-report.csv", "\n".join([header, rows[0], ",".join(cells)]).encode())


def case(*files: Source, as_of: datetime | None = NOW) -> Evaluation:
    return found(10, *files, as_of=as_of)


@pytest.mark.parametrize("name", [CENTER, "Okta"])
def test_a_provider_in_use_and_no_passwords(name: str) -> None:
    evaluation = case(providers(ONE, name), details(ONE, (arn(name), DAY)), people())
    assert (evaluation.state, evaluation.responses) == (ACCEPTABLE, ("aws-core-10-a1",)), evaluation.explanation


def test_a_password_is_a_failure_with_and_without_single_sign_on() -> None:
    for files in ([providers(ONE, CENTER), details(ONE, (arn(CENTER), DAY))], [providers(ONE), details(ONE)], []):
        evaluation = case(*files, people(console="true"))
        assert (evaluation.state, evaluation.responses) == (FAILURE, ("aws-core-10-f1",))
        assert refs(evaluation) == [f"{ONE}/global/user/bob"]


def test_one_password_in_one_of_two_accounts() -> None:
    files = [
        file
        for account in (ONE, TWO)
        for file in (providers(account, CENTER), details(account, (arn(CENTER, account), DAY)))
    ]
    assert case(*files, people(ONE), people(TWO)).state is ACCEPTABLE
    evaluation = case(*files, people(ONE), people(TWO, "true"))
    assert (evaluation.state, refs(evaluation)) == (FAILURE, [f"{TWO}/global/user/bob"])
    assert evaluation.explanation.startswith("1 IAM user has a password for the AWS console, beside single sign-on.")


def test_a_password_that_is_not_said_is_no_acceptance() -> None:
    assert case(providers(ONE, CENTER), details(ONE, (arn(CENTER), DAY)), people(console="?")).state is UNDETERMINED


NOT_PROVEN: dict[str, list[Source]] = {
    "no provider": [providers(ONE), details(ONE)],
    "no role trusts it": [providers(ONE, CENTER), details(ONE)],
    "the role was never used": [providers(ONE, CENTER), details(ONE, (arn(CENTER), None))],
    "the role was used long ago": [providers(ONE, CENTER), details(ONE, (arn(CENTER), 90 * DAY + DAY))],
    "another provider": [providers(ONE, CENTER), details(ONE, (arn("Gone"), DAY))],
    "OIDC": [
        providers(ONE),
        details(ONE, (f"arn:aws:iam::{ONE}:oidc-provider/ci.example.com", DAY), action="sts:AssumeRoleWithWebIdentity"),
    ],
    "providers are missing": [details(ONE, (arn(CENTER), DAY))],
    "roles are missing": [providers(ONE, CENTER)],
    "roles were refused": [
        providers(ONE, CENTER),
        cli(ONE, "global", "iam get-account-authorization-details", "AccessDenied"),
    ],
}


@pytest.mark.parametrize("files", NOT_PROVEN.values(), ids=NOT_PROVEN)
def test_single_sign_on_that_is_not_proven(files: list[Source]) -> None:
    evaluation = case(*files, people())
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == (UNDETERMINED, (), [])


def test_without_a_report_or_in_a_second_account_that_is_unread_nothing_is_acceptable() -> None:
    good = [providers(ONE, CENTER), details(ONE, (arn(CENTER), DAY))]
    assert case(*good).state is UNDETERMINED
    evaluation = case(*good, people(), people(TWO))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (TWO,))


def test_without_the_time_of_the_answer_use_cannot_be_told() -> None:
    evaluation = case(providers(ONE, CENTER), details(ONE, (arn(CENTER), DAY)), people(), as_of=None)
    assert evaluation.state is UNDETERMINED
    assert "State when `aws iam get-account-authorization-details` was run" in evaluation.explanation


def test_identity_center_alone_is_named() -> None:
    instance = {"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "OwnerAccountId": ONE, "Status": "ACTIVE"}
    center = cli(ONE, "us-east-1", "sso-admin list-instances", {"Instances": [instance]})
    evaluation = case(center, providers(ONE, CENTER), details(ONE), people())
    assert evaluation.state is UNDETERMINED
    assert "IAM Identity Center is active; that people use it was not seen." in evaluation.explanation


def test_prowlers_missing_provider_is_no_proof() -> None:
    finding = {
        "metadata": {"event_code": "iam_check_saml_providers_sts", "product": {"name": "Prowler"}},
        "finding_info": {},
        "status_code": "FAIL",
        "status": "New",
        "status_detail": "No SAML Providers found.",
        "cloud": {"account": {"uid": ONE}, "region": "us-east-1"},
        "resources": [{"uid": f"arn:aws:iam::{ONE}:root", "region": "us-east-1"}],
        "time": 1_795_161_600,
    }
    assert case(Source("x.json", json.dumps([finding]).encode())).state is UNDETERMINED
