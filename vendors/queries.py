"""What the pages about vendors show, read at once."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from users.models import User
from vendors.models import Invitation, Member, MemberRole, Vendor


@dataclass(frozen=True)
class InvitationRow:
    """An open invitation and how it stands."""

    invitation: Invitation
    state: str


@dataclass(frozen=True)
class People:
    """Members and open invitations of one vendor."""

    members: list[Member]
    invitations: list[InvitationRow]


def _state(invitation: Invitation) -> str:
    if invitation.sent_at is None:
        return _("Waiting to be sent")
    if invitation.expires_at <= timezone.now():
        return _("Expired")
    return _("Sent")


def people(vendor: Vendor, reader: User) -> People:
    """Who acts for the vendor, and who is invited, which is not for its helpers to read. Two queries."""
    members = vendor.members.filter(is_active=True).select_related("user").order_by("role", "user__name", "id")
    invitations = vendor.invitations.pending().select_related("created_by")
    found = list(members)
    if any(one.user_id == reader.pk and one.role == MemberRole.HELPER for one in found):
        return People(found, [])
    return People(found, [InvitationRow(i, _state(i)) for i in invitations])


def leads(vendor: Vendor) -> QuerySet[Member]:
    """Those who may submit, by name."""
    members = vendor.members.filter(is_active=True, role=MemberRole.LEAD, user__is_active=True)
    return members.select_related("user").order_by("user__name", "id")


def is_lead(user: User, vendor: Vendor) -> bool:
    """Whether this person is an active lead of this vendor."""
    return user.memberships.filter(vendor=vendor, is_active=True, role=MemberRole.LEAD).exists()


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address already. Asked only for who holds an invitation to it."""
    return User.objects.filter(email__iexact=email).exists()
