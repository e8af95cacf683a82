"""Criteria 20 and 21: what stands in public subnets."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, TWO, cli, found, listed, manifest, prowler, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
HERE = "us-east-1"
Rows = list[dict[str, Any]]


def table(
    name: str, *gateways: str, subnets: tuple[str, ...] = (), is_main: bool = False, state: str = "active"
) -> Any:
    routes = [{"GatewayId": gateway, "DestinationCidrBlock": "0.0.0.0/0", "State": state} for gateway in gateways]
    associations: Rows = [{"Main": False, "SubnetId": subnet} for subnet in subnets]
    return {
        "RouteTableId": name,
        "VpcId": "vpc-1",
        "Routes": routes,
        "Associations": associations + ([{"Main": True}] if is_main else []),
    }


TABLES = [
    table("rtb-1", "local", "igw-1", subnets=("subnet-public",)),
    table("rtb-2", "local", "eigw-1", "nat-1", subnets=("subnet-private",)),
    table("rtb-3", "igw-1", is_main=True),
    table("rtb-4", "igw-1", subnets=("subnet-blackhole",), state="blackhole"),
]
SUBNETS = [{"SubnetId": f"subnet-{name}", "VpcId": "vpc-1"} for name in ("public", "private", "main", "blackhole")] + [
    {
        "SubnetId": "subnet-blocked",
        "VpcId": "vpc-1",
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"},
    }
]


def database(name: str, *subnets: str, public: object = False, **more: object) -> dict[str, Any]:
    listed_subnets = [{"SubnetIdentifier": f"subnet-{subnet}"} for subnet in subnets]
    return {
        "DBInstanceIdentifier": name,
        "Engine": "postgres",
        "PubliclyAccessible": public,
        "DBSubnetGroup": {"VpcId": "vpc-1", "Subnets": listed_subnets},
        **more,
    }


def instance(name: str, subnet: str, address: str = "", state: str = "running") -> dict[str, Any]:
    public = {"PublicIpAddress": address} if address else {}
    return {"InstanceId": name, "SubnetId": f"subnet-{subnet}", "VpcId": "vpc-1", "State": {"Name": state}, **public}


def files(
    databases: Rows, instances: Rows, *, account: str = ONE, default: bool = False, without: str = "", **more: Rows
) -> list[Source]:
    bodies: dict[str, dict[str, object]] = {
        "ec2 describe-route-tables": {"RouteTables": more.get("tables", TABLES)},
        "ec2 describe-subnets": {"Subnets": SUBNETS},
        "ec2 describe-vpcs": {"Vpcs": [{"VpcId": "vpc-1", "IsDefault": default}]},
        "ec2 describe-instances": {"Reservations": [{"Instances": instances}] if instances else []},
        "rds describe-db-instances": {"DBInstances": databases},
        "rds describe-db-clusters": {"DBClusters": more.get("clusters", [])},
    }
    return [cli(account, HERE, call, body) for call, body in bodies.items() if call != without]


def judged(number: int, *found_files: Source, **fields: object) -> Evaluation:
    return found(number, *found_files, manifest(list(found_files), **fields))


def db(name: str, account: str = ONE) -> str:
    return f"{account}/{HERE}/db/{name}"


Case = tuple[Rows, Rows, State, tuple[str, ...], list[str]]
PRIVATE: dict[str, Case] = {
    "all private": ([database("a", "private")], [instance("i-1", "private")], ACCEPTABLE, ("a1",), []),
    "a route to nowhere": ([database("a", "blackhole")], [], ACCEPTABLE, ("a1",), []),
    "blocked for the VPC": ([database("a", "blocked")], [], ACCEPTABLE, ("a1",), []),
    "an ended instance": (
        [database("a", "private")],
        [instance("i-1", "public", state="terminated")],
        ACCEPTABLE,
        ("a1",),
        [],
    ),
    "public and accessible": ([database("a", "public", public=True)], [], FAILURE, ("f1",), [db("a")]),
    "one subnet of two public": ([database("a", "private", "public", public=True)], [], FAILURE, ("f1",), [db("a")]),
    "the main table": ([database("a", "main", public=True)], [], FAILURE, ("f1",), [db("a")]),
    "public and not accessible": ([database("a", "public")], [], FAILURE, (), [db("a")]),
    "accessible in a private one": ([database("a", "private", public=True)], [], ACCEPTABLE, ("a1",), []),
    "an instance in a public one": ([database("a", "private")], [instance("i-1", "public")], UNDETERMINED, (), []),
    "an unknown subnet": ([database("a")], [], UNDETERMINED, (), []),
    "nothing": ([], [], UNDETERMINED, (), []),
}


@pytest.mark.parametrize(("databases", "instances", "state", "responses", "named"), PRIVATE.values(), ids=PRIVATE)
def test_private_subnets(
    databases: Rows, instances: Rows, state: State, responses: tuple[str, ...], named: list[str]
) -> None:
    evaluation = judged(20, *files(databases, instances))
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-20-{name}" for name in responses)
    assert refs(evaluation) == named


def test_everything_in_the_default_vpc_with_public_addresses() -> None:
    rows = [instance("i-1", "main", "203.0.113.5"), instance("i-2", "main", "203.0.113.6")]
    evaluation = judged(20, *files([], rows, default=True))
    assert (evaluation.state, evaluation.responses) == (FAILURE, ("aws-core-20-f2",))
    assert refs(evaluation) == [f"{ONE}/{HERE}/instance/i-1", f"{ONE}/{HERE}/instance/i-2"]
    assert evaluation.explanation == "Everything runs in default VPCs and has public addresses."
    assert evaluation.resources[0].reason == (
        "The instance stands in the default VPC and has the public address 203.0.113.5."
    )
    assert judged(20, *files([], [*rows, instance("i-3", "main")], default=True)).state is UNDETERMINED
    assert judged(20, listed(ONE, TWO), *files([], rows, default=True)).state is UNDETERMINED
    assert judged(20, *files([], rows)).state is UNDETERMINED


def test_what_is_said_of_databases_and_instances() -> None:
    evaluation = judged(20, *files([database("a", "public")], [instance("i-1", "public", "203.0.113.5")]))
    assert evaluation.explanation == (
        "1 database stands in public subnets, with a route through an Internet gateway. None is publicly accessible, "
        "so no response of the playbook fits."
    )
    assert [lead.reason for lead in evaluation.leads] == [
        "The instance stands in a public subnet and has the public address 203.0.113.5; it may be a web server."
    ]
    alone = judged(20, *files([], [instance("i-1", "public")]))
    assert "Say which instances in public subnets have to be reached from the Internet, and why." in alone.explanation


CALLS = ["route-tables", "subnets", "vpcs", "instances"]


@pytest.mark.parametrize("call", [*(f"ec2 describe-{name}" for name in CALLS), "rds describe-db-instances"])
def test_every_call_is_needed(call: str) -> None:
    rows = ([database("a", "private")], [instance("i-1", "private")])
    evaluation = judged(20, *files(*rows, without=call))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (f"{ONE}/{HERE}",))
    assert f"Still missing: {ONE}/{HERE}: `aws {call} --region {HERE}` is missing" in evaluation.explanation


ACCESS: dict[str, tuple[Rows, Rows, State, tuple[str, ...], list[str]]] = {
    "private": ([database("a", "private")], [], ACCEPTABLE, ("a1",), []),
    "none": ([], [], ACCEPTABLE, ("a2",), []),
    "a cluster without members": ([], [{"DBClusterIdentifier": "c", "DBClusterMembers": []}], ACCEPTABLE, ("a2",), []),
    "accessible in a private one": ([database("a", "private", public=True)], [], FAILURE, ("f1",), [db("a")]),
    "only in a public subnet": ([database("a", "public")], [], FAILURE, (), [db("a")]),
    "one of each": (
        [database("a", "public"), database("b", "private", public=True)],
        [],
        FAILURE,
        ("f1",),
        [db("a"), db("b")],
    ),
    "a public cluster": (
        [],
        [{"DBClusterIdentifier": "c", "PubliclyAccessible": True}],
        FAILURE,
        ("f1",),
        [f"{ONE}/{HERE}/db-cluster/c"],
    ),
    "members that were not read": (
        [],
        [{"DBClusterIdentifier": "c", "DBClusterMembers": [{"DBInstanceIdentifier": "m"}]}],
        UNDETERMINED,
        (),
        [],
    ),
    "a flag that is none": ([database("a", "private", public="no")], [], UNDETERMINED, (), []),
    "an unknown subnet": ([database("a")], [], UNDETERMINED, (), []),
}


@pytest.mark.parametrize(("databases", "clusters", "state", "responses", "named"), ACCESS.values(), ids=ACCESS)
def test_public_databases(
    databases: Rows, clusters: Rows, state: State, responses: tuple[str, ...], named: list[str]
) -> None:
    evaluation = judged(21, *files(databases, [], clusters=clusters))
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-21-{name}" for name in responses)
    assert refs(evaluation) == named


def test_one_bad_account_of_six() -> None:
    ids = [ONE, TWO, "333333333333", "666666666666", "777788889999", "123456789012"]
    good = [file for one in ids[1:] for file in files([database("a", "private")], [], account=one)]
    bad = files([database("a", "public", public=True)], [])
    for number in (20, 21):
        evaluation = judged(number, listed(*ids), *good, *bad)
        assert (refs(evaluation), evaluation.coverage.seen) == ([db("a")], 6)


@pytest.mark.parametrize("call", ["rds describe-db-instances", "rds describe-db-clusters", "ec2 describe-route-tables"])
def test_databases_need_their_calls(call: str) -> None:
    evaluation = judged(21, *files([database("a", "private")], [], without=call))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (f"{ONE}/{HERE}",))


def test_without_databases_no_routes_are_needed() -> None:
    assert judged(21, *files([], [], without="ec2 describe-route-tables")).responses == ("aws-core-21-a2",)


def test_a_refused_region_is_never_empty() -> None:
    refused = cli(ONE, HERE, "rds describe-db-instances", "AccessDenied")
    evaluation = judged(21, refused, *files([], [], without="rds describe-db-instances"))
    assert evaluation.state is UNDETERMINED
    assert "was refused (AccessDenied)" in evaluation.explanation


UID = f"arn:aws:rds:{HERE}:{ONE}:db:a"


@pytest.mark.parametrize(
    ("result", "text", "state"),
    [
        ("FAIL", "RDS Instance a is set as publicly accessible.", FAILURE),
        ("PASS", "RDS Instance a is set as publicly accessible but its group is closed.", FAILURE),
        ("PASS", "RDS Instance a is not publicly accessible.", UNDETERMINED),
    ],
)
def test_prowler(result: str, text: str, state: State) -> None:
    evaluation = found(21, prowler("rds_instance_no_public_access", UID, text, result=result))
    assert evaluation.state is state
    assert refs(evaluation) == ([UID] if state is FAILURE else [])


@pytest.mark.parametrize("check", ["ec2_instance_public_ip", "vpc_subnet_no_public_ip_by_default"])
def test_what_prowler_leaves_open_stays_open(check: str) -> None:
    assert found(20, prowler(check, UID)).state is UNDETERMINED
