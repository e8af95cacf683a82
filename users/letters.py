"""Mail about a person's own account. It begins with who sends it and why."""

from collections.abc import Mapping

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.models import Anchor
from outbox.letters import Letter, know_recipients, register
from users.mail import recipient
from users.models import User

NOTICES = {
    "account/email/password_changed": gettext_noop("Your password was changed."),
    "account/email/password_set": gettext_noop("A password was set for your account."),
    "account/email/password_reset": gettext_noop("Your password was reset."),
    "account/email/email_changed": gettext_noop("The e-mail address of your account was changed."),
    "account/email/email_confirm": gettext_noop("An e-mail address of your account was confirmed."),
    "account/email/email_deleted": gettext_noop("An e-mail address was removed from your account."),
    "mfa/email/totp_activated": gettext_noop("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": gettext_noop("The authenticator app was removed from your account."),
    "mfa/email/recovery_codes_generated": gettext_noop("New recovery codes were made for your account."),
    "mfa/email/webauthn_added": gettext_noop("A passkey was added to your account."),
    "mfa/email/webauthn_removed": gettext_noop("A passkey was removed from your account."),
}


def password_link(user: User) -> str:
    """The address where this person can set a password: once, and within PASSWORD_RESET_TIMEOUT seconds."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


def _reset_password(params: Mapping[str, object]) -> Letter | None:
    user = User.objects.filter(pk=params["user"], is_active=True).first()
    if user is None:
        return None
    return Letter(
        _("Assay: set a new password"),
        _(
            "%(organisation)s uses Assay for security assessments, and a new password was asked for your account "
            "there.\n\n"
            "Open this link to set it. It works once, for three days.\n\n%(link)s\n\n"
            "If you did not ask for this, you can ignore this mail.\n"
        )
        % {"organisation": settings.ORGANISATION_NAME, "link": password_link(user)},
    )


def _welcome(params: Mapping[str, object]) -> Letter | None:
    user = User.objects.filter(pk=params["user"], is_active=True).first()
    if user is None or user.has_usable_password():
        return None
    return Letter(
        _("Assay: your account"),
        _(
            "%(organisation)s has given you an account on Assay, where it assesses the security of its vendors.\n\n"
            "Open this link to choose a password. It works once, for three days.\n\n%(link)s\n"
        )
        % {"organisation": settings.ORGANISATION_NAME, "link": password_link(user)},
    )


def _confirm_address(params: Mapping[str, object]) -> Letter | None:
    address = EmailAddress.objects.filter(pk=params["address"], verified=False).first()
    if address is None:
        return None
    link = settings.SITE_URL + reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(address).key])
    return Letter(
        _("Assay: confirm your e-mail address"),
        _(
            "%(organisation)s uses Assay for security assessments, and this address was given for an account there."
            "\n\nOpen this link to confirm that the address is yours:\n\n%(link)s\n"
        )
        % {"organisation": settings.ORGANISATION_NAME, "link": link},
    )


def _notice(params: Mapping[str, object]) -> Letter | None:
    what = NOTICES.get(str(params["template"]), gettext_noop("Something about your account was changed."))
    link = settings.SITE_URL + reverse("mfa_index")
    return Letter(
        _("Assay: a change to your account"),
        _(
            "%(organisation)s uses Assay for security assessments, and you have an account there.\n\n%(what)s\n\n"
            "If this was not you, reset your password now and look at your account:\n\n%(link)s\n"
        )
        % {"organisation": settings.ORGANISATION_NAME, "what": _(what), "link": link},
    )


def _trail_anchored(params: Mapping[str, object]) -> Letter | None:
    found = Anchor.objects.filter(pk=params["anchor"]).first()
    if found is None:
        return None
    words = _(
        "%(organisation)s asks you to keep this mail. Its audit trail up to %(moment)s UTC has this digest, and "
        "nobody can rewrite the trail without changing it:"
    ) % {
        "organisation": settings.ORGANISATION_NAME,
        "moment": f"{found.at:%Y-%m-%d %H:%M}",
    }
    command = f"manage.py verify_audit --anchor {found.digest}"
    return Letter(_("Assay: anchor of the audit trail"), f"{words}\n\n{found.digest}\n\n{command}\n")


def register_letters() -> None:
    """Called once, when the app starts."""
    register("account.reset_password", _reset_password, name=gettext_noop("Password reset"))
    register("account.welcome", _welcome, name=gettext_noop("New account"))
    register("account.confirm_address", _confirm_address, name=gettext_noop("Address to confirm"))
    register("trail.anchored", _trail_anchored, name=gettext_noop("Anchor of the audit trail"), is_optional=True)
    register("account.notice", _notice, name=gettext_noop("Change to an account"))
    know_recipients(recipient)
