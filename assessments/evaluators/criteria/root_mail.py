"""The addresses of root: criterion 4."""

from datetime import datetime
from typing import Final

from assessments.evaluators.criteria.common import Case, counted
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.result import GLOBAL, Evaluation, State

_LIST: Final = "organizations list-accounts"
_EMAIL: Final = "account get-primary-email"
_USERS: Final = "identitystore list-users"
_SHOWN: Final = 3  # mailboxes a sentence names; all addresses stand in the leads
# Providers of mailboxes for persons.
_FREE: Final = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com "
    "aol.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de proton.me protonmail.com pm.me "
    "mail.com mail.ru yandex.com yandex.ru zoho.com zohomail.com fastmail.com tutanota.com tuta.com orange.fr free.fr "
    "laposte.net wanadoo.fr libero.it hotmail.co.uk yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp qq.com 163.com 126.com "
    "naver.com hey.com".split()
)


def root_mail(estate: Estate, as_of: datetime | None) -> Evaluation:
    """4. No address of root is a person's: evidence contract, section 2, criterion 4.

    Only a contradiction can be seen. Who reads a mailbox no answer of AWS says, so nothing is ever acceptable.
    """
    case = Case(estate, "aws-core-4")
    addresses = _addresses(case)
    people = _people(estate)
    mailboxes: dict[str, list[str]] = {}
    for account, address in addresses:
        mailbox = _mailbox(address)
        mailboxes.setdefault(mailbox, []).append(account)
        if address.casefold() in people:
            case.offend(account, f"Root's address {address} is that of {people[address.casefold()]} in the directory.")
        elif mailbox.rpartition("@")[2] in _FREE:
            case.offend(account, f"Root's address {address} is at a provider of mailboxes for persons.")
        elif mailbox in people:
            case.lead(account, f"Root's address {address} leads to the mailbox of {people[mailbox]} in the directory.")
        else:
            case.lead(account, f"Root's address is {address}.")
    if not people:
        case.ask(f"Add `aws {_USERS}`, if there is a directory in IAM Identity Center, to find addresses of persons.")
    if mailboxes:
        case.note(_listed(mailboxes, len(addresses)))
        case.ask("Show who reads it: no answer of AWS does.")
    return case.decide(
        acceptable={"a1": False if case.offenders else None},
        failure={"f1": bool(case.offenders)},
        says={
            State.FAILURE: f"{counted(len(case.offenders), 'root account has', 'root accounts have')} the address of a "
            "person.",
            State.UNDETERMINED: "No address of root was found to be a person's.",
        },
    )


def _listed(mailboxes: dict[str, list[str]], number: int) -> str:
    names = sorted(mailboxes, key=lambda name: (-len(mailboxes[name]), name))
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    lead = "address of root leads" if number == 1 else "addresses of root lead"
    boxes = counted(len(names), "mailbox", "mailboxes")
    return f"{number:,} {lead} to {boxes}, {', '.join(names[:_SHOWN])}{more}."


def _addresses(case: Case) -> list[tuple[str, str]]:
    """Account and address, from the organization's list or the account itself; where there is none, that is a gap."""
    estate = case.estate
    found: set[tuple[str, str]] = set()
    for item in estate.listing.items("Accounts"):
        found.add((fields.text(item, "Id"), fields.text(item, "Email")))
    for place in case.accounts():
        own = place.call(_EMAIL)
        found |= {(place.account, fields.text(body, "PrimaryEmail")) for body in own.bodies}
    known = sorted((account, address) for account, address in found if address and account in estate.required)
    for account in sorted(set(estate.required) - {account for account, _ in known}):
        case.gap(account, GLOBAL, f"root's address, which `aws {_LIST}` or `aws {_EMAIL}` shows")
    if not estate.required:
        case.ask(f"Add the output of `aws {_LIST}` of the management account.")
    return known


def _people(estate: Estate) -> dict[str, str]:
    """The addresses of the people in the directory, in small letters, and their names."""
    found: dict[str, str] = {}
    for account in estate.accounts:
        for region in estate.regions_with(account, _USERS):
            for answer in estate.answers(account, region, _USERS).values():
                for user in answer.items("Users"):
                    name = fields.text(user, "DisplayName") or fields.text(user, "UserName") or "a user"
                    for email in fields.items(user, "Emails"):
                        found.setdefault(fields.text(email, "Value").casefold(), name)
    found.pop("", None)
    return found


def _mailbox(address: str) -> str:
    """The mailbox behind an address: in small letters and without what follows a plus."""
    name, _, domain = address.casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"
