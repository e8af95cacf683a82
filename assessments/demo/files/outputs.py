"""What AWS's command line prints, cut to the size a vendor would send."""

import json
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

ORGANIZATION = "o-hlv3exampl"


def text(value: object) -> bytes:
    """As `--output json` prints it."""
    return (json.dumps(value, indent=4) + "\n").encode()


def ident(kind: str, name: str, length: int = 17) -> str:
    """An id such as vol-0f3a…, always the same for the same name."""
    return f"{kind}-0{sha256((kind + name).encode()).hexdigest()[: length - 1]}"


def stamp(day: date, ago: int) -> str:
    """A time of day as the command line prints it."""
    return (datetime.combine(day, time(10, 41, 7), tzinfo=UTC) - timedelta(days=ago)).isoformat()


def list_accounts(day: date, management: str, accounts: tuple[tuple[str, str, str, int], ...]) -> bytes:
    """organizations list-accounts; each account is id, name, address and days since it joined."""
    return text(
        {
            "Accounts": [
                {
                    "Id": number,
                    "Arn": f"arn:aws:organizations::{management}:account/{ORGANIZATION}/{number}",
                    "Email": email,
                    "Name": name,
                    "Status": "ACTIVE",
                    "JoinedMethod": "CREATED",
                    "JoinedTimestamp": stamp(day, ago),
                }
                for number, name, email, ago in accounts
            ]
        }
    )


def _trail(name: str, bucket: str, account: str, region: str, *, organization: bool, selectors: bool) -> dict[str, Any]:
    return {
        "Name": name,
        "S3BucketName": bucket,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": region,
        "TrailARN": f"arn:aws:cloudtrail:{region}:{account}:trail/{name}",
        "LogFileValidationEnabled": organization,
        "HasCustomEventSelectors": selectors,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": organization,
    }


def halvorsen_trails(day: date) -> bytes:
    """The organisation trail, and the one the sandbox keeps for itself."""
    trails = [
        _trail("hlv-org-trail", "hlv-cloudtrail-logs", "999999999999", "eu-west-1", organization=True, selectors=True),
        _trail("sandbox-audit", "hlv-sandbox-audit", "666666666666", "eu-west-1", organization=False, selectors=False),
    ]
    return text({"trailList": trails})


def orchard_trails(day: date) -> bytes:
    """One trail that writes into the account it watches."""
    trail = _trail(
        "management-events",
        "orchard-main-trail",
        "123456789012",
        "eu-central-1",
        organization=False,
        selectors=False,
    )
    return text({"trailList": [trail]})


def quill_trails(day: date) -> bytes:
    """An organisation trail into the log archive."""
    trail = _trail("quill-org", "quill-log-archive", "888888888888", "eu-west-1", organization=True, selectors=False)
    return text({"trailList": [trail]})


def orchard_selectors(day: date) -> bytes:
    """cloudtrail get-event-selectors, after data events were switched on."""
    return text(
        {
            "TrailARN": "arn:aws:cloudtrail:eu-central-1:123456789012:trail/management-events",
            "EventSelectors": [
                {
                    "ReadWriteType": "All",
                    "IncludeManagementEvents": True,
                    "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::orchard-payslips/"]}],
                    "ExcludeManagementEventSources": [],
                }
            ],
        }
    )


def _database(name: str, engine: str, account: str, region: str, **changes: object) -> dict[str, Any]:
    group = changes.pop("group", "data-private")
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.r6g.large",
        "Engine": engine,
        "DBInstanceStatus": "available",
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "StorageEncrypted": True,
        "KmsKeyId": f"arn:aws:kms:{region}:{account}:key/{sha256(account.encode()).hexdigest()[:8]}-example",
        "IAMDatabaseAuthenticationEnabled": False,
        "DBSubnetGroup": {
            "DBSubnetGroupName": group,
            "Subnets": [
                {"SubnetIdentifier": ident("subnet", f"{account}{group}{zone}"), "SubnetStatus": "Active"}
                for zone in "ab"
            ],
        },
        "DBInstanceArn": f"arn:aws:rds:{region}:{account}:db:{name}",
        **changes,
    }


def halvorsen_databases(day: date) -> bytes:
    """rds describe-db-instances: three private, encrypted instances."""
    aurora, place = "aurora-postgresql", ("111122223333", "eu-west-1")
    return text(
        {
            "DBInstances": [
                _database("settlement-1", aurora, *place, DBClusterIdentifier="settlement"),
                _database("settlement-2", aurora, *place, DBClusterIdentifier="settlement"),
                _database("reporting", "sqlserver-se", *place, MultiAZ=False),
            ]
        }
    )


def halvorsen_databases_before(day: date) -> bytes:
    """A year earlier reporting could be reached from the Internet."""
    aurora, place = "aurora-postgresql", ("111122223333", "eu-west-1")
    return text(
        {
            "DBInstances": [
                _database("settlement-1", aurora, *place, DBClusterIdentifier="settlement"),
                _database("settlement-2", aurora, *place, DBClusterIdentifier="settlement"),
                _database("reporting", "sqlserver-se", *place, PubliclyAccessible=True, group="default-public"),
            ]
        }
    )


def orchard_databases(day: date) -> bytes:
    """The payroll database and its replica, signed in to with passwords."""
    place = ("postgres", "123456789012", "eu-central-1")
    replica = _database("payrun-replica", *place, ReadReplicaSourceDBInstanceIdentifier="payrun-db")
    return text({"DBInstances": [_database("payrun-db", *place), replica]})


def quill_databases(day: date) -> bytes:
    """Two instances with IAM authentication."""
    place = ("postgres", "333333333333", "eu-west-1")
    names = ("parcels", "parcels-replica")
    return text({"DBInstances": [_database(n, *place, IAMDatabaseAuthenticationEnabled=True) for n in names]})


def _volumes(
    day: date, account: str, region: str, volumes: tuple[tuple[str, int, bool], ...], stack: str = ""
) -> bytes:
    """ec2 describe-volumes; each volume is the name of its instance, its size in GiB and whether it is encrypted."""
    items = []
    for number, (name, size, is_encrypted) in enumerate(volumes):
        tags = [{"Key": "Name", "Value": name}] + ([{"Key": "terraform-stack", "Value": stack}] if stack else [])
        volume = {
            "VolumeId": "vol-0b17" + ident("vol", name)[8:] if name == "reporting-etl" else ident("vol", name),
            "Size": size,
            "VolumeType": "gp3",
            "State": "in-use",
            "AvailabilityZone": f"{region}{'abc'[number % 3]}",
            "CreateTime": stamp(day, 90 + 37 * number),
            "Encrypted": is_encrypted,
            "Attachments": [{"InstanceId": ident("i", name), "Device": "/dev/xvda", "State": "attached"}],
            "Tags": tags,
        }
        if is_encrypted:
            volume["KmsKeyId"] = f"arn:aws:kms:{region}:{account}:alias/ebs-default"
        items.append(volume)
    return text({"Volumes": items})


def halvorsen_volumes(day: date) -> bytes:
    """Six volumes, all encrypted."""
    names = ("settlement-app-1", "settlement-app-2", "batch-01", "batch-02", "batch-03", "batch-04")
    volumes = tuple((name, 100 if "batch" in name else 60, True) for name in names)
    return _volumes(day, "111122223333", "eu-west-1", volumes, "payments-core")


def halvorsen_volumes_before(day: date) -> bytes:
    """A year earlier two of five were not encrypted."""
    volumes = (
        ("settlement-app-1", 60, True),
        ("settlement-app-2", 60, True),
        ("batch-01", 100, True),
        ("reporting-etl", 200, False),
        ("build-1", 80, False),
    )
    return _volumes(day, "111122223333", "eu-west-1", volumes, "payments-core")


def orchard_volumes(day: date) -> bytes:
    """Three of six are not encrypted."""
    volumes = (
        ("app-1", 40, True),
        ("payrun-worker-1", 80, True),
        ("payrun-worker-2", 80, False),
        ("bastion", 8, True),
        ("stg-web-1", 20, False),
        ("stg-payrun", 40, False),
    )
    return _volumes(day, "123456789012", "eu-central-1", volumes)


def quill_volumes(day: date) -> bytes:
    """The four volumes of a build host."""
    volumes = tuple((f"build-host-{number}", 30, True) for number in range(1, 5))
    return _volumes(day, "333333333333", "eu-west-1", volumes)


def _open_groups(account: str, vpc: str, groups: tuple[tuple[str, str, tuple[int, ...]], ...]) -> bytes:
    """ec2 describe-security-groups, filtered for 0.0.0.0/0; each group is name, words and ports."""
    return text(
        {
            "SecurityGroups": [
                {
                    "GroupId": ident("sg", account + name),
                    "GroupName": name,
                    "Description": words,
                    "OwnerId": account,
                    "VpcId": ident("vpc", account + vpc),
                    "IpPermissions": [
                        {
                            "IpProtocol": "tcp",
                            "FromPort": port,
                            "ToPort": port,
                            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                            "Ipv6Ranges": [{"CidrIpv6": "::/0"}] if port in {80, 443} else [],
                        }
                        for port in ports
                    ],
                }
                for name, words, ports in groups
            ]
        }
    )


def halvorsen_open_groups(day: date) -> bytes:
    """Two load balancers."""
    groups = (
        ("sg-public-alb", "Public API load balancer", (80, 443)),
        ("sg-portal-alb", "Merchant portal load balancer", (80, 443)),
    )
    return _open_groups("111122223333", "core-vpc", groups)


def orchard_open_groups(day: date) -> bytes:
    """The web site, and two groups nobody meant to leave open."""
    groups = (
        ("web", "Load balancer", (443,)),
        ("launch-wizard-3", "launch-wizard-3 created by the console", (22,)),
        ("legacy-import", "MySQL for old importer", (3306,)),
    )
    return _open_groups("123456789012", "main", groups)


def quill_open_groups(day: date) -> bytes:
    """One load balancer."""
    return _open_groups("333333333333", "prod", (("tracking-alb", "Tracking pages", (443,)),))


def halvorsen_administrators(day: date) -> bytes:
    """iam list-entities-for-policy for AdministratorAccess."""
    return text(
        {
            "PolicyGroups": [{"GroupName": "Engineers", "GroupId": ident("group", "Engineers", 14)}],
            "PolicyUsers": [],
            "PolicyRoles": [
                {"RoleName": "OrganizationAccountAccessRole", "RoleId": ident("role", "access", 14)},
                {"RoleName": "hlv-emergency", "RoleId": ident("role", "emergency", 14)},
            ],
        }
    )
