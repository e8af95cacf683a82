"""What the Internet reaches: rules of security groups, and subnets with a route through an Internet gateway.

Evidence contract, section 2, criteria 19 to 22.
"""

from collections.abc import Iterable
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final

from assessments.evaluators.algebra import Truth, any_of
from assessments.evaluators.criteria.common import Place
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item

GROUPS: Final = "ec2 describe-security-groups"
INTERFACES: Final = "ec2 describe-network-interfaces"
ROUTES: Final = "ec2 describe-route-tables"
SUBNETS: Final = "ec2 describe-subnets"
VPCS: Final = "ec2 describe-vpcs"
INSTANCES: Final = "ec2 describe-instances"
DATABASES: Final = "rds describe-db-instances"
CLUSTERS: Final = "rds describe-db-clusters"
_ENTRIES: Final = "ec2 get-managed-prefix-list-entries"
_LISTS: Final = "ec2 describe-managed-prefix-lists"
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
_GONE: Final = ("terminated", "shutting-down")
ALL_PORTS: Final = (0, 65535)


def reaches_internet(place: Place, rule: Item) -> Truth:
    """Whether a rule names the whole Internet, also in two halves or in a prefix list.

    A prefix list that was not read leaves that unknown, and is a gap in coverage.
    """
    own = [fields.text(one, "CidrIp") for one in fields.items(rule, "IpRanges")]
    own += [fields.text(one, "CidrIpv6") for one in fields.items(rule, "Ipv6Ranges")]
    lists = [fields.text(one, "PrefixListId") for one in fields.items(rule, "PrefixListIds")]
    found = [_covers_all(own)]
    for name in filter(None, lists):
        if not _is_of_aws(place, name):
            answer = place.need(_ENTRIES, name)
            covers = _covers_all([*own, *(fields.text(one, "Cidr") for one in answer.items("Entries"))])
            found.append(covers if covers or answer.is_known else None)
    return any_of(found)


def _covers_all(ranges: Iterable[str]) -> Truth:
    """Whether ranges together are all addresses of either version; a range that cannot be read leaves it unknown."""
    networks: list[IPv4Network | IPv6Network] = []
    is_whole = True
    for text in ranges:
        try:
            networks.append(ip_network(text.strip(), strict=False))
        except ValueError:
            is_whole = False
    old = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    new = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    merged = {*map(str, old), *map(str, new)}
    return True if merged & set(_EVERYWHERE) else False if is_whole else None


def _is_of_aws(place: Place, name: str) -> bool:
    """AWS's own prefix lists name single services."""
    lists = place.call(_LISTS).items("PrefixLists")
    return any(fields.text(one, "PrefixListId") == name and fields.text(one, "OwnerId") == "AWS" for one in lists)


def protocol(rule: Item) -> str:
    """ "tcp", "udp", "icmp", "all" or a number."""
    found = str(fields.dig(rule, "IpProtocol") or "").lower()
    return {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}.get(found, found)


def ports(rule: Item) -> tuple[int, int]:
    """First and last port of a rule; all of them where it names none."""
    first, last = fields.number(rule, "FromPort"), fields.number(rule, "ToPort")
    return ALL_PORTS if first is None or last is None or first < 0 or last < 0 else (int(first), int(last))


def rule_in_words(rule: Item) -> str:
    """ "TCP port 22", "UDP ports 1-100", "All traffic"."""
    name, (first, last) = protocol(rule), ports(rule)
    if name == "all":
        return "All traffic"
    if name not in ("tcp", "udp"):
        return f"Protocol {name}"
    return f"{name.upper()} port {first}" if first == last else f"{name.upper()} ports {first}-{last}"


def attached_groups(place: Place) -> dict[str, str]:
    """Security groups in use here, and by what: a network interface or a database."""
    found: dict[str, str] = {}
    for item in place.call(INTERFACES).items("NetworkInterfaces"):
        for group in fields.items(item, "Groups"):
            found.setdefault(fields.text(group, "GroupId"), fields.text(item, "NetworkInterfaceId"))
    for call, key, name in (
        (DATABASES, "DBInstances", "DBInstanceIdentifier"),
        (CLUSTERS, "DBClusters", "DBClusterIdentifier"),
    ):
        for item in place.call(call).items(key):
            for group in fields.items(item, "VpcSecurityGroups"):
                found.setdefault(fields.text(group, "VpcSecurityGroupId"), f"database {fields.text(item, name)}")
    found.pop("", None)
    return found


def instances(place: Place) -> list[Item]:
    """The instances that exist; those that were ended stay in the answer for an hour."""
    return [
        instance
        for reservation in place.items(INSTANCES, "Reservations")
        for instance in fields.items(reservation, "Instances")
        if fields.text(instance, "State", "Name") not in _GONE
    ]


def subnets_of_instance(instance: Item) -> list[str]:
    """The subnets an instance has an interface in."""
    found = {fields.text(one, "SubnetId") for one in fields.items(instance, "NetworkInterfaces")}
    return sorted({fields.text(instance, "SubnetId"), *found} - {""})


def subnets_of_database(database: Item) -> list[str]:
    """The subnets a database may stand in: those of its subnet group."""
    listed = fields.items(database, "DBSubnetGroup", "Subnets")
    return sorted({fields.text(one, "SubnetIdentifier") for one in listed} - {""})


class Routes:
    """Which subnets of one region have a route through an Internet gateway."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @cached_property
    def _tables(self) -> list[Item]:
        return self._place.items(ROUTES, "RouteTables")

    @cached_property
    def _subnets(self) -> dict[str, Item]:
        return {fields.text(one, "SubnetId"): one for one in self._place.items(SUBNETS, "Subnets")}

    @cached_property
    def _of_subnets(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for table in self._tables:
            for name in {fields.text(one, "SubnetId") for one in _associations(table)} - {""}:
                found.setdefault(name, []).append(table)
        return found

    @cached_property
    def _main(self) -> dict[str, list[Item]]:
        """The main tables by VPC, for the subnets without a table of their own."""
        found: dict[str, list[Item]] = {}
        for table in self._tables:
            if any(fields.flag(one, "Main") for one in _associations(table)):
                found.setdefault(fields.text(table, "VpcId"), []).append(table)
        return found

    def is_public(self, names: Iterable[str], vpc: str = "") -> Truth:
        """Whether one of these subnets is public; unknown of no subnet at all."""
        found = [self._is_public(name, vpc) for name in names]
        return any_of(found) if found else None

    def _is_public(self, name: str, vpc: str) -> Truth:
        subnet = self._subnets.get(name, {})
        blocked = fields.text(subnet, "BlockPublicAccessStates", "InternetGatewayBlockMode")
        if blocked == "block-bidirectional":  # VPC Block Public Access: routes do not count
            return False
        own = self._of_subnets.get(name)
        if not own and not self._place.call(ROUTES).is_known:
            return None
        tables = own or self._main.get(fields.text(subnet, "VpcId") or vpc)
        is_public = any_of(_leads_out(table) for table in tables) if tables else None
        return None if is_public and blocked == "block-ingress" else is_public


def _associations(table: Item) -> list[Item]:
    gone = ("disassociated", "disassociating", "failed")
    return [a for a in fields.items(table, "Associations") if fields.text(a, "AssociationState", "State") not in gone]


def _leads_out(table: Item) -> bool:
    """Whether a table has a working route through an Internet gateway; eigw-* and nat-* are none."""
    return any(
        fields.text(route, "GatewayId").startswith("igw-") and fields.text(route, "State") != "blackhole"
        for route in fields.items(table, "Routes")
    )
