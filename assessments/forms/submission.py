"""What a lead confirms and signs when they submit."""

from django import forms

from assessments.limits import NAME_LENGTH
from assessments.reports.submission import STATEMENT
from users.names import plain_name


class AttestationForm(forms.Form):
    """The sentence, and the name of the person who says it."""

    confirmed = forms.BooleanField(
        label=STATEMENT, error_messages={"required": "Confirm that the answers and files are complete and true"}
    )
    signed_name = forms.CharField(
        label="Your full name",
        help_text="Typing it signs this declaration. It stands on the receipt.",
        max_length=NAME_LENGTH,
        validators=[plain_name],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={
            "required": "Type your name to sign",
            "max_length": f"Your name must be {NAME_LENGTH} characters or less",
        },
    )
