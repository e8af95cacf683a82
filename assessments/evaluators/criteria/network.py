"""What security groups let in and out: criteria 19 and 22."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.internet import (
    ALL_PORTS,
    GROUPS,
    INTERFACES,
    attached_groups,
    ports,
    protocol,
    reaches_internet,
    rule_in_words,
)
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

SEVERAL: Final = 2  # open groups: the failure says "several"
_FINE: Final = {("tcp", 80), ("tcp", 443), ("udp", 443)}  # UDP 443 is HTTP/3
_APPROVED: Final = {("tcp", 8000), ("tcp", 8080), ("tcp", 8443), ("tcp", 8888)}  # HTTP too, where somebody approved it
_PREFIX: Final = "ec2_securitygroup_allow_ingress_from_internet_to_"
# Prowler's checks of single ports; `any_port` fails plain web servers, and `high_risk_tcp_ports` has 8080 in its list.
_PROWLER: Final = (
    f"{_PREFIX}all_ports",
    f"{_PREFIX}port_mongodb_27017_27018",
    f"{_PREFIX}tcp_ftp_port_20_21",
    f"{_PREFIX}tcp_port_22",
    f"{_PREFIX}tcp_port_3389",
    f"{_PREFIX}tcp_port_cassandra_7199_9160_8888",
    f"{_PREFIX}tcp_port_elasticsearch_kibana_9200_9300_5601",
    f"{_PREFIX}tcp_port_ftp_20_21",
    f"{_PREFIX}tcp_port_kafka_9092",
    f"{_PREFIX}tcp_port_memcached_11211",
    f"{_PREFIX}tcp_port_mongodb_27017_27018",
    f"{_PREFIX}tcp_port_mysql_3306",
    f"{_PREFIX}tcp_port_oracle_1521_2483",
    f"{_PREFIX}tcp_port_postgres_5432",
    f"{_PREFIX}tcp_port_redis_6379",
    f"{_PREFIX}tcp_port_sql_server_1433_1434",
    f"{_PREFIX}tcp_port_telnet_23",
)


def inbound(estate: Estate, as_of: datetime | None) -> Evaluation:
    """19. The Internet reaches nothing but web ports: evidence contract, section 2, criterion 19.

    Rules are judged, attached or not. Other web ports may be approved, which nobody can see.
    """
    case = Case(estate, "aws-core-19")
    for place in case.places(GROUPS):
        attached = attached_groups(place)
        for group in place.items(GROUPS, "SecurityGroups"):
            _judge_inbound(place, group, attached)
    case.prowler(*_PROWLER)
    number = len(case.offenders)
    alone = "" if number >= SEVERAL else " One group is not several, so no response of the playbook fits."
    opened = counted(number, "security group lets", "security groups let")
    return case.decide(
        acceptable={"a1": case.clean},
        failure={"f1": number >= SEVERAL},
        says={
            State.ACCEPTABLE: "The Internet reaches nothing but the web ports 80 and 443.",
            State.FAILURE: f"{opened} the whole Internet in to more than web ports.{alone}",
            State.UNDETERMINED: "No port but those of web services was proven to be open to the Internet.",
        },
    )


def _judge_inbound(place: Place, group: Item, attached: dict[str, str]) -> None:
    """Name a group with its rules that are open and should not be, and those that need an approval."""
    name = fields.text(group, "GroupId")
    is_open: list[str] = []
    in_doubt: list[str] = []
    for rule in fields.items(group, "IpPermissions"):
        kind, (first, last) = protocol(rule), ports(rule)
        if kind in ("icmp", "icmpv6") or (first == last and (kind, first) in _FINE):
            continue
        reaches = reaches_internet(place, rule)
        if reaches is None:
            in_doubt.append(f"{rule_in_words(rule)}: whether the Internet is let in is not known")
        elif reaches and first == last and (kind, first) in _APPROVED:
            in_doubt.append(f"{rule_in_words(rule)} is open to the Internet, which needs an approval")
        elif reaches:
            is_open.append(rule_in_words(rule))
    ref = place.ref("security-group", name)
    if is_open:
        opened = ", ".join(dict.fromkeys(is_open))
        place.case.offend(ref, f"{_named(group)} lets the Internet in: {opened}. {_use(place, attached.get(name))}")
    elif in_doubt:
        place.case.doubt(ref, f"{'; '.join(dict.fromkeys(in_doubt))}. {_use(place, attached.get(name))}")


def _named(group: Item) -> str:
    return f"The group {fields.text(group, 'GroupName') or fields.text(group, 'GroupId')}"


def _use(place: Place, by: str | None) -> str:
    if by:
        return f"It is attached to {by}."
    return "It is attached to nothing." if place.call(INTERFACES).is_known else "Whether it is attached is not known."


def outbound(estate: Estate, as_of: datetime | None) -> Evaluation:
    """22. No attached group lets all traffic out: evidence contract, section 2, criterion 22.

    Unattached groups, such as every default one, are leads only. Where nothing is attached nothing is shown.
    """
    case = Case(estate, "aws-core-22")
    is_used = False
    for place in case.places(GROUPS, INTERFACES):
        attached = attached_groups(place)
        is_used = is_used or bool(attached)
        groups = {fields.text(group, "GroupId"): group for group in place.items(GROUPS, "SecurityGroups")}
        for name, group in groups.items():
            _judge_outbound(place, group, attached.get(name))
        for name in sorted(set(attached) - set(groups)):
            case.doubt(
                place.ref("security-group", name), f"It is attached to {attached[name]}; its rules were not read."
            )
    if not is_used and case.coverage.is_complete:
        case.ask("No attached security group was found. If nothing runs in a VPC, the vendor may say so.")
    number = counted(len(case.offenders), "attached security group lets", "attached security groups let")
    return case.decide(
        acceptable={"a1": case.clean if is_used else None},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "No attached security group lets all traffic out to the Internet.",
            State.FAILURE: f"{number} all traffic out to the Internet.",
            State.UNDETERMINED: "No attached security group was proven to let all traffic out.",
        },
    )


def _judge_outbound(place: Place, group: Item, by: str | None) -> None:
    ref = place.ref("security-group", fields.text(group, "GroupId"))
    for rule in fields.items(group, "IpPermissionsEgress"):
        reaches = _lets_all_out(place, rule)
        if reaches is False:
            continue
        what = "all traffic" if protocol(rule) == "all" else "all TCP ports, which is as good as all traffic,"
        if reaches and by:
            place.case.offend(ref, f"{_named(group)} lets {what} out to the Internet. It is attached to {by}.")
        elif reaches:
            place.case.lead(ref, f"{_named(group)} lets {what} out to the Internet. It is attached to nothing.")
        elif by:
            place.case.doubt(ref, f"{_named(group)} lets {what} out; whether to the whole Internet is not known.")


def _lets_all_out(place: Place, rule: Item) -> Truth:
    first, last = ports(rule)
    is_all = protocol(rule) == "all" or (protocol(rule) == "tcp" and first <= 1 and last >= ALL_PORTS[1])
    return reaches_internet(place, rule) if is_all else False


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-19": inbound,
    "aws-core-22": outbound,
}
