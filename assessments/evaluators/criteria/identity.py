"""Identity and access: criteria 10 to 18; those of the credential report, 11 to 14, are here."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, all_of, any_of, negate
from assessments.evaluators.criteria import credentials
from assessments.evaluators.criteria.common import Case, counted
from assessments.evaluators.criteria.credentials import Slot, age_in_words, is_idle, is_old, is_overdue, user_ref
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats.times import Mark
from assessments.evaluators.result import Evaluation, State

LOST_KEY: Final = "The report does not say whether this access key is active."


def console_login(estate: Estate, as_of: datetime | None) -> Evaluation:
    """11. Failure if password_enabled is true on any row but root's, used or not: evidence contract, 1.4."""
    case = Case(estate, "aws-core-11")
    for report in case.reports():
        for readings in report.entries():
            row = readings[0].row
            if row.is_root:
                continue
            if row.password_enabled:
                case.offend(user_ref(readings[0]), f"{row.user} has a console password.")
            elif row.password_enabled is None:
                case.doubt(user_ref(readings[0]), "The report does not say whether there is a console password.")
    case.prowler("iam_user_mfa_enabled_console_access", "iam_user_console_access_unused", when=credentials.is_of_user)
    offenders = counted(len(case.offenders), "IAM user has", "IAM users have")
    return case.decide(
        acceptable={"a1": case.clean},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "No IAM user has a console password in any account.",
            State.FAILURE: f"{offenders} a password for the AWS console.",
            State.UNDETERMINED: "No console password was found in what was read.",
        },
    )


def access_keys(estate: Estate, as_of: datetime | None) -> Evaluation:
    """12. No active key, or a few well-kept ones of third parties: evidence contract, 1.4.

    A key that is 90 days old, root's, or a person's leaves no acceptable response; whose key it is cannot be seen.
    """
    case = Case(estate, "aws-core-12")
    active: list[Truth] = []
    for report in case.reports(needs_root=True):
        if credentials.doubt_more(case, report):
            active.append(None)
        for slot in credentials.slots(report):
            active.append(slot.key.active)
            if slot.key.active is None:
                case.doubt(slot.ref, LOST_KEY)
            elif slot.key.active:
                _judge_key(case, slot)
    some = any_of(active)
    number = sum(value is True for value in active)
    if some:
        case.ask("Say which keys belong to third parties, and add the IAM policies of their users.")
    return case.decide(
        acceptable={"a1": negate(some), "a2": False if case.offenders else None},
        failure={"f1": None},
        says={
            State.ACCEPTABLE: "No access key is active in any account.",
            State.FAILURE: "No acceptable response is left, since not all active keys can be well-kept keys of third "
            f"parties: {counted(len(case.offenders), 'key is', 'keys are')} 90 days or older, root's, or a person's.",
            State.UNDETERMINED: f"{counted(number, 'key is', 'keys are')} active; AWS does not say what for.",
        },
    )


def _judge_key(case: Case, slot: Slot) -> None:
    row = slot.readings[0].row
    age = age_in_words(slot.key.last_rotated, slot.clock)
    if row.is_root:
        case.offend(slot.ref, "An active access key of root.")
    elif row.password_enabled:
        case.offend(slot.ref, f"An access key of {row.user}, who also has a console password: a person.")
    elif slot.says(is_old):
        case.offend(slot.ref, f"The key is {age or '90 days or more'} old, so it is not rotated.")
    else:
        case.lead(slot.ref, f"An active access key{f', {age} old' if age else ''}.")


def unused_keys(estate: Estate, as_of: datetime | None) -> Evaluation:
    """13. An active key was never used, or not for more than 90 days: evidence contract, 1.4."""
    case = Case(estate, "aws-core-13")
    held = []
    for slot in _all_slots(case):
        held.append(slot.is_used)
        if slot.key.active and (idle := slot.says(is_idle)) is not False:
            (case.offend if idle else case.doubt)(slot.ref, _use(slot, idle))
        elif slot.key.active is None:
            case.doubt(slot.ref, LOST_KEY)
    case.prowler("iam_user_accesskey_unused", when=credentials.says_idle)
    offenders = counted(len(case.offenders), "active access key was", "active access keys were")
    return case.decide(
        acceptable={"a1": all_of([any_of(held), case.clean]), "a2": all_of([negate(any_of(held)), case.clean])},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "Every active access key was used in the 90 days before its report."
            if any_of(held)
            else "There are no access keys in any account.",
            State.FAILURE: f"{offenders} never used, or not in the 90 days before the report.",
            State.UNDETERMINED: "No access key was proven to be unused.",
        },
    )


def _use(slot: Slot, idle: Truth) -> str:
    key = slot.key
    age = age_in_words(key.last_rotated, slot.clock)
    made = f" It is {age} old." if age else ""
    if isinstance(key.last_used, Mark):
        return f"The key was never used.{made}"
    used = age_in_words(key.last_used, slot.clock)
    if idle:
        return f"The key was last used {used} ago." if used else "The key was last used more than 90 days ago."
    return "Whether the key was used in the last 90 days cannot be told."


def old_keys(estate: Estate, as_of: datetime | None) -> Evaluation:
    """14. An active key is 90 days or older: evidence contract, 1.4. Exactly 90 days match no response."""
    case = Case(estate, "aws-core-14")
    held, overdue = [], False
    for slot in _all_slots(case):
        held.append(slot.is_used)
        if slot.key.active is None:
            case.doubt(slot.ref, LOST_KEY)
        elif slot.key.active and (old := slot.says(is_old)) is not False:
            overdue = overdue or slot.says(is_overdue) is True
            age = age_in_words(slot.key.last_rotated, slot.clock)
            if old:
                case.offend(slot.ref, f"The key is {age or '90 days or more'} old.")
            else:
                case.doubt(slot.ref, "The age of the key cannot be told.")
    overdue = case.prowler("iam_rotate_access_key_90_days") or overdue
    offenders = counted(len(case.offenders), "active access key is", "active access keys are")
    left = "" if overdue else " At exactly 90 days it is neither below nor above, so no response of the playbook fits."
    return case.decide(
        acceptable={"a1": all_of([any_of(held), case.clean]), "a2": all_of([negate(any_of(held)), case.clean])},
        failure={"f1": overdue},
        says={
            State.ACCEPTABLE: "Every active access key was less than 90 days old when its report was made."
            if any_of(held)
            else "There are no access keys in any account.",
            State.FAILURE: f"{offenders} 90 days old or older.{left}",
            State.UNDETERMINED: "No access key was proven to be too old.",
        },
    )


def _all_slots(case: Case) -> Iterator[Slot]:
    for report in case.reports(needs_root=True, needs_times=True):
        ask_for_date(case, report.is_dated)
        credentials.doubt_more(case, report)
        yield from credentials.slots(report)


def ask_for_date(case: Case, is_dated: bool) -> None:
    """Ask when a report was made, where nothing says it."""
    if not is_dated:
        case.ask(credentials.DATE)


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-11": console_login,
    "aws-core-12": access_keys,
    "aws-core-13": unused_keys,
    "aws-core-14": old_keys,
}
