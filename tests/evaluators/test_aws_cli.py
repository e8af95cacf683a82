"""Answers of the command line: which call, which account and region, and whether it is all."""

import json

import pytest

from assessments.evaluators import Source, evaluate
from assessments.evaluators.formats import AWS_CLI, aws_cli, detect, fields
from assessments.evaluators.formats.calls import BY_NAME, CALLS
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.reading import harvest
from tests.evaluators.shared import FIXTURES, NOW, ONE, TWO, cli

EXAMPLES = sorted(path for path in FIXTURES.glob("acme-*/*/*/*.json") if ".error." not in path.name)
# The same members: only the name of the file tells them apart.
ALIKE = ("get-public-access-block", "-for-parent")


@pytest.mark.parametrize("path", EXAMPLES, ids=[f"{path.parts[-3]}/{path.parts[-2]}/{path.name}" for path in EXAMPLES])
def test_every_example_is_recognised_with_its_name_and_by_its_members(path: object) -> None:
    file = FIXTURES / str(path)
    service, command = file.name.split(".")[:2]
    value = json.loads(file.read_bytes())
    named = aws_cli.recognise(value, f"{service}.{command}.x.json")
    assert named is not None
    assert named.name == f"{service} {command}"
    bare = aws_cli.recognise(value, "output.json")
    empty = not value or (all(isinstance(one, list) and not one for one in value.values()))
    if not empty and not any(part in command for part in ALIKE):
        assert bare is named
    elif bare is not None:
        assert set(bare.key.split()) <= set(value)


def test_every_call_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(CALLS)


@pytest.mark.parametrize(
    ("path", "call", "argument", "account", "region"),
    [
        (f"bundle/{ONE}/us-east-1/ec2.describe-volumes.json", "ec2 describe-volumes", "", ONE, "us-east-1"),
        (f"{ONE}/global/s3api.get-bucket-acl.a.b.json", "s3api get-bucket-acl", "a.b", ONE, "global"),
        ("describe-volumes.json", "ec2 describe-volumes", "", "", ""),
        ("aws ec2 describe-volumes (2).json", "ec2 describe-volumes", "", "", ""),
        ("config.describe-delivery-channels.json", "configservice describe-delivery-channels", "", "", ""),
        ("holiday.json", None, "", "", ""),
        ("get-public-access-block.json", None, "", "", ""),  # of a bucket, or of an account
        (f"{ONE}/us-gov-west-1/lambda.list-functions.json", "lambda list-functions", "", ONE, "us-gov-west-1"),
    ],
)
def test_what_a_name_says(path: str, call: str | None, argument: str, account: str, region: str) -> None:
    named = aws_cli.from_name(path)
    assert (named.call.name if named.call else None, named.argument) == (call, argument)
    assert (named.account, named.region) == (account, region)


@pytest.mark.parametrize(
    "written",
    [
        '"2026-11-20T08:00:00Z"',
        '"2026-11-20T08:00:00+00:00"',
        '"2026-11-20T08:00:00.000Z"',
        '"2026-11-20T09:00:00.000000+01:00"',
        "1795161600",
        "1795161600.0",
    ],
)
def test_timestamps_of_both_versions(written: str) -> None:
    assert fields.instant(json.loads(f'{{"At": {written}}}'), "At") == NOW


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_as_shells_save_it(encoding: str) -> None:
    text = json.dumps({"Volumes": []})
    (file,) = evaluate([Source(f"{ONE}/us-east-1/ec2.describe-volumes.json", text.encode(encoding))]).files
    assert (file.format, file.status, file.problem) == (AWS_CLI, "read", None)
    assert detect(text.encode(encoding)) == AWS_CLI


@pytest.mark.parametrize(
    ("extra", "is_incomplete"),
    [
        ({}, False),
        ({"NextToken": None}, False),
        ({"PaginationToken": ""}, False),
        ({"NextToken": "abc"}, True),
        ({"Marker": "abc"}, True),
        ({"IsTruncated": True}, True),
        ({"IsTruncated": False}, False),
    ],
)
def test_pages(extra: dict[str, object], is_incomplete: bool) -> None:
    file = cli(ONE, "us-east-1", "ec2 describe-volumes", {"Volumes": [], **extra})
    fact = aws_cli.parse(json.loads(file.read()), file.path)
    assert fact.is_incomplete is is_incomplete
    assert evaluate([file]).files[0].status == ("partial" if is_incomplete else "read")


@pytest.mark.parametrize(
    ("options", "is_incomplete"),
    [
        (["--region", "us-east-1"], False),
        (["--filters", "Name=encrypted,Values=true"], True),
        (["--volume-ids", "vol-1"], True),
        (["--max-items", "5"], True),
        (["--query", "Volumes"], True),
    ],
)
def test_a_command_that_asks_for_a_part_gets_a_part(options: list[str], is_incomplete: bool) -> None:
    command = ["aws", "ec2", "describe-volumes", *options]
    fact = aws_cli.parse({"Volumes": []}, f"{ONE}/us-east-1/ec2.describe-volumes.json", command)
    assert fact.is_incomplete is is_incomplete


def test_a_filter_of_account_details_leaves_out_whole_lists() -> None:
    body = {"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}
    command = ["aws", "iam", "get-account-authorization-details", "--filter", "Role"]
    fact = aws_cli.parse(body, f"{ONE}/global/iam.get-account-authorization-details.json", command)
    assert set(fact.body or {}) == {"RoleDetailList", "Policies"}


@pytest.mark.parametrize(
    "body", [[{"VolumeId": "vol-1"}], ["vol-1"], {"Ids": ["vol-1"]}, {"Volumes": ["vol-1"]}, {}, 7]
)
def test_a_projection_is_refused(body: object) -> None:
    path = f"{ONE}/us-east-1/ec2.describe-volumes.json"
    with pytest.raises(Unreadable, match="without --query"):
        aws_cli.parse(body, path)
    (file,) = evaluate([Source(path, json.dumps(body).encode())]).files
    assert file.status == "refused"


def test_an_answer_may_be_empty_where_a_bucket_has_no_logging() -> None:
    fact = aws_cli.parse({}, f"{ONE}/global/s3api.get-bucket-logging.one.json")
    assert (fact.call, fact.arguments, fact.body) == ("s3api get-bucket-logging", ("one",), {})


@pytest.mark.parametrize(
    ("value", "account", "region"),
    [
        ({"Volumes": [{"VolumeId": "vol-1", "AvailabilityZone": "eu-west-1b"}]}, "", "eu-west-1"),
        (
            {"Reservations": [{"OwnerId": ONE, "Instances": [{"Placement": {"AvailabilityZone": "us-east-1a"}}]}]},
            ONE,
            "us-east-1",
        ),
        ({"DBInstances": [{"DBInstanceArn": f"arn:aws:rds:us-east-1:{ONE}:db:x"}]}, ONE, "us-east-1"),
        ({"Snapshots": [{"OwnerId": ONE}, {"OwnerId": TWO}]}, "", ""),
        ({"SAMLProviderList": [{"Arn": f"arn:aws:iam::{ONE}:saml-provider/x"}]}, ONE, "global"),
        ({"UserId": "x", "Account": ONE, "Arn": f"arn:aws:iam::{ONE}:user/x"}, ONE, "global"),
        ({"Functions": []}, "", ""),
    ],
)
def test_an_answer_may_say_where_it_is_from(value: dict[str, object], account: str, region: str) -> None:
    fact = aws_cli.parse(value, "output.json")
    assert (fact.account, fact.region) == (account, region)


def test_an_answer_from_nowhere_is_named_and_not_used() -> None:
    outcome = evaluate([Source("list-functions.json", b'{"Functions": []}')])
    assert outcome.files[0].status == "partial"
    assert (outcome.files[0].problem or "").startswith("It does not say which account it is from, and was not used. ")
    assert outcome.accounts == ()


def test_details_of_one_account_in_the_folder_of_another_are_refused() -> None:
    body = {
        "UserDetailList": [{"Arn": f"arn:aws:iam::{TWO}:user/alice"}],
        "RoleDetailList": [],
        "GroupDetailList": [],
    }
    (file,) = evaluate([cli(ONE, "global", "iam get-account-authorization-details", body)]).files
    assert (file.status, (file.problem or "")[:46]) == ("refused", f"The file lies in the folder of account {ONE}"[:46])


def test_a_refusal_is_read_and_named() -> None:
    (file,) = evaluate([cli(ONE, "us-east-1", "ec2 describe-volumes", "UnauthorizedOperation")]).files
    assert (file.status, file.problem) == ("read", "AWS refused `aws ec2 describe-volumes` (UnauthorizedOperation).")


@pytest.mark.parametrize(
    "data",
    [
        b'{"Volumes": [',
        b'{"Volumes": [{"Encrypted": NaN}]}',
        b'{"Volumes": ' + b"[" * 100_000,
        b'{"Volumes": [' + b'{"a": ' * 70 + b"1" + b"}" * 70 + b"]}",
        b'{"Volumes": [{"VolumeId": "\\ud800"}]}',
        b'{"Volumes": [{"Size": ' + b"9" * 5_000 + b"}]}",
        b'{"Volumes": [{"Size": 1e999}]}',
        b"\xff\xfe\x00",
        b"\x00\x01\x02",
    ],
)
def test_damaged_json_is_refused_with_a_sentence(data: bytes) -> None:
    (file,) = evaluate([Source(f"{ONE}/us-east-1/ec2.describe-volumes.json", data)]).files
    assert file.status == "refused"
    assert (file.problem or "").endswith(".")


def test_a_named_answer_is_read_by_its_top_level_member() -> None:
    """A member of the listed objects tells calls apart only where the name does not."""
    users = b'{"Users": [{"UserName": "dana", "Emails": [{"Value": "dana@acme.example"}]}]}'
    named = harvest([Source("111122223333/us-east-1/identitystore.list-users.json", users)])
    assert [fact.call for fact, _ in named.facts] == ["identitystore list-users"]
    assert harvest([Source("users.json", users)]).facts == []
    dax = b'{"Clusters": [{"ClusterName": "fast"}]}'
    assert [
        fact.call for fact, _ in harvest([Source("111122223333/eu-west-1/redshift.describe-clusters.json", dax)]).facts
    ] == ["dax describe-clusters"]
