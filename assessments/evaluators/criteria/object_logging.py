"""Monitoring of S3 objects: criterion 26."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, agreed, all_of, any_of, negate
from assessments.evaluators.answers import Answer
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

_TRAILS: Final = "cloudtrail describe-trails"
_STATUS: Final = "cloudtrail get-trail-status"
_SELECTORS: Final = "cloudtrail get-event-selectors"
_BUCKETS: Final = "s3api list-buckets"
_LOGGING: Final = "s3api get-bucket-logging"
_S3: Final = re.compile(r"arn:aws[a-z-]*:s3(?=:|$)")
_OBJECT: Final = "AWS::S3::Object"
_READ, _WRITE, _ACCESS = (
    "cloudtrail_s3_dataevents_read_enabled",
    "cloudtrail_s3_dataevents_write_enabled",
    "s3_bucket_server_access_logging_enabled",
)


@dataclass(frozen=True)
class _Trail:
    arn: str
    logs: Truth
    is_wide: Truth  # in all regions
    accounts: frozenset[str]  # whose buckets it covers
    selectors: Answer
    gaps: tuple[tuple[str, str, str], ...]  # account, region and what is missing to know it

    def covers(self, bucket: str) -> tuple[Truth, Truth]:
        """Whether its data events take in all objects of a bucket, and whether they take in any."""
        if not self.selectors.is_known:
            return (False if False in (self.logs, self.is_wide) else None), (None if self.logs is not False else False)
        reaches = [_reach(body, bucket) for body in self.selectors.bodies]
        full, some = agreed(reach == "full" for reach in reaches), agreed(reach != "none" for reach in reaches)
        return all_of([full, self.logs, self.is_wide]), all_of([some, self.logs])


def object_logging(estate: Estate, as_of: datetime | None) -> Evaluation:
    """26. Actions on S3 objects are logged: evidence contract, section 2, criterion 26.

    Which buckets hold important data cannot be seen, so where some are logged and some are not, nothing is decided.
    """
    case = Case(estate, "aws-core-26")
    trails = _trails(case, case.places(_TRAILS))
    full: list[Truth] = []
    logged: list[Truth] = []
    bare: dict[str, Truth] = {}  # account: whether it has buckets and nothing records what happens to their objects
    for place in case.accounts(_BUCKETS):
        here = [_judge_bucket(case, place, trails, name) for name in _names(place)]
        full += [events for events, _ in here]
        logged += [any_way for _, any_way in here]
        unlogged = all_of(negate(any_way) for _, any_way in here)
        bare[place.account] = unlogged if place.call(_BUCKETS).is_known else None if unlogged else unlogged
    failed = {account for account in bare if bare[account] is None and _is_bare_for_prowler(estate, account)}
    case.prowler(_ACCESS, when=lambda finding: finding.account in failed)
    seen = all_of([bool(case.offenders), *(account in failed or bare[account] for account in estate.required)])
    some = bool(full) or None  # without buckets, no response fits
    by_events = all_of([some, *full])
    return case.decide(
        acceptable={"a1": by_events, "a2": True if some and not by_events and all(logged) else None},
        failure={"f1": seen if case.coverage.is_complete or failed else None},
        says={
            State.ACCEPTABLE: f"What happens to the objects of all {counted(len(full), 'bucket')} is logged.",
            State.FAILURE: "Nothing records what happens to the objects of "
            f"{counted(len(case.offenders), 'bucket')}: no data events of CloudTrail and no access logging.",
            State.UNDETERMINED: f"{counted(len(full), 'bucket was', 'buckets were')} seen, "
            f"{sum(value is True for value in logged):,} of them with a log of what happens to their objects.",
        },
    )


def _names(place: Place) -> list[str]:
    found = {fields.text(bucket, "Name") for bucket in place.items(_BUCKETS, "Buckets")}
    return sorted(found - {""})


def _judge_bucket(case: Case, place: Place, trails: list[_Trail], name: str) -> tuple[Truth, Truth]:
    """Whether data events take in the whole bucket, and whether anything logs it; a bare bucket is named."""
    mine = [trail for trail in trails if place.account in trail.accounts]
    found = [trail.covers(name) for trail in mine]
    unknown = () if _knows_trails(case, place.account) else (None,)
    events = any_of([*(full for full, _ in found), *unknown])
    if events:
        return True, True
    partly = any_of([*(some for _, some in found), *unknown])
    for trail in mine:
        for gap in trail.gaps:
            case.gap(*gap)
    access = _access_logging(place, name)
    if access is False and partly is False and events is False:
        case.offend(place.ref("bucket", name), "Neither data events nor access logging record this bucket.")
        return False, False
    if partly and not access:
        case.doubt(place.ref("bucket", name), "Data events record a part of what happens to this bucket.")
        return events, None
    return events, any_of([access, partly])


def _access_logging(place: Place, name: str) -> Truth:
    answer = place.need(_LOGGING, name)
    on = agreed(bool(fields.dig(body, "LoggingEnabled")) for body in answer.bodies)
    return on if answer.is_known else None


def _knows_trails(case: Case, account: str) -> bool:
    """Whether the trails of an account were read in all its active regions, so that there is no other."""
    regions = case.estate.regions(account)
    return bool(regions) and all(case.estate.call(account, region, _TRAILS).is_known for region in regions)


# --- Trails -----------------------------------------------------------------------------------------------------------


def _trails(case: Case, places: list[Place]) -> list[_Trail]:
    """Every trail once, with what its home region says of it."""
    found: dict[str, list[tuple[Place, Item]]] = {}
    for place in places:
        for item in place.items(_TRAILS, "trailList"):
            found.setdefault(fields.text(item, "TrailARN"), []).append((place, item))
    return [_trail(case, arn, seen) for arn, seen in sorted(found.items()) if arn.count(":") == 5]


def _trail(case: Case, arn: str, seen: list[tuple[Place, Item]]) -> _Trail:
    home, owner = arn.split(":")[3:5]
    accounts = {owner, *(place.account for place, _ in seen)}
    if any(fields.flag(item, "IsOrganizationTrail") for _, item in seen) and owner in case.estate.listed:
        accounts |= set(case.estate.listed)
    wide = agreed(fields.flag(item, "IsMultiRegionTrail") for _, item in seen)
    name = arn.rpartition("/")[2]
    status = _at_home(case, _STATUS, name, owner, home, seen)
    selectors = _at_home(case, _SELECTORS, name, owner, home, seen)
    logs = agreed(fields.flag(body, "IsLogging") for body in status.bodies) if status.is_known else None
    gaps = []
    if not selectors.is_known:
        gaps.append(f"`aws {_SELECTORS} --trail-name {arn} --region {home}` {selectors.why()}")
    if not status.is_known:
        gaps.append(f"`aws {_STATUS} --name {arn} --region {home}` {status.why()}")
    asked = owner if owner in case.estate.required else seen[0][0].account
    logs = False if status.is_absent else logs
    return _Trail(arn, logs, wide, frozenset(accounts), selectors, tuple((asked, home, gap) for gap in gaps))


def _at_home(case: Case, call: str, name: str, owner: str, home: str, seen: list[tuple[Place, Item]]) -> Answer:
    """The answer of the owner in the trail's home region, else the first that another account or region gives."""
    first = case.estate.call(owner, home, call, name)
    others = [place.call(call, name) for place, _ in seen]
    return next((answer for answer in [first, *others] if answer.is_known), first)


def _reach(body: Item, bucket: str) -> str:
    """How far event selectors take in the objects of a bucket: "full", "part" or "none"."""
    reaches = {*_classic(body, bucket), *_advanced(body, bucket)}
    return "full" if "full" in reaches else "part" if reaches else "none"


def _classic(body: Item, bucket: str) -> Iterator[str]:
    for selector in fields.items(body, "EventSelectors"):
        for resource in fields.items(selector, "DataResources"):
            if fields.text(resource, "Type") != _OBJECT:
                continue
            for value in map(_plain, fields.strings(resource, "Values")):
                whole = value in ("arn:aws:s3", "arn:aws:s3:::", f"arn:aws:s3:::{bucket}/")
                if whole and fields.text(selector, "ReadWriteType") == "All":
                    yield "full"
                elif whole or value.startswith(f"arn:aws:s3:::{bucket}/"):
                    yield "part"


def _advanced(body: Item, bucket: str) -> Iterator[str]:
    own = f"arn:aws:s3:::{bucket}/"
    for selector in fields.items(body, "AdvancedEventSelectors"):
        said = list(fields.items(selector, "FieldSelectors"))
        equal = {fields.text(field, "Field"): fields.strings(field, "Equals") for field in said}
        if "Data" not in equal.get("eventCategory", []) or _OBJECT not in equal.get("resources.type", []):
            continue
        more = [field for field in said if fields.text(field, "Field") not in ("eventCategory", "resources.type")]
        others = [field for field in more if fields.text(field, "Field") != "resources.ARN"]
        arns = [field for field in more if fields.text(field, "Field") == "resources.ARN"]
        if all(_starts(field, own) == "full" for field in arns):
            yield "part" if others else "full"
        elif all(_starts(field, own) != "none" for field in arns):
            yield "part"


def _starts(field: Item, own: str) -> str:
    """What a condition on the ARN leaves of a bucket; other operators than StartsWith and Equals may leave some."""
    if set(field) - {"Field", "StartsWith", "Equals"}:
        return "part"
    starts, equal = (list(map(_plain, fields.strings(field, key))) for key in ("StartsWith", "Equals"))
    if not equal and any(own.startswith(value) for value in starts):
        return "full"
    return "part" if any(value.startswith(own) or own.startswith(value) for value in [*starts, *equal]) else "none"


def _plain(arn: str) -> str:
    """The ARN in the partition of most."""
    return _S3.sub("arn:aws:s3", arn, count=1)


# --- Prowler ----------------------------------------------------------------------------------------------------------


def _is_bare_for_prowler(estate: Estate, account: str) -> bool:
    """Whether no trail of an account has data events of S3 and none of its buckets has access logging."""
    found = [finding for finding in estate.findings(_READ, _WRITE, _ACCESS) if finding.account == account]
    return {finding.check for finding in found} == {_READ, _WRITE, _ACCESS} and all(
        finding.status == "FAIL" for finding in found
    )
