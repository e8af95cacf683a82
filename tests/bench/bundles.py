"""Evidence bundles of any number of accounts, as the collector writes them, and always the same bytes.

Each account has one working region and holds what a working account holds; the sizes of the answers follow real ones
(an instance is 5 kB of JSON, a role 2 kB, a snapshot 0.5 kB). The first account manages the organization.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.bench.credential_reports import MADE_AT, as_aws_does, credential_report

REGION = "eu-central-1"
MANAGEMENT = "1".zfill(12)
MADE = as_aws_does(MADE_AT)
Item = dict[str, Any]


class File(NamedTuple):
    """One file of a bundle."""

    path: str
    data: bytes


class Size(NamedTuple):
    """How much one account holds."""

    users: int = 60
    roles: int = 120
    buckets: int = 4
    instances: int = 30
    groups: int = 40
    subnets: int = 18
    snapshots: int = 400
    databases: int = 5
    functions: int = 40


TINY = Size(users=3, roles=3, buckets=1, instances=2, groups=3, subnets=2, snapshots=4, databases=1, functions=2)


def bundle(accounts: int, size: Size | None = None) -> Iterator[File]:
    """The files of so many accounts, the manifest last."""
    size = size or Size()
    ids = [str(number).zfill(12) for number in range(1, accounts + 1)]
    template = [File(f"{MANAGEMENT}/{name}.json", _written(body)) for name, body in _account(MANAGEMENT, size)]
    listed = []
    for account in ids:
        files = [
            File(path.replace(MANAGEMENT, account), data.replace(MANAGEMENT.encode(), account.encode()))
            for path, data in template
        ]
        files += [_credentials(account, size.users), _organization(account)]
        if account == MANAGEMENT:
            files.append(_accounts(ids))
        for file in files:
            yield file
            listed.append(_manifest_row(file))
    yield File("manifest.json", _written(_manifest(ids, listed)))


def zipped(files: Iterator[File]) -> bytes:
    """The files in a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            archive.writestr(file.path, file.data)
    return out.getvalue()


def _written(body: Item) -> bytes:
    return json.dumps(body, indent=4).encode()


def _account(account: str, size: Size) -> Iterator[tuple[str, Item]]:
    """Region and call of each answer, as in the name of its file, and the answer."""
    for name, body in _global(account, size):
        yield f"global/{name}", body
    for name, body in _regional(account, size):
        yield f"{REGION}/{name}", body
    for number in range(size.buckets):
        for name, body in _bucket(f"{account}-data-{number}"):
            yield f"global/s3api.{name}.{account}-data-{number}", body


def _global(account: str, size: Size) -> Iterator[tuple[str, Item]]:
    yield "sts.get-caller-identity", {"UserId": "AIDAEXAMPLE", "Account": account, "Arn": _iam(account, "role/reader")}
    yield "iam.get-account-summary", {"SummaryMap": {"Users": size.users, "AccountMFAEnabled": 1, "Roles": size.roles}}
    yield "iam.list-saml-providers", {"SAMLProviderList": [{"Arn": _iam(account, "saml-provider/corp")}]}
    yield (
        "iam.get-account-authorization-details",
        {
            "UserDetailList": [_principal(account, "User", number) for number in range(size.users)],
            "RoleDetailList": [_role(account, number) for number in range(size.roles)],
            "GroupDetailList": [_principal(account, "Group", number) for number in range(5)],
            "Policies": [],
        },
    )
    yield "s3api.list-buckets", {"Buckets": [{"Name": f"{account}-data-{number}"} for number in range(size.buckets)]}
    yield "s3control.get-public-access-block", {"PublicAccessBlockConfiguration": _blocked()}
    regions = [{"RegionName": REGION, "Endpoint": f"ec2.{REGION}.amazonaws.com", "OptInStatus": "opt-in-not-required"}]
    yield "ec2.describe-regions", {"Regions": regions}


def _bucket(name: str) -> Iterator[tuple[str, Item]]:
    owner = {"DisplayName": "platform", "ID": hashlib.sha256(name.encode()).hexdigest()}
    yield "get-bucket-location", {"LocationConstraint": REGION}
    yield "get-bucket-acl", {"Owner": owner, "Grants": [{"Grantee": owner, "Permission": "FULL_CONTROL"}]}
    yield "get-bucket-policy-status", {"PolicyStatus": {"IsPublic": False}}
    yield "get-public-access-block", {"PublicAccessBlockConfiguration": _blocked()}
    yield "get-bucket-logging", {"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": "logs/"}}
    by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    yield "get-bucket-encryption", {"ServerSideEncryptionConfiguration": {"Rules": [by_default]}}


def _blocked() -> Item:
    return dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def _regional(account: str, size: Size) -> Iterator[tuple[str, Item]]:
    instances = range(size.instances)
    reservations = [{"OwnerId": account, "Instances": [_instance(account, number)]} for number in instances]
    yield "ec2.describe-instances", {"Reservations": reservations}
    yield (
        "ec2.describe-network-interfaces",
        {"NetworkInterfaces": [_interface(account, number) for number in instances]},
    )
    yield "ec2.describe-volumes", {"Volumes": [_volume(number) for number in range(2 * size.instances)]}
    yield "ec2.describe-snapshots", {"Snapshots": [_snapshot(account, number) for number in range(size.snapshots)]}
    yield "ec2.describe-security-groups", {"SecurityGroups": [_group(account, number) for number in range(size.groups)]}
    yield "ec2.describe-subnets", {"Subnets": [_subnet(account, number) for number in range(size.subnets)]}
    yield "ec2.describe-vpcs", {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "IsDefault": False}]}
    main = {"Main": True, "RouteTableId": "rtb-1", "AssociationState": {"State": "associated"}}
    route = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
    tables = [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [main], "Routes": [route]}]
    yield "ec2.describe-route-tables", {"RouteTables": tables}
    yield "ec2.get-ebs-encryption-by-default", {"EbsEncryptionByDefault": True}
    yield "rds.describe-db-instances", {"DBInstances": [_database(account, number) for number in range(size.databases)]}
    yield "lambda.list-functions", {"Functions": [_function(account, number) for number in range(size.functions)]}
    yield (
        "secretsmanager.list-secrets",
        {"SecretList": [{"ARN": _arn(account, "secretsmanager", "secret:a"), "Name": "a"}]},
    )
    for name, key in (
        ("ec2.describe-images", "Images"),
        ("rds.describe-db-clusters", "DBClusters"),
        ("rds.describe-db-proxies", "DBProxies"),
        ("redshift.describe-clusters", "Clusters"),
        ("elasticache.describe-replication-groups", "ReplicationGroups"),
        ("elasticache.describe-cache-clusters", "CacheClusters"),
        ("efs.describe-file-systems", "FileSystems"),
        ("opensearch.list-domain-names", "DomainNames"),
        ("dynamodb.list-tables", "TableNames"),
        ("ssm.describe-parameters", "Parameters"),
        ("ssm.describe-instance-information", "InstanceInformationList"),
        ("backup.list-backup-plans", "BackupPlansList"),
        ("imagebuilder.list-image-pipelines", "imagePipelineList"),
        ("cloudformation.list-stacks", "StackSummaries"),
        ("resourcegroupstaggingapi.get-resources", "ResourceTagMappingList"),
        ("cloudtrail.describe-trails", "trailList"),
        ("configservice.describe-configuration-recorders", "ConfigurationRecorders"),
        ("configservice.describe-configuration-recorder-status", "ConfigurationRecordersStatus"),
        ("configservice.describe-delivery-channels", "DeliveryChannels"),
        ("guardduty.list-detectors", "DetectorIds"),
    ):
        yield name, {key: []}


def _arn(account: str, service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{account}:{name}"


def _iam(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:{name}"


def _tags(name: str) -> list[Item]:
    tags = {"Name": name, "team": "platform", "cost-centre": "4711", "stage": "production", "managed-by": "terraform"}
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _principal(account: str, kind: str, number: int) -> Item:
    name = f"{kind.lower()}-{number}"
    policy = {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    return {
        "Path": "/",
        f"{kind}Name": name,
        f"{kind}Id": f"AIDAEXAMPLE{number:05}",
        "Arn": _iam(account, f"{kind.lower()}/{name}"),
        "CreateDate": MADE,
        "AttachedManagedPolicies": [policy],
        "Tags": _tags(name),
    }


def _role(account: str, number: int) -> Item:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    actions = [
        "s3:GetObject",
        "s3:PutObject",
        "kms:Decrypt",
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "logs:PutLogEvents",
    ]
    grants = [{"Effect": "Allow", "Action": actions, "Resource": _arn(account, "sqs", f"queue-{n}")} for n in range(3)]
    return {
        **_principal(account, "Role", number),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": {"Version": "2012-10-17", "Statement": grants}}],
        "RoleLastUsed": {"LastUsedDate": MADE, "Region": REGION},
    }


def _interface(account: str, number: int) -> Item:
    address = f"10.0.{number % 18}.{number}"
    private = f"ip-10-0-{number % 18}-{number}.{REGION}.compute.internal"
    return {
        "NetworkInterfaceId": f"eni-{number:017x}",
        "OwnerId": account,
        "AvailabilityZone": f"{REGION}a",
        "SubnetId": f"subnet-{number % 18}",
        "VpcId": "vpc-1",
        "Groups": [{"GroupName": f"group-{number}", "GroupId": f"sg-{number:017x}"}],
        "Attachment": {
            "AttachTime": MADE,
            "AttachmentId": f"eni-attach-{number:017x}",
            "DeviceIndex": 0,
            "Status": "attached",
        },
        "PrivateIpAddresses": [{"Primary": True, "PrivateDnsName": private, "PrivateIpAddress": address}],
        "MacAddress": f"06:00:00:00:00:{number % 256:02x}",
        "Status": "in-use",
        "TagSet": _tags(f"host-{number}"),
    }


def _instance(account: str, number: int) -> Item:
    ebs = {"AttachTime": MADE, "DeleteOnTermination": True, "Status": "attached"}
    disks = [
        {"DeviceName": f"/dev/xvd{d}", "Ebs": {**ebs, "VolumeId": f"vol-{number * 2 + n:017x}"}}
        for n, d in enumerate("ab")
    ]
    return {
        "InstanceId": f"i-{number:017x}",
        "ImageId": "ami-0123456789abcdef0",
        "InstanceType": "m6i.large",
        "LaunchTime": MADE,
        "Placement": {"AvailabilityZone": f"{REGION}a", "GroupName": "", "Tenancy": "default"},
        "State": {"Code": 16, "Name": "running"},
        "SubnetId": f"subnet-{number % 18}",
        "VpcId": "vpc-1",
        "PrivateIpAddress": f"10.0.{number % 18}.{number}",
        "BlockDeviceMappings": disks,
        "IamInstanceProfile": {"Arn": _iam(account, "instance-profile/host"), "Id": "AIPAEXAMPLE"},
        "MetadataOptions": {"State": "applied", "HttpTokens": "required", "HttpEndpoint": "enabled"},
        "SecurityGroups": [{"GroupName": f"group-{number}", "GroupId": f"sg-{number:017x}"}],
        "NetworkInterfaces": [_interface(account, number)],
        "Tags": _tags(f"host-{number}"),
    }


def _volume(number: int) -> Item:
    attachment = {"AttachTime": MADE, "InstanceId": f"i-{number // 2:017x}", "State": "attached"}
    return {
        "VolumeId": f"vol-{number:017x}",
        "AvailabilityZone": f"{REGION}a",
        "Encrypted": number % 20 != 0,
        "Size": 100,
        "VolumeType": "gp3",
        "Attachments": [attachment],
        "Tags": _tags(f"host-{number // 2}"),
    }


def _snapshot(account: str, number: int) -> Item:
    return {
        "SnapshotId": f"snap-{number:017x}",
        "OwnerId": account,
        "VolumeId": f"vol-{number % 60:017x}",
        "Encrypted": number % 50 != 0,
        "StartTime": MADE,
        "State": "completed",
        "Description": "Created by the nightly policy",
        "Tags": _tags(f"snapshot-{number}")[:2],
    }


def _group(account: str, number: int) -> Item:
    world = {"CidrIp": "0.0.0.0/0", "Description": "the world"}
    inside = [{"CidrIp": f"10.{n}.0.0/16", "Description": f"network {n}"} for n in range(6)]
    https = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [world if number % 10 == 0 else inside[0]],
    }
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [world] if number % 20 == 0 else inside}
    out = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [world]}
    return {
        "GroupId": f"sg-{number:017x}",
        "GroupName": f"group-{number}",
        "OwnerId": account,
        "VpcId": "vpc-1",
        "SecurityGroupArn": _arn(account, "ec2", f"security-group/sg-{number:017x}"),
        "IpPermissions": [https, ssh],
        "IpPermissionsEgress": [out],
        "Tags": _tags(f"group-{number}"),
    }


def _subnet(account: str, number: int) -> Item:
    return {
        "SubnetId": f"subnet-{number}",
        "SubnetArn": _arn(account, "ec2", f"subnet/subnet-{number}"),
        "VpcId": "vpc-1",
        "OwnerId": account,
        "CidrBlock": f"10.0.{number}.0/24",
        "AvailabilityZone": f"{REGION}a",
        "MapPublicIpOnLaunch": False,
        "Tags": _tags(f"subnet-{number}"),
    }


def _database(account: str, number: int) -> Item:
    subnets = [{"SubnetIdentifier": f"subnet-{n}", "SubnetStatus": "Active"} for n in range(3)]
    return {
        "DBInstanceIdentifier": f"database-{number}",
        "DBInstanceArn": _arn(account, "rds", f"db:database-{number}"),
        "Engine": "postgres",
        "StorageEncrypted": number % 5 != 0,
        "PubliclyAccessible": False,
        "IAMDatabaseAuthenticationEnabled": number % 2 == 0,
        "BackupRetentionPeriod": 7,
        "DBSubnetGroup": {"DBSubnetGroupName": "data", "VpcId": "vpc-1", "Subnets": subnets},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": f"sg-{number:017x}", "Status": "active"}],
        "TagList": _tags(f"database-{number}"),
    }


def _function(account: str, number: int) -> Item:
    return {
        "FunctionName": f"function-{number}",
        "FunctionArn": _arn(account, "lambda", f"function:function-{number}"),
        "Runtime": "python3.12",
        "Role": _iam(account, f"role/role-{number}"),
        "Handler": "main.handler",
        "CodeSha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "LastModified": MADE,
        "Environment": {"Variables": dict.fromkeys(("QUEUE", "TABLE", "LOG_LEVEL", "STAGE"), "redacted")},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/function-{number}"},
    }


def _credentials(account: str, users: int) -> File:
    content = base64.b64encode(credential_report(users, account)).decode()
    body = {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": MADE}
    return File(f"{account}/global/iam.get-credential-report.json", _written(body))


def _organization(account: str) -> File:
    body = {"Organization": {"Id": "o-exampleorgid", "FeatureSet": "ALL", "MasterAccountId": MANAGEMENT}}
    return File(f"{account}/global/organizations.describe-organization.json", _written(body))


def _accounts(ids: list[str]) -> File:
    arn = f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorgid/"
    rows = [{"Id": one, "Arn": arn + one, "Name": f"workload-{one[-3:]}", "Status": "ACTIVE"} for one in ids]
    return File(f"{MANAGEMENT}/global/organizations.list-accounts.json", _written({"Accounts": rows}))


def _manifest_row(file: File) -> Item:
    account, region, name = file.path.split("/")
    service, command = name.split(".")[:2]
    return {
        "path": file.path,
        "bytes": len(file.data),
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "account": account,
        "region": region,
        "command": ["aws", service, command],
        "exit_code": 0,
    }


def _manifest(ids: list[str], files: list[Item]) -> Item:
    regions = {"regions_enabled": [REGION], "regions_active": [REGION]}
    return {
        "schema": "aws-evidence-bundle/1",
        "collected_at": MADE,
        "accounts": [{"id": one, "management": one == MANAGEMENT, **regions} for one in ids],
        "declared_accounts": ids,
        "files": files,
    }
