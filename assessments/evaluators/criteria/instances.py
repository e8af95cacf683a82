"""Patching of instances, and the way people reach them: criteria 32 and 33."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, any_of
from assessments.evaluators.clock import DAY
from assessments.evaluators.criteria import internet
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

PATCHED: Final = 35 * DAY
_INFORMATION: Final = "ssm describe-instance-information"
_PATCHES: Final = "ssm describe-instance-patch-states"
_ASSOCIATIONS: Final = "ssm list-associations"
_KNOWN: Final = ((_INFORMATION, "InstanceInformationList"), (_PATCHES, "InstancePatchStates"))
_BASELINE: Final = "AWS-RunPatchBaseline"
_MANAGEMENT: Final = {22: "SSH", 23: "Telnet", 3389: "RDP", 5900: "VNC", 5985: "WinRM", 5986: "WinRM"}
_REACHED: Final = ("ec2_instance_port_ssh_exposed_to_internet", "ec2_instance_port_rdp_exposed_to_internet")


def patching(estate: Estate, as_of: datetime | None) -> Evaluation:
    """32. Systems Manager patches every running instance: evidence contract, section 2, criterion 32.

    Another tool, or images that replace instances, cannot be seen, so nothing here is ever a failure.
    """
    case = Case(estate, "aws-core-32")
    running = 0
    for place in case.places(internet.INSTANCES, _INFORMATION):
        here = [one for one in internet.instances(place) if fields.text(one, "State", "Name") in ("running", "")]
        running += len(here)
        if here:
            place.need(_PATCHES)
            place.need(_ASSOCIATIONS)
        known = {call: _by_instance(place, call, key) for call, key in _KNOWN if here}
        for instance in here:
            if lacks := list(_lacks(place, instance, known)):
                case.doubt(place.ref("instance", fields.text(instance, "InstanceId")), f"Not seen: {', '.join(lacks)}.")
    case.ask("Say what else patches instances, or how images replace them, and show its report of the last month.")
    return case.decide(
        acceptable={"a1": case.clean if running else None, "a2": None},
        failure={"f1": None, "f2": None},
        says={
            State.ACCEPTABLE: f"Systems Manager patched all {counted(running, 'running instance')} in the last 35 "
            "days, on a schedule.",
            State.UNDETERMINED: f"{counted(running, 'instance runs', 'instances run')}; regular patching of all of "
            "them by Systems Manager was not proven, and another solution cannot be seen."
            if running
            else "No running instance was found, so there is nothing to patch that we could see.",
        },
    )


def _lacks(place: Place, instance: Item, known: dict[str, dict[str, list[Item]]]) -> Iterator[str]:
    """What is not proven of a running instance."""
    name = fields.text(instance, "InstanceId")
    if not any(fields.text(one, "PingStatus").casefold() == "online" for one in known[_INFORMATION].get(name, [])):
        yield "online in Systems Manager"
    clock = place.clock(_PATCHES)
    installs = [
        fields.instant(one, "OperationEndTime")
        for one in known[_PATCHES].get(name, [])
        if fields.text(one, "Operation").casefold() == "install"
    ]
    if not any(moment and clock.older_than(moment, PATCHED) is False for moment in installs):
        yield "patches installed in the last 35 days"
    scheduled = [
        one
        for one in place.call(_ASSOCIATIONS).items("Associations")
        if _BASELINE in fields.text(one, "Name") and fields.text(one, "ScheduleExpression")
    ]
    if not any(_targets(one, instance) for one in scheduled):
        yield f"a schedule of {_BASELINE} that takes it in"


def _by_instance(place: Place, call: str, key: str) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for one in place.call(call).items(key):
        found.setdefault(fields.text(one, "InstanceId"), []).append(one)
    return found


def _targets(association: Item, instance: Item) -> bool:
    """Whether an association names an instance, all of them, or a tag that the instance has; or says nothing of it."""
    if "Targets" not in association:  # associations of the old kind name one instance
        return fields.text(association, "InstanceId") in ("", fields.text(instance, "InstanceId"))
    tags = {fields.text(tag, "Key"): fields.text(tag, "Value") for tag in fields.items(instance, "Tags")}
    for target in fields.items(association, "Targets"):
        key, values = fields.text(target, "Key"), fields.strings(target, "Values")
        if key == "InstanceIds" and {"*", fields.text(instance, "InstanceId")} & set(values):
            return True
        if key.startswith("tag:") and tags.get(key[4:]) in values:
            return True
        if key == "tag-key" and set(tags) & set(values):
            return True
    return False


def management_access(estate: Estate, as_of: datetime | None) -> Evaluation:
    """33. Nobody reaches servers and databases straight over the Internet: evidence contract, section 2, criterion 33.

    One instance that is open may be the bastion, and how people connect cannot be seen: only a failure is proven.
    """
    case = Case(estate, "aws-core-33")
    open_instances: dict[str, tuple[str, str]] = {}  # id: its name and the reason
    is_open = False
    for place in case.places(internet.INSTANCES, internet.GROUPS, internet.DATABASES):
        for instance in internet.instances(place):
            if opened := _opened(place, instance):
                name = fields.text(instance, "InstanceId")
                open_instances[name] = (place.ref("instance", name), f"It has a public address and {opened}.")
        for name, reason in _open_databases(place):
            case.offend(name, reason)
            is_open = True
    reached = [one for one in estate.findings(*_REACHED) if one.status == "FAIL" and "on public IP" in one.text]
    several = len({*open_instances, *map(_instance_id, reached)}) > 1
    for name, reason in open_instances.values():
        (case.offend if several else case.lead)(name, reason if several else f"{reason} It may be the bastion host.")
    if several:
        case.prowler(*_REACHED, when=lambda finding: "on public IP" in finding.text)
    for finding in reached if not several else ():
        case.lead(finding.uid, f"Prowler: {finding.text}")
    _note_ways_in(case)
    case.ask("Show how people reach servers and databases: the bastion host, Session Manager, or another solution.")
    return case.decide(
        acceptable={"a1": None, "a2": None},
        failure={"f1": is_open or several, "f2": None},
        says={
            State.FAILURE: f"{counted(len(case.offenders), 'server or database', 'servers or databases')} can be "
            "reached straight from the Internet on the ports for managing them.",
            State.UNDETERMINED: "One server is open to the Internet for management; it may be the bastion host."
            if open_instances or reached
            else "No server or database was found that is open to the Internet for management; how people connect is "
            "not visible in AWS.",
        },
    )


def _instance_id(finding: Finding) -> str:
    return finding.uid.rpartition("/")[2]


def _opened(place: Place, instance: Item) -> str:
    """The management ports of an instance with a public address that the Internet reaches: "SSH open"."""
    interfaces = list(fields.items(instance, "NetworkInterfaces"))
    addresses = [fields.text(instance, "PublicIpAddress"), fields.text(instance, "Ipv6Address")]
    addresses += [fields.text(one, "Association", "PublicIp") for one in interfaces]
    addresses += ["IPv6" for one in interfaces if list(fields.items(one, "Ipv6Addresses"))]
    if not any(addresses):
        return ""
    groups = {fields.text(one, "GroupId") for holder in [instance, *interfaces] for one in _groups_of(holder)}
    found = sorted({name for port, name in _MANAGEMENT.items() if _is_reached(place, groups, port)})
    return f"{', '.join(found)} open to the Internet" if found else ""


def _groups_of(holder: Item) -> list[Item]:
    return [*fields.items(holder, "SecurityGroups"), *fields.items(holder, "Groups")]


def _is_reached(place: Place, groups: set[str], port: int) -> Truth:
    """Whether a rule of one of these security groups lets the whole Internet to a TCP port."""
    return any_of(
        internet.reaches_internet(place, rule)
        for group in place.call(internet.GROUPS).items("SecurityGroups")
        if fields.text(group, "GroupId") in groups
        for rule in fields.items(group, "IpPermissions")
        if internet.protocol(rule) in ("all", "tcp")
        and (internet.protocol(rule) == "all" or internet.ports(rule)[0] <= port <= internet.ports(rule)[1])
    )


def _open_databases(place: Place) -> Iterator[tuple[str, str]]:
    """Publicly accessible databases whose security group lets the Internet to their port."""
    for item in place.items(internet.DATABASES, "DBInstances"):
        port = fields.number(item, "Endpoint", "Port") or fields.number(item, "DbInstancePort")
        groups = {fields.text(one, "VpcSecurityGroupId") for one in fields.items(item, "VpcSecurityGroups")}
        if fields.flag(item, "PubliclyAccessible") and port and _is_reached(place, groups, int(port)):
            name = fields.text(item, "DBInstanceIdentifier")
            yield place.ref("db", name), f"It is publicly accessible and port {port} is open to the Internet."


def _note_ways_in(case: Case) -> None:
    """Session Manager and the like, where they are there: signs for an acceptable response."""
    online = endpoints = 0
    for place in case.places():
        known = place.call(_INFORMATION).items("InstanceInformationList")
        online += sum(fields.text(one, "PingStatus").casefold() == "online" for one in known)
        endpoints += len(place.call("ec2 describe-instance-connect-endpoints").items("InstanceConnectEndpoints"))
        endpoints += len(place.call("ec2 describe-client-vpn-endpoints").items("ClientVpnEndpoints"))
    if online:
        case.note(f"Session Manager could reach {counted(online, 'instance')}, which speaks for that way in.")
    if endpoints:
        case.note(f"There {'is' if endpoints == 1 else 'are'} {counted(endpoints, 'endpoint')} of a private way in.")
