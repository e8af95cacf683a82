"""Criterion 3: trails cover every active region and deliver into an account for logging alone."""

import json
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, listed, manifest, member, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
EAST, WEST = "us-east-1", "us-west-2"
LOGS = THREE  # ONE manages, TWO works, THREE logs


def trail(account: str, name: str = "main", bucket: str = "logs", **more: Any) -> dict[str, Any]:
    home = more.pop("home", EAST)
    return {
        "Name": name,
        "TrailARN": f"arn:aws:cloudtrail:{home}:{account}:trail/{name}",
        "HomeRegion": home,
        "S3BucketName": bucket,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": False,
        **more,
    }


def trails(account: str, *rows: dict[str, Any], region: str = EAST) -> Source:
    return cli(account, region, "cloudtrail describe-trails", {"trailList": list(rows)})


def status(account: str, on: object = True, name: str = "main", region: str = EAST, **more: Any) -> Source:
    return cli(account, region, "cloudtrail get-trail-status", {"IsLogging": on, **more}, name)


def buckets(account: str, *names: str) -> Source:
    return cli(account, "global", "s3api list-buckets", {"Buckets": [{"Name": name} for name in names]})


def workload(account: str, region: str = EAST, **found: list[Any]) -> list[Source]:
    """The calls that tell whether an account works, empty but for what is given."""
    return [
        cli(account, region, "ec2 describe-instances", {"Reservations": found.get("instances", [])}),
        cli(account, region, "rds describe-db-instances", {"DBInstances": found.get("databases", [])}),
        cli(account, region, "rds describe-db-clusters", {"DBClusters": []}),
        cli(account, region, "lambda list-functions", {"Functions": found.get("functions", [])}),
    ]


def case(*files: Source, regions: dict[str, list[str]] | None = None, **more: Any) -> Evaluation:
    accounts = sorted({file.path[:12] for file in files})
    said = [
        {
            "id": account,
            "regions_enabled": [EAST, WEST],
            "regions_active": (regions or {}).get(account, [EAST]),
            "management": account == ONE,
        }
        for account in accounts
    ]
    return found(3, *files, manifest(list(files), accounts=said), **more)


SHOWN = trail(ONE, "all", IsOrganizationTrail=True)
LOGGING = [trails(LOGS, SHOWN), status(LOGS, name="all"), buckets(LOGS, "logs"), *workload(LOGS)]
MANAGING = [trails(ONE, SHOWN), status(ONE, name="all"), buckets(ONE)]
WORKING = [trails(TWO, SHOWN), status(TWO, name="all"), buckets(TWO)]
OWN = [
    trails(TWO, trail(TWO)),
    status(TWO),
    buckets(TWO, "mine"),
    trails(LOGS, trail(LOGS)),
    status(LOGS),
    buckets(LOGS, "logs"),
    *workload(LOGS),
]


def verdict(evaluation: Evaluation) -> tuple[State, tuple[str, ...], list[str]]:
    return evaluation.state, tuple(name[-2:] for name in evaluation.responses), refs(evaluation)


def test_an_organization_trail() -> None:
    assert verdict(case(*MANAGING, *WORKING, *LOGGING)) == (ACCEPTABLE, ("a1", "a2"), [])


def test_trails_of_their_own() -> None:
    assert verdict(case(*OWN)) == (ACCEPTABLE, ("a1",), [])


@pytest.mark.parametrize(
    ("files", "offenders"),
    [
        ([trails(TWO), buckets(TWO)], [TWO]),
        ([trails(TWO, SHOWN), status(TWO, False, "all"), buckets(TWO)], [f"{ONE}/{EAST}/trail/all"]),
        ([trails(TWO, trail(TWO)), status(TWO, False), buckets(TWO)], [f"{TWO}/{EAST}/trail/main"]),
        ([trails(TWO, trail(TWO, bucket="mine")), status(TWO), buckets(TWO, "mine")], [f"{TWO}/{EAST}/trail/main"]),
        ([trails(TWO, trail(TWO)), cli(TWO, EAST, "cloudtrail get-trail-status", "TrailNotFoundException", "main"),
          buckets(TWO)], [f"{TWO}/{EAST}/trail/main"]),
    ],
    ids=["no trail", "organization's is off", "its own is off", "its own bucket", "its own is gone"],
)  # fmt: skip
def test_one_bad_account(files: list[Source], offenders: list[str]) -> None:
    assert verdict(case(*MANAGING, *files, *LOGGING)) == (FAILURE, ("f1",), offenders)


def test_no_trail_anywhere() -> None:
    files = [source for account in (ONE, TWO) for source in (trails(account), buckets(account))]
    assert verdict(case(*files)) == (FAILURE, ("f1", "f2"), [ONE, TWO])


def test_a_good_trail_beside_a_bad_one_is_enough() -> None:
    bad = trail(TWO, "old", bucket="mine")
    files = [trails(TWO, SHOWN, bad), status(TWO, name="all"), status(TWO, False, "old"), buckets(TWO, "mine")]
    assert case(*MANAGING, *files, *LOGGING).state is ACCEPTABLE


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"instances": [{"OwnerId": LOGS, "Instances": [{"State": {"Name": "running"}}]}]}, FAILURE),
        ({"instances": [{"OwnerId": LOGS, "Instances": [{"State": {"Name": "terminated"}}]}]}, ACCEPTABLE),
        ({"databases": [{"DBInstanceIdentifier": "shop"}]}, FAILURE),
        ({"functions": [{"FunctionName": "notify"}]}, UNDETERMINED),
    ],
)
def test_an_account_that_works_is_no_logging_account(found: dict[str, Any], state: State) -> None:
    logging = [*LOGGING[:3], *workload(LOGS, **found)]
    evaluation = case(*MANAGING, *WORKING, *logging)
    assert evaluation.state is state, evaluation.explanation
    assert refs(evaluation) == ([f"{ONE}/{EAST}/trail/all"] if state is FAILURE else [])


def test_the_management_account_is_no_logging_account() -> None:
    files = [trails(ONE, SHOWN), status(ONE, name="all"), buckets(ONE, "logs"), *workload(ONE)]
    assert verdict(case(*files, *WORKING)) == (FAILURE, ("f1",), [f"{ONE}/{EAST}/trail/all"])


def test_the_list_of_accounts_names_the_management_account_too() -> None:
    files = [trails(ONE, SHOWN), status(ONE, name="all"), buckets(ONE, "logs"), *workload(ONE), *WORKING]
    said = [{"id": account, "regions_enabled": [EAST], "regions_active": [EAST]} for account in (ONE, TWO)]
    files.append(listed(ONE, TWO))
    evaluation = found(3, *files, manifest(files, accounts=said))
    assert verdict(evaluation) == (FAILURE, ("f1",), [f"{ONE}/{EAST}/trail/all"])


OPEN: dict[str, list[Source]] = {
    "the bucket is listed by nobody": [*MANAGING, *WORKING],
    "the work of the logging account is unknown": [*MANAGING, *WORKING, *LOGGING[:3]],
    "a list of buckets is missing": [*MANAGING, *WORKING[:2], *LOGGING],
    "trails are missing": [*MANAGING, *WORKING[1:], *LOGGING],
    "trails were refused": [
        *MANAGING,
        cli(TWO, EAST, "cloudtrail describe-trails", "AccessDenied"),
        *WORKING[1:],
        *LOGGING,
    ],
    "a delivery failed": [
        *MANAGING,
        WORKING[0],
        status(TWO, name="all", LatestDeliveryError="AccessDenied"),
        WORKING[2],
        *LOGGING,
    ],
    "one of its own is not known": [*OWN[:1], *OWN[2:]],
}


@pytest.mark.parametrize("files", OPEN.values(), ids=OPEN)
def test_what_is_not_proven(files: list[Source]) -> None:
    assert verdict(case(*files)) == (UNDETERMINED, (), [])


def test_a_missing_status_is_asked_for() -> None:
    evaluation = case(*OWN[:1], *OWN[2:])
    command = f"`aws cloudtrail get-trail-status --name arn:aws:cloudtrail:{EAST}:{TWO}:trail/main --region {EAST}`"
    assert f"{TWO}/{EAST}: {command} is missing" in evaluation.explanation


def test_an_account_that_is_listed_and_not_collected() -> None:
    files = [*MANAGING, *LOGGING, listed(ONE, TWO, LOGS), member(ONE)]
    evaluation = case(*files)
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (TWO,))
    closed = [*MANAGING, *LOGGING, listed(ONE, LOGS, TWO="SUSPENDED"), member(ONE)]
    assert case(*closed).state is ACCEPTABLE


def test_every_active_region_is_covered() -> None:
    local = trail(TWO, IsMultiRegionTrail=False)
    files = [*OWN[1:], trails(TWO, local), trails(TWO, region=WEST)]
    assert case(*files, regions={TWO: [EAST]}).state is ACCEPTABLE
    both = case(*files, regions={TWO: [EAST, WEST]})
    assert verdict(both) == (FAILURE, ("f1",), [f"{TWO}/{EAST}/trail/main"])
    assert both.resources[0].reason == "It covers us-east-1 only."
    assert case(*files[:-1], regions={TWO: [EAST, WEST]}).state is UNDETERMINED
    second = trail(TWO, home=WEST, IsMultiRegionTrail=False)
    files = [*OWN[1:], trails(TWO, local), trails(TWO, second, region=WEST), status(TWO, region=WEST)]
    assert case(*files, regions={TWO: [EAST, WEST]}).state is ACCEPTABLE


def test_of_two_trails_of_one_name_each_has_its_own_status() -> None:
    local, second = trail(TWO, IsMultiRegionTrail=False), trail(TWO, home=WEST, IsMultiRegionTrail=False)
    files = [*OWN[1:], trails(TWO, local), trails(TWO, second, region=WEST), status(TWO, False, region=WEST)]
    assert refs(case(*files, regions={TWO: [EAST, WEST]})) == [f"{TWO}/{WEST}/trail/main"]


def finding(region: str, uid: str, check: str = "cloudtrail_multi_region_enabled") -> dict[str, Any]:
    return {
        "metadata": {"event_code": check, "product": {"name": "Prowler"}},
        "finding_info": {},
        "status_code": "FAIL",
        "status": "New",
        "status_detail": "No CloudTrail trails enabled with logging were found.",
        "cloud": {"account": {"uid": ONE}, "region": region},
        "resources": [{"uid": uid, "region": region}],
        "time": 1_795_161_600,
    }


def test_prowler_names_a_region_that_is_active() -> None:
    rows = [finding(WEST, f"arn:aws:cloudtrail:{WEST}:{ONE}:trail")]
    unknown = found(3, Source("x.json", json.dumps(rows).encode()))
    assert verdict(unknown) == (UNDETERMINED, (), [])
    rows.append(finding(WEST, f"arn:aws:ec2:{WEST}:{ONE}:volume/vol-1", "ec2_ebs_volume_encryption"))
    assert verdict(found(3, Source("x.json", json.dumps(rows).encode()))) == (FAILURE, ("f1",), [f"{ONE}/{WEST}"])


def test_nothing_asks_for_the_calls() -> None:
    assert verdict(found(3)) == (UNDETERMINED, (), [])
    assert "`aws cloudtrail describe-trails`" in found(3).explanation
