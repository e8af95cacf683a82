"""Code, plans and backups: criteria 28, 30 and 31."""

from typing import Any

import pytest

from assessments.evaluators import Source
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, manifest, outcome_of, refs

HERE = "us-east-1"
STACK = {"Key": "aws:cloudformation:stack-name", "Value": "app"}
SCANNED = "cloudformation list-resource-scan-resources"


def stacks(*tags: dict[str, str], account: str = ONE) -> list[Source]:
    """One stack, and a tagged resource for each tag."""
    rows = [{"ResourceARN": f"arn:aws:sns:{HERE}:{account}:t{n}", "Tags": [tag]} for n, tag in enumerate(tags)]
    return [
        cli(account, HERE, "cloudformation list-stacks", {"StackSummaries": [{"StackStatus": "CREATE_COMPLETE"}]}),
        cli(account, HERE, "resourcegroupstaggingapi get-resources", {"ResourceTagMappingList": rows}),
    ]


def scan(managed: int, others: int, account: str = ONE, **more: Any) -> Source:
    rows = [{"ResourceType": "AWS::SNS::Topic", "ManagedByStack": n < managed} for n in range(managed + others)]
    return cli(account, HERE, SCANNED, {"Resources": rows, **more}, "scan-1")


def judged(number: int, *files: Source) -> tuple[str, list[str]]:
    evaluation = found(number, *files, manifest(list(files)))
    return evaluation.state.value, [key[-2:] for key in evaluation.responses]


# --- 28 ---------------------------------------------------------------------------------------------------------------


def test_tags_show_a_share_and_prove_nothing() -> None:
    files = stacks(STACK, {"Key": "managed-by", "Value": "Terraform"}, {"Key": "Name", "Value": "x"})
    evaluation = found(28, *files, manifest(files))
    assert evaluation.state == "undetermined"
    assert evaluation.explanation == (
        "2 of the 3 tagged resources bear a mark of CloudFormation or Terraform, and there is 1 CloudFormation stack; "
        "what has no tags cannot be seen, so most is not proven. Show the code and the deployments of production, or "
        "scan: `aws cloudformation start-resource-scan`, then `aws cloudformation list-resource-scan-resources "
        "--resource-scan-id ...`, in every active region."
    )


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ([scan(6, 5)], "acceptable"),
        ([scan(5, 5)], "undetermined"),
        ([scan(6, 5, NextToken="x")], "undetermined"),
        ([scan(6, 5), *stacks(account=TWO)], "undetermined"),
        ([scan(6, 5), *stacks(account=TWO), scan(1, 2, TWO)], "undetermined"),
        ([scan(6, 5), *stacks(account=TWO), scan(2, 1, TWO)], "acceptable"),
    ],
)
def test_a_scan_of_all_resources_proves_most_of_them(files: list[Source], state: str) -> None:
    assert judged(28, *stacks(), *files) == (state, ["a1"] if state == "acceptable" else [])


def test_nothing_made_by_code_is_no_failure() -> None:
    assert judged(28, *stacks({"Key": "Name", "Value": "x"}), scan(0, 9)) == ("undetermined", [])


def test_what_holds_the_state_of_terraform_is_shown() -> None:
    files = [
        *stacks(),
        cli(ONE, "global", "s3api list-buckets", {"Buckets": [{"Name": "acme-tfstate"}, {"Name": "data"}]}),
        cli(ONE, HERE, "dynamodb list-tables", {"TableNames": ["terraform-locks"]}),
    ]
    leads = found(28, *files, manifest(files)).leads
    assert [lead.ref for lead in leads] == [f"{ONE}/global/bucket/acme-tfstate", f"{ONE}/{HERE}/table/terraform-locks"]


def test_refused_tags_are_named() -> None:
    files = [stacks()[0], cli(ONE, HERE, "resourcegroupstaggingapi get-resources", "AccessDenied")]
    evaluation = found(28, *files, manifest(files))
    assert evaluation.coverage.missing == (f"{ONE}/{HERE}",)
    assert f"`aws resourcegroupstaggingapi get-resources --region {HERE}` was refused (AccessDenied)" in (
        evaluation.explanation
    )


# --- 30 ---------------------------------------------------------------------------------------------------------------


def test_a_plan_is_a_document() -> None:
    plans = cli(ONE, HERE, "ssm-incidents list-response-plans", {"responsePlanSummaries": [{"name": "breach"}]})
    for evaluation in (found(30), found(30, plans), outcome_of("acme-good").criteria["aws-core-30"]):
        assert (evaluation.state, evaluation.responses, evaluation.resources) == ("undetermined", (), ())
        assert evaluation.explanation == (
            "Nothing in AWS shows whether there is a tested plan. Add the incident response plan with its steps for "
            "AWS, and the record of its last test or exercise with the date."
        )
    assert [lead.ref for lead in found(30, plans).leads] == [f"{ONE}/{HERE}/response-plan/breach"]


# --- 31 ---------------------------------------------------------------------------------------------------------------


def replication(account: str | None, **more: Any) -> dict[str, Any]:
    destination = {"Bucket": "arn:aws:s3:::copy", **({"Account": account} if account else {})}
    rule = {"Status": "Enabled", "Filter": {"Prefix": ""}, "Destination": destination, **more}
    return {"ReplicationConfiguration": {"Role": "r", "Rules": [rule]}}


def production(rules: dict[str, Any] | str, databases: tuple[str, ...] = ("orders",)) -> list[Source]:
    rows = [{"DBInstanceIdentifier": name} for name in databases]
    return [
        cli(ONE, "global", "s3api list-buckets", {"Buckets": [{"Name": "data"}]}),
        cli(ONE, "global", "s3api get-bucket-replication", rules, "data"),
        cli(ONE, HERE, "rds describe-db-instances", {"DBInstances": rows}),
        cli(ONE, HERE, "rds describe-db-clusters", {"DBClusters": []}),
        cli(ONE, HERE, "backup list-backup-plans", {"BackupPlansList": []}),
    ]


def vault(source: str = ONE, *, functions: tuple[str, ...] = (), status: str = "available") -> list[Source]:
    """A backup account with a copy of the database `orders` of another account."""
    snapshot = {
        "DBInstanceIdentifier": "orders",
        "SourceDBSnapshotIdentifier": f"arn:aws:rds:{HERE}:{source}:snapshot:orders-1",
        "Status": status,
    }
    return [
        cli(TWO, "global", "s3api list-buckets", {"Buckets": [{"Name": "copy"}]}),
        cli(TWO, "global", "s3api get-bucket-replication", "ReplicationConfigurationNotFoundError", "copy"),
        cli(TWO, HERE, "rds describe-db-instances", {"DBInstances": []}),
        cli(TWO, HERE, "rds describe-db-clusters", {"DBClusters": []}),
        cli(TWO, HERE, "rds describe-db-snapshots", {"DBSnapshots": [snapshot]}),
        cli(TWO, HERE, "ec2 describe-instances", {"Reservations": []}),
        cli(TWO, HERE, "lambda list-functions", {"Functions": [{"FunctionName": name} for name in functions]}),
        cli(TWO, HERE, "backup list-backup-plans", {"BackupPlansList": []}),
    ]


@pytest.mark.parametrize("account", [TWO, None])
def test_all_data_have_a_copy_in_an_account_for_backups(account: str | None) -> None:
    files = [*production(replication(account)), *vault()]
    assert judged(31, *files) == ("acceptable", ["a1"])
    assert found(31, *files, manifest(files)).explanation == (
        "All 2 buckets and databases have a copy in an account that only keeps backups."
    )


@pytest.mark.parametrize(
    "files",
    [
        [*production("ReplicationConfigurationNotFoundError"), *vault()],
        [*production("AccessDenied"), *vault()],
        [*production(replication(TWO, Status="Disabled")), *vault()],
        [*production(replication(TWO, Filter={"Prefix": "invoices/"})), *vault()],
        [*production(replication(ONE)), *vault()],
        [*production(replication(THREE)), *vault()],
        [*production(replication(TWO)), *vault(functions=("shop",))],
        [*production(replication(TWO)), *vault(source=THREE)],
        [*production(replication(TWO)), *vault(status="creating")],
        [*production(replication(TWO), ("orders", "users")), *vault()],
        [*production(replication(TWO)), *vault()[:-2]],
        [*production(replication(TWO))[:-1], *vault()],
    ],
)
def test_less_than_that_decides_nothing(files: list[Source]) -> None:
    assert judged(31, *files) == ("undetermined", [])


def test_a_plan_that_copies_elsewhere_is_shown() -> None:
    vaults = {"DestinationBackupVaultArn": f"arn:aws:backup:{HERE}:{TWO}:backup-vault:v"}
    plan = {"BackupPlan": {"Rules": [{"CopyActions": [vaults]}]}, "BackupPlanId": "p1"}
    files = [
        *production("ReplicationConfigurationNotFoundError")[:-1],
        cli(ONE, HERE, "backup list-backup-plans", {"BackupPlansList": [{"BackupPlanId": "p1"}]}),
        cli(ONE, HERE, "backup get-backup-plan", plan, "p1"),
    ]
    evaluation = found(31, *files, manifest(files))
    assert {lead.ref: lead.reason for lead in evaluation.leads}[f"{ONE}/{HERE}/backup-plan/p1"] == (
        f"This plan copies backups to account {TWO}."
    )
    assert evaluation.explanation.startswith("0 of 2 buckets and databases were seen to have a copy in an account")
    assert refs(evaluation) == []
