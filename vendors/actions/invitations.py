"""Invitations: bound to one address, one vendor and one role; used once; accepted by POST only."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.trail import record
from outbox.actions import enqueue
from outbox.queries import is_on_its_way
from users.models import User
from vendors.models import Invitation, Member, MemberRole, Vendor

VENDOR_INVITATIONS = 50  # open ones of one vendor
VENDOR_INVITATIONS_A_DAY = 100  # withdrawn and accepted ones as well
ADDRESS_INVITATIONS_A_DAY = 3  # of one vendor to one address


class InvitationRefused(Exception):
    """Why a link, or an invitation, does not work; the message says what to do."""


def hash_token(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, vendor: Vendor, email: str, name: str, role: str, by: User) -> Invitation:
    """Invite one person. An open invitation for the same address is returned instead of making a second one.

    Raises InvitationRefused for staff, for a member, and for an open invitation in another role.
    """
    Vendor.objects.select_for_update().get(pk=vendor.pk)
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exclude(staff_role="").exists():
        raise InvitationRefused(_("This address cannot be invited. Use the person's address at the vendor."))
    if Member.objects.filter(vendor=vendor, user__email__iexact=email, is_active=True).exists():
        raise InvitationRefused(_("This person is a member already."))
    open_one = Invitation.objects.pending().filter(vendor=vendor, email=email).first()
    if open_one is not None:
        if open_one.role != role:
            raise InvitationRefused(_("This person is invited in another role. Withdraw that invitation first."))
        return open_one
    if Invitation.objects.pending().filter(vendor=vendor).count() >= VENDOR_INVITATIONS:
        words = _("%(number)s invitations are open. Withdraw those that are not needed first.")
        raise InvitationRefused(words % {"number": VENDOR_INVITATIONS})
    _refuse_flood(vendor, email)
    invitation = Invitation.objects.create(
        vendor=vendor, email=email, name=name.strip(), role=MemberRole(role), created_by=by
    )
    record(
        kind="invitation.created",
        by=by,
        vendor=vendor.pk,
        target=f"invitation:{invitation.pk}",
        details={"email": email, "role": role},
    )
    enqueue(kind="vendor.invitation", to=email, params={"invitation": invitation.pk}, vendor=vendor.pk)
    return invitation


def _refuse_flood(vendor: Vendor, email: str) -> None:
    """Each invitation is a mail to whoever a lead names: inviting and withdrawing in turn must not flood a mailbox."""
    today = Invitation.objects.filter(vendor=vendor, created_at__gt=timezone.now() - timedelta(days=1))
    if today.filter(email=email).count() >= ADDRESS_INVITATIONS_A_DAY:
        words = _("This address was invited %(number)s times today. Try again tomorrow.")
        raise InvitationRefused(words % {"number": ADDRESS_INVITATIONS_A_DAY})
    if today.count() >= VENDOR_INVITATIONS_A_DAY:
        words = _("%(number)s people were invited today. Try again tomorrow.")
        raise InvitationRefused(words % {"number": VENDOR_INVITATIONS_A_DAY})


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send it again with a new link; the link sent before stops working when the new one is made."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationRefused(_("This invitation is no longer open. Invite the person again."))
    if is_on_its_way(kind="vendor.invitation", params={"invitation": invitation.pk}):
        raise InvitationRefused(_("A mail to this person is on its way. Wait ten minutes before you send another one."))
    record(kind="invitation.resent", by=by, vendor=invitation.vendor_id, target=f"invitation:{invitation.pk}")
    enqueue(
        kind="vendor.invitation", to=invitation.email, params={"invitation": invitation.pk}, vendor=invitation.vendor_id
    )
    return invitation


@transaction.atomic
def issue_token(*, invitation: Invitation) -> str:
    """Make the token for a mail that is being sent, and start the clock."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(
        token_hash=hash_token(token), sent_at=now, expires_at=now + settings.INVITATION_LIFETIME
    )
    return token


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Withdraw an invitation that was not accepted. Its link stops working at once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise InvitationRefused(_("This invitation was accepted already. Remove the person instead."))
    if invitation.revoked_at is None:
        invitation.revoked_at, invitation.revoked_by, invitation.token_hash = timezone.now(), by, None
        invitation.save(update_fields=["revoked_at", "revoked_by", "token_hash"])
        record(kind="invitation.revoked", by=by, vendor=invitation.vendor_id, target=f"invitation:{invitation.pk}")
    return invitation


def find_usable(token_hash: str) -> Invitation:
    """The invitation behind a link. Raises InvitationRefused, with the reason where it may be told."""
    invitation = Invitation.objects.select_related("vendor", "created_by").filter(token_hash=token_hash).first()
    if invitation is None or invitation.vendor.archived_at:
        raise InvitationRefused(_("This link does not work. It may have been used already or replaced by a newer one."))
    if invitation.expires_at is None or invitation.expires_at <= timezone.now():
        words = _("This link has expired. Ask %(name)s to send a new one.")
        raise InvitationRefused(words % {"name": invitation.created_by.name})
    return invitation


@transaction.atomic
def accept(*, token_hash: str, user: User | None, name: str = "", password: str = "") -> tuple[Invitation, User]:
    """Make the membership. Everything is checked again here, under a lock, whatever the page before it saw.

    `user` is who is signed in; without one an account is made from `name` and `password`.
    Raises InvitationRefused for a link that was used, has expired or was withdrawn, and for another person's address.
    """
    found = find_usable(token_hash)
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if invitation.token_hash != token_hash or invitation.accepted_at or invitation.revoked_at:
        raise InvitationRefused(_("This link does not work. It may have been used already or replaced by a newer one."))
    if user is None:
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise InvitationRefused(_("This address has an account. Sign in first, then open the link again."))
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    email=invitation.email, name=name, password=password, language=get_language() or ""
                )
        except IntegrityError as error:  # another invitation for this address was accepted at the same moment
            raise InvitationRefused(
                _("This address has an account. Sign in first, then open the link again.")
            ) from error
        # The link was sent to this address and to no other, so it is verified.
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if user.email.lower() != invitation.email or user.staff_role:
        raise InvitationRefused(_("This invitation is for another address. Sign out, then open the link again."))
    member, created = Member.objects.get_or_create(
        vendor_id=invitation.vendor_id, user=user, defaults={"role": invitation.role}
    )
    if not created:
        member.role, member.is_active = invitation.role, True
        member.save(update_fields=["role", "is_active"])
    invitation.accepted_at, invitation.accepted_by, invitation.token_hash = timezone.now(), user, None
    invitation.save(update_fields=["accepted_at", "accepted_by", "token_hash"])
    record(
        kind="invitation.accepted",
        by=user,
        vendor=invitation.vendor_id,
        target=f"invitation:{invitation.pk}",
        details={"role": invitation.role},
    )
    return invitation, user


@transaction.atomic
def remove_member(*, member: Member, by: User) -> Member:
    """End a person's right to act for the vendor; it holds from their next request on.

    Raises InvitationRefused for the last lead, without whom nobody could submit.
    """
    Vendor.objects.select_for_update().get(pk=member.vendor_id)
    member = Member.objects.get(pk=member.pk)
    if not member.is_active:
        return member
    others = Member.objects.filter(vendor_id=member.vendor_id, role=MemberRole.LEAD, is_active=True).exclude(
        pk=member.pk
    )
    if member.role == MemberRole.LEAD and not others.exists():
        raise InvitationRefused(_("This is the only lead. Invite another lead first."))
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(
        kind="member.removed",
        by=by,
        vendor=member.vendor_id,
        target=f"member:{member.pk}",
        details={"user": member.user_id},
    )
    return member
