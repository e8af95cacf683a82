"""Backups outside production: criterion 31."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of, any_of
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

_BUCKETS: Final = "s3api list-buckets"
_REPLICATION: Final = "s3api get-bucket-replication"
_DATABASES: Final = "rds describe-db-instances"
_CLUSTERS: Final = "rds describe-db-clusters"
_SNAPSHOTS: Final = "rds describe-db-snapshots"
_PLANS: Final = "backup list-backup-plans"
_PLAN: Final = "backup get-backup-plan"
# What an account that only keeps backups does not have.
_WORK: Final = (
    ("ec2 describe-instances", "Reservations"),
    (_DATABASES, "DBInstances"),
    (_CLUSTERS, "DBClusters"),
    ("lambda list-functions", "Functions"),
)


def backups(estate: Estate, as_of: datetime | None) -> Evaluation:
    """31. Copies in a backup account: evidence contract, section 2, criterion 31.

    Every bucket and database with a copy in an account that runs nothing else is proof; nothing found proves nothing,
    since another solution cannot be seen, nor which data are important.
    """
    case = Case(estate, "aws-core-31")
    places = case.places(_DATABASES, _CLUSTERS, _PLANS)
    owners = _owners(case)
    copies = _copies(estate)
    copied: dict[str, Truth] = {}
    targets: set[str] = set()
    for place in case.accounts(_BUCKETS):
        for name in _names(place.call(_BUCKETS).items("Buckets"), "Name"):
            accounts = _replicas(place, name, owners)
            targets |= accounts
            copied[place.ref("bucket", name)] = any_of(_is_apart(estate, account) for account in accounts) or None
    for place in places:
        for name, accounts in _databases(place, copies):
            targets |= accounts
            copied[place.ref("db", name)] = any_of(_is_apart(estate, account) for account in accounts) or None
        _show_plans(case, place)
    needed = {name: state for name, state in copied.items() if name[:12] not in targets}
    for name in [name for name, state in needed.items() if not state]:
        case.lead(name, "No copy in an account that only keeps backups was seen.")
    case.ask(
        "Show where the backups of important data are kept, and in which account (of databases: `aws rds "
        "describe-db-snapshots` there), or name the other solution."
    )
    number = sum(state is True for state in needed.values())
    things = counted(len(needed), "bucket or database", "buckets and databases")
    return case.decide(
        acceptable={"a1": all_of(needed.values()) if needed else None, "a2": None},
        failure={"f1": None},
        says={
            State.ACCEPTABLE: f"All {things} have a copy in an account that only keeps backups.",
            State.UNDETERMINED: f"{number:,} of {things} were seen to have a copy in an account that only keeps "
            "backups; AWS does not show which are important.",
        },
    )


def _names(items: list[Item], key: str) -> list[str]:
    return sorted({fields.text(item, key) for item in items} - {""})


def _owners(case: Case) -> dict[str, str]:
    """Bucket to the account that lists it."""
    return {
        name: place.account
        for place in case.accounts()
        for name in _names(place.call(_BUCKETS).items("Buckets"), "Name")
    }


def _replicas(place: Place, name: str, owners: dict[str, str]) -> set[str]:
    """The other accounts that a whole bucket is replicated to."""
    found = set()
    for rule in place.need(_REPLICATION, name).items("ReplicationConfiguration"):
        for one in fields.items(rule, "Rules"):
            bucket = fields.text(one, "Destination", "Bucket").rpartition(":")[2]
            if fields.text(one, "Status") == "Enabled" and _takes_all(one):
                found.add(fields.text(one, "Destination", "Account") or owners.get(bucket, ""))
    return found - {"", place.account}


def _takes_all(rule: Item) -> bool:
    """Whether a rule has no filter that leaves objects out."""
    narrow = rule.get("Filter") if isinstance(rule.get("Filter"), dict) else {}
    return not fields.text(rule, "Prefix") and not any(narrow.values() if narrow else ())


def _databases(place: Place, copies: dict[tuple[str, str], set[str]]) -> Iterator[tuple[str, set[str]]]:
    """Each database, and the other accounts that hold a snapshot of it; those of a cluster stand for themselves."""
    for item in place.call(_CLUSTERS).items("DBClusters"):
        yield fields.text(item, "DBClusterIdentifier"), set()  # no call we read shows snapshots of clusters
    for item in place.call(_DATABASES).items("DBInstances"):
        if not fields.text(item, "DBClusterIdentifier"):
            name = fields.text(item, "DBInstanceIdentifier")
            yield name, copies.get((place.account, name), set()) - {place.account}


def _copies(estate: Estate) -> dict[tuple[str, str], set[str]]:
    """Account and database to the accounts that hold a snapshot which was copied from one in that account."""
    found: dict[tuple[str, str], set[str]] = {}
    for account in estate.accounts:
        for region in estate.regions_with(account, _SNAPSHOTS):
            for item in estate.call(account, region, _SNAPSHOTS).items("DBSnapshots"):
                source = fields.text(item, "SourceDBSnapshotIdentifier").split(":")
                if len(source) > 5 and fields.text(item, "Status") == "available":
                    found.setdefault((source[4], fields.text(item, "DBInstanceIdentifier")), set()).add(account)
    return found


def _is_apart(estate: Estate, account: str) -> Truth:
    """Whether an account was collected and runs nothing: no instances, databases or functions."""
    regions = estate.regions(account)
    answers = [(estate.call(account, region, call), key) for region in regions for call, key in _WORK]
    if any(answer.items(key) for answer, key in answers):
        return False
    return True if answers and all(answer.is_known for answer, _ in answers) else None


def _show_plans(case: Case, place: Place) -> None:
    """Plans that copy to a vault of another account speak for a backup account; what they take in is not seen."""
    for plan in _names(place.call(_PLANS).items("BackupPlansList"), "BackupPlanId"):
        answer = place.need(_PLAN, plan)
        vaults = {
            fields.text(copy, "DestinationBackupVaultArn")
            for body in answer.bodies
            for rule in fields.items(body, "BackupPlan", "Rules")
            for copy in fields.items(rule, "CopyActions")
        }
        accounts = {vault.split(":")[4] for vault in vaults if vault.count(":") > 4} - {place.account}
        for account in sorted(accounts):
            case.lead(place.ref("backup-plan", plan), f"This plan copies backups to account {account}.")
