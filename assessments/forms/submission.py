"""What a lead confirms and signs when they submit."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.limits import NAME_LENGTH
from assessments.reports.submission import STATEMENT
from users.names import plain_name


class AttestationForm(forms.Form):
    """The sentence, and the name of the person who says it."""

    confirmed = forms.BooleanField(
        label=_(STATEMENT), error_messages={"required": _("Confirm that the answers and files are complete and true")}
    )
    signed_name = forms.CharField(
        label=_("Your full name"),
        help_text=_("Typing it signs this declaration. It stands on the receipt."),
        max_length=NAME_LENGTH,
        validators=[plain_name],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={
            "required": _("Type your name to sign"),
            "max_length": format_lazy(_("Your name must be {count} characters or less"), count=NAME_LENGTH),
        },
    )
