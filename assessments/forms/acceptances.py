"""The form in which a manager accepts a risk."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms.days import day_input
from assessments.limits import REASON_LENGTH


class AcceptanceForm(forms.Form):
    """Why, and until when. `base_version` is the version of the finding that was looked at."""

    reason = forms.CharField(
        label=_("Why is the risk accepted?"),
        help_text=_("Kept for good. The vendor does not read it"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write the reason")},
    )
    until = forms.DateField(
        label=_("Accepted until"),
        help_text=_("The last day. After it the finding is open again"),
        widget=day_input(),
        error_messages={"required": _("Enter the last day")},
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_until(self) -> date:
        """A day to come: an acceptance that is over from the start is none."""
        until = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise forms.ValidationError(gettext("Choose a day that is not past"))
        return until
