"""The invitation mail. Its link is made here, at the moment of sending, and stored nowhere."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from outbox.letters import Letter, register


def _invitation(params: Mapping[str, object]) -> Letter | None:
    from vendors.actions.invitations import issue_token  # noqa: PLC0415 -- letters are registered before actions load
    from vendors.models import Invitation  # noqa: PLC0415 -- models are not loaded when the app registers

    invitation = Invitation.objects.pending().filter(pk=params["invitation"], vendor__archived_at=None).first()
    if invitation is None:
        return None
    token = issue_token(invitation=invitation)
    link = settings.SITE_URL + reverse("vendors:invitation-open", args=[token])
    hours = int(settings.INVITATION_LIFETIME.total_seconds() // 3600)
    words = {"organisation": settings.ORGANISATION_NAME, "hours": hours, "link": link}
    return Letter(
        _("%(organisation)s asks for your help with a security assessment") % words,
        ngettext(
            "%(organisation)s invites you to answer its questions about how your organisation runs AWS. "
            "It asks its vendors through Assay.\n\n"
            "Open this link to accept. It works once, for %(hours)s hour, and only for this e-mail address."
            "\n\n%(link)s\n\n"
            "Assay will never ask you for passwords or secret keys.\n",
            "%(organisation)s invites you to answer its questions about how your organisation runs AWS. "
            "It asks its vendors through Assay.\n\n"
            "Open this link to accept. It works once, for %(hours)s hours, and only for this e-mail address."
            "\n\n%(link)s\n\n"
            "Assay will never ask you for passwords or secret keys.\n",
            hours,
        )
        % words,
    )


def register_letters() -> None:
    """Called once, when the app starts."""
    register("vendor.invitation", _invitation, name=gettext_noop("Invitation"))
