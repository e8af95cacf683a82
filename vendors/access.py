"""The door to vendors: 404 for a stranger's, 403 for what your role does not allow."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from users.models import StaffRole, User
from vendors.models import Invitation, Member, Vendor
from vendors.queries import is_lead

WRITERS = {"analyst", "manager", "administrator"}


def vendor_for(user: User, pk: int) -> Vendor:
    """The vendor, if this person may see it."""
    return get_object_or_404(Vendor.objects.visible_to(user), pk=pk)


def vendor_to_change(user: User, pk: int) -> Vendor:
    """The vendor, for our own people."""
    vendor = vendor_for(user, pk)
    if user.staff_role not in WRITERS:
        raise PermissionDenied(_("Your role does not allow this. Nothing was changed."))
    return vendor


def vendor_to_erase(user: User, pk: int) -> Vendor:
    """The vendor, for an administrator."""
    vendor = vendor_for(user, pk)
    if user.staff_role != StaffRole.ADMINISTRATOR:
        raise PermissionDenied(_("Your role does not allow this. Nothing was changed."))
    return vendor


def vendor_to_invite_for(user: User, pk: int) -> Vendor:
    """The vendor, for who may invite to it: our own people and its leads."""
    vendor = vendor_for(user, pk)
    if user.staff_role not in WRITERS and not is_lead(user, vendor):
        raise PermissionDenied(_("Only a lead can do this. Nothing was changed."))
    return vendor


def invitation_for(user: User, pk: int) -> Invitation:
    """An invitation of a vendor this person may invite for."""
    return get_object_or_404(Invitation.objects.visible_to(user).select_related("vendor"), pk=pk)


def member_for(user: User, pk: int) -> Member:
    """A member of a vendor this person may invite for."""
    member = get_object_or_404(Member, pk=pk, vendor__in=Vendor.objects.visible_to(user))
    vendor_to_invite_for(user, member.vendor_id)
    return member
