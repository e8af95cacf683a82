"""Account management: criteria 1 to 7."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of, any_of
from assessments.evaluators.answers import Status
from assessments.evaluators.clock import DAY, Clock, written
from assessments.evaluators.criteria.common import Case, Place, by_account, counted
from assessments.evaluators.criteria.control_policies import control_policies
from assessments.evaluators.criteria.credentials import DATE, age_in_words, says_root_use, user_ref, was_within
from assessments.evaluators.criteria.identity import LOST_KEY
from assessments.evaluators.criteria.root_mail import root_mail
from assessments.evaluators.criteria.stages import stages
from assessments.evaluators.criteria.trails import trails
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.times import Time
from assessments.evaluators.reports import AccountReport, Reading
from assessments.evaluators.result import GLOBAL, Evaluation, State

WEEK: Final = 7 * DAY
_ORGANIZATION: Final = "organizations describe-organization"


def organization(estate: Estate, as_of: datetime | None) -> Evaluation:
    """1. Every account belongs to one organization: evidence contract, section 2, criterion 1."""
    case = Case(estate, "aws-core-1")
    active = [account for account in estate.accounts if estate.listed.get(account, "ACTIVE") == "ACTIVE"]
    belongs = {place.account: _organization_of(place) for place in case.accounts(_ORGANIZATION)}
    main = _main_organization(estate, belongs)
    for account in active:
        _judge_membership(case, account, *belongs[account], main)
    listed_alone = estate.listing.is_known and active == [account for account in active if account in estate.listed]
    is_single = len(active) == 1 and (bool(case.offenders) or listed_alone)
    if is_single:
        case.offend(active[0], "There is this one active account and no other.")
    case.prowler("organizations_account_part_of_organizations", name=by_account)
    if not estate.listing.is_known:
        case.gap(estate.management or "", GLOBAL, f"`aws organizations list-accounts` {estate.listing.why()}")
        case.ask("Add the output of `aws organizations list-accounts` of the management account.")
    outside = counted(len(case.offenders), "account stands", "accounts stand")
    several = len(active) > 1 or (False if is_single else None)
    return case.decide(
        acceptable={"a1": all_of([case.clean, several, estate.listing.is_known or None])},
        failure={"f1": is_single, "f2": len(active) > 1 and bool(case.offenders)},
        says={
            State.ACCEPTABLE: f"All {len(active)} active accounts belong to one organization.",
            State.FAILURE: "There is one account for everything." if is_single else f"{outside} outside.",
            State.UNDETERMINED: "No account was found outside the organization, but not all are proven to be in it.",
        },
    )


def _judge_membership(case: Case, account: str, is_member: Truth, organization_id: str, main: str) -> None:
    listing = case.estate.listing
    if is_member is False:
        case.offend(account, "The account belongs to no organization, or to none of those seen.")
    elif is_member and main and organization_id not in ("", main):
        case.offend(account, f"The account belongs to another organization, {organization_id}.")
    elif is_member is None or (listing.is_known and account not in case.estate.listed):
        case.doubt(account, "Whether the account belongs to the organization is not known.")


def _organization_of(place: Place) -> tuple[Truth, str]:
    """Whether an account is in an organization, and its id; the organization's own list counts as well."""
    answer = place.call(_ORGANIZATION)
    if answer.is_absent:
        return False, ""
    if found := {fields.text(item, "Id") for item in answer.items("Organization")} - {""}:
        return True, min(found) if len(found) == 1 else ""
    listing, listed = place.case.estate.listing, place.case.estate.listed
    if place.account in listed:
        return True, ""
    return False if listing.status is Status.READ else None, ""


def _main_organization(estate: Estate, belongs: dict[str, tuple[Truth, str]]) -> str:
    """The organization of the list of accounts, else the one most accounts are in; "" where none is known.

    Where two hold the same number, none is the main one, and all their accounts stand outside.
    """
    arns = [fields.text(item, "Arn").split("/") for item in estate.listing.items("Accounts")]
    listed = {arn[1] for arn in arns if len(arn) == 3}
    if len(listed) == 1:
        return listed.pop()
    counts = Counter(organization_id for _, organization_id in belongs.values() if organization_id).most_common(2)
    if not counts:
        return ""
    return "none" if len(counts) == 2 and counts[0][1] == counts[1][1] else counts[0][0]


def root_protection(estate: Estate, as_of: datetime | None) -> Evaluation:
    """5. Root has MFA and no active key: evidence contract, 1.4.

    A root without password and keys needs no MFA where root access is managed centrally, which one more call shows.
    """
    case = Case(estate, "aws-core-5")
    managed = any(
        "RootCredentialsManagement" in place.call("iam list-organizations-features").strings("EnabledFeatures")
        for place in case.accounts()
    )
    for report in case.reports(needs_root=True):
        for readings in report.entries():
            if readings[0].row.is_root:
                _judge_root(case, readings[0], managed)
        _cross_check_mfa(case, report)
    case.prowler("iam_root_mfa_enabled", "iam_no_root_access_key")
    case.prowler("iam_root_hardware_mfa_enabled", when=lambda finding: "MFA is not enabled" in finding.text)
    return case.decide(
        acceptable={"a1": case.clean},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "Root has MFA and no active access key in every account.",
            State.FAILURE: f"Root breaks this in {counted(case.offending_accounts, 'account')}: "
            "it lacks MFA, has an active access key, or both.",
            State.UNDETERMINED: "No root account was proven to lack MFA or to have an active access key.",
        },
    )


def _judge_root(case: Case, root: Reading, managed: bool) -> None:
    row = root.row
    for number, key in enumerate(row.keys, start=1):
        if key.active:
            case.offend(user_ref(root, f"access_key_{number}"), "Root has an active access key.")
        elif key.active is None:
            case.doubt(user_ref(root, f"access_key_{number}"), LOST_KEY)
    # Older reports say not_supported of root's password: it has one.
    written = row.cells[3].strip().casefold()
    has_password = True if row.password_enabled or written == "not_supported" else row.password_enabled
    has_credential = any_of([has_password, *(key.active for key in row.keys)])
    if row.mfa_active is None:
        case.doubt(user_ref(root, "mfa"), "The report does not say whether root has MFA.")
    elif not row.mfa_active and has_credential is True:
        case.offend(user_ref(root, "mfa"), "Root has no MFA.")
    elif not row.mfa_active and has_credential is None:
        case.doubt(user_ref(root, "mfa"), "Root has no MFA; whether it has a credential is not known.")
    elif not row.mfa_active and managed:
        case.note(f"Root of {row.account} has no MFA, and no password or key either: its access is managed centrally.")
    elif not row.mfa_active:
        case.doubt(user_ref(root, "mfa"), "Root has no MFA, and no password or key that MFA could guard.")
        case.ask("Add the output of `aws iam list-organizations-features` of the management account.")


def _cross_check_mfa(case: Case, report: AccountReport) -> None:
    """The account's own summary speaks of the moment it was read; where it contradicts, nothing is sure."""
    summary = case.estate.call(report.account, GLOBAL, "iam get-account-summary")
    roots = [row for row in report.rows if row.is_root]
    if summary.get("SummaryMap", "AccountMFAEnabled") == 0 and any(row.mfa_active for row in roots):
        case.doubt(f"{report.account}/{GLOBAL}/root#mfa", "The report shows MFA for root, the summary does not.")


def root_use(estate: Estate, as_of: datetime | None) -> Evaluation:
    """6. Root was not used in the 7 days before the report: evidence contract, 1.4.

    Use in these days denies the acceptable response; that it is routine, as the failure says, cannot be seen.
    """
    case = Case(estate, "aws-core-6")
    for report in case.reports(needs_root=True, needs_times=True):
        for readings in report.entries():
            if readings[0].row.is_root:
                _judge_use(case, readings)
        if not report.is_dated:
            case.ask(DATE)
    case.prowler("iam_avoid_root_usage", when=says_root_use, statuses=("FAIL", "PASS", "MUTED"))
    if case.offenders:
        case.note("Ask why root was used: one use is no proof of routine, so no response of the playbook fits.")
    return case.decide(
        acceptable={"a1": case.clean},
        failure={"f1": None},
        says={
            State.ACCEPTABLE: "Root was used in no account in the 7 days before its report.",
            State.FAILURE: f"Root was used in the 7 days before the report in "
            f"{counted(case.offending_accounts, 'account')}.",
            State.UNDETERMINED: "No use of root in the 7 days before the report was proven.",
        },
    )


def _judge_use(case: Case, readings: tuple[Reading, ...]) -> None:
    for column in ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date"):
        times = [_last_use(reading, column) for reading in readings]
        answers = {was_within(time, reading.clock, WEEK) for time, reading in zip(times, readings, strict=True)}
        name = user_ref(readings[0], column)
        if answers == {True}:
            case.offend(name, _used(times[0], readings[0].clock))
        elif answers != {False}:
            case.doubt(name, "Whether root was used in the last 7 days cannot be told.")


def _used(moment: Time, clock: Clock) -> str:
    """When root was used. Of a report dated to the day only the least number of days is known: no proof of a use."""
    age = age_in_words(moment, clock)
    if age and not clock.is_exact and isinstance(moment, datetime):
        return f"Root was used on {written(moment)}, in the 7 days before the report."
    return f"Root was used {age} before the report." if age else "Root was used."


def _last_use(reading: Reading, column: str) -> Time:
    row = reading.row
    return row.password_last_used if column.startswith("password") else row.keys[int(column[11]) - 1].last_used


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-1": organization,
    "aws-core-2": stages,
    "aws-core-3": trails,
    "aws-core-4": root_mail,
    "aws-core-5": root_protection,
    "aws-core-6": root_use,
    "aws-core-7": control_policies,
}
