"""The name of the evidence contract for what an ARN names, so that one resource found in two ways is named once."""

import re
from typing import Final

from assessments.evaluators.result import GLOBAL, ref

_ARN: Final = re.compile(r"arn:[a-z-]+:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):(?P<rest>.+)")
# Service and the kind in its ARNs to the type in a ref.
_TYPES: Final[dict[tuple[str, str], str]] = {
    ("cloudtrail", "trail"): "trail",
    ("dax", "cache"): "dax-cluster",
    ("ec2", "image"): "image",
    ("ec2", "instance"): "instance",
    ("ec2", "security-group"): "security-group",
    ("ec2", "snapshot"): "snapshot",
    ("ec2", "volume"): "volume",
    ("elasticache", "replicationgroup"): "cache",
    ("elasticfilesystem", "file-system"): "filesystem",
    ("es", "domain"): "domain",
    ("iam", "group"): "group",
    ("iam", "role"): "role",
    ("iam", "user"): "user",
    ("kinesis", "stream"): "stream",
    ("rds", "cluster"): "db-cluster",
    ("rds", "db"): "db",
    ("redshift", "cluster"): "redshift-cluster",
}


def plain_ref(arn: str, account: str) -> str:
    """`account/region/type/name` for an ARN seen from `account`, without any detail; "" where that is not plain."""
    found = _ARN.fullmatch(arn)
    if not found:
        return ""
    service, rest = found["service"], found["rest"]
    owner, region = found["account"] or account, found["region"] or GLOBAL
    if (service, rest) == ("iam", "root"):
        return ref(owner, GLOBAL, "root")
    if service == "s3":
        return "" if "/" in rest or found["region"] else ref(owner, GLOBAL, "bucket", rest)
    kind, _, name = rest.partition("/" if "/" in rest else ":")
    if service == "iam":
        name = name.rpartition("/")[2]  # the path is no part of the name
    known = _TYPES.get((service, kind))
    return ref(owner, region, known, name) if known and name else ""
