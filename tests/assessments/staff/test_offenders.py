"""How the name of a resource is taken apart, and what a sentence with a command becomes."""

import pytest

from assessments.queries.evaluations import Named
from assessments.queries.proposals import offender, pieces, user_of
from assessments.queries.sources import word_of

ARN = "arn:aws:organizations::999999999999:ou/o-1/ou-2"


@pytest.mark.parametrize(
    ("ref", "region", "name", "about", "short", "word"),
    [
        ("999999999999", "", "999999999999", "account", "999999999999", "999999999999"),
        ("999999999999/us-west-2", "", "us-west-2", "region", "us-west-2", "us-west-2"),
        ("999999999999/global/root#mfa", "", "root", "MFA", "root (MFA)", "<root_account>"),
        ("999999999999/global/user/bob", "", "bob", "user", "bob", "bob"),
        (
            "999999999999/global/user/bob#access_key_1",
            "", "bob", "user, access key 1", "bob (access key 1)", "bob",
        ),
        (
            "999999999999/global/group/Dev#IAMFullAccess",
            "", "Dev", "group, IAMFullAccess", "Dev (IAMFullAccess)", "Dev",
        ),
        ("999999999999/us-east-1/db/orders-db", "us-east-1", "orders-db", "database", "orders-db", "orders-db"),
        ("999999999999/eu-west-1/security-group/sg-1", "eu-west-1", "sg-1", "security group", "sg-1", "sg-1"),
        ("999999999999/eu-west-1/parameter/app/db", "eu-west-1", "app/db", "parameter", "app/db", "app/db"),
        (ARN, "", ARN, "", ARN, "ou-2"),
    ],
)  # fmt: skip
def test_name_of_a_resource(ref: str, region: str, name: str, about: str, short: str, word: str) -> None:
    named = Named(ref, "It is open.")
    found = offender(3, named, {})
    assert (found.region, found.name, found.about, found.short) == (region, name, about, short)
    assert (found.id, found.account, found.row) == ("offender-3", "" if ref == ARN else "999999999999", "")
    assert word_of(named) == word


def test_only_users_and_root_have_a_row_in_a_credential_report() -> None:
    rows = {("999999999999", "bob"): "row-1-4", ("999999999999", ""): "never"}
    assert offender(1, Named("999999999999/global/user/bob#access_key_2", ""), rows).row == "row-1-4"
    for ref in ("111122223333/global/user/bob", "999999999999/us-east-1/db/bob", "999999999999"):
        assert user_of(Named(ref, "")) == ("bob" if "user" in ref else "")
        assert offender(1, Named(ref, ""), {("999999999999", "bob"): "row-1-4"}).row == ""


def test_commands_in_a_sentence_are_set_apart() -> None:
    assert pieces("Add `aws iam x`, or `y`.") == [
        (False, "Add "), (True, "aws iam x"), (False, ", or "), (True, "y"), (False, "."),
    ]  # fmt: skip
    assert pieces("`z` is missing") == [(True, "z"), (False, " is missing")]
    assert pieces("") == []
