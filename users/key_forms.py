"""Forms about passkeys and security keys: allauth's own, whose fields have no words of their own to translate."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddKeyForm(AddWebAuthnForm):
    """Without a name allauth makes one up."""

    name = forms.CharField(label=_("Name"), required=False)


class RenameKeyForm(EditWebAuthnForm):
    """A key that has a name keeps one."""

    name = forms.CharField(label=_("Name"))
