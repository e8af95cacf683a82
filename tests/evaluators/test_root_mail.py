"""Criterion 4: root's addresses; only a contradiction can be seen."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, outcome_of, refs


def accounts(*rows: tuple[str, str], **more: Any) -> Source:
    listed = [{"Id": account, "Arn": "", "Email": email, "State": "ACTIVE"} for account, email in rows]
    return cli(ONE, "global", "organizations list-accounts", {"Accounts": listed, **more})


def directory(*emails: str) -> Source:
    users = [{"IdentityStoreId": "d-1", "DisplayName": "Dana Doe", "Emails": [{"Value": email}]} for email in emails]
    return cli(ONE, "us-east-1", "identitystore list-users", {"Users": users}, "d-1")


def case(*files: Source, **more: Any) -> Evaluation:
    return found(4, *files, **more)


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("dana.doe@acme.example", "Root's address dana.doe@acme.example is that of Dana Doe in the directory."),
        ("Dana.Doe@ACME.example", "Root's address Dana.Doe@ACME.example is that of Dana Doe in the directory."),
        ("acme@gmail.com", "Root's address acme@gmail.com is at a provider of mailboxes for persons."),
        ("acme+aws@GMail.com", "Root's address acme+aws@GMail.com is at a provider of mailboxes for persons."),
    ],
)
def test_the_address_of_a_person(email: str, reason: str) -> None:
    evaluation = case(accounts((ONE, "aws@acme.example"), (TWO, email)), directory("dana.doe@acme.example"))
    assert (evaluation.state, evaluation.responses) == (State.FAILURE, ("aws-core-4-f1",))
    assert refs(evaluation) == [TWO]
    assert evaluation.resources[0].reason == reason
    assert evaluation.explanation.startswith("1 root account has the address of a person.")


def test_a_tag_behind_a_name_is_no_contradiction() -> None:
    evaluation = case(accounts((ONE, "dana.doe+aws@acme.example")), directory("dana.doe@acme.example"))
    assert (evaluation.state, refs(evaluation)) == (State.UNDETERMINED, [])
    assert [lead.reason for lead in evaluation.leads] == [
        "Root's address dana.doe+aws@acme.example leads to the mailbox of Dana Doe in the directory."
    ]


def test_addresses_are_listed_by_mailbox() -> None:
    evaluation = outcome_of("acme-good").criteria["aws-core-4"]
    assert (evaluation.state, evaluation.coverage.missing, len(evaluation.leads)) == (State.UNDETERMINED, (), 6)
    assert evaluation.explanation == (
        "No address of root was found to be a person's. 6 addresses of root lead to 1 mailbox, aws@acme.example. "
        "Show who reads it: no answer of AWS does."
    )


def test_an_account_tells_its_own_address() -> None:
    own = cli(TWO, "global", "account get-primary-email", {"PrimaryEmail": "acme@gmx.de"})
    assert (case(own).state, refs(case(own))) == (State.FAILURE, [TWO])


def test_closed_accounts_do_not_count() -> None:
    closed = {"Id": TWO, "Arn": "", "Email": "acme@gmail.com", "State": "SUSPENDED"}
    active = {"Id": ONE, "Arn": "", "Email": "aws@acme.example", "State": "ACTIVE"}
    evaluation = case(cli(ONE, "global", "organizations list-accounts", {"Accounts": [active, closed]}))
    assert (evaluation.state, refs(evaluation)) == (State.UNDETERMINED, [])


@pytest.mark.parametrize(
    "files",
    [
        [],
        [cli(ONE, "global", "organizations list-accounts", "AccessDenied")],
        [accounts((ONE, ""))],
        [accounts((ONE, "aws@acme.example"), NextToken="more")],  # the mark of a further page
    ],
    ids=["nothing", "refused", "no address", "a page"],
)
def test_nothing_is_ever_acceptable(files: list[Source]) -> None:
    evaluation = case(*files)
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == (State.UNDETERMINED, (), [])
    assert "`aws organizations list-accounts`" in evaluation.explanation


def test_a_declared_account_without_an_address_is_missing() -> None:
    evaluation = case(accounts((ONE, "aws@acme.example")), scope=(THREE,))
    assert evaluation.coverage.missing == (THREE,)
