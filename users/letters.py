"""Mail about a person's own account."""

from collections.abc import Mapping

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from outbox.letters import Letter, know_recipients, register
from users.mail import recipient
from users.models import User

NOTICES = {
    "account/email/password_changed": "Your password was changed.",
    "account/email/password_set": "A password was set for your account.",
    "account/email/password_reset": "Your password was reset.",
    "account/email/email_changed": "The e-mail address of your account was changed.",
    "account/email/email_confirm": "An e-mail address of your account was confirmed.",
    "account/email/email_deleted": "An e-mail address was removed from your account.",
    "mfa/email/totp_activated": "An authenticator app was added to your account.",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made for your account.",
    "mfa/email/webauthn_added": "A passkey was added to your account.",
    "mfa/email/webauthn_removed": "A passkey was removed from your account.",
}


def password_link(user: User) -> str:
    """The address where this person can set a password: once, and within PASSWORD_RESET_TIMEOUT seconds."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, token = key.partition("-")
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


def _first(words: str) -> str:
    """Every mail begins with who sends it and why."""
    return f"{settings.ORGANISATION_NAME} {words}\n\n"


def _reset_password(params: Mapping[str, object]) -> Letter | None:
    user = User.objects.filter(pk=params["user"], is_active=True).first()
    if user is None:
        return None
    return Letter(
        "Assay: set a new password",
        _first("uses Assay for security assessments, and a new password was asked for your account there.")
        + f"Open this link to set it. It works once, for three days.\n\n{password_link(user)}\n\n"
        "If you did not ask for this, you can ignore this mail.\n",
    )


def _welcome(params: Mapping[str, object]) -> Letter | None:
    user = User.objects.filter(pk=params["user"], is_active=True).first()
    if user is None or user.has_usable_password():
        return None
    return Letter(
        "Assay: your account",
        _first("has given you an account on Assay, where it assesses the security of its vendors.")
        + f"Open this link to choose a password. It works once, for three days.\n\n{password_link(user)}\n",
    )


def _confirm_address(params: Mapping[str, object]) -> Letter | None:
    address = EmailAddress.objects.filter(pk=params["address"], verified=False).first()
    if address is None:
        return None
    link = settings.SITE_URL + reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(address).key])
    return Letter(
        "Assay: confirm your e-mail address",
        _first("uses Assay for security assessments, and this address was given for an account there.")
        + f"Open this link to confirm that the address is yours:\n\n{link}\n",
    )


def _notice(params: Mapping[str, object]) -> Letter | None:
    words = NOTICES.get(str(params["template"]), "Something about your account was changed.")
    link = settings.SITE_URL + reverse("mfa_index")
    return Letter(
        "Assay: a change to your account",
        _first("uses Assay for security assessments, and you have an account there.")
        + f"{words}\n\nIf this was not you, reset your password now and look at your account:\n\n{link}\n",
    )


def register_letters() -> None:
    """Called once, when the app starts."""
    register("account.reset_password", _reset_password, name="Password reset")
    register("account.welcome", _welcome, name="New account")
    register("account.confirm_address", _confirm_address, name="Address to confirm")
    register("account.notice", _notice, name="Change to an account")
    know_recipients(recipient)
