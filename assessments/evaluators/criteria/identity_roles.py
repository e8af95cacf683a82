"""Roles and the policies of users, groups and roles: criteria 15 and 16."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from assessments.evaluators.algebra import Truth, all_of, any_of, negate
from assessments.evaluators.clock import DAY, Clock
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.credentials import age_in_words
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

DETAILS: Final = "iam get-account-authorization-details"
IDLE: Final = 90 * DAY
CALM: Final = 30 * DAY
SEVERAL: Final = 2  # idle roles: the failure says "several"
FEW: Final = 2  # roles with full administrator access in an account: "a small number"
DATE: Final = f"State when `aws {DETAILS}` was run, or run the collector, which notes it."
_LINKED: Final = "/aws-service-role/"
_AWS_PATHS: Final = (_LINKED, "/aws-reserved/")
_BROAD: Final = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(AdministratorAccess|AmazonS3FullAccess|IAMFullAccess)")
_ADMINISTRATOR: Final = "AdministratorAccess"


class Role(NamedTuple):
    """One role, and the instant its ages are counted to."""

    place: Place
    item: Item
    clock: Clock

    @property
    def name(self) -> str:
        """The name without its path."""
        return fields.text(self.item, "RoleName")

    @property
    def ref(self) -> str:
        """`account/global/role/name`."""
        return self.place.ref("role", self.name)

    @property
    def path(self) -> str:
        """The path; AWS keeps some for its own roles."""
        return fields.text(self.item, "Path")

    @property
    def created(self) -> datetime | None:
        """When the role was made."""
        return fields.instant(self.item, "CreateDate")

    @property
    def is_used(self) -> bool:
        """Whether AWS shows any use in the 400 days it keeps: an absent date is no use."""
        return bool(fields.dig(self.item, "RoleLastUsed", "LastUsedDate"))

    @property
    def used(self) -> datetime | None:
        """When the role was last used, if that can be read."""
        return fields.instant(self.item, "RoleLastUsed", "LastUsedDate")

    def older_than(self, age: timedelta) -> Truth:
        """Whether the last use, else the creation, is more than `age` ago."""
        moment = self.used if self.is_used else self.created
        return None if moment is None else self.clock.older_than(moment, age)


def roles(place: Place) -> list[Role]:
    """All roles of an account."""
    items = place.items(DETAILS, "RoleDetailList")
    clock = _clock(place.clock(DETAILS), items)
    return [Role(place, item, clock) for item in items]


def _clock(clock: Clock, items: list[Item]) -> Clock:
    """The answer was made after every date in it; a stated date that is a day too early says nothing of the end."""
    dates = [
        fields.instant(item, *path) for item in items for path in (("CreateDate",), ("RoleLastUsed", "LastUsedDate"))
    ]
    latest = max(filter(None, dates), default=None)
    if latest is None or (clock.low is not None and clock.low >= latest):
        return clock
    is_wrong = clock.high is not None and latest - clock.high > DAY
    return Clock(latest, None if clock.high is None or is_wrong else max(clock.high, latest))


def idle_roles(estate: Estate, as_of: datetime | None) -> Evaluation:
    """15. A custom role was not used for more than 90 days: evidence contract, section 2, criterion 15."""
    case = Case(estate, "aws-core-15")
    of_aws: list[Truth] = []
    for place in case.accounts(DETAILS):
        for role in roles(place):
            if role.path.startswith(_AWS_PATHS):
                of_aws.append(role.older_than(IDLE))
            else:
                _judge_role(case, role)
    aws_idle = any_of(of_aws)
    if aws_idle is None:
        case.ask(DATE)
    number = len(case.offenders)
    alone = "" if number >= SEVERAL else " One role is not several, so no response of the playbook fits."
    idle = f"{counted(number, 'custom role was', 'custom roles were')} not used in the last 90 days.{alone}"
    return case.decide(
        acceptable={"a1": all_of([case.clean, negate(aws_idle)]), "a2": all_of([case.clean, aws_idle])},
        failure={"f1": number >= SEVERAL},
        says={
            State.ACCEPTABLE: "Every custom role was used in the last 90 days; only roles of AWS itself are idle."
            if aws_idle
            else "Every role was used in the last 90 days.",
            State.FAILURE: idle,
            State.UNDETERMINED: "No custom role was proven to be idle for more than 90 days.",
        },
    )


def _judge_role(case: Case, role: Role) -> None:
    idle = role.older_than(IDLE)
    made = age_in_words(role.created, role.clock) if role.created else ""
    if idle is None:
        case.doubt(role.ref, "Whether the role was used in the last 90 days cannot be told.")
        case.ask(DATE)
    elif idle and role.is_used and role.used:
        used = age_in_words(role.used, role.clock)
        case.offend(role.ref, f"The role was last used {used or 'more than 90 days'} ago.")
    elif idle:
        case.offend(role.ref, f"AWS shows no use of the role. It is {made or 'more than 90 days'} old.")
    elif not role.is_used:
        case.doubt(role.ref, f"The role is {made or 'less than 90 days'} old and was not used yet.")


class Principal(NamedTuple):
    """A user, group or role with its policies."""

    ref: str
    kind: str
    item: Item
    role: Role | None


def broad_policies(estate: Estate, as_of: datetime | None) -> Evaluation:
    """16. Users, groups or roles hold AdministratorAccess, AmazonS3FullAccess or IAMFullAccess of AWS.

    Evidence contract, section 2, criterion 16. Copies of these policies are outside its words; they are leads.
    """
    case = Case(estate, "aws-core-16")
    administrators: dict[str, Role] = {}
    for place in case.accounts(DETAILS):
        own = _open_policies(place)
        for principal in _principals(place):
            for name in _broad(principal.item):
                if principal.role and name == _ADMINISTRATOR:
                    administrators[principal.ref] = principal.role
                else:
                    who = f"The {principal.kind} holds"
                    case.offend(f"{principal.ref}#{name}", f"{who} the AWS managed policy {name}.")
            for name in _copies(principal, own):
                case.lead(
                    f"{principal.ref}#{name}", "The policy allows every action on everything; it is not AWS's own."
                )
    case.prowler("iam_user_administrator_access_policy", "iam_group_administrator_access_policy")
    is_calm = _judge_administrators(case, list(administrators.values()))
    return case.decide(
        acceptable={
            "a1": not case.offenders and not administrators,
            "a2": False if case.offenders or not administrators else is_calm,
        },
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: f"Only {counted(len(administrators), 'role holds', 'roles hold')} AdministratorAccess, "
            "none of them used in the last 30 days."
            if administrators
            else "Nobody holds AdministratorAccess, AmazonS3FullAccess or IAMFullAccess of AWS.",
            State.FAILURE: "Full access is given with AWS managed policies: "
            f"{counted(len(case.offenders), 'assignment was', 'assignments were')} found.",
            State.UNDETERMINED: f"{counted(len(administrators), 'role holds', 'roles hold')} AdministratorAccess; "
            "whether they are few and in no regular use is not proven."
            if administrators
            else "No full access by an AWS managed policy was found in what was read.",
        },
    )


def _judge_administrators(case: Case, administrators: list[Role]) -> Truth:
    """True if they are few in every account and none was used in the last 30 days; else unknown."""
    calm = True
    numbers = Counter(role.place.account for role in administrators)
    for role in administrators:
        fellows = numbers[role.place.account]
        unused = not role.is_used or role.older_than(CALM) is True
        used = age_in_words(role.used, role.clock) if role.used else ""
        when = f"last used {used or 'at an unknown time'}{' ago' if used else ''}" if role.is_used else "never used"
        reason = (
            f"The role holds {_ADMINISTRATOR}, {when}; {counted(fellows, 'such role', 'such roles')} in the account."
        )
        if unused and fellows <= FEW:
            case.lead(role.ref, reason)
        else:
            calm = False
            case.doubt(role.ref, reason)
            case.ask("Say what the roles with AdministratorAccess are for, and how often they are used.")
    return True if calm else None


def _principals(place: Place) -> Iterator[Principal]:
    for kind in ("user", "group"):
        title = kind.title()
        for item in place.items(DETAILS, f"{title}DetailList"):
            yield Principal(place.ref(kind, fields.text(item, f"{title}Name")), kind, item, None)
    for role in roles(place):
        if not role.path.startswith(_LINKED):
            yield Principal(role.ref, "role", role.item, role)


def _broad(item: Item) -> list[str]:
    arns = [fields.text(policy, "PolicyArn") for policy in fields.items(item, "AttachedManagedPolicies")]
    return sorted({found[1] for found in map(_BROAD.fullmatch, arns) if found})


def _open_policies(place: Place) -> dict[str, str]:
    """ARN and name of the customer managed policies of an account that allow everything."""
    return {
        fields.text(policy, "Arn"): fields.text(policy, "PolicyName")
        for policy in place.call(DETAILS).items("Policies")
        for version in fields.items(policy, "PolicyVersionList")
        if version.get("IsDefaultVersion") is True and _allows_all(version.get("Document"))
    }


def _copies(principal: Principal, own: dict[str, str]) -> set[str]:
    lists = f"{principal.kind.title()}PolicyList"
    inline = {
        fields.text(policy, "PolicyName")
        for policy in fields.items(principal.item, lists)
        if _allows_all(policy.get("PolicyDocument"))
    }
    arns = {fields.text(policy, "PolicyArn") for policy in fields.items(principal.item, "AttachedManagedPolicies")}
    return inline | {name for arn, name in own.items() if arn in arns}


def _allows_all(document: Any) -> bool:
    return any(
        fields.text(statement, "Effect") == "Allow"
        and {"*", "*:*"} & set(fields.strings(statement, "Action"))
        and "*" in fields.strings(statement, "Resource")
        for statement in fields.items(document, "Statement")
    )


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-15": idle_roles,
    "aws-core-16": broad_policies,
}
