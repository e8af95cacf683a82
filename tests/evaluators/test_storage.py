"""Criteria 23 and 24: open buckets, and Block Public Access."""

from typing import Any

import pytest

from assessments.evaluators import Source, State
from tests.evaluators.shared import ONE, TWO, cli, found, listed, prowler, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
NONE = "NoSuchPublicAccessBlockConfiguration"
NO_POLICY = "NoSuchBucketPolicy"
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOGS = "http://acs.amazonaws.com/groups/s3/LogDelivery"


def flags(*on: str) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": {name: name in on for name in FLAGS}}


ON, OFF = flags(*FLAGS), flags()
TWO_OF_FOUR = flags("IgnorePublicAcls", "RestrictPublicBuckets")


def account(block: object, *names: str, of: str = ONE) -> list[Source]:
    return [
        cli(of, "global", "s3control get-public-access-block", block),
        cli(of, "global", "s3api list-buckets", {"Buckets": [{"Name": name} for name in names]}),
    ]


def bucket(
    name: str, *grants: tuple[str, str], block: object = NONE, policy: object = NO_POLICY, of: str = ONE
) -> list[Source]:
    rows = [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission} for uri, permission in grants]
    owner = {"Grantee": {"ID": "75aa", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
    is_public = {"PolicyStatus": {"IsPublic": policy}} if isinstance(policy, bool) else policy
    return [
        cli(of, "global", "s3api get-bucket-acl", {"Owner": {}, "Grants": [owner, *rows]}, name),
        cli(of, "global", "s3api get-bucket-policy-status", is_public, name),
        cli(of, "global", "s3api get-public-access-block", block, name),
    ]


def ref(name: str, of: str = ONE) -> str:
    return f"{of}/global/bucket/{name}"


WRITE, READ = (EVERYBODY, "WRITE"), (EVERYBODY, "READ")
Files = list[Source]
OPEN: dict[str, tuple[Files, State, list[str]]] = {
    "no bucket": (account(NONE), ACCEPTABLE, []),
    "closed": ([*account(NONE, "a"), *bucket("a")], ACCEPTABLE, []),
    "log delivery": ([*account(NONE, "a"), *bucket("a", (LOGS, "WRITE"))], ACCEPTABLE, []),
    "a policy that is not public": ([*account(NONE, "a"), *bucket("a", policy=False)], ACCEPTABLE, []),
    "writing": ([*account(NONE, "a"), *bucket("a", WRITE)], FAILURE, [ref("a")]),
    "writing the access list": ([*account(OFF, "a"), *bucket("a", (EVERYBODY, "WRITE_ACP"))], FAILURE, [ref("a")]),
    "full control": ([*account(OFF, "a"), *bucket("a", (AUTHENTICATED, "FULL_CONTROL"))], FAILURE, [ref("a")]),
    "reading": ([*account(NONE, "a"), *bucket("a", READ)], UNDETERMINED, []),
    "reading the access list": (
        [*account(NONE, "a"), *bucket("a", (AUTHENTICATED, "READ_ACP"))],
        UNDETERMINED,
        [],
    ),
    "a public policy": ([*account(NONE, "a"), *bucket("a", policy=True)], UNDETERMINED, []),
    "ignored at the bucket": (
        [*account(NONE, "a"), *bucket("a", WRITE, block=flags("IgnorePublicAcls"))],
        ACCEPTABLE,
        [],
    ),
    "ignored at the account": ([*account(flags("IgnorePublicAcls"), "a"), *bucket("a", WRITE)], ACCEPTABLE, []),
    "restricted at the account": (
        [*account(flags("RestrictPublicBuckets"), "a"), *bucket("a", policy=True)],
        ACCEPTABLE,
        [],
    ),
    "blocking new ones changes nothing": (
        [*account(flags("BlockPublicAcls", "BlockPublicPolicy"), "a"), *bucket("a", WRITE)],
        FAILURE,
        [ref("a")],
    ),
    "one open, one writable": (
        [*account(NONE, "a", "b"), *bucket("a", READ), *bucket("b", WRITE)],
        FAILURE,
        [ref("b")],
    ),
    "writable, the account unknown": ([*account("AccessDenied", "a"), *bucket("a", WRITE)], UNDETERMINED, []),
    "writable, its block refused": ([*account(OFF, "a"), *bucket("a", WRITE, block="AccessDenied")], UNDETERMINED, []),
    "not listed and writable": (bucket("a", WRITE) + account(NONE)[:1], FAILURE, [ref("a")]),
}


@pytest.mark.parametrize(("files", "state", "named"), OPEN.values(), ids=OPEN)
def test_open_buckets(files: Files, state: State, named: list[str]) -> None:
    evaluation = found(23, *files)
    assert evaluation.state is state, evaluation.explanation
    expected = {FAILURE: ("aws-core-23-f1",), ACCEPTABLE: ("aws-core-23-a1",)}.get(state, ())
    assert (evaluation.responses, refs(evaluation)) == (expected, named)


def test_what_is_said_of_open_buckets() -> None:
    files = [*account(NONE, "a", "b"), *bucket("a", WRITE, (AUTHENTICATED, "READ")), *bucket("b", policy=True)]
    evaluation = found(23, *files)
    assert evaluation.explanation == "1 bucket lets strangers write."
    assert evaluation.resources[0].reason == (
        "The access list of the bucket grants WRITE to everybody and READ to everybody with an AWS account, and "
        "nothing blocks it."
    )
    assert [(lead.ref, lead.reason) for lead in evaluation.leads] == [
        (ref("b"), "The policy of the bucket makes it public; this may be intended.")
    ]
    reading = found(23, *account(NONE, "a"), *bucket("a", READ))
    assert reading.explanation == (
        "Some buckets can be read by everybody, which may be intended. Say which of the open buckets are meant to be "
        f"public, and what is in them. To be settled: {ref('a')}: The access list of the bucket grants READ to "
        "everybody; this may be intended."
    )


@pytest.mark.parametrize(
    "call", ["get-bucket-acl", "get-bucket-policy-status", "get-public-access-block", "list-buckets"]
)
@pytest.mark.parametrize(
    ("answer", "why"),
    [(None, "is missing"), ("AccessDenied", "was refused (AccessDenied)")],
    ids=["missing", "refused"],
)
def test_every_call_is_needed(call: str, answer: str | None, why: str) -> None:
    files = [*account(NONE, "a"), *bucket("a")]
    kept = [file for file in files if f"s3api.{call}" not in file.path]
    named = "" if call == "list-buckets" else "a"
    evaluation = found(23, *kept, *([cli(ONE, "global", f"s3api {call}", answer, named)] if answer else []))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (ONE,))
    line = f"aws s3api {call}" + (f" --bucket {named}" if named else "")
    assert f"Still missing: {ONE}: `{line}` {why}" in evaluation.explanation


def test_a_page_of_buckets_is_not_all() -> None:
    body = {"Buckets": [{"Name": "a"}], "ContinuationToken": "more"}
    files = [account(NONE)[0], cli(ONE, "global", "s3api list-buckets", body), *bucket("a")]
    assert found(23, *files).state is UNDETERMINED
    assert (found(24, *files).responses, refs(found(24, *files))) == ((), [ref("a")])


def test_settings_that_contradict_are_not_known() -> None:
    again = [Source(f"again/{file.path}", file.content) for file in account(NONE)]
    assert found(24, *account(ON), *again).state is UNDETERMINED


BLOCKED: dict[str, tuple[Files, State, tuple[str, ...], list[str]]] = {
    "the account": (account(ON), ACCEPTABLE, ("a1",), []),
    "the account, buckets unknown": (account(ON)[:1], ACCEPTABLE, ("a1",), []),
    "every bucket": ([*account(NONE, "a"), *bucket("a", block=ON)], ACCEPTABLE, ("a2",), []),
    "two settings each": (
        [*account(TWO_OF_FOUR, "a"), *bucket("a", block=flags("BlockPublicAcls", "BlockPublicPolicy"))],
        ACCEPTABLE,
        ("a2",),
        [],
    ),
    "off everywhere": ([*account(NONE, "a"), *bucket("a")], FAILURE, ("f1",), [ONE, ref("a")]),
    "off everywhere, by value": ([*account(OFF, "a"), *bucket("a", block=OFF)], FAILURE, ("f1",), [ONE, ref("a")]),
    "off and all public": ([*account(OFF, "a"), *bucket("a", READ)], FAILURE, ("f1",), [ONE]),
    "two of four is not on": ([*account(TWO_OF_FOUR, "a"), *bucket("a")], FAILURE, (), [ref("a")]),
    "one bucket bare": ([*account(NONE, "a", "b"), *bucket("a", block=ON), *bucket("b")], FAILURE, (), [ref("b")]),
    "the bare one is public": (
        [*account(NONE, "a", "b"), *bucket("a", block=ON), *bucket("b", policy=True)],
        UNDETERMINED,
        (),
        [],
    ),
    "no bucket and no setting": (account(NONE), UNDETERMINED, (), []),
    "the account refused": ([*account("AccessDenied", "a"), *bucket("a")], UNDETERMINED, (), []),
    "a bucket refused": ([*account(NONE, "a"), *bucket("a", block="AccessDenied")], UNDETERMINED, (), []),
    "whether it is public refused": (
        [*account(NONE, "a", "b"), *bucket("a", block=ON), *bucket("b", policy="AccessDenied")],
        UNDETERMINED,
        (),
        [],
    ),
}


@pytest.mark.parametrize(("files", "state", "responses", "named"), BLOCKED.values(), ids=BLOCKED)
def test_block_public_access(files: Files, state: State, responses: tuple[str, ...], named: list[str]) -> None:
    evaluation = found(24, *files)
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-24-{name}" for name in responses)
    assert refs(evaluation) == named


def test_some_accounts_by_setting_and_some_by_bucket() -> None:
    evaluation = found(24, *account(ON), *account(NONE, "b", of=TWO), *bucket("b", block=ON, of=TWO))
    assert evaluation.responses == ("aws-core-24-a2",)
    assert evaluation.explanation == "Block Public Access is fully on for every account or every bucket in it."


def test_what_is_said_of_blocks() -> None:
    off = found(24, *account(NONE, "a"), *bucket("a"))
    assert off.explanation == "Block Public Access is off for accounts and all their buckets."
    assert [one.reason for one in off.resources] == [
        "Block Public Access is off for the account and not fully on for any bucket.",
        "Block Public Access is not fully on, and the bucket is not public.",
    ]
    mixed = found(24, *account(NONE, "a", "b"), *bucket("a", block=ON), *bucket("b"))
    assert mixed.explanation == "1 bucket is neither public nor fully blocked."
    nothing = found(24, *account(NONE))
    assert nothing.leads[0].reason == "The account setting is not fully on, and there is no bucket to look at."


def test_one_bad_account_of_six() -> None:
    ids = [ONE, TWO, "333333333333", "666666666666", "777788889999", "123456789012"]
    good = [file for one in ids[1:] for file in account(ON, of=one)]
    bad = [*account(NONE, "a"), *bucket("a", WRITE)]
    evaluation = found(24, listed(*ids), *good, *bad)
    assert (refs(evaluation), evaluation.coverage.seen) == ([ONE], 6)
    assert refs(found(23, listed(*ids), *good, *bad)) == [ref("a")]
    assert found(24, listed(*ids), *good[2:]).coverage.missing == (ONE, TWO)


UID = "arn:aws:s3:::a"


def test_prowler_proves_public_writing_only() -> None:
    writing = prowler("s3_bucket_public_write_acl", UID)
    assert refs(found(23, writing)) == [UID]
    assert refs(found(23, writing, *account(flags("IgnorePublicAcls")))) == []
    for check in ("s3_bucket_public_access", "s3_bucket_public_list_acl", "s3_bucket_policy_public_write_access"):
        assert found(23, prowler(check, UID)).state is UNDETERMINED
    for check in ("s3_account_level_public_access_blocks", "s3_bucket_level_public_access_block"):
        assert found(24, prowler(check, UID)).state is UNDETERMINED
