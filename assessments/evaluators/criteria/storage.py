"""Buckets that are open, and whether public access is blocked: criteria 23 and 24."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from assessments.evaluators.algebra import Truth, all_of, any_of, negate
from assessments.evaluators.answers import Answer
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.result import Evaluation, State

BUCKETS: Final = "s3api list-buckets"
ACL: Final = "s3api get-bucket-acl"
POLICY: Final = "s3api get-bucket-policy-status"
BLOCK: Final = "s3api get-public-access-block"
ACCOUNT_BLOCK: Final = "s3control get-public-access-block"
FLAGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_GROUPS: Final = {"AllUsers": "everybody", "AuthenticatedUsers": "everybody with an AWS account"}
_WRITES: Final = frozenset({"WRITE", "WRITE_ACP", "FULL_CONTROL"})
_READS: Final = frozenset({"READ", "READ_ACP"})

Flags = dict[str, Truth]


class Openness(NamedTuple):
    """Who gets into a bucket, whatever its settings say: unknown where an answer is not known."""

    writes: Truth
    reads: Truth
    by_policy: Truth
    grants: str  # "WRITE to everybody"

    @property
    def is_open(self) -> Truth:
        """Whether anything is open."""
        return any_of([self.writes, self.reads, self.by_policy])


def flags_of(answer: Answer) -> Flags:
    """The four settings; not configured is off, and what was not read is unknown."""
    if answer.is_absent:
        return dict.fromkeys(FLAGS, False)
    found = {name: answer.get("PublicAccessBlockConfiguration", name) for name in FLAGS}
    return {name: value if answer.is_known and isinstance(value, bool) else None for name, value in found.items()}


def buckets(place: Place) -> list[str]:
    """The buckets of an account: those it lists, and those something else was read of."""
    listed = {fields.text(item, "Name") for item in place.items(BUCKETS, "Buckets")}
    for call in (ACL, POLICY, BLOCK):
        listed |= set(place.case.estate.answers(place.account, place.region, call))
    return sorted(listed - {""})


def bucket_flags(place: Place, bucket: str) -> Flags:
    """The settings that hold for a bucket: a flag holds if it is on for the bucket or for its account."""
    own, account = flags_of(place.need(BLOCK, bucket)), flags_of(place.call(ACCOUNT_BLOCK))
    return {name: any_of([own[name], account[name]]) for name in FLAGS}


def openness(place: Place, bucket: str, flags: Flags) -> Openness:
    """What a bucket lets in: grants count unless they are ignored, a public policy unless it is restricted."""
    acl, policy = place.need(ACL, bucket), place.need(POLICY, bucket)
    granted: dict[str, str] = {}
    for grant in acl.items("Grants"):
        who = _GROUPS.get(fields.text(grant, "Grantee", "URI").rpartition("/")[2])
        if who:
            granted.setdefault(f"{fields.text(grant, 'Permission')} to {who}", fields.text(grant, "Permission"))
    is_read = acl.is_known and acl.has("Grants")
    counts = negate(flags["IgnorePublicAcls"])
    if policy.is_absent:
        public: Truth = False
    else:
        said = policy.get("PolicyStatus", "IsPublic")
        public = said if policy.is_known and isinstance(said, bool) else None
    return Openness(
        writes=all_of([_grants(granted, _WRITES, is_read), counts]),
        reads=all_of([_grants(granted, _READS, is_read), counts]),
        by_policy=all_of([public, negate(flags["RestrictPublicBuckets"])]),
        grants=" and ".join(granted),
    )


def _grants(granted: dict[str, str], kinds: frozenset[str], is_read: bool) -> Truth:
    return True if kinds & set(granted.values()) else False if is_read else None


def open_buckets(estate: Estate, as_of: datetime | None) -> Evaluation:
    """23. No bucket is open to everybody: evidence contract, section 2, criterion 23.

    Writing is a failure; reading may be intended. Access lists of objects and access points are not seen.
    """
    case = Case(estate, "aws-core-23")
    some_open = False
    for place in case.accounts(BUCKETS, ACCOUNT_BLOCK):
        for bucket in buckets(place):
            some_open |= _judge_openness(place, bucket)
    case.prowler("s3_bucket_public_write_acl", when=lambda finding: not _is_ignored(case, finding))
    if some_open and not case.offenders:
        case.ask("Say which of the open buckets are meant to be public, and what is in them.")
    number = counted(len(case.offenders), "bucket lets", "buckets let")
    return case.decide(
        acceptable={
            "a1": False if some_open else case.clean,
            "a2": None if some_open and not case.offenders else False,
        },
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "No bucket is open to everybody or to everybody with an AWS account.",
            State.FAILURE: f"{number} strangers write.",
            State.UNDETERMINED: "Some buckets can be read by everybody, which may be intended."
            if some_open
            else "No bucket was proven to be open.",
        },
    )


def _judge_openness(place: Place, bucket: str) -> bool:
    """Name an open bucket; True if it is open in any way."""
    found = openness(place, bucket, bucket_flags(place, bucket))
    ref = place.ref("bucket", bucket)
    if found.writes:
        place.case.offend(ref, f"The access list of the bucket grants {found.grants}, and nothing blocks it.")
    elif found.reads:
        place.case.doubt(ref, f"The access list of the bucket grants {found.grants}; this may be intended.")
    elif found.by_policy:
        place.case.doubt(ref, "The policy of the bucket makes it public; this may be intended.")
    elif found.is_open is None:
        place.case.doubt(ref, "Whether the bucket is open is not known.")
    return found.is_open is True


def _is_ignored(case: Case, finding: Finding) -> bool:
    """Whether the account is known to ignore public access lists: Prowler fails buckets where it could not see that."""
    return flags_of(Place(case, finding.account, "global").call(ACCOUNT_BLOCK))["IgnorePublicAcls"] is True


def public_access_block(estate: Estate, as_of: datetime | None) -> Evaluation:
    """24. Block Public Access is on: evidence contract, section 2, criterion 24.

    For the account, or for every bucket that is not meant to be public. Prowler is content with two of the four
    settings and looks at one bucket, so it proves nothing here.
    """
    case = Case(estate, "aws-core-24")
    by_account: list[Truth] = []
    by_bucket: list[Truth] = []
    is_off = False
    for place in case.accounts(ACCOUNT_BLOCK):
        flags = flags_of(place.call(ACCOUNT_BLOCK))
        is_on = all_of(flags.values())
        by_account.append(is_on)
        if is_on:
            by_bucket.append(True)
            continue
        blocked = {bucket: all_of(bucket_flags(place, bucket).values()) for bucket in buckets(place)}
        if _is_all_off(place, flags, blocked):
            is_off = True
            case.offend(place.account, "Block Public Access is off for the account and not fully on for any bucket.")
        by_bucket.append(_judge_blocks(place, blocked))
    by_all, by_each = all_of(by_account), all_of(by_bucket)
    return case.decide(
        acceptable={"a1": by_all, "a2": False if by_all else by_each},
        failure={"f1": is_off},
        says={
            State.ACCEPTABLE: "Block Public Access is fully on in the settings of every account."
            if by_all
            else "Block Public Access is fully on for every account or every bucket in it.",
            State.FAILURE: "Block Public Access is off for accounts and all their buckets."
            if is_off
            else f"{counted(len(case.offenders), 'bucket is', 'buckets are')} neither public nor fully blocked.",
            State.UNDETERMINED: "Block Public Access was not proven to be on, nor to be off where it should be on.",
        },
    )


def _is_all_off(place: Place, flags: Flags, blocked: dict[str, Truth]) -> bool:
    """Whether nothing is on: proven only where all buckets are known, and there is one."""
    none_on = all(value is False for value in flags.values())
    return none_on and place.call(BUCKETS).is_known and bool(blocked) and all(v is False for v in blocked.values())


def _judge_blocks(place: Place, blocked: dict[str, Truth]) -> Truth:
    """Whether every bucket of an account is blocked; one that is not and is not public breaks it."""
    found: list[Truth] = [None] if not blocked else []
    if not blocked and place.call(BUCKETS).is_known and place.call(ACCOUNT_BLOCK).is_known:
        place.case.doubt(place.account, "The account setting is not fully on, and there is no bucket to look at.")
    for bucket, is_blocked in blocked.items():
        if is_blocked:
            found.append(True)
            continue
        ref = place.ref("bucket", bucket)
        is_open = openness(place, bucket, bucket_flags(place, bucket)).is_open
        if is_blocked is False and is_open is False:
            place.case.offend(ref, "Block Public Access is not fully on, and the bucket is not public.")
        elif is_open:
            place.case.doubt(ref, "The bucket is public; whether that is intended is not known.")
        else:
            place.case.doubt(ref, "Whether public access to the bucket is blocked is not known.")
        found.append(False if is_blocked is False and is_open is False else None)
    return all_of(found)


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-23": open_buckets,
    "aws-core-24": public_access_block,
}
