"""Patching of instances, and the way people reach them: criteria 32 and 33."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source
from tests.evaluators.shared import FIXTURES, ONE, TWO, cli, found, manifest, outcome_of, refs

HERE = "us-east-1"


def instance(name: str = "i-1", state: str = "running", *, address: str = "", **more: Any) -> dict[str, Any]:
    body = {"InstanceId": name, "State": {"Name": state}, "SecurityGroups": [{"GroupId": "sg-1"}], **more}
    return {**body, "PublicIpAddress": address} if address else body


def running(*instances: dict[str, Any], account: str = ONE) -> Source:
    return cli(account, HERE, "ec2 describe-instances", {"Reservations": [{"Instances": list(instances)}]})


def patched(
    *, ping: str = "Online", operation: str = "Install", end: object = "2026-11-15T03:00:00Z", **association: Any
) -> list[Source]:
    schedule = {
        "Name": "AWS-RunPatchBaseline",
        "ScheduleExpression": "rate(7 days)",
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
        **association,
    }
    state = {"InstanceId": "i-1", "Operation": operation, "OperationEndTime": end}
    return [
        cli(
            ONE,
            HERE,
            "ssm describe-instance-information",
            {"InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": ping}]},
        ),
        cli(ONE, HERE, "ssm describe-instance-patch-states", {"InstancePatchStates": [state]}),
        cli(ONE, HERE, "ssm list-associations", {"Associations": [schedule]}),
    ]


def judged(number: int, files: list[Source]) -> Evaluation:
    return found(number, *files, manifest(files))


# --- 32 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        patched(),
        patched(end=1795161600),
        patched(end=1795161600.5),
        patched(end="2026-10-16T08:00:00Z"),  # 35 days ago exactly
        patched(Targets=[{"Key": "tag:Patch", "Values": ["yes"]}]),
        patched(Targets=[{"Key": "tag-key", "Values": ["Patch"]}]),
        patched(Targets=[{"Key": "InstanceIds", "Values": ["i-1"]}]),
    ],
)
def test_systems_manager_patches_all(files: list[Source]) -> None:
    tags = [{"Key": "Patch", "Value": "yes"}]
    evaluation = judged(32, [running(instance(Tags=tags), instance("i-2", "stopped")), *files])
    assert (evaluation.state, evaluation.responses) == ("acceptable", ("aws-core-32-a1",))
    assert evaluation.explanation == (
        "Systems Manager patched all 1 running instance in the last 35 days, on a schedule."
    )


@pytest.mark.parametrize(
    ("files", "lacking"),
    [
        (patched(ping="ConnectionLost"), "online in Systems Manager"),
        (patched(operation="Scan"), "patches installed in the last 35 days"),
        (patched(end="2026-10-16T07:59:59Z"), "patches installed in the last 35 days"),
        (patched(ScheduleExpression=""), "a schedule of AWS-RunPatchBaseline that takes it in"),
        (patched(Name="AWS-GatherSoftwareInventory"), "a schedule of AWS-RunPatchBaseline that takes it in"),
        (patched(Targets=[{"Key": "InstanceIds", "Values": ["i-2"]}]), "a schedule of AWS-RunPatchBaseline"),
    ],
)
def test_an_instance_that_is_not_patched_so_decides_nothing(files: list[Source], lacking: str) -> None:
    evaluation = judged(32, [running(instance()), *files])
    assert (evaluation.state, evaluation.resources) == ("undetermined", ())
    assert [lead.ref for lead in evaluation.leads] == [f"{ONE}/{HERE}/instance/i-1"]
    assert evaluation.leads[0].reason.startswith(f"Not seen: {lacking}")


def test_one_instance_of_two_unknown_to_systems_manager() -> None:
    evaluation = judged(32, [running(instance(), instance("i-2")), *patched()])
    assert (evaluation.state, [lead.ref for lead in evaluation.leads]) == (
        "undetermined",
        [f"{ONE}/{HERE}/instance/i-2"],
    )


def test_no_running_instance_fits_no_response() -> None:
    evaluation = judged(32, [running(instance(state="stopped")), *patched()])
    assert (evaluation.state, evaluation.coverage.missing) == ("undetermined", ())
    assert evaluation.explanation.startswith("No running instance was found")


@pytest.mark.parametrize("left_out", [0, 1, 2, 3])
def test_patching_needs_every_answer(left_out: int) -> None:
    files = [running(instance()), *patched()]
    del files[left_out]
    evaluation = judged(32, files)
    assert (evaluation.state, evaluation.coverage.missing) == ("undetermined", (f"{ONE}/{HERE}",))


def test_patching_without_a_time_or_refused() -> None:
    files = [running(instance()), *patched()]
    assert found(32, *files, as_of=None).state == "undetermined"
    files[2] = cli(ONE, HERE, "ssm describe-instance-patch-states", "AccessDenied")
    assert "describe-instance-patch-states --region us-east-1` was refused (AccessDenied)" in (
        judged(32, files).explanation
    )


# --- 33 ---------------------------------------------------------------------------------------------------------------


def group(first: int = 22, last: int = 22, *, cidr: str = "0.0.0.0/0", protocol: str = "tcp", **more: Any) -> Source:
    rule: dict[str, Any] = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": cidr}], **more}
    if protocol != "-1":
        rule |= {"FromPort": first, "ToPort": last}
    body = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [rule]}]}
    return cli(ONE, HERE, "ec2 describe-security-groups", body)


def databases(public: bool = True, port: int = 3306, engine: str = "mysql") -> Source:
    row = {
        "DBInstanceIdentifier": "orders",
        "Engine": engine,
        "PubliclyAccessible": public,
        "Endpoint": {"Port": port},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
    }
    return cli(ONE, HERE, "rds describe-db-instances", {"DBInstances": [row]})


NONE = cli(ONE, HERE, "rds describe-db-instances", {"DBInstances": []})
TWO_OPEN = running(instance(address="198.51.100.1"), instance("i-2", address="198.51.100.2"))
NAMES = [f"{ONE}/{HERE}/instance/i-1", f"{ONE}/{HERE}/instance/i-2"]


@pytest.mark.parametrize(
    ("rule", "port"),
    [
        (group(), "SSH"),
        (group(3389, 3389), "RDP"),
        (group(0, 100), "SSH, Telnet"),
        (group(22, 22, cidr="0.0.0.0/1", Ipv6Ranges=[{"CidrIpv6": "::/0"}]), "SSH"),
        (group(protocol="-1"), "RDP, SSH, Telnet, VNC, WinRM"),
    ],
)
def test_two_servers_open_to_the_internet(rule: Source, port: str) -> None:
    evaluation = judged(33, [TWO_OPEN, rule, NONE])
    assert (evaluation.state, evaluation.responses, refs(evaluation)) == ("failure", ("aws-core-33-f1",), NAMES)
    assert evaluation.resources[0].reason == f"It has a public address and {port} open to the Internet."
    assert evaluation.explanation == (
        "2 servers or databases can be reached straight from the Internet on the ports for managing them."
    )


@pytest.mark.parametrize(
    "files",
    [
        [TWO_OPEN, group(443, 443), NONE],
        [TWO_OPEN, group(22, 22, protocol="udp"), NONE],
        [TWO_OPEN, group(cidr="203.0.113.0/24"), NONE],
        [running(instance(), instance("i-2")), group(), NONE],
        [running(instance("i-1", "terminated", address="198.51.100.1"), instance()), group(), NONE],
        [TWO_OPEN, cli(ONE, HERE, "ec2 describe-security-groups", "AccessDenied"), NONE],
        [TWO_OPEN, group(443, 443), databases(public=False)],
        [TWO_OPEN, group(443, 443), databases()],
        [TWO_OPEN, group(3306, 3306), databases(public=False)],
    ],
)
def test_nothing_open_decides_nothing(files: list[Source]) -> None:
    evaluation = judged(33, files)
    assert (evaluation.state, evaluation.resources, evaluation.leads) == ("undetermined", (), ())


def test_one_open_server_may_be_the_bastion() -> None:
    evaluation = judged(33, [running(instance(address="198.51.100.1"), instance("i-2")), group(), NONE])
    assert (evaluation.state, [lead.ref for lead in evaluation.leads]) == ("undetermined", NAMES[:1])
    assert evaluation.explanation.startswith(
        "One server is open to the Internet for management; it may be the bastion host."
    )


def test_an_open_database_fails_and_a_bastion_beside_it_does_not() -> None:
    files = [running(instance(address="198.51.100.1")), group(22, 3306), databases()]
    evaluation = judged(33, files)
    assert (evaluation.responses, refs(evaluation)) == (("aws-core-33-f1",), [f"{ONE}/{HERE}/db/orders"])
    assert evaluation.resources[0].reason == "It is publicly accessible and port 3306 is open to the Internet."
    assert [lead.ref for lead in evaluation.leads] == NAMES[:1]


def test_servers_of_two_accounts_add_up_and_what_is_missing_is_named() -> None:
    there = [
        running(instance("i-2", address="198.51.100.2"), account=TWO),
        Source(group().path.replace(ONE, TWO), group().content),
    ]
    evaluation = judged(33, [running(instance(address="198.51.100.1")), group(), NONE, *there])
    assert (evaluation.state, evaluation.coverage.missing) == ("failure", (f"{TWO}/{HERE}",))
    assert evaluation.explanation.endswith(
        f"Still missing: {TWO}/{HERE}: `aws rds describe-db-instances --region {HERE}` is missing."
    )


def test_ways_in_are_noted() -> None:
    endpoints = cli(ONE, HERE, "ec2 describe-instance-connect-endpoints", {"InstanceConnectEndpoints": [{}]})
    evaluation = judged(33, [running(instance()), group(443, 443), NONE, *patched(), endpoints])
    assert "Session Manager could reach 1 instance, which speaks for that way in." in evaluation.explanation
    assert "There is 1 endpoint of a private way in." in evaluation.explanation


def test_prowler_names_two_servers_and_one_is_not_enough() -> None:
    name = "prowler/prowler-output-999999999999-20261123142636.csv"
    both = outcome_of(name).criteria["aws-core-33"]
    assert (both.state, len(both.resources)) == ("failure", 2)
    rows = (FIXTURES / name).read_bytes().split(b"\r\n")
    check = b"ec2_instance_port_ssh_exposed_to_internet"
    one = Source("p.csv", b"\r\n".join([row for row in rows if b"CHECK_ID" in row or check in row and b"i-62c" in row]))
    evaluation = found(33, one)
    assert (evaluation.state, len(evaluation.leads)) == ("undetermined", 1)
    rows = [row.replace(b"on public IP address", b"with no public IP address") for row in rows]
    hidden = Source("p.csv", b"\r\n".join([row for row in rows if b"CHECK_ID" in row or check in row]))
    assert found(33, hidden).state == "undetermined"
