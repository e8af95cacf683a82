"""The read-only AWS calls we read, and how to tell their answers apart: evidence contract, sections 2 and 3.

Members and their names: the service models of botocore 1.43.
"""

from typing import Final, NamedTuple


class Call(NamedTuple):
    """One call of the AWS command line."""

    name: str  # "ec2 describe-volumes"
    key: str  # a top-level member its answer always has; several, separated by a blank, where one is too common
    shape: str = "objects"  # of that member: objects, strings, object or value
    item: str = ""  # a member each object has, where two calls share a key; of an object, a member inside it
    owner: str = ""  # where an object holds an ARN or id of its own account, as a dotted path
    zone: str = ""  # where an object holds its region, a zone or an ARN, as a dotted path; "global" without a region
    argument: str = ""  # where the answer itself says what it is about, as a dotted path
    options: str = ""  # what the collector adds to the command
    asked: str = ""  # the option that says what the call is about; its answers belong to one such thing each


GLOBAL: Final = "global"

CALLS: Final = (
    Call("sts get-caller-identity", "Account Arn UserId", "value", owner="Account", zone=GLOBAL),
    Call("account list-regions", "Regions", item="RegionOptStatus", zone=GLOBAL),
    Call("iam get-credential-report", "Content GeneratedTime", "value", zone=GLOBAL),
    Call("iam get-account-summary", "SummaryMap", "object", zone=GLOBAL),
    Call(
        "iam get-account-authorization-details",
        "UserDetailList RoleDetailList GroupDetailList",
        owner="Arn",
        zone=GLOBAL,
        options="--filter User Role Group LocalManagedPolicy",
    ),
    Call("iam list-saml-providers", "SAMLProviderList", owner="Arn", zone=GLOBAL),
    Call("iam list-virtual-mfa-devices", "VirtualMFADevices", zone=GLOBAL),
    Call("iam list-organizations-features", "EnabledFeatures", "strings", zone=GLOBAL),
    Call("organizations describe-organization", "Organization", "object", item="MasterAccountId", zone=GLOBAL),
    Call("organizations list-accounts", "Accounts", item="Id", owner="Arn", zone=GLOBAL),
    Call("organizations list-roots", "Roots", owner="Arn", zone=GLOBAL),
    Call(
        "organizations list-policies",
        "Policies",
        item="AwsManaged",
        zone=GLOBAL,
        options="--filter SERVICE_CONTROL_POLICY",
    ),
    Call(
        "organizations describe-policy",
        "Policy",
        "object",
        item="PolicySummary",
        zone=GLOBAL,
        argument="Policy.PolicySummary.Id",
        asked="--policy-id",
    ),
    Call("organizations list-targets-for-policy", "Targets", item="TargetId", zone=GLOBAL, asked="--policy-id"),
    Call(
        "organizations list-organizational-units-for-parent",
        "OrganizationalUnits",
        owner="Arn",
        zone=GLOBAL,
        asked="--parent-id",
    ),
    Call("organizations list-accounts-for-parent", "Accounts", item="Id", zone=GLOBAL, asked="--parent-id"),
    Call("sso-admin list-instances", "Instances", item="InstanceArn", owner="OwnerAccountId"),
    Call("identitystore list-users", "Users", item="IdentityStoreId", asked="--identity-store-id"),
    Call("cloudtrail describe-trails", "trailList"),
    Call("cloudtrail get-trail-status", "IsLogging", "value", asked="--name"),
    Call(
        "cloudtrail get-event-selectors",
        "TrailARN",
        "value",
        zone="TrailARN",
        argument="TrailARN",
        asked="--trail-name",
    ),
    Call("configservice describe-configuration-recorders", "ConfigurationRecorders"),
    Call("configservice describe-configuration-recorder-status", "ConfigurationRecordersStatus"),
    Call("configservice describe-delivery-channels", "DeliveryChannels"),
    Call("guardduty list-detectors", "DetectorIds", "strings"),
    Call("guardduty get-detector", "Status ServiceRole", "value", owner="ServiceRole", asked="--detector-id"),
    Call("s3api list-buckets", "Buckets", zone=GLOBAL),
    Call("s3api get-bucket-location", "LocationConstraint", "value", zone=GLOBAL, asked="--bucket"),
    Call("s3api get-bucket-acl", "Grants", zone=GLOBAL, asked="--bucket"),
    Call("s3api get-bucket-policy-status", "PolicyStatus", "object", zone=GLOBAL, asked="--bucket"),
    Call("s3api get-public-access-block", "PublicAccessBlockConfiguration", "object", zone=GLOBAL, asked="--bucket"),
    Call("s3control get-public-access-block", "PublicAccessBlockConfiguration", "object", zone=GLOBAL),
    Call("s3api get-bucket-logging", "LoggingEnabled", "object", zone=GLOBAL, asked="--bucket"),
    Call("s3api get-bucket-encryption", "ServerSideEncryptionConfiguration", "object", zone=GLOBAL, asked="--bucket"),
    Call("s3api get-bucket-replication", "ReplicationConfiguration", "object", zone=GLOBAL, asked="--bucket"),
    Call("ec2 describe-regions", "Regions", item="Endpoint", zone=GLOBAL),
    Call("ec2 describe-vpcs", "Vpcs"),
    Call("ec2 describe-subnets", "Subnets", owner="SubnetArn", zone="AvailabilityZone"),
    Call("ec2 describe-route-tables", "RouteTables"),
    Call("ec2 describe-security-groups", "SecurityGroups", owner="OwnerId", zone="SecurityGroupArn"),
    Call("ec2 describe-network-interfaces", "NetworkInterfaces", owner="OwnerId", zone="AvailabilityZone"),
    Call("ec2 describe-instances", "Reservations", owner="OwnerId", zone="Instances.Placement.AvailabilityZone"),
    Call("ec2 describe-volumes", "Volumes", zone="AvailabilityZone"),
    Call("ec2 describe-snapshots", "Snapshots", owner="OwnerId", options="--owner-ids self"),
    Call("ec2 describe-images", "Images", item="ImageId", options="--owners self"),
    Call("ec2 get-ebs-encryption-by-default", "EbsEncryptionByDefault", "value"),
    Call("ec2 get-managed-prefix-list-entries", "Entries", item="Cidr", asked="--prefix-list-id"),
    Call("ec2 describe-managed-prefix-lists", "PrefixLists", item="PrefixListId", zone="PrefixListArn"),
    Call(
        "ec2 describe-instance-connect-endpoints", "InstanceConnectEndpoints", owner="OwnerId", zone="AvailabilityZone"
    ),
    Call("ec2 describe-client-vpn-endpoints", "ClientVpnEndpoints"),
    Call("rds describe-db-instances", "DBInstances", owner="DBInstanceArn", zone="DBInstanceArn"),
    Call("rds describe-db-clusters", "DBClusters", owner="DBClusterArn", zone="DBClusterArn"),
    Call("rds describe-db-proxies", "DBProxies", owner="DBProxyArn", zone="DBProxyArn"),
    Call("rds describe-db-snapshots", "DBSnapshots", owner="DBSnapshotArn", zone="DBSnapshotArn"),
    Call(
        "redshift describe-clusters",
        "Clusters",
        item="ClusterIdentifier",
        owner="ClusterNamespaceArn",
        zone="ClusterNamespaceArn",
    ),
    Call("elasticache describe-replication-groups", "ReplicationGroups", owner="ARN", zone="ARN"),
    Call("elasticache describe-cache-clusters", "CacheClusters", owner="ARN", zone="ARN"),
    Call("efs describe-file-systems", "FileSystems", item="FileSystemId", owner="OwnerId", zone="FileSystemArn"),
    Call("opensearch list-domain-names", "DomainNames"),
    Call("opensearch describe-domains", "DomainStatusList", owner="ARN", zone="ARN"),
    Call("dynamodb list-tables", "TableNames", "strings"),
    Call(
        "dynamodb describe-table",
        "Table",
        "object",
        item="TableName",
        owner="Table.TableArn",
        zone="Table.TableArn",
        argument="Table.TableName",
        asked="--table-name",
    ),
    Call("dax describe-clusters", "Clusters", item="ClusterName", owner="ClusterArn", zone="ClusterArn"),
    Call("kinesis list-streams", "StreamNames", "strings"),
    Call(
        "kinesis describe-stream-summary",
        "StreamDescriptionSummary",
        "object",
        owner="StreamDescriptionSummary.StreamARN",
        zone="StreamDescriptionSummary.StreamARN",
        argument="StreamDescriptionSummary.StreamName",
        asked="--stream-name",
    ),
    Call("secretsmanager list-secrets", "SecretList", owner="ARN", zone="ARN"),
    Call("ssm describe-parameters", "Parameters", item="Name"),
    Call("ssm describe-instance-information", "InstanceInformationList"),
    Call("ssm describe-instance-patch-states", "InstancePatchStates"),
    Call("ssm list-associations", "Associations"),
    Call("ssm-incidents list-response-plans", "responsePlanSummaries"),
    Call("lambda list-functions", "Functions", owner="FunctionArn", zone="FunctionArn"),
    Call("backup list-backup-plans", "BackupPlansList", owner="BackupPlanArn", zone="BackupPlanArn"),
    Call(
        "backup get-backup-plan",
        "BackupPlan BackupPlanId",
        "object",
        owner="BackupPlanArn",
        zone="BackupPlanArn",
        argument="BackupPlanId",
        asked="--backup-plan-id",
    ),
    Call("imagebuilder list-image-pipelines", "imagePipelineList", owner="arn", zone="arn"),
    Call("cloudformation list-stacks", "StackSummaries", owner="StackId", zone="StackId"),
    Call("resourcegroupstaggingapi get-resources", "ResourceTagMappingList"),
    Call("cloudformation list-resource-scan-resources", "Resources", item="ManagedByStack", asked="--resource-scan-id"),
    Call("account get-primary-email", "PrimaryEmail", "value", zone=GLOBAL),
    Call("cloudformation list-resource-scans", "ResourceScanSummaries"),
)
BY_NAME: Final = {call.name: call for call in CALLS}
# What people and older command lines call the same service or call.
_SERVICES: Final = {
    "config": "configservice",
    "es": "opensearch",
    "sso": "sso-admin",
    "tag": "resourcegroupstaggingapi",
    "s3": "s3api",
    "elasticfilesystem": "efs",
}
_COMMANDS: Final = {
    "describe-elasticsearch-domains": "describe-domains",
}
# An answer of one of these errors says: this is not configured. All other errors say nothing.
NOT_CONFIGURED: Final = frozenset(
    {
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "ReplicationConfigurationNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
        "AWSOrganizationsNotInUseException",
        "TrailNotFoundException",
    }
)


def named(service: str, command: str) -> Call | None:
    """The call of a service and a command as they are written in a file name or on a command line."""
    return BY_NAME.get(f"{_SERVICES.get(service, service)} {_COMMANDS.get(command, command)}")


def command(name: str, account: str = "", region: str = "", argument: str = "") -> str:
    """The command line that brings an answer, to be copied: "aws ec2 describe-volumes --region us-east-1"."""
    call = BY_NAME.get(name)
    parts = ["aws", name]
    if call and call.options:
        parts.append(call.options)
    if name == "s3control get-public-access-block":
        parts.append(f"--account-id {account}")
    if call and call.asked:
        parts.append(f"{call.asked} {argument or '...'}")
    if region and region != GLOBAL:
        parts.append(f"--region {region}")
    return " ".join(parts)
