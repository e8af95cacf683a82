"""What a campaign would do with each vendor of its list, and what stands against it. Writes nothing.

The page shows it before anything is done; the action asks again, under a lock, and does that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from assessments.intake.vendor_lists import ListProblem, ListRow, VendorList
from assessments.limits import NAME_LENGTH, VENDOR_NAME_LENGTH
from assessments.models import Assessment
from assessments.states import LABELS, State
from users.models import User
from users.names import plain_name
from vendors.models import Invitation, Member, MemberRole, Tier, Vendor

EMAIL_LENGTH = 254  # characters, as everywhere
SERVICE_LENGTH = 120  # characters, as in the form of a vendor
_OVER = (State.CLOSED, State.CANCELLED)


@dataclass(frozen=True)
class Planned:
    """What would happen with one vendor. Without `vendor` it is new; `invites` says whether its lead gets a mail."""

    row: ListRow
    tier: str
    vendor: Vendor | None
    invites: bool
    lead: str  # in words: who the lead is, or will be

    @property
    def keeps_service(self) -> str:
        """What the vendor does for us as it is stored, where the list says otherwise: it stays."""
        return self.vendor.service if self.vendor and self.row.service not in {"", self.vendor.service} else ""


@dataclass(frozen=True)
class Plan:
    """The whole list."""

    rows: Sequence[Planned]
    problems: Sequence[ListProblem]

    @property
    def new(self) -> int:
        """How many vendors are made."""
        return sum(one.vendor is None for one in self.rows)

    @property
    def invitations(self) -> int:
        """How many people are invited."""
        return sum(one.invites for one in self.rows)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what would happen; another one means that it is no longer what somebody looked at."""
        said = [
            [one.row.vendor, one.tier, one.vendor.pk if one.vendor else None, one.invites, one.row.lead_email]
            for one in self.rows
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass
class _Known:
    """What is stored about the vendors and people of a list. Addresses are in lower case."""

    vendors: Mapping[str, list[Vendor]]  # by name, without capitals
    running: Mapping[int, Assessment] = field(default_factory=dict)  # by vendor
    members: Mapping[tuple[int, str], Member] = field(default_factory=dict)
    invitations: Mapping[tuple[int, str], Invitation] = field(default_factory=dict)
    leads: Mapping[int, str] = field(default_factory=dict)  # name of one lead by vendor
    invited_leads: Mapping[int, str] = field(default_factory=dict)  # address of one invited lead by vendor
    staff: frozenset[str] = frozenset()


def plan(user: User, found: VendorList) -> Plan:
    """Hold each row against what is stored. Seven queries at most, whatever the list."""
    known = _known(user, found.rows)
    problems, rows, seen = list(found.problems), [], {}
    for row in found.rows:
        planned, wrong = _one(row, known)
        name = row.vendor.casefold()
        if name and (first := seen.setdefault(name, row.line)) != row.line:
            words = _("This vendor stands in line %(line)s already")
            wrong.append(ListProblem(row.line, "vendor", words % {"line": first}))
        problems += wrong
        rows.append(planned)
    return Plan(rows, sorted(problems, key=lambda one: one.line))


def _known(user: User, rows: Iterable[ListRow]) -> _Known:
    names = {row.vendor.casefold() for row in rows}
    emails = {row.lead_email.lower() for row in rows} - {""}
    by_name: dict[str, list[Vendor]] = {}
    for vendor in Vendor.objects.visible_to(user).filter(archived_at=None):
        if vendor.name.casefold() in names:
            by_name.setdefault(vendor.name.casefold(), []).append(vendor)
    ids = [vendor.pk for group in by_name.values() for vendor in group]
    running = Assessment.objects.filter(vendor__in=ids).exclude(state__in=_OVER).order_by("pk")
    members = Member.objects.filter(vendor__in=ids, is_active=True).select_related("user")
    invitations = list(Invitation.objects.pending().filter(vendor__in=ids))
    known = _Known(vendors=by_name, running={one.vendor_id: one for one in running})
    known.members = {(one.vendor_id, one.user.email.lower()): one for one in members}
    known.leads = {one.vendor_id: one.user.name for one in known.members.values() if _is_lead(one)}
    known.invitations = {(one.vendor_id, one.email): one for one in invitations}
    known.invited_leads = {one.vendor_id: one.email for one in invitations if one.role == MemberRole.LEAD}
    staff = User.objects.exclude(staff_role="").values_list("email", flat=True)
    known.staff = frozenset(email.lower() for email in staff if email.lower() in emails)
    return known


def _is_lead(member: Member) -> bool:
    return member.role == MemberRole.LEAD and member.user.is_active


def _one(row: ListRow, known: _Known) -> tuple[Planned, list[ListProblem]]:
    """One row as it would be carried out, with every problem of its cells."""
    same = known.vendors.get(row.vendor.casefold(), [])
    vendor = same[0] if len(same) == 1 else None
    tier = row.tier.casefold() or (vendor.tier if vendor else "")
    wrong = [
        ("vendor", _problem_with_vendor(row, same, known)),
        ("tier", _problem_with_tier(row, tier, vendor)),
        ("service", _problem_with_text(row.service, SERVICE_LENGTH)),
        ("lead name", _problem_with_text(row.lead_name, NAME_LENGTH)),
    ]
    invites, lead, problem = _lead_of(row, vendor, known)
    wrong.append(("lead email", problem))
    problems = [ListProblem(row.line, column, reason) for column, reason in wrong if reason]
    return Planned(row, tier, vendor, invites, lead), problems


def _problem_with_vendor(row: ListRow, same: Sequence[Vendor], known: _Known) -> str:
    if not row.vendor:
        return _("Write the name of the vendor")
    if len(same) > 1:
        return _("Several vendors have this name. Rename them first, so that they can be told apart")
    running = known.running.get(same[0].pk) if same else None
    if running is None:
        return _problem_with_text(row.vendor, VENDOR_NAME_LENGTH)
    if running.state == State.DRAFT:
        words = _("This vendor has an assessment that is not sent yet (%(title)s). Send or cancel it first")
        return words % {"title": running.title}
    words = _("The assessment of this vendor is still running (%(title)s: %(state)s). Close or cancel it first")
    return words % {"title": running.title, "state": _(LABELS[State(running.state)])}


def _problem_with_tier(row: ListRow, tier: str, vendor: Vendor | None) -> str:
    if tier not in Tier.values:
        return _("Write one of these: %(tiers)s") % {"tiers": ", ".join(Tier.values)}
    if vendor is not None and tier != vendor.tier:
        words = _("This vendor is “%(tier)s” here. Change the list, or the vendor first")
        return words % {"tier": vendor.tier}
    return ""


def _problem_with_text(text: str, most: int) -> str:
    if len(text) > most:
        return _("Write %(most)s characters or fewer") % {"most": most}
    try:
        plain_name(text)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _lead_of(row: ListRow, vendor: Vendor | None, known: _Known) -> tuple[bool, str, str]:
    """Whether the lead is invited, who it is in words, and what stands against the address.

    What is refused here is what `vendors.actions.invitations.invite` refuses.
    """
    email = row.lead_email.lower()
    key = (vendor.pk if vendor else 0, email)
    if not email:
        there = known.leads.get(key[0]) or known.invited_leads.get(key[0], "")
        return False, there, "" if there else _("Write the address of a lead: this vendor has none yet")
    try:
        validate_email(email)
    except ValidationError:
        return False, "", _("This is not an email address")
    if len(email) > EMAIL_LENGTH:
        return False, "", _("Write %(most)s characters or fewer") % {"most": EMAIL_LENGTH}
    if email in known.staff:
        return False, "", _("This address cannot be invited. Use the person's address at the vendor")
    member, invitation = known.members.get(key), known.invitations.get(key)
    if member is not None:
        problem = "" if _is_lead(member) else _("This person is a member already, but not a lead who can sign in")
        return False, member.user.name, problem
    if invitation is not None:
        wrong = invitation.role != MemberRole.LEAD
        problem = _("This person is invited in another role. Withdraw that invitation first") if wrong else ""
        return False, email, problem
    return True, row.lead_name or email, ""
