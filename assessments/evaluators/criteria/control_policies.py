"""Service control policies: criterion 7. They bind the members of an organization, not its management account."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from assessments.evaluators.algebra import Truth, all_of, any_of
from assessments.evaluators.criteria.common import Case, Place, by_account, counted, statements
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import GLOBAL, Evaluation, State

_TYPE: Final = "SERVICE_CONTROL_POLICY"
_ORGANIZATION: Final = "organizations describe-organization"
_ROOTS: Final = "organizations list-roots"
_POLICIES: Final = "organizations list-policies"
_POLICY: Final = "organizations describe-policy"
_TARGETS: Final = "organizations list-targets-for-policy"
_UNITS: Final = "organizations list-organizational-units-for-parent"
_MEMBERS: Final = "organizations list-accounts-for-parent"
_FULL: Final = "p-FullAWSAccess"


class Tree:
    """An organization as one account sees it: its root, its policies, and whom they bind."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.wanted: dict[tuple[str, str], None] = {}  # calls that would tell more, and what about

    def _ask(self, call: str, argument: str = "") -> Any:
        answer = self.place.call(call, argument)
        if not answer.is_known:
            self.wanted[(call, argument)] = None
        return answer

    @cached_property
    def management(self) -> str:
        """The management account, which no policy binds; "" where nothing names it."""
        named = self.place.call(_ORGANIZATION).get("Organization", "MasterAccountId")
        return named if isinstance(named, str) else self.place.case.estate.management or ""

    @cached_property
    def roots(self) -> dict[str, Truth]:
        """The roots, and whether service control policies are turned on there."""
        return {fields.text(root, "Id"): _is_enabled(root) for root in self._ask(_ROOTS).items("Roots")}

    @cached_property
    def own(self) -> list[str]:
        """The ids of the organization's own policies: those of AWS restrict nothing."""
        listed = list(self._ask(_POLICIES).items("Policies"))
        for answer in self.place.case.estate.answers(self.place.account, GLOBAL, _POLICY).values():
            listed += [fields.dig(body, "Policy", "PolicySummary") or {} for body in answer.bodies]
        return sorted({fields.text(item, "Id") for item in listed if _is_own(item)} - {""})

    @cached_property
    def knows_policies(self) -> bool:
        """Whether all policies are known; FullAWSAccess always stands in a list of them."""
        answer = self.place.call(_POLICIES)
        types = [fields.text(item, "Type") or _TYPE for item in answer.items("Policies")]
        return answer.is_known and _TYPE in types

    @cached_property
    def bound(self) -> tuple[set[str], Truth]:
        """The member accounts that a policy of their own organization restricts, and whether there is one."""
        members: set[str] = set()
        binds: list[Truth] = [] if self.knows_policies else [None]
        for policy in self.own:
            for target, restricts in self._restricted(policy):
                beneath, has_member = self._beneath(target)
                if restricts:
                    members |= beneath
                binds.append(all_of([restricts, has_member]))
        return members, any_of(binds)

    def _restricted(self, policy: str) -> Iterator[tuple[str, Truth]]:
        """The targets of a policy, and whether it restricts what is beneath; "" stands for targets not known."""
        content = self._content(policy)
        targets = self._ask(_TARGETS, policy)
        for item in targets.items("Targets"):
            target = fields.text(item, "TargetId")
            denies = None if content is None else any(fields.text(one, "Effect") == "Deny" for one in content)
            yield target, True if denies else self._is_allow_list(content, target)
        if not targets.is_known:
            yield "", None

    def _content(self, policy: str) -> list[Item] | None:
        found = self._ask(_POLICY, policy).get("Policy", "Content")
        return statements(found)

    def _is_allow_list(self, content: list[Item] | None, target: str) -> Truth:
        """Whether a policy allows only some things, and no other at the same place allows everything."""
        if content is None:
            return None
        if any(map(_allows_all, content)) or not any(fields.text(one, "Effect") == "Allow" for one in content):
            return False
        full = [_FULL, *(policy for policy in self.own if any(map(_allows_all, self._content(policy) or [])))]
        answers = [self._ask(_TARGETS, policy) for policy in full]
        if any(fields.text(item, "TargetId") == target for answer in answers for item in answer.items("Targets")):
            return False
        return True if all(answer.is_known for answer in answers) else None

    def _beneath(self, target: str) -> tuple[set[str], Truth]:
        """The member accounts at or beneath a target, as far as they are known, and whether there is one."""
        estate = self.place.case.estate
        closed = {account for account, state in estate.listed.items() if state != "ACTIVE"}
        outside = {"", self.management, *closed}
        if target.startswith("r-"):
            return set(estate.listed) - outside, True
        if not target.startswith("ou-"):
            members, known = {target}, bool(target and self.management)
        else:
            members, known = self._walk(target)
        members -= outside
        if members:
            return members, True if self.management else None
        return members, False if known else None

    def _walk(self, unit: str) -> tuple[set[str], bool]:
        """All active accounts of a unit and of those beneath it, and whether they are known."""
        members: set[str] = set()
        known, parents, seen = True, [unit], {unit}
        while parents:
            parent = parents.pop()
            accounts, units = self._ask(_MEMBERS, parent), self._ask(_UNITS, parent)
            members |= {fields.text(item, "Id") for item in accounts.items("Accounts") if _is_active(item)}
            found = {fields.text(item, "Id") for item in units.items("OrganizationalUnits")} - seen - {""}
            parents += sorted(found)
            seen |= found
            known = known and accounts.is_known and units.is_known
        return members, known


def control_policies(estate: Estate, as_of: datetime | None) -> Evaluation:
    """7. A policy of their own restricts member accounts: evidence contract, section 2, criterion 7."""
    case = Case(estate, "aws-core-7")
    places = case.accounts()
    trees = [Tree(place) for place in places if any(place.call(call).bodies for call in (_ROOTS, _POLICIES))]
    in_use = bool(trees or estate.listed or any(place.call(_ORGANIZATION).bodies for place in places))
    alone = _judge_outside(case, places)
    said = [_judge_organization(case, group) for group in _organizations(trees)]
    is_enabled = all_of(one for one, _ in said) if said else None
    binds = all_of(one for _, one in said) if said else None
    if not case.offenders and (is_enabled is None or binds is None):
        _want(case, places, in_use, bool(trees))
    is_off = any(one is False for one, _ in said)
    return case.decide(
        acceptable={"a1": False if case.offenders else all_of([is_enabled, binds])},
        failure={"f1": is_off, "f2": any(one and other is False for one, other in said), "f3": bool(alone)},
        says={
            State.ACCEPTABLE: "Service control policies are on, and restrict what member accounts can do.",
            State.FAILURE: _failure(alone, in_use, is_off),
            State.UNDETERMINED: "Whether service control policies restrict member accounts could not be seen.",
        },
    )


def _failure(alone: int, in_use: bool, is_off: bool) -> str:
    if alone:
        accounts = counted(alone, "account stands", "accounts stand")
        return (
            f"{accounts} outside the organization." if in_use else f"AWS Organizations is not in use: {accounts} alone."
        )
    if is_off:
        return "Service control policies are turned off in the organization."
    return "No service control policy of the organization restricts any member account."


def _judge_outside(case: Case, places: list[Place]) -> int:
    """Accounts without an organization are bound by no policy, whatever others have; how many there are."""
    for place in places:
        if place.call(_ORGANIZATION).is_absent:
            case.offend(place.account, "The account is in no organization, so no policy binds it.")
    members = {*case.estate.listed, *(place.account for place in places if place.call(_ORGANIZATION).bodies)}
    case.prowler(
        "organizations_scp_check_deny_regions",
        name=by_account,
        when=lambda one: "not in-use" in one.text and one.account not in members,
    )
    return len(case.offenders)


def _organizations(trees: list[Tree]) -> list[list[Tree]]:
    """The accounts that tell of the same organization: those that show the same root, or no root at all."""
    found: dict[str, list[Tree]] = {}
    for tree in trees:
        found.setdefault(min(tree.roots, default=""), []).append(tree)
    rootless = found.pop("", []) if len(found) == 2 else []
    for group in found.values():
        group += rootless
    return list(found.values())


def _judge_organization(case: Case, trees: list[Tree]) -> tuple[Truth, Truth]:
    """Whether policies are turned on and whether one binds a member; several accounts may tell of one organization."""
    enabled = {(root, value) for tree in trees for root, value in tree.roots.items()}
    is_enabled = all_of(value for _, value in enabled) if enabled else None
    binds = any_of(tree.bound[1] for tree in trees)
    for root, value in sorted(enabled, key=str):
        if value is False:
            case.offend(root, "Service control policies are not turned on in this organization.")
        elif value and binds is False:
            case.offend(root, "No policy but FullAWSAccess restricts a member account.")
    if is_enabled is None or binds is None:
        for tree in trees:
            for call, argument in tree.wanted:
                tree.place.need(call, argument)
    elif is_enabled and binds:
        members: set[str] = set().union(*(tree.bound[0] for tree in trees))
        active = {account for account, state in case.estate.listed.items() if state == "ACTIVE"}
        for account in sorted(active - members - {trees[0].management}):
            case.lead(account, "No policy of the organization was seen to restrict this account.")
    return is_enabled, binds


def _want(case: Case, places: list[Place], in_use: bool, is_seen: bool) -> None:
    """What would decide it: the answers of the management account, or that there is none."""
    for place in [] if is_seen else places:
        if place.account == case.estate.management:
            for call in (_ROOTS, _POLICIES):
                place.need(call)
        elif not in_use:
            place.need(_ORGANIZATION)
    case.ask(f"Add the output of `aws {_ROOTS}` and `aws {_POLICIES} --filter {_TYPE}` of the management account.")


def _is_enabled(root: Item) -> Truth:
    """A root without the member says nothing; one with an empty list says that no type is on."""
    if not isinstance(root.get("PolicyTypes"), list):
        return None
    states = [
        fields.text(item, "Status") for item in fields.items(root, "PolicyTypes") if fields.text(item, "Type") == _TYPE
    ]
    return all_of(True if state == "ENABLED" else None for state in states) if states else False


def _is_own(policy: Item) -> bool:
    kind = fields.text(policy, "Type") or _TYPE
    return kind == _TYPE and fields.flag(policy, "AwsManaged") is not True and fields.text(policy, "Id") != _FULL


def _is_active(account: Item) -> bool:
    return (fields.text(account, "State") or fields.text(account, "Status") or "ACTIVE").upper() == "ACTIVE"


def _allows_all(statement: Item) -> bool:
    actions, resources = fields.strings(statement, "Action"), fields.strings(statement, "Resource")
    everything = ("*" in actions or "*:*" in actions) and "*" in resources
    return fields.text(statement, "Effect") == "Allow" and everything and not statement.get("Condition")
