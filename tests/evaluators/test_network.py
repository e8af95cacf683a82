"""Criteria 19 and 22: what security groups let in and out."""

from typing import Any

import pytest

from assessments.evaluators import Evaluation, Source, State
from tests.evaluators.shared import ONE, TWO, cli, found, listed, manifest, prowler, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
HERE = "us-east-1"
GROUPS, INTERFACES = "ec2 describe-security-groups", "ec2 describe-network-interfaces"
WORLD = "0.0.0.0/0"


def rule(protocol: str, first: int | None = None, last: int | None = None, *ranges: str) -> dict[str, Any]:
    ports = {} if first is None else {"FromPort": first, "ToPort": first if last is None else last}
    names = ranges or (WORLD,)
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": [{"CidrIp": name} for name in names if "." in name],
        "Ipv6Ranges": [{"CidrIpv6": name} for name in names if ":" in name],
        "PrefixListIds": [{"PrefixListId": name} for name in names if name.startswith("pl-")],
    }


def group(name: str, *rules: dict[str, Any], out: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"GroupId": name, "GroupName": name[3:], "IpPermissions": list(rules), "IpPermissionsEgress": list(out)}


def groups(*found: dict[str, Any], account: str = ONE, region: str = HERE, **more: object) -> Source:
    return cli(account, region, GROUPS, {"SecurityGroups": list(found), **more})


def interfaces(*names: str, account: str = ONE, region: str = HERE) -> Source:
    rows = [{"NetworkInterfaceId": "eni-1", "Groups": [{"GroupId": name} for name in names]}] if names else []
    return cli(account, region, INTERFACES, {"NetworkInterfaces": rows})


def entries(*ranges: str) -> Source:
    return cli(ONE, HERE, "ec2 get-managed-prefix-list-entries", {"Entries": [{"Cidr": r} for r in ranges]}, "pl-1")


def judged(number: int, *files: Source, **fields: object) -> Evaluation:
    return found(number, *files, manifest(list(files), **fields))


def ref(name: str, account: str = ONE, region: str = HERE) -> str:
    return f"{account}/{region}/security-group/{name}"


RULES: dict[str, tuple[dict[str, Any], State]] = {
    "TCP 443": (rule("tcp", 443), ACCEPTABLE),
    "TCP 80 by number": (rule("6", 80, 80, WORLD, "::/0"), ACCEPTABLE),
    "UDP 443": (rule("udp", 443), ACCEPTABLE),
    "ping": (rule("icmp", 8, -1), ACCEPTABLE),
    "ping of version 6": (rule("icmpv6", -1, -1, "::/0"), ACCEPTABLE),
    "SSH from one network": (rule("tcp", 22, 22, "198.51.100.0/24", "2001:db8::/32"), ACCEPTABLE),
    "half of the Internet": (rule("tcp", 22, 22, "0.0.0.0/1"), ACCEPTABLE),
    "SSH": (rule("tcp", 22), FAILURE),
    "SSH over version 6": (rule("tcp", 22, 22, "::/0"), FAILURE),
    "SSH in two halves": (rule("tcp", 22, 22, "0.0.0.0/1", "128.0.0.0/1"), FAILURE),
    "UDP 80": (rule("udp", 80), FAILURE),
    "a range with more than web ports": (rule("tcp", 80, 443), FAILURE),
    "8443 and its neighbour": (rule("tcp", 8443, 8444), FAILURE),
    "everything": (rule("-1"), FAILURE),
    "another protocol": (rule("50"), FAILURE),
    "8080": (rule("tcp", 8080), UNDETERMINED),
    "8443": (rule("tcp", 8443), UNDETERMINED),
    "a range that is none": (rule("tcp", 22, 22, "300.0.0.0/0"), UNDETERMINED),
    "a prefix list that was not read": (rule("tcp", 22, 22, "pl-1"), UNDETERMINED),
}


@pytest.mark.parametrize(("one", "state"), RULES.values(), ids=RULES)
def test_inbound_rules(one: dict[str, Any], state: State) -> None:
    evaluation = judged(19, groups(group("sg-1", one)))
    assert evaluation.state is state, evaluation.explanation
    assert refs(evaluation) == ([ref("sg-1")] if state is FAILURE else [])
    assert evaluation.responses == (("aws-core-19-a1",) if state is ACCEPTABLE else ())


@pytest.mark.parametrize(
    ("ranges", "state"),
    [(("10.0.0.0/8",), ACCEPTABLE), ((WORLD,), FAILURE), (("0.0.0.0/1", "128.0.0.0/1"), FAILURE)],
)
def test_prefix_lists(ranges: tuple[str, ...], state: State) -> None:
    assert judged(19, groups(group("sg-1", rule("tcp", 22, 22, "pl-1"))), entries(*ranges)).state is state


def test_prefix_lists_of_aws_are_not_the_internet() -> None:
    lists = {"PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": "AWS", "PrefixListName": "com.amazonaws.s3"}]}
    files = [
        groups(group("sg-1", rule("tcp", 22, 22, "pl-1"))),
        cli(ONE, HERE, "ec2 describe-managed-prefix-lists", lists),
    ]
    assert judged(19, *files).state is ACCEPTABLE


def test_a_missing_prefix_list_is_asked_for() -> None:
    evaluation = judged(19, groups(group("sg-1", rule("tcp", 22, 22, "pl-1"))))
    assert evaluation.coverage.missing == (f"{ONE}/{HERE}",)
    assert "`aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-1 --region us-east-1` is missing" in (
        evaluation.explanation
    )


def test_two_open_groups_match_the_failure_response() -> None:
    evaluation = judged(19, groups(group("sg-1", rule("tcp", 22)), group("sg-2", rule("tcp", 3306)), group("sg-3")))
    assert (evaluation.responses, refs(evaluation)) == (("aws-core-19-f1",), [ref("sg-1"), ref("sg-2")])
    assert evaluation.explanation == "2 security groups let the whole Internet in to more than web ports."


def test_one_open_group_matches_no_response_and_is_described() -> None:
    file = groups(group("sg-1", rule("tcp", 22), rule("udp", 1, 100), rule("-1")))
    evaluation = judged(19, file, interfaces("sg-1"))
    assert evaluation.explanation == (
        "1 security group lets the whole Internet in to more than web ports. One group is not several, so no response "
        "of the playbook fits."
    )
    opened = "The group 1 lets the Internet in: TCP port 22, UDP ports 1-100, All traffic."
    assert evaluation.resources[0].reason == f"{opened} It is attached to eni-1."
    assert judged(19, file, interfaces()).resources[0].reason == f"{opened} It is attached to nothing."
    assert judged(19, file).resources[0].reason == f"{opened} Whether it is attached is not known."


def test_a_port_that_needs_an_approval_is_named() -> None:
    evaluation = judged(19, groups(group("sg-1", rule("tcp", 8080))), interfaces("sg-1"))
    assert [(lead.ref, lead.reason) for lead in evaluation.leads] == [
        (ref("sg-1"), "TCP port 8080 is open to the Internet, which needs an approval. It is attached to eni-1.")
    ]


REGIONS = [{"id": ONE, "regions_enabled": [HERE, "eu-west-1"], "regions_active": [HERE, "eu-west-1"]}]
NOT_READ = {
    "missing": (None, "is missing"),
    "refused": (cli(ONE, "eu-west-1", GROUPS, "UnauthorizedOperation"), "was refused (UnauthorizedOperation)"),
    "incomplete": (groups(region="eu-west-1", NextToken="more"), "is incomplete"),
}


@pytest.mark.parametrize(("answer", "why"), NOT_READ.values(), ids=NOT_READ)
@pytest.mark.parametrize("number", [19, 22])
def test_every_active_region_is_needed(number: int, answer: Source | None, why: str) -> None:
    files = [groups(group("sg-1")), interfaces("sg-1"), interfaces(region="eu-west-1"), *([answer] if answer else [])]
    evaluation = judged(number, *files, accounts=REGIONS)
    assert evaluation.state is UNDETERMINED
    assert evaluation.coverage.missing == (f"{ONE}/eu-west-1",)
    assert f"Still missing: {ONE}/eu-west-1: `aws {GROUPS} --region eu-west-1` {why}." in evaluation.explanation
    passive = [{**REGIONS[0], "regions_active": [HERE]}]
    assert judged(number, *files, accounts=passive).state is ACCEPTABLE


def test_an_open_group_in_an_inactive_region_is_an_offender() -> None:
    files = [groups(group("sg-1")), groups(group("sg-9", rule("tcp", 22)), region="eu-west-1")]
    passive = [{**REGIONS[0], "regions_active": [HERE]}]
    assert refs(judged(19, *files, accounts=passive)) == [ref("sg-9", region="eu-west-1")]


def test_one_bad_account_of_six() -> None:
    ids = [ONE, TWO, "333333333333", "666666666666", "777788889999", "123456789012"]
    good = [file for one in ids[1:] for file in (groups(group("sg-0"), account=one), interfaces("sg-0", account=one))]
    bad = [groups(group("sg-1", rule("tcp", 22), out=(rule("-1"),))), interfaces("sg-1")]
    for number in (19, 22):
        evaluation = judged(number, listed(*ids), *good, *bad)
        assert (refs(evaluation), evaluation.coverage.seen) == ([ref("sg-1")], 6)


def test_an_account_without_known_regions_is_not_covered() -> None:
    assert found(19, groups(group("sg-1"))).coverage.missing == (ONE,)


PREFIX = "ec2_securitygroup_allow_ingress_from_internet_to_"
UID = f"arn:aws:ec2:{HERE}:{ONE}:security-group/"


@pytest.mark.parametrize(
    ("check", "is_usable"),
    [("tcp_port_22", True), ("all_ports", True), ("any_port", False), ("high_risk_tcp_ports", False)],
)
def test_prowler(check: str, is_usable: bool) -> None:
    evaluation = found(19, prowler(PREFIX + check, UID + "sg-1"))
    assert refs(evaluation) == ([UID + "sg-1"] if is_usable else [])
    assert (evaluation.state, evaluation.responses) == (FAILURE if is_usable else UNDETERMINED, ())


def test_a_group_that_prowler_names_too_is_one_group() -> None:
    evaluation = judged(19, groups(group("sg-1", rule("tcp", 22))))
    twice = found(
        19, groups(group("sg-1", rule("tcp", 22))), prowler(f"{PREFIX}tcp_port_22", UID + "sg-1", is_muted=True)
    )
    assert evaluation.responses == twice.responses == ()
    (named,) = twice.resources
    assert named.ref == evaluation.resources[0].ref
    assert named.reason == f"{evaluation.resources[0].reason} Prowler: It is so. Muted in Prowler."


OUT: dict[str, tuple[dict[str, Any], State]] = {
    "everything": (rule("-1"), FAILURE),
    "everything over version 6": (rule("-1", None, None, "::/0"), FAILURE),
    "in two halves": (rule("-1", None, None, "0.0.0.0/1", "128.0.0.0/1"), FAILURE),
    "all TCP ports": (rule("tcp", 0, 65535), FAILURE),
    "HTTPS": (rule("tcp", 443), ACCEPTABLE),
    "all UDP ports": (rule("udp", 0, 65535), ACCEPTABLE),
    "everything inside": (rule("-1", None, None, "10.0.0.0/8"), ACCEPTABLE),
    "an unknown prefix list": (rule("-1", None, None, "pl-1"), UNDETERMINED),
}


@pytest.mark.parametrize(("one", "state"), OUT.values(), ids=OUT)
def test_outbound_rules(one: dict[str, Any], state: State) -> None:
    evaluation = judged(22, groups(group("sg-1", out=(one,)), group("sg-2", out=(rule("-1"),))), interfaces("sg-1"))
    assert evaluation.state is state, evaluation.explanation
    assert refs(evaluation) == ([ref("sg-1")] if state is FAILURE else [])
    expected = {FAILURE: ("aws-core-22-f1",), ACCEPTABLE: ("aws-core-22-a1",)}.get(state, ())
    assert evaluation.responses == expected
    assert ref("sg-2") in [lead.ref for lead in evaluation.leads]  # attached to nothing


def test_all_tcp_ports_are_as_good_as_all_traffic() -> None:
    evaluation = judged(22, groups(group("sg-1", out=(rule("tcp", 0, 65535),))), interfaces("sg-1"))
    assert evaluation.explanation == "1 attached security group lets all traffic out to the Internet."
    assert evaluation.resources[0].reason == (
        "The group 1 lets all TCP ports, which is as good as all traffic, out to the Internet. It is attached to eni-1."
    )


def test_a_group_of_a_database_is_attached() -> None:
    row = {"DBInstanceIdentifier": "one", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}
    database = cli(ONE, HERE, "rds describe-db-instances", {"DBInstances": [row]})
    evaluation = judged(22, groups(group("sg-1", out=(rule("-1"),))), interfaces(), database)
    assert evaluation.resources[0].reason == (
        "The group 1 lets all traffic out to the Internet. It is attached to database one."
    )


def test_where_nothing_is_attached_nothing_is_shown() -> None:
    evaluation = judged(22, groups(group("sg-1", out=(rule("-1"),))), interfaces())
    assert evaluation.state is UNDETERMINED
    assert evaluation.explanation == (
        "No attached security group was proven to let all traffic out. No attached security group was found. "
        "If nothing runs in a VPC, the vendor may say so."
    )


def test_interfaces_are_needed() -> None:
    evaluation = judged(22, groups(group("sg-1", out=(rule("-1"),))))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (f"{ONE}/{HERE}",))


def test_an_attached_group_that_was_not_read_leaves_it_open() -> None:
    assert judged(22, groups(group("sg-1")), interfaces("sg-1", "sg-2")).state is UNDETERMINED
