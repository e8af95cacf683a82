"""How allauth fits into this product: no sign-up, mail through the outbox, seeds of second factors encrypted."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from outbox.actions import enqueue

# Texts of allauth whose own German is informal or wrong. Named here they are collected with ours, which come first.
RETRANSLATED = (
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Incorrect code."),
    gettext_noop("Invalid or expired key."),
    gettext_noop("Please select only one."),
    gettext_noop("Please type your current password."),
    gettext_noop("The new value must be different from the current one."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Unable to confirm %(email)s because it is already confirmed by a different account."),
    gettext_noop("You cannot add more than %d email addresses."),
    gettext_noop("You cannot remove your primary email address (%(email)s)."),
    gettext_noop("You have confirmed %(email)s."),
    gettext_noop("You have signed out."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Your primary email address must be verified."),
)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Queue the mail by what it is about. Links are made when the worker sends it, so no row holds one."""
        user = context.get("user")
        params: dict[str, object] = {"template": template_prefix}
        if template_prefix == "account/email/email_confirmation":
            address = EmailAddress.objects.get(user=user, email__iexact=email)
            enqueue(kind="account.confirm_address", to=email, params={"address": address.pk})
        elif template_prefix == "account/email/password_reset_key":
            enqueue(kind="account.reset_password", to=email, params={"user": user.pk})
        else:
            enqueue(kind="account.notice", to=email, params=params)


class MFAAdapter(DefaultMFAAdapter):
    """Seeds and recovery codes are stored encrypted with a key that is not in the database."""

    def _box(self) -> MultiFernet:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return MultiFernet(
            [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"assay.mfa:{key}".encode()).digest())) for key in keys]
        )

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()
