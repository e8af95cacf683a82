"""Start an assessment, and change when and by whom."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms.days import day_input
from assessments.limits import REASON_LENGTH
from users.models import User
from vendors.models import Vendor

DAYS_TO_ANSWER = 21


def default_due_on() -> date:
    """Three weeks from today."""
    return timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)


class EditForm(forms.Form):
    """Period, due date and analyst."""

    period = forms.CharField(
        label=gettext_lazy("Period"), max_length=40, help_text=gettext_lazy("For example 2026, or 2026 second half")
    )
    due_on = forms.DateField(
        label=gettext_lazy("Answers are due on"),
        required=False,
        help_text=gettext_lazy("The vendor sees this date"),
        widget=day_input(),
    )
    analyst = forms.ModelChoiceField(
        label=gettext_lazy("Analyst"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )

    submit_label = gettext_lazy("Save changes")

    def __init__(self, *args: object, analysts: QuerySet[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["analyst"].queryset = analysts
        self.helper = FormHelper()
        self.helper.form_show_errors = True
        self.helper.attrs = {"novalidate": ""}
        self.helper.add_input(Submit("submit", self.submit_label))

    def clean_due_on(self) -> date | None:
        """A day that the vendor can still keep, unless it stays as it was; without one it is set before sending."""
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate() and due_on != self.initial.get("due_on"):
            raise forms.ValidationError(_("Choose a due date that is not past"))
        return due_on


class ReasonForm(forms.Form):
    """Why something is done; whether one is needed is for the action to say."""

    reason = forms.CharField(
        required=False,
        max_length=REASON_LENGTH,
        error_messages={
            "max_length": format_lazy(
                gettext_lazy("The reason must be {limit} characters or less. Nothing was changed."),
                limit=f"{REASON_LENGTH:,}",
            )
        },
    )


class OpenForm(EditForm):
    """A new assessment of one vendor. `form_key` makes a second click harmless."""

    vendor = forms.ModelChoiceField(
        label=gettext_lazy("Vendor"),
        queryset=Vendor.objects.none(),
        empty_label=gettext_lazy("Choose a vendor"),
        error_messages={"required": gettext_lazy("Choose a vendor")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("vendor", "period", "due_on", "analyst", "form_key")
    submit_label = gettext_lazy("Start the assessment")

    def __init__(self, *args: object, vendors: QuerySet[Vendor], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vendor"].queryset = vendors
