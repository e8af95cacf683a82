"""Trails into an account for logging alone: criterion 3."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from assessments.evaluators.algebra import Truth, agreed, all_of, any_of
from assessments.evaluators.criteria.common import Case, Place, by_region, counted, held_regions
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import GLOBAL, Evaluation, State, ref

_TRAILS: Final = "cloudtrail describe-trails"
_STATUS: Final = "cloudtrail get-trail-status"
_BUCKETS: Final = "s3api list-buckets"
_CHECK: Final = "cloudtrail_multi_region_enabled"
_WORKLOAD: Final = (
    ("ec2 describe-instances", "Reservations"),
    ("rds describe-db-instances", "DBInstances"),
    ("rds describe-db-clusters", "DBClusters"),
)
_FUNCTIONS: Final = "lambda list-functions"


class Trail(NamedTuple):
    """A trail as one account sees it; an organization's trail is shown to its members as well."""

    viewer: str
    item: Item

    @property
    def arn(self) -> str:
        """The ARN, which holds account and name of the trail itself."""
        return fields.text(self.item, "TrailARN")

    @property
    def name(self) -> str:
        """The short name; two regions may use the same."""
        return fields.text(self.item, "Name") or self.arn.rpartition("/")[2]

    @property
    def owner(self) -> str:
        """The account it belongs to."""
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 5 and parts[4] else self.viewer

    @property
    def home(self) -> str:
        """Its region."""
        parts = self.arn.split(":")
        return fields.text(self.item, "HomeRegion") or (parts[3] if len(parts) > 5 else "")

    @property
    def bucket(self) -> str:
        """Where it delivers to."""
        return fields.text(self.item, "S3BucketName")

    @property
    def is_everywhere(self) -> bool:
        """Whether it covers all regions."""
        return fields.flag(self.item, "IsMultiRegionTrail") is True

    @property
    def is_of_organization(self) -> bool:
        """Whether it logs all members of the organization."""
        return fields.flag(self.item, "IsOrganizationTrail") is True

    @property
    def ref(self) -> str:
        """`account/region/trail/name` of the trail itself."""
        return ref(self.owner, self.home, "trail", self.name)


class Trails:
    """All trails, who holds their buckets, and which accounts do nothing but log."""

    def __init__(self, case: Case, places: Iterable[Place]) -> None:
        self.case = case
        self.estate: Estate = case.estate
        self.of: dict[str, list[Trail]] = {account: [] for account in self.estate.accounts}
        self.places: dict[tuple[str, str], Place] = {}
        for place in places:
            self.places[(place.account, place.region)] = place
            for item in place.items(_TRAILS, "trailList"):
                if Trail(place.account, item) not in self.of[place.account]:
                    self.of[place.account].append(Trail(place.account, item))
        self.unread: dict[str, Trail] = {}

    @cached_property
    def holders(self) -> dict[str, set[str]]:
        """Bucket to the accounts that list it."""
        found: dict[str, set[str]] = {}
        for account in self.estate.accounts:
            for item in self.estate.call(account, GLOBAL, _BUCKETS).items("Buckets"):
                found.setdefault(fields.text(item, "Name"), set()).add(account)
        return found

    @cached_property
    def managers(self) -> set[str]:
        """The management account, also as the ARNs in the organization's list of accounts name it."""
        arns = [fields.text(item, "Arn").split(":") for item in self.estate.listing.items("Accounts")]
        return {self.estate.management or "", *(arn[4] for arn in arns if len(arn) > 5)} - {""}

    @cached_property
    def loggers(self) -> set[str]:
        """The accounts that hold the bucket for the logs of another account."""
        seen = (trail for trails in self.of.values() for trail in trails)
        return {holder for one in seen for holder in self.holders.get(one.bucket, ()) if holder != one.viewer}

    def logs(self, trail: Trail) -> Truth:
        """Whether a trail is on and delivers, as its status says wherever it was read."""
        for account, region, argument in self._status_places(trail):
            answer = self.estate.call(account, region, _STATUS, argument)
            if answer.is_absent:
                return False
            if answer.bodies:
                logging = agreed(fields.flag(body, "IsLogging") for body in answer.bodies)
                failing = any(fields.text(body, "LatestDeliveryError") for body in answer.bodies)
                return None if logging and failing else logging
        self.unread[trail.ref] = trail
        return None

    def _status_places(self, trail: Trail) -> Iterator[tuple[str, str, str]]:
        """Where the status may be: asked for by ARN anywhere, by name where no other trail has this name."""
        homes = {one.home for one in self.of[trail.viewer] if one.name == trail.name}
        for account in dict.fromkeys((trail.viewer, trail.owner)):
            regions = self.estate.regions_with(account, _STATUS)
            yield from ((account, region, trail.arn) for region in regions if len(homes) == 1 or trail.home == region)
            yield from ((account, region, trail.name) for region in regions if region == trail.home or len(homes) == 1)

    def delivers(self, trail: Trail) -> tuple[Truth, str]:
        """Whether a trail delivers into an account for logging alone, and what is wrong, if it does not."""
        holders = self.holders.get(trail.bucket, set())
        if not holders:
            return None, f"No account that was collected lists its bucket, {trail.bucket or 'which has no name'}."
        said = {self._is_logger(trail, holder) for holder in holders}
        return said.pop() if len(said) == 1 else (None, f"Several accounts list its bucket, {trail.bucket}.")

    def _is_logger(self, trail: Trail, holder: str) -> tuple[Truth, str]:
        if holder in self.managers:
            return False, f"It delivers into a bucket of the management account, {holder}."
        if holder == trail.viewer == trail.owner and holder not in self.loggers:
            return False, "It delivers into a bucket of its own account."
        works = self._works(holder)
        if works is None:
            return None, f"Whether {holder}, which holds its bucket, is for logging alone is not known."
        return not works, f"It delivers into account {holder}, which runs workload." if works else ""

    def _works(self, account: str) -> Truth:
        """Whether an account runs instances or databases; functions alone may belong to a landing zone's tools."""
        found: list[Truth] = [] if self.estate.knows_regions(account) else [None]
        for region in self.estate.regions(account):
            for call, key in _WORKLOAD:
                answer = self.estate.call(account, region, call)
                is_empty = answer.is_known and answer.has(key)
                found.append(any(map(_is_alive, answer.items(key))) or (False if is_empty else None))
            functions = self.estate.call(account, region, _FUNCTIONS)
            found.append(False if functions.is_known and functions.get("Functions") == [] else None)
        return any_of(found)

    def covers(self, account: str, *, organization: bool = False) -> Truth:
        """Whether good trails cover all active regions of an account."""
        trails = [one for one in self.of[account] if one.is_of_organization or not organization]
        regions = self.estate.regions(account)
        read = [region for owner, region in self.places if owner == account]
        if not regions:  # an empty account; an organization's trail covers its members there too
            trails += [] if read else self._of_organization(account)
            return any_of([*map(self.is_good, trails), False if read else None])
        covered = []
        for region in regions:
            place = self.places.get((account, region))
            known = place is not None and place.call(_TRAILS).is_known and place.call(_TRAILS).has("trailList")
            found = [self.is_good(one) for one in trails if one.is_everywhere or one.home == region]
            covered.append(any_of([*found, False if known else None]))
        return all_of(covered)

    def _of_organization(self, account: str) -> list[Trail]:
        seen = [one for trails in self.of.values() for one in trails if one.is_of_organization and one.is_everywhere]
        return seen if account in self.estate.listed else []

    def is_good(self, trail: Trail) -> Truth:
        """Whether a trail is on and delivers to where it should."""
        return all_of([self.logs(trail), self.delivers(trail)[0]])

    def blame(self, account: str) -> None:
        """Name what is wrong in an account that is not covered: its trails, or the account itself without one."""
        trails = self.of[account]
        if not trails:
            self.case.offend(account, "The account has no trail.")
        wrong = [one for one in trails if self.is_good(one) is False]
        for one in wrong or trails:
            self.case.offend(one.ref, self._reason(one))

    def _reason(self, trail: Trail) -> str:
        reasons = ["It is not logging."] if self.logs(trail) is False else []
        where, why = self.delivers(trail)
        reasons += [why] if where is False else []
        if not trail.is_everywhere and set(self.estate.regions(trail.viewer)) - {trail.home}:
            reasons.append(f"It covers {trail.home} only.")
        return " ".join(reasons) or "It does not cover all active regions of the account."

    def question(self, account: str) -> None:
        """Name what is not known in an account that may be covered."""
        for one in self.of[account]:
            where, why = self.delivers(one)
            if where is None:
                self.case.doubt(one.ref, why)
            elif self.logs(one) is None and one.ref not in self.unread:
                self.case.doubt(one.ref, "Its last delivery failed, or its answers differ.")


def trails(estate: Estate, as_of: datetime | None) -> Evaluation:
    """3. Trails cover every active region and deliver into a logging account: evidence contract, criterion 3."""
    case = Case(estate, "aws-core-3")
    case.accounts(_BUCKETS)
    seen = Trails(case, case.places(_TRAILS))
    covered = {account: seen.covers(account) for account in estate.required}
    by_organization = [seen.covers(account, organization=True) for account in estate.required]
    for account, value in covered.items():
        if value is False:
            seen.blame(account)
        elif value is None:
            seen.question(account)
    for trail in seen.unread.values():
        place = Place(case, trail.viewer, trail.home, trail.viewer in estate.required)
        place.gap(_STATUS, "is missing", trail.arn)
    prowler = _judge_prowler(case)
    none = bool(covered) and not any(seen.of.values()) and all(value is False for value in covered.values())
    bad = {account for account, value in covered.items() if value is False} | prowler
    return case.decide(
        acceptable={
            "a1": all_of([*covered.values(), case.clean]) if covered else None,
            "a2": all_of([*by_organization, case.clean]) if covered else None,
        },
        failure={"f1": bool(case.offenders), "f2": none},
        says={
            State.ACCEPTABLE: "The trails of every account deliver into an account that is for logging alone.",
            State.FAILURE: f"{counted(len(bad), 'account has', 'accounts have')} no trail that covers all its active "
            "regions and delivers into an account for logging alone.",
            State.UNDETERMINED: "That all trails deliver into an account for logging alone could not be proven.",
        },
    )


def _judge_prowler(case: Case) -> set[str]:
    """The accounts where Prowler found an active region without a trail that logs."""
    held, bad = held_regions(case.estate), set()

    def is_bad(finding: Finding) -> bool:
        active = case.estate.is_active(finding.account, finding.region)
        if (finding.account, finding.region) in held or active:
            bad.add(finding.account)
            return True
        if active is None:
            case.doubt(by_region(finding), f"Prowler: {finding.text} Whether the region holds resources is not known.")
        return False

    case.prowler(_CHECK, name=by_region, when=is_bad)
    return bad


def _is_alive(item: Item) -> bool:
    """Whether a database, or an instance of a reservation, still exists; a terminated one is listed for a while."""
    instances = list(fields.items(item, "Instances"))
    return not instances or any(fields.text(one, "State", "Name") != "terminated" for one in instances)
