"""Single sign-on: criterion 10."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of, any_of, negate
from assessments.evaluators.clock import DAY
from assessments.evaluators.criteria.common import Case, Place, counted, statements
from assessments.evaluators.criteria.credentials import user_ref
from assessments.evaluators.criteria.identity_roles import DATE, DETAILS, Role, roles
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

LATELY: Final = 90 * DAY
_PROVIDERS: Final = "iam list-saml-providers"
_INSTANCES: Final = "sso-admin list-instances"
_SAML: Final = ("sts:assumerolewithsaml", "sts:assumerole*", "sts:*", "*")


def sign_on(estate: Estate, as_of: datetime | None) -> Evaluation:
    """10. People sign in through a SAML provider, and no IAM user has a password: evidence contract, criterion 10.

    Identity Center makes a SAML provider of its own in each account; OIDC providers are no sign-on for people.
    A password is a failure with or without single sign-on; who may keep one is the analyst's to decide.
    """
    case = Case(estate, "aws-core-10")
    _judge_passwords(case)
    used = [_is_used(place) for place in case.accounts(_PROVIDERS, DETAILS)]
    is_used = any_of(used)
    has_center = any(
        fields.text(item, "Status").upper() == "ACTIVE"
        for account in estate.accounts
        for region in estate.regions_with(account, _INSTANCES)
        for item in estate.call(account, region, _INSTANCES).items("Instances")
    )
    if not is_used:
        case.ask("Show how people sign in, and from which account: the identity provider may be somewhere else.")
        if has_center:
            case.note("IAM Identity Center is active; that people use it was not seen.")
    if is_used is None and case.coverage.is_complete:
        case.ask(DATE)
    people = counted(len(case.offenders), "IAM user has", "IAM users have")
    return case.decide(
        acceptable={"a1": all_of([is_used or None, case.clean]), "a2": None},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "People sign in through a SAML provider, and no IAM user has a console password.",
            State.FAILURE: f"{people} a password for the AWS console"
            + (", beside single sign-on." if is_used else ", and no use of single sign-on was seen."),
            State.UNDETERMINED: "No console password was found in what was read, nor that all sign in through SAML.",
        },
    )


def _judge_passwords(case: Case) -> None:
    for report in case.reports():
        for readings in report.entries():
            row = readings[0].row
            if row.password_enabled and not row.is_root:
                case.offend(user_ref(readings[0]), f"{row.user} signs in with a console password.")
            elif row.password_enabled is None and not row.is_root:
                case.doubt(user_ref(readings[0]), "The report does not say whether there is a console password.")


def _is_used(place: Place) -> Truth:
    """Whether a role that trusts a provider of this account was used lately."""
    providers = {fields.text(item, "Arn") for item in place.items(_PROVIDERS, "SAMLProviderList")} - {""}
    trusting = [role for role in roles(place) if any(_trusts(one, providers) for one in _trust(role))]
    known = all(place.call(call).is_known for call in (_PROVIDERS, DETAILS))
    uses = [negate(role.older_than(LATELY)) if role.is_used else False for role in trusting]
    return any_of([*uses, False if known else None])


def _trust(role: Role) -> list[Item]:
    return statements(role.item.get("AssumeRolePolicyDocument")) or []


def _trusts(statement: Item, providers: set[str]) -> bool:
    actions = {action.casefold() for action in fields.strings(statement, "Action")}
    federated = set(fields.strings(statement, "Principal", "Federated"))
    return fields.text(statement, "Effect") == "Allow" and not actions.isdisjoint(_SAML) and bool(federated & providers)


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {"aws-core-10": sign_on}
