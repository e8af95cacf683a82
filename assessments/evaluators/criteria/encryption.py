"""Encryption at rest: criteria 8 and 9."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from assessments.evaluators.algebra import Truth, all_of, any_of, negate
from assessments.evaluators.answers import Answer
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.result import Evaluation, State


class Store(NamedTuple):
    """One kind of data store: the call that lists it, and where an object says its name and its encryption."""

    call: str
    key: str
    kind: str
    name: str
    encryption: tuple[str, ...]


_STORES: Final = (
    Store("rds describe-db-instances", "DBInstances", "db", "DBInstanceIdentifier", ("StorageEncrypted",)),
    Store("rds describe-db-clusters", "DBClusters", "db-cluster", "DBClusterIdentifier", ("StorageEncrypted",)),
    Store("redshift describe-clusters", "Clusters", "redshift-cluster", "ClusterIdentifier", ("Encrypted",)),
    Store(
        "elasticache describe-replication-groups",
        "ReplicationGroups",
        "cache",
        "ReplicationGroupId",
        ("AtRestEncryptionEnabled",),
    ),
    Store("efs describe-file-systems", "FileSystems", "filesystem", "FileSystemId", ("Encrypted",)),
    Store("dax describe-clusters", "Clusters", "dax-cluster", "ClusterName", ("SSEDescription", "Status")),
)
_DOMAIN: Final = Store(
    "opensearch describe-domains", "DomainStatusList", "domain", "DomainName", ("EncryptionAtRestOptions", "Enabled")
)
_DOMAINS: Final = "opensearch list-domain-names"
_CACHES: Final = "elasticache describe-cache-clusters"
_STREAMS: Final = "kinesis list-streams"
_STREAM: Final = "kinesis describe-stream-summary"
_TABLES: Final = "dynamodb list-tables"
_BUCKETS: Final = "s3api list-buckets"
_BUCKET: Final = "s3api get-bucket-encryption"
_VOLUMES: Final = "ec2 describe-volumes"
_SNAPSHOTS: Final = "ec2 describe-snapshots"
_WORDS: Final[dict[str, bool]] = {"ENABLED": True, "KMS": True, "DISABLED": False, "NONE": False}
_PROWLER: Final = (
    "rds_instance_storage_encrypted",
    "rds_cluster_storage_encrypted",
    "rds_snapshots_encrypted",
    "opensearch_service_domains_encryption_at_rest_enabled",
    "redshift_cluster_encrypted_at_rest",
    "elasticache_redis_cluster_rest_encryption_enabled",
    "efs_encryption_at_rest_enabled",
    "documentdb_cluster_storage_encrypted",
    "neptune_cluster_storage_encrypted",
    "dynamodb_accelerator_cluster_encryption_enabled",
    "kinesis_stream_encrypted_at_rest",
    "s3_bucket_default_encryption",
)


def data_stores(estate: Estate, as_of: datetime | None) -> Evaluation:
    """8. Every data store in use is encrypted at rest: evidence contract, section 2, criterion 8.

    DynamoDB encrypts always, so its tables only show that a data store is in use.
    """
    case = Case(estate, "aws-core-8")
    used: list[Truth] = [_judge_buckets(place) for place in case.accounts(_BUCKETS)]
    calls = [store.call for store in _STORES]
    for place in case.places(*calls, _CACHES, _DOMAINS, _STREAMS):
        used += [_judge_stores(place, store) for store in _STORES]
        tables = place.call(_TABLES)
        used += [_judge_caches(place), _judge_domains(place), _judge_streams(place)]
        used.append(_is_used(place, tables, "TableNames", tables.strings("TableNames")))
    case.prowler(*_PROWLER)
    in_use = any_of(used)
    if in_use is None:
        case.ask(f"Whether there are DynamoDB tables shows `aws {_TABLES}`.")
    return case.decide(
        acceptable={"a1": all_of([in_use, case.clean]), "a2": negate(in_use)},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "Every data store in use is encrypted at rest."
            if in_use
            else "No account uses a data store.",
            State.FAILURE: f"{counted(len(case.offenders), 'data store is', 'data stores are')} not encrypted at rest.",
            State.UNDETERMINED: "No data store without encryption at rest was found in what was read.",
        },
    )


def _is_used(place: Place, answer: Answer, key: str, found: Iterable[Any]) -> Truth:
    """Whether there is anything of a kind here; in a region that is not active, what was not read is not there."""
    if any(True for _ in found):
        return True
    return False if not place.is_active or (answer.is_known and answer.has(key)) else None


def _judge(place: Place, kind: str, name: str, value: Any) -> None:
    """One data store, by what it says of its encryption: true or false, or one of AWS's words."""
    is_on = value if isinstance(value, bool) else _WORDS.get(value.upper()) if isinstance(value, str) else None
    if is_on is False:
        place.case.offend(place.ref(kind, name), "It is not encrypted at rest.")
    elif is_on is None:
        place.case.doubt(place.ref(kind, name), "Whether it is encrypted at rest is not said.")


def _judge_stores(place: Place, store: Store) -> Truth:
    items = place.items(store.call, store.key)
    for item in items:
        _judge(place, store.kind, fields.text(item, store.name), fields.dig(item, *store.encryption))
    return _is_used(place, place.call(store.call), store.key, items)


def _judge_caches(place: Place) -> Truth:
    """Caches on their own; a member of a replication group is named once, as its group."""
    items = place.items(_CACHES, "CacheClusters")
    for item in items:
        name = fields.text(item, "ReplicationGroupId") or fields.text(item, "CacheClusterId")
        if fields.text(item, "Engine").casefold() == "memcached":
            place.case.doubt(place.ref("cache", name), "Memcached offers no encryption at rest: what does it hold?")
        else:
            _judge(place, "cache", name, item.get("AtRestEncryptionEnabled"))
    return _is_used(place, place.call(_CACHES), "CacheClusters", items)


def _judge_domains(place: Place) -> Truth:
    """A domain that is listed has to be described as well; describing takes five names at a time."""
    listed = place.items(_DOMAINS, "DomainNames")
    described = place.items(_DOMAIN.call, _DOMAIN.key) if listed else place.call(_DOMAIN.call).items(_DOMAIN.key)
    for item in described:
        _judge(place, _DOMAIN.kind, fields.text(item, _DOMAIN.name), fields.dig(item, *_DOMAIN.encryption))
    for name in sorted({fields.text(item, _DOMAIN.name) for item in listed}):
        if name not in {fields.text(item, _DOMAIN.name) for item in described}:
            place.gap(_DOMAIN.call, f"says nothing of {name}")
    return _is_used(place, place.call(_DOMAINS), "DomainNames", [*listed, *described])


def _judge_streams(place: Place) -> Truth:
    place.items(_STREAMS, "StreamNames")
    names = place.call(_STREAMS).strings("StreamNames")
    for name in names:
        for value in place.need(_STREAM, name).values("StreamDescriptionSummary", "EncryptionType"):
            _judge(place, "stream", name, value)
    return _is_used(place, place.call(_STREAMS), "StreamNames", names)


def _judge_buckets(place: Place) -> Truth:
    """Since January 2023 S3 encrypts every new object; older ones stay as they are, which no answer shows."""
    items = place.items(_BUCKETS, "Buckets")
    for name in [fields.text(item, "Name") for item in items]:
        answer = place.need(_BUCKET, name)
        if answer.is_absent:
            place.case.offend(place.ref("bucket", name), "The bucket has no default encryption.")
        elif answer.bodies and not all(fields.dig(body, "ServerSideEncryptionConfiguration") for body in answer.bodies):
            place.case.doubt(place.ref("bucket", name), "Whether the bucket has default encryption is not said.")
    return _is_used(place, place.call(_BUCKETS), "Buckets", items)


def volumes(estate: Estate, as_of: datetime | None) -> Evaluation:
    """9. Every EBS volume and own snapshot is encrypted: evidence contract, section 2, criterion 9.

    That only those with sensitive data are (A2) is a claim of the vendor; where there are none, no response fits.
    """
    case = Case(estate, "aws-core-9")
    seen = 0
    for place in case.places(_VOLUMES, _SNAPSHOTS):
        own = [
            ("snapshot", fields.text(item, "SnapshotId"), item)
            for item in place.items(_SNAPSHOTS, "Snapshots")
            if fields.text(item, "OwnerId") in ("", place.account)
        ]
        listed = [("volume", fields.text(item, "VolumeId"), item) for item in place.items(_VOLUMES, "Volumes")]
        seen += len(own) + len(listed)
        for kind, name, item in [*listed, *own]:
            _judge(place, kind, name, item.get("Encrypted"))
    case.prowler("ec2_ebs_volume_encryption", "ec2_ebs_snapshots_encrypted")
    if case.offenders:
        case.note("If these hold no sensitive data the vendor has to say so and show it: AWS does not know.")
    elif not seen and case.coverage.is_complete:
        case.note("There are no volumes or snapshots, so no response of the playbook fits: it may not apply.")
    offenders = counted(len(case.offenders), "EBS volume or snapshot is", "EBS volumes and snapshots are")
    return case.decide(
        acceptable={"a1": all_of([bool(seen) or None, case.clean]), "a2": None},
        failure={"f1": bool(case.offenders), "f2": None},
        says={
            State.ACCEPTABLE: f"All {seen:,} EBS volumes and snapshots are encrypted."
            if seen > 1
            else "The one EBS volume or snapshot is encrypted.",
            State.FAILURE: f"{offenders} not encrypted.",
            State.UNDETERMINED: "No unencrypted EBS volume or snapshot was found in what was read.",
        },
    )


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-8": data_stores,
    "aws-core-9": volumes,
}
