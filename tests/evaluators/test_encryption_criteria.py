"""Criteria 8 and 9: data stores, and EBS volumes and snapshots, encrypted at rest."""

import json
from typing import Any

import pytest

from assessments.evaluators import Source, State
from tests.evaluators.shared import ONE, TWO, cli, found, manifest, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
REGION = "us-east-1"
EMPTY: dict[str, object] = {
    "rds describe-db-instances": {"DBInstances": []},
    "rds describe-db-clusters": {"DBClusters": []},
    "redshift describe-clusters": {"Clusters": []},
    "elasticache describe-replication-groups": {"ReplicationGroups": []},
    "elasticache describe-cache-clusters": {"CacheClusters": []},
    "opensearch list-domain-names": {"DomainNames": []},
    "efs describe-file-systems": {"FileSystems": []},
    "dax describe-clusters": {"Clusters": []},
    "kinesis list-streams": {"StreamNames": [], "HasMoreStreams": False},
    "dynamodb list-tables": {"TableNames": []},
}


def stores(account: str = ONE, region: str = REGION, drop: str = "", **bodies: object) -> list[Source]:
    """All calls of criterion 8 in one region, empty but for those given by the name of the command."""
    given = {name.replace("_", "-"): body for name, body in bodies.items()}
    return [
        cli(account, region, call, given.get(call.split(" ", 1)[1], empty))
        for call, empty in EMPTY.items()
        if call != drop
    ]


def buckets(account: str = ONE, *names: str) -> Source:
    return cli(account, "global", "s3api list-buckets", {"Buckets": [{"Name": name} for name in names]})


def case8(*files: Source, regions: tuple[str, ...] = (REGION,)) -> tuple[State, tuple[str, ...], list[str]]:
    evaluation = found(8, *files, whole(list(files), regions))
    return evaluation.state, tuple(name[-2:] for name in evaluation.responses), refs(evaluation)


def whole(files: list[Source], regions: tuple[str, ...] = (REGION,)) -> Source:
    accounts = sorted({file.path[:12] for file in files})
    said = [{"id": account, "regions_enabled": regions, "regions_active": regions} for account in accounts]
    return manifest(files, accounts=said)


def db(encrypted: object) -> dict[str, object]:
    arn = f"arn:aws:rds:{REGION}:{ONE}:db:shop"
    return {"DBInstances": [{"DBInstanceIdentifier": "shop", "DBInstanceArn": arn, "StorageEncrypted": encrypted}]}


def test_no_data_store_anywhere() -> None:
    assert case8(buckets(), *stores()) == (ACCEPTABLE, ("a2",), [])


@pytest.mark.parametrize("call", EMPTY)
def test_a_call_that_is_missing_or_refused_leaves_it_open(call: str) -> None:
    assert case8(buckets(), *stores(drop=call))[0] is UNDETERMINED
    assert case8(buckets(), *stores(drop=call), cli(ONE, REGION, call, "AccessDenied"))[0] is UNDETERMINED


def test_tables_need_not_be_known_where_another_store_is_in_use() -> None:
    assert case8(buckets(), *stores(drop="dynamodb list-tables", describe_db_instances=db(True)))[1] == ("a1",)


def test_a_table_is_a_store_in_use_and_always_encrypted() -> None:
    assert case8(buckets(), *stores(list_tables={"TableNames": ["carts"]})) == (ACCEPTABLE, ("a1",), [])


CASES: dict[str, tuple[str, Any, str]] = {
    "instance": ("describe_db_instances", db(False), "db/shop"),
    "cluster": (
        "describe_db_clusters",
        {"DBClusters": [{"DBClusterIdentifier": "orders", "StorageEncrypted": False}]},
        "db-cluster/orders",
    ),
    "file system": (
        "describe_file_systems",
        {"FileSystems": [{"FileSystemId": "fs-1", "OwnerId": ONE, "Encrypted": False}]},
        "filesystem/fs-1",
    ),
    "replication group": (
        "describe_replication_groups",
        {"ReplicationGroups": [{"ReplicationGroupId": "sessions", "AtRestEncryptionEnabled": False}]},
        "cache/sessions",
    ),
    "single cache": (
        "describe_cache_clusters",
        {"CacheClusters": [{"CacheClusterId": "one", "Engine": "redis", "AtRestEncryptionEnabled": False}]},
        "cache/one",
    ),
}


@pytest.mark.parametrize(("name", "body", "ref"), CASES.values(), ids=CASES)
def test_a_store_that_is_off(name: str, body: Any, ref: str) -> None:
    on = json.loads(json.dumps(body).replace("false", "true"))
    assert case8(buckets(), *stores(**{name: body})) == (FAILURE, ("f1",), [f"{ONE}/{REGION}/{ref}"])
    assert case8(buckets(), *stores(**{name: on})) == (ACCEPTABLE, ("a1",), [])
    silent = json.loads(json.dumps(body).replace("false", "null"))
    assert case8(buckets(), *stores(**{name: silent})) == (UNDETERMINED, (), [])


@pytest.mark.parametrize(
    ("call", "body", "ref"),
    [
        (
            "redshift describe-clusters",
            {"Clusters": [{"ClusterIdentifier": "dwh", "Encrypted": False}]},
            "redshift-cluster/dwh",
        ),
        (
            "dax describe-clusters",
            {"Clusters": [{"ClusterName": "fast", "SSEDescription": {"Status": "DISABLED"}}]},
            "dax-cluster/fast",
        ),
    ],
)
def test_two_services_with_the_same_command(call: str, body: object, ref: str) -> None:
    files = [buckets(), *stores(drop=call), cli(ONE, REGION, call, body)]
    assert case8(*files) == (FAILURE, ("f1",), [f"{ONE}/{REGION}/{ref}"])


def test_a_replication_group_is_named_once() -> None:
    group = {"ReplicationGroups": [{"ReplicationGroupId": "sessions", "AtRestEncryptionEnabled": False}]}
    members = [
        {"CacheClusterId": f"sessions-00{n}", "ReplicationGroupId": "sessions", "AtRestEncryptionEnabled": False}
        for n in (1, 2)
    ]
    files = stores(describe_replication_groups=group, describe_cache_clusters={"CacheClusters": members})
    assert case8(buckets(), *files) == (FAILURE, ("f1",), [f"{ONE}/{REGION}/cache/sessions"])


def test_memcached_offers_no_encryption() -> None:
    body = {"CacheClusters": [{"CacheClusterId": "pages", "Engine": "memcached", "AtRestEncryptionEnabled": False}]}
    files = [buckets(), *stores(describe_cache_clusters=body)]
    assert case8(*files) == (UNDETERMINED, (), [])
    assert [lead.ref for lead in found(8, *files, whole(files)).leads] == [f"{ONE}/{REGION}/cache/pages"]


def test_a_domain_has_to_be_described() -> None:
    names = {"DomainNames": [{"DomainName": "logs"}, {"DomainName": "search"}]}
    arn = f"arn:aws:es:{REGION}:{ONE}:domain/logs"
    for enabled, state, offenders in ((True, UNDETERMINED, []), (False, FAILURE, [f"{ONE}/{REGION}/domain/logs"])):
        rows = [{"DomainName": "logs", "ARN": arn, "EncryptionAtRestOptions": {"Enabled": enabled}}]
        files = [*stores(list_domain_names=names)]
        assert case8(buckets(), *files)[0] is UNDETERMINED
        files.append(cli(ONE, REGION, "opensearch describe-domains", {"DomainStatusList": rows}))
        assert (case8(buckets(), *files)[0], case8(buckets(), *files)[2]) == (state, offenders)


@pytest.mark.parametrize(("kind", "state"), [("KMS", ACCEPTABLE), ("NONE", FAILURE), (None, UNDETERMINED)])
def test_streams(kind: str | None, state: State) -> None:
    stream = {"StreamDescriptionSummary": {"StreamName": "clicks", "EncryptionType": kind}}
    files = [buckets(), *stores(list_streams={"StreamNames": ["clicks"]})]
    assert case8(*files)[0] is UNDETERMINED
    evaluation = case8(*files, cli(ONE, REGION, "kinesis describe-stream-summary", stream, "clicks"))
    assert evaluation[0] is state
    assert evaluation[2] == ([f"{ONE}/{REGION}/stream/clicks"] if state is FAILURE else [])


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"ServerSideEncryptionConfiguration": {"Rules": [{}]}}, ACCEPTABLE),
        ("ServerSideEncryptionConfigurationNotFoundError", FAILURE),
        ("AccessDenied", UNDETERMINED),
    ],
)
def test_buckets(body: object, state: State) -> None:
    evaluation = case8(
        buckets(ONE, "files"), *stores(), cli(ONE, "global", "s3api get-bucket-encryption", body, "files")
    )
    assert (evaluation[0], evaluation[2]) == (state, [f"{ONE}/global/bucket/files"] if state is FAILURE else [])


def test_one_region_that_was_not_read() -> None:
    files = [buckets(), *stores(describe_db_instances=db(True))]
    evaluation = found(8, *files, whole(files, (REGION, "eu-west-1")))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (f"{ONE}/eu-west-1",))


def test_nothing_asks_for_the_bundle() -> None:
    assert found(8).explanation.startswith("No data store without encryption at rest was found in what was read.")
    assert "Or run the collector" in found(8).explanation


# --- 9 ----------------------------------------------------------------------------------------------------------------


def ebs(
    volumes: list[tuple[str, object]],
    snapshots: list[tuple[str, object, str]],
    account: str = ONE,
    region: str = REGION,
) -> list[Source]:
    rows = [{"VolumeId": name, "Encrypted": on, "AvailabilityZone": f"{region}a"} for name, on in volumes]
    shots = [{"SnapshotId": name, "Encrypted": on, "OwnerId": owner} for name, on, owner in snapshots]
    return [
        cli(account, region, "ec2 describe-volumes", {"Volumes": rows}),
        cli(account, region, "ec2 describe-snapshots", {"Snapshots": shots}),
    ]


def case9(*files: Source, regions: tuple[str, ...] = (REGION,)) -> tuple[State, tuple[str, ...], list[str]]:
    evaluation = found(9, *files, whole(list(files), regions))
    return evaluation.state, tuple(name[-2:] for name in evaluation.responses), refs(evaluation)


def test_volumes_and_own_snapshots() -> None:
    assert case9(*ebs([("vol-1", True)], [("snap-1", True, ONE)])) == (ACCEPTABLE, ("a1",), [])
    assert case9(*ebs([("vol-1", False)], [("snap-1", True, ONE)])) == (
        FAILURE,
        ("f1",),
        [f"{ONE}/{REGION}/volume/vol-1"],
    )
    assert case9(*ebs([], [("snap-1", False, ONE)])) == (FAILURE, ("f1",), [f"{ONE}/{REGION}/snapshot/snap-1"])


def test_snapshots_of_others_do_not_count() -> None:
    assert case9(*ebs([("vol-1", True)], [("snap-1", False, TWO)])) == (ACCEPTABLE, ("a1",), [])
    assert case9(*ebs([], [("snap-1", True, TWO)]))[0] is UNDETERMINED


def test_nothing_of_the_kind_is_no_response() -> None:
    files = ebs([], [])
    evaluation = found(9, *files, whole(files))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, ())
    assert "There are no volumes or snapshots, so no response of the playbook fits" in evaluation.explanation


def test_what_is_not_said_or_not_read_is_not_encrypted_for_sure() -> None:
    assert case9(*ebs([("vol-1", None)], []))[0] is UNDETERMINED
    volumes = ebs([("vol-1", True)], [])[0]
    assert case9(volumes)[0] is UNDETERMINED
    assert case9(volumes, cli(ONE, REGION, "ec2 describe-snapshots", "UnauthorizedOperation"))[0] is UNDETERMINED
    page = {"Snapshots": [], "NextToken": "more"}
    assert case9(volumes, cli(ONE, REGION, "ec2 describe-snapshots", page))[0] is UNDETERMINED
    assert case9(*ebs([("vol-1", True)], []), regions=(REGION, "eu-west-1"))[0] is UNDETERMINED


def test_one_bad_account_of_six() -> None:
    accounts = (ONE, TWO, "222222222222", "333333333333", "777788889999", "123456789012")
    files = [file for name in accounts for file in ebs([("vol-1", name != TWO)], [], name)]
    assert case9(*files) == (FAILURE, ("f1",), [f"{TWO}/{REGION}/volume/vol-1"])
    good = [file for name in accounts for file in ebs([("vol-1", True)], [], name)]
    assert case9(*good) == (ACCEPTABLE, ("a1",), [])
    assert found(9, *good, whole(good)).explanation == "All 6 EBS volumes and snapshots are encrypted."


def test_an_offender_in_a_region_that_is_said_to_be_empty_still_counts() -> None:
    files = [*ebs([("vol-1", True)], []), *ebs([("vol-2", False)], [], region="eu-west-1")]
    assert case9(*files) == (FAILURE, ("f1",), [f"{ONE}/eu-west-1/volume/vol-2"])
