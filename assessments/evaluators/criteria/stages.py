"""Accounts of their own for development, staging and production: criterion 2. Names and tags are hints, no proof."""

import re
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import all_of
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.result import GLOBAL, Evaluation, State

_ORGANIZATION: Final = "organizations describe-organization"
_UNITS: Final = "organizations list-organizational-units-for-parent"
_MEMBERS: Final = "organizations list-accounts-for-parent"
_INSTANCES: Final = "ec2 describe-instances"
_TAGGED: Final = "resourcegroupstaggingapi get-resources"
_KEYS: Final = frozenset(("environment", "env", "stage"))
_WORDS: Final = {
    "production": ("production", "prod", "prd", "live"),
    "staging": ("staging", "stage", "stg", "test", "testing", "qa", "uat", "preprod", "preproduction"),
    "development": ("development", "develop", "dev"),
}
_STAGE: Final = {word: stage for stage, words in _WORDS.items() for word in words}
# "Non-Prod" names no stage, "Pre-Prod" another one.
_PREFIX: Final = re.compile(r"\b(non|pre|not)[\s_-]+")


def stages(estate: Estate, as_of: datetime | None) -> Evaluation:
    """2. Each stage has accounts of its own: evidence contract, section 2, criterion 2."""
    case = Case(estate, "aws-core-2")
    tagged = _tagged(case)
    named = _named(estate)
    for account, found in sorted(tagged.items()):
        if len(found) > 1:
            case.offend(account, f"The account holds resources tagged for {_and(sorted(found))}.")
        elif found and len(named.get(account, ())) == 1 and found != named[account]:
            case.doubt(account, f"It is named for {_and(sorted(named[account]))} and tagged for {_and(sorted(found))}.")
    if alone := _alone(case):
        case.offend(alone, "There is this one account for every stage.")
    own = {stage for found in named.values() if len(found) == 1 for stage in found}
    for account, found in sorted(named.items()):
        case.lead(account, f"Its name or unit speaks of {_and(sorted(found))}." if found else "It names no stage.")
    lacking = sorted(set(_WORDS) - own)
    if not case.offenders:
        _ask(case, lacking)
    return case.decide(
        acceptable={"a1": all_of([not lacking or None, estate.listing.is_known or None, case.clean])},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "By their names development, staging and production have accounts of their own, and no "
            "account holds resources tagged for two of them.",
            State.FAILURE: "There is one account for everything."
            if alone
            else f"{counted(len(case.offenders), 'account holds', 'accounts hold')} resources of several stages.",
            State.UNDETERMINED: "Whether each stage has accounts of its own cannot be told from names and tags.",
        },
    )


def _ask(case: Case, lacking: list[str]) -> None:
    listing = case.estate.listing
    if not listing.is_known:
        case.gap(case.estate.management or "", GLOBAL, f"`aws organizations list-accounts` {listing.why()}")
        case.ask("Add the output of `aws organizations list-accounts` of the management account.")
    elif lacking:
        case.ask(f"No account is named for {_and(lacking)}: say which account each stage has.")


def _alone(case: Case) -> str:
    """The one account that there is, if there is no other for sure; "" otherwise."""
    estate = case.estate
    active = [account for account in estate.accounts if estate.listed.get(account, "ACTIVE") == "ACTIVE"]
    if len(active) != 1:
        return ""
    is_outside = estate.call(active[0], GLOBAL, _ORGANIZATION).is_absent
    return active[0] if is_outside or (estate.listing.is_known and active[0] in estate.listed) else ""


def _tagged(case: Case) -> dict[str, set[str]]:
    """The stages that resources are tagged for, by account; either of two calls shows tags."""
    found: dict[str, set[str]] = {}
    for place in case.places():
        found.setdefault(place.account, set()).update(_tags(place))
    for account in case.estate.accounts:  # regions that are not known to be active
        for region in case.estate.regions_with(account, _INSTANCES, _TAGGED):
            found.setdefault(account, set()).update(_tags(Place(case, account, region, is_active=False)))
    return found


def _tags(place: Place) -> set[str]:
    resources, instances = place.call(_TAGGED), place.call(_INSTANCES)
    known = (resources.is_known and resources.has("ResourceTagMappingList")) or (
        instances.is_known and instances.has("Reservations")
    )
    if not known:
        place.gap(_TAGGED, resources.why() if not resources.bodies else "is incomplete")
    things = resources.items("ResourceTagMappingList")
    for reservation in instances.items("Reservations"):
        things += [
            one for one in fields.items(reservation, "Instances") if fields.text(one, "State", "Name") != "terminated"
        ]
    tags = [tag for one in things for tag in fields.items(one, "Tags")]
    values = [fields.text(tag, "Value") for tag in tags if fields.text(tag, "Key").casefold() in _KEYS]
    return {stage for value in values for stage in _stages_in(value)}


def _named(estate: Estate) -> dict[str, set[str]]:
    """The stages that the name of each active account speaks of; that of its unit, where its own says nothing."""
    units = _units(estate)
    found: dict[str, set[str]] = {}
    for item in estate.listing.items("Accounts"):
        account = fields.text(item, "Id")
        if account in estate.required:
            own = _stages_in(fields.text(item, "Name"))
            found.setdefault(account, set()).update(own or _stages_in(units.get(account, "")))
    return found


def _units(estate: Estate) -> dict[str, str]:
    """The name of the unit that each account is directly in."""
    found: dict[str, str] = {}
    for viewer in estate.accounts:
        names = {
            fields.text(item, "Id"): fields.text(item, "Name")
            for answer in estate.answers(viewer, GLOBAL, _UNITS).values()
            for item in answer.items("OrganizationalUnits")
        }
        for parent, answer in estate.answers(viewer, GLOBAL, _MEMBERS).items():
            for item in answer.items("Accounts"):
                found[fields.text(item, "Id")] = names.get(parent, "")
    return found


def _stages_in(text: str) -> set[str]:
    """The stages that the words of a name or tag speak of."""
    words = re.findall(r"[a-z]+", _PREFIX.sub(r"\1", text.casefold()))
    return {_STAGE[word] for word in words if word in _STAGE}


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
