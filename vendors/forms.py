"""Forms about vendors and their people. They hand over domain values and write nothing."""

import uuid

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.names import plain_name
from vendors.models import MemberRole, Tier


def helper(button: str) -> FormHelper:
    """A helper with one button whose words name the act."""
    made = FormHelper()
    made.attrs = {"novalidate": True}
    made.add_input(Submit("submit", button))
    return made


class VendorForm(forms.Form):
    """Name, what it does for us, and how much it matters."""

    name = forms.CharField(label=_("Name of the vendor"), max_length=120, validators=[plain_name])
    service = forms.CharField(
        label=_("What it does for us"),
        validators=[plain_name],
        max_length=120,
        required=False,
        help_text=_("For example card settlement. Shown in the report."),
    )
    tier = forms.ChoiceField(
        label=_("How much it matters"),
        choices=Tier.choices,
        widget=forms.RadioSelect,
        help_text=_("With the severity of a finding this sets its priority"),
        error_messages={"required": _("Choose how much it matters")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: object, button: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(button)


class InviteForm(forms.Form):
    """One person to invite."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("The link works for this address only"),
        widget=forms.EmailInput,
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False, validators=[plain_name])
    role = forms.ChoiceField(
        label=_("What they do"),
        choices=[
            (MemberRole.LEAD, _("Lead: answers, invites colleagues and submits")),
            (MemberRole.RESPONDENT, _("Respondent: answers and adds evidence")),
            (MemberRole.HELPER, _("Helper: sees and answers only the questions you assign to them")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they do")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send invitation"))


class JoinForm(forms.Form):
    """A new person accepts: name and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[plain_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=200,
        help_text=_("At least 15 characters. A few words in a row make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.helper = helper(_("Accept and continue"))
        # Tells password managers which account the new password belongs to.
        self.helper.layout = Layout(
            HTML('{% include "vendors/username_field.html" %}'),
            "name",
            "password",
        )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        password = cleaned.get("password")
        if password:
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
