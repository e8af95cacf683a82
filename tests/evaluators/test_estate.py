"""Facts merged by account and region, and what has to be covered."""

from datetime import timedelta

import pytest

from assessments.evaluators import Estate, Source, estate_of, evaluate
from assessments.evaluators.answers import Status
from assessments.evaluators.reading import harvest
from tests.evaluators.shared import NOW, ONE, THREE, TWO, cli, listed, manifest, member, zipped

VOLUMES = "ec2 describe-volumes"
HERE = "us-east-1"


def estate(*files: Source, scope: tuple[str, ...] = ()) -> Estate:
    return estate_of(harvest(files), NOW, scope)


def volume(name: str) -> dict[str, object]:
    return {"VolumeId": name, "Encrypted": True, "AvailabilityZone": "us-east-1a"}


def test_required_accounts_are_the_active_the_declared_and_the_collected() -> None:
    found = estate(listed(ONE, TWO), member(THREE), scope=("999999999999", "not an account"))
    assert found.required == (ONE, TWO, THREE, "999999999999")


@pytest.mark.parametrize("state", ["SUSPENDED", "CLOSED"])
def test_closed_accounts_need_nothing_even_if_declared(state: str) -> None:
    found = estate(listed(ONE, TWO=state), scope=(TWO,))
    assert (found.required, found.accounts) == ((ONE,), (ONE,))


def test_what_was_collected_from_a_closed_account_is_looked_at() -> None:
    found = estate(listed(ONE, TWO="SUSPENDED"), member(TWO))
    assert (found.required, found.accounts) == ((ONE,), (ONE, TWO))


def test_state_counts_before_status() -> None:
    rows = [
        {"Id": TWO, "Arn": "", "Status": "ACTIVE", "State": "SUSPENDED"},
        {"Id": ONE, "Arn": "", "Status": "ACTIVE"},
    ]
    found = estate(cli(ONE, "global", "organizations list-accounts", {"Accounts": rows}))
    assert found.listed == {ONE: "ACTIVE", TWO: "SUSPENDED"}


def test_a_list_without_its_management_account_is_incomplete() -> None:
    assert estate(listed(ONE, TWO), member(TWO)).listing.status is Status.READ
    assert estate(listed(TWO), member(TWO)).listing.status is Status.INCOMPLETE


def test_an_answer_is_read_missing_refused_absent_or_incomplete() -> None:
    found = estate(
        cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-1")]}),
        cli(TWO, HERE, VOLUMES, "UnauthorizedOperation"),
        cli(THREE, HERE, VOLUMES, {"Volumes": [volume("vol-2")], "NextToken": "more"}),
        cli(ONE, "global", "s3control get-public-access-block", "NoSuchPublicAccessBlockConfiguration"),
    )
    answers = [found.call(account, HERE, VOLUMES) for account in (ONE, TWO, THREE, "999999999999")]
    assert [answer.status for answer in answers] == [Status.READ, Status.REFUSED, Status.INCOMPLETE, Status.MISSING]
    assert [answer.why() for answer in answers[1:]] == [
        "was refused (UnauthorizedOperation)",
        "is incomplete",
        "is missing",
    ]
    assert answers[2].items("Volumes") == [volume("vol-2")]  # what is there may be used
    absent = found.call(ONE, "global", "s3control get-public-access-block")
    assert (absent.is_absent, absent.is_known, absent.items("PublicAccessBlockConfiguration")) == (True, True, [])


def test_a_part_that_a_whole_answer_holds_does_not_count() -> None:
    whole = cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-1"), volume("vol-2")]})
    part = Source(
        f"again/{whole.path}", cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-1")], "NextToken": "x"}).content
    )
    other = Source(
        f"again/{whole.path}", cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-3")], "NextToken": "x"}).content
    )
    assert estate(whole, part).call(ONE, HERE, VOLUMES).status is Status.READ
    merged = estate(whole, other).call(ONE, HERE, VOLUMES)
    assert merged.status is Status.INCOMPLETE
    assert [item["VolumeId"] for item in merged.items("Volumes")] == ["vol-1", "vol-2", "vol-3"]


def test_the_newer_bundle_counts() -> None:
    old, new = cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-1")]}), cli(ONE, HERE, VOLUMES, {"Volumes": []})
    earlier = (NOW - timedelta(days=1)).isoformat()
    files = [
        Source("old.zip", zipped([old, manifest([old], collected_at=earlier)])),
        Source("new.zip", zipped([new, manifest([new])])),
    ]
    for order in (files, files[::-1]):
        answer = estate(*order).call(ONE, HERE, VOLUMES)
        assert (answer.items("Volumes"), answer.clock.low) == ([], NOW)


def test_regions_come_from_the_manifest_and_from_what_was_seen() -> None:
    files = [
        cli(ONE, "eu-west-1", VOLUMES, {"Volumes": [volume("vol-1")]}),
        cli(ONE, "eu-west-2", VOLUMES, {"Volumes": []}),
        cli(ONE, "global", "s3api get-bucket-location", {"LocationConstraint": "EU"}, "one"),
        cli(ONE, "global", "s3api get-bucket-location", {"LocationConstraint": "eu-north-1"}, "two"),
        cli(ONE, "global", "s3api get-bucket-location", {"LocationConstraint": None}, "three"),
    ]
    found = estate(*files)
    assert found.regions(ONE) == ("eu-north-1", "eu-west-1", "us-east-1")
    assert not found.knows_regions(ONE)
    accounts = [{"id": ONE, "regions_enabled": ["ap-south-1", "us-east-1"], "regions_active": ["ap-south-1"]}]
    found = estate(*files, manifest(files, accounts=accounts))
    assert found.regions(ONE) == ("ap-south-1", "eu-north-1", "eu-west-1", "us-east-1")
    assert found.knows_regions(ONE)
    assert found.enabled_regions(ONE) == {"ap-south-1", "us-east-1"}


def test_without_a_manifest_enabled_regions_count_until_they_are_shown_to_be_empty() -> None:
    regions = {"Regions": [{"RegionName": "us-east-1", "Endpoint": "x", "OptInStatus": "opted-in"}]}
    found = estate(cli(ONE, "global", "ec2 describe-regions", regions))
    assert (found.regions(ONE), found.knows_regions(ONE)) == (("us-east-1",), True)


def test_answers_about_many_things_are_found_by_name() -> None:
    found = estate(
        cli(ONE, "global", "s3api get-bucket-acl", {"Grants": [], "Owner": {}}, "one"),
        cli(ONE, "global", "s3api get-bucket-acl", "AccessDenied", "two"),
    )
    answers = found.answers(ONE, "global", "s3api get-bucket-acl")
    assert {name: answer.status for name, answer in answers.items()} == {"one": Status.READ, "two": Status.REFUSED}


def test_an_answer_about_a_bucket_finds_the_account_that_lists_it() -> None:
    buckets = cli(ONE, "global", "s3api list-buckets", {"Buckets": [{"Name": "one"}]})
    loose = Source("s3api.get-bucket-acl.one.json", b'{"Grants": [], "Owner": {}}')
    assert estate(buckets, loose).call(ONE, "global", "s3api get-bucket-acl", "one").status is Status.READ
    assert evaluate([loose]).files[0].status == "partial"


def test_a_refusal_may_lack_its_code() -> None:
    found = estate(cli(ONE, HERE, VOLUMES, ""))
    assert found.call(ONE, HERE, VOLUMES).why() == "was refused (no reason given)"


def test_a_region_is_active_inactive_or_not_known() -> None:
    location = cli(ONE, "global", "s3api get-bucket-location", {"LocationConstraint": "EU"}, "data")
    found = estate(cli(ONE, HERE, VOLUMES, {"Volumes": [volume("vol-1")]}), location)
    assert [found.is_active(ONE, region) for region in (HERE, "eu-west-1", "eu-west-2")] == [True, True, None]
    files = [member(ONE)]
    told = estate(*files, manifest(files))
    assert [told.is_active(ONE, region) for region in (HERE, "eu-west-2")] == [True, False]
