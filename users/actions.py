"""Every write about people and their rights."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.trail import record
from outbox.actions import enqueue
from users.models import StaffRole, User


class StaffRefused(Exception):
    """A change that would break something; the message says what to do instead."""


@transaction.atomic
def add_staff(*, email: str, name: str, role: str, by: User | None) -> User:
    """Give one of our own people an account and mail them a link to choose a password.

    Asked twice for the same address it returns the account that is there. `by` is None on the command line.
    Raises StaffRefused where the address belongs to a vendor's person.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is not None:
        if user.staff_role:
            return user
        raise StaffRefused(_("This address belongs to a vendor's person. Use another address."))
    user = User.objects.create_user(email=email, name=name, staff_role=StaffRole(role))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(kind="staff.added", by=by, vendor=None, target=f"user:{user.pk}", details={"role": role})
    if by is not None:
        enqueue(kind="account.welcome", to=user.email, params={"user": user.pk})
    return user


def _other_administrators(user: User) -> bool:
    others = (
        User.objects.select_for_update().filter(staff_role=StaffRole.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    )
    return bool(list(others))


@transaction.atomic
def change_staff(*, user: User, role: str, is_active: bool, by: User) -> User:
    """Change what one of our people may do; it holds from their next request on, and ends their sessions.

    Raises StaffRefused for one's own account and for the last administrator.
    """
    if user.pk == by.pk:
        raise StaffRefused(_("You cannot change your own rights. Ask another administrator."))
    user = User.objects.select_for_update().get(pk=user.pk)
    loses_administration = user.staff_role == StaffRole.ADMINISTRATOR and (
        role != StaffRole.ADMINISTRATOR or not is_active
    )
    if loses_administration and not _other_administrators(user):
        raise StaffRefused(_("This is the last administrator. Make somebody else administrator first."))
    before = {"role": user.staff_role, "active": user.is_active}
    after = {"role": str(StaffRole(role)), "active": is_active}
    if before == after:
        return user
    user.staff_role, user.is_active = StaffRole(role), is_active
    user.save(update_fields=["staff_role", "is_active"])
    end_sessions(user=user)
    record(
        kind="staff.changed", by=by, vendor=None, target=f"user:{user.pk}", details={"before": before, "after": after}
    )
    return user


def end_sessions(*, user: User) -> None:
    """Sign this person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def end_other_sessions(*, user: User, request: HttpRequest, **rest: object) -> None:
    """A second factor was added: sessions that never proved it end, wherever they were begun, but for this one."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()


@transaction.atomic
def change_profile(
    *, user: User, name: str, theme: str, has_single_keys: bool, has_optional_mail: bool, language: str | None = None
) -> User:
    """A person changes how Assay looks and speaks to them, and which mail they get. No language leaves it as it is."""
    after = {
        "name": name,
        "theme": theme,
        "has_single_keys": has_single_keys,
        "has_optional_mail": has_optional_mail,
        "language": language or user.language,
    }
    before = {column: getattr(user, column) for column in after}
    if before == after:
        return user
    for column, value in after.items():
        setattr(user, column, value)
    user.save(update_fields=list(after))
    # The name stands beside answers and in reports, so a change of it belongs to the trail.
    record(
        kind="profile.changed",
        by=user,
        vendor=None,
        target=f"user:{user.pk}",
        details={"before": before, "after": after},
    )
    return user


@transaction.atomic
def mute_mail(*, user: User, by: User) -> User:
    """Send this person what is essential and no more. `by` is the person too: the link in a mail stands for them."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.has_optional_mail:
        user.has_optional_mail = False
        user.save(update_fields=["has_optional_mail"])
        record(kind="mail.muted", by=by, vendor=None, target=f"user:{user.pk}")
    return user
