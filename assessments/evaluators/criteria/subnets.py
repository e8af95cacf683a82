"""Instances and databases in public subnets: criteria 20 and 21."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.internet import (
    CLUSTERS,
    DATABASES,
    INSTANCES,
    ROUTES,
    SUBNETS,
    VPCS,
    Routes,
    instances,
    subnets_of_database,
    subnets_of_instance,
)
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

UNKNOWN_SUBNET: Final = "Whether its subnets are public is not known."
_PUBLIC: Final = "is set as publicly accessible"


def private_subnets(estate: Estate, as_of: datetime | None) -> Evaluation:
    """20. Internal servers and databases stand in private subnets: evidence contract, section 2, criterion 20.

    Databases are internal for sure; an instance in a public subnet may be a web server.
    """
    case = Case(estate, "aws-core-20")
    found: list[Truth] = []  # of every instance and database: in the default VPC and with a public address
    named: list[tuple[str, str]] = []
    reachable, in_public = False, False
    for place in case.places(ROUTES, SUBNETS, VPCS, INSTANCES, DATABASES):
        routes = Routes(place)
        for database in place.items(DATABASES, "DBInstances"):
            reachable |= _judge_database(place, database, routes)
            found.append(_in_default(place, fields.text(database, "DBSubnetGroup", "VpcId"), _is_public(database)))
        for instance in instances(place):
            ref = place.ref("instance", fields.text(instance, "InstanceId"))
            address = _address(instance)
            public = routes.is_public(subnets_of_instance(instance), fields.text(instance, "VpcId"))
            in_public |= _judge_instance(case, ref, public, address)
            found.append(_in_default(place, fields.text(instance, "VpcId"), bool(address)))
            named.append((ref, address))
    all_default = bool(found) and case.coverage.is_complete and all_of(found) is True
    if all_default:
        for ref, address in named:
            case.offend(ref, f"The instance stands in the default VPC and has the public address {address}.")
    if not found and case.coverage.is_complete:
        case.ask("No instance and no database was found. If nothing runs in a VPC, the vendor may say so.")
    elif in_public:
        case.ask("Say which instances in public subnets have to be reached from the Internet, and why.")
    return case.decide(
        acceptable={"a1": case.clean if found else None},
        failure={"f1": reachable, "f2": all_default},
        says={
            State.ACCEPTABLE: "Every instance and database stands in a private subnet.",
            State.FAILURE: _sentence(case, reachable=reachable, all_default=all_default),
            State.UNDETERMINED: "No database was proven to stand in a public subnet.",
        },
    )


def _sentence(case: Case, *, reachable: bool, all_default: bool) -> str:
    if all_default:
        return "Everything runs in default VPCs and has public addresses."
    number = counted(sum("/db/" in name for name in case.offenders), "database stands", "databases stand")
    more = "" if reachable else " None is publicly accessible, so no response of the playbook fits."
    return f"{number} in public subnets, with a route through an Internet gateway.{more}"


def _is_public(item: Item) -> Truth:
    return fields.flag(item, "PubliclyAccessible")


def _judge_database(place: Place, database: Item, routes: Routes) -> bool:
    """Name a database in a public subnet; True if it is publicly accessible too."""
    ref = place.ref("db", fields.text(database, "DBInstanceIdentifier"))
    in_public = routes.is_public(subnets_of_database(database), fields.text(database, "DBSubnetGroup", "VpcId"))
    if in_public is None:
        place.case.doubt(ref, UNKNOWN_SUBNET)
    elif in_public:
        more = " and is publicly accessible" if _is_public(database) else ""
        place.case.offend(ref, f"The database stands in a public subnet{more}.")
    return in_public is True and _is_public(database) is True


def _address(instance: Item) -> str:
    interfaces = [fields.text(one, "Association", "PublicIp") for one in fields.items(instance, "NetworkInterfaces")]
    return next(filter(None, [fields.text(instance, "PublicIpAddress"), *interfaces]), "")


def _judge_instance(case: Case, ref: str, in_public: Truth, address: str) -> bool:
    """Note an instance that may be in the wrong place; True if it stands in a public subnet."""
    if in_public is None:
        case.doubt(ref, UNKNOWN_SUBNET)
    elif in_public:
        public = f"has the public address {address}" if address else "has no public address"
        case.doubt(ref, f"The instance stands in a public subnet and {public}; it may be a web server.")
    return in_public is True


def _in_default(place: Place, vpc: str, is_public: Truth) -> Truth:
    listed = [one for one in place.call(VPCS).items("Vpcs") if fields.text(one, "VpcId") == vpc]
    return all_of([*(fields.flag(one, "IsDefault") for one in listed), None if not listed else True, is_public])


def public_databases(estate: Estate, as_of: datetime | None) -> Evaluation:
    """21. No database is public, and all stand in private subnets: evidence contract, section 2, criterion 21."""
    case = Case(estate, "aws-core-21")
    is_used, reachable = False, False
    for place in case.places(DATABASES, CLUSTERS):
        routes = Routes(place)
        databases = place.items(DATABASES, "DBInstances")
        names = {fields.text(database, "DBInstanceIdentifier") for database in databases}
        for database in databases:
            is_used = True
            reachable |= _judge_access(place, database, routes)
        for cluster in place.items(CLUSTERS, "DBClusters"):
            used, public = _judge_cluster(place, cluster, names)
            is_used, reachable = is_used or used, reachable or public
    reachable |= case.prowler("rds_instance_no_public_access", statuses=("FAIL", "PASS", "MUTED"), when=_says_public)
    more = "" if reachable else " None is publicly accessible, so no response of the playbook fits."
    number = counted(len(case.offenders), "database is", "databases are")
    return case.decide(
        acceptable={"a1": case.clean if is_used else False, "a2": not is_used and not case.offenders},
        failure={"f1": reachable},
        says={
            State.ACCEPTABLE: "No database is publicly accessible, and all stand in private subnets."
            if is_used
            else "There is no RDS database in any account.",
            State.FAILURE: f"{number} publicly accessible or in a public subnet.{more}",
            State.UNDETERMINED: "No database was proven to be public.",
        },
    )


def _judge_access(place: Place, database: Item, routes: Routes) -> bool:
    """Name a database that is public or in a public subnet; True if it is publicly accessible."""
    ref = place.ref("db", fields.text(database, "DBInstanceIdentifier"))
    public = _is_public(database)
    in_public = routes.is_public(subnets_of_database(database), fields.text(database, "DBSubnetGroup", "VpcId"))
    if public:
        place.case.offend(ref, "The database is set as publicly accessible.")
    elif in_public:
        place.case.offend(ref, "The database stands in a public subnet, though it is not set as publicly accessible.")
    elif public is None:
        place.case.doubt(ref, "Whether the database is publicly accessible is not known.")
    elif in_public is None:
        place.case.doubt(ref, UNKNOWN_SUBNET)
    return public is True


def _judge_cluster(place: Place, cluster: Item, names: set[str]) -> tuple[bool, bool]:
    """Whether a cluster is used (without members no endpoint of it answers), and whether it is publicly accessible."""
    ref = place.ref("db-cluster", fields.text(cluster, "DBClusterIdentifier"))
    members = {fields.text(member, "DBInstanceIdentifier") for member in fields.items(cluster, "DBClusterMembers")}
    if public := _is_public(cluster) is True:
        place.case.offend(ref, "The cluster is set as publicly accessible.")
    if members - names:
        place.case.doubt(ref, f"Its members were not read: {', '.join(sorted(members - names))}.")
    return bool(members), public


def _says_public(finding: Finding) -> bool:
    """Prowler passes a public database whose group or subnet is closed; its text says it all the same."""
    return finding.status == "FAIL" or _PUBLIC in finding.text


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-20": private_subnets,
    "aws-core-21": public_databases,
}
