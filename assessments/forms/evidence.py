"""Small forms about files."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.evaluators.result import GLOBAL
from vendors.models import AwsAccount

NO_REGION = _("Enter the region as AWS writes it, for example eu-west-1, or global")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


class DateForm(forms.Form):
    """Of what day a file is that does not carry its own date."""

    day = forms.DateField(
        error_messages={
            "required": _("Enter the day the file shows"),
            "invalid": _("Enter the day as year-month-day, for example 2027-01-31"),
        }
    )

    def moment(self) -> datetime:
        """Noon of that day, which is the same day nearly everywhere; for today, now."""
        noon = datetime.combine(self.cleaned_data["day"], time(12), tzinfo=UTC)
        now = timezone.now()
        return now if noon.date() == now.date() else noon


class PlaceForm(forms.Form):
    """Which account and region the output of an AWS command is from."""

    account = forms.ChoiceField(
        label=_("Account"),
        error_messages={
            "required": _("Choose the account the file is from"),
            "invalid_choice": _("Choose one of the accounts in scope"),
        },
    )
    region = forms.CharField(
        label=_("Region"),
        help_text=_("For example eu-west-1, or global for IAM, Organizations and S3"),
        max_length=25,
        error_messages={
            "required": _("Enter the region the file is from, or global"),
            "max_length": NO_REGION,
        },
    )

    def __init__(self, *args: Any, accounts: Sequence[AwsAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(one.account_id, str(one)) for one in accounts]

    def clean_region(self) -> str:
        """The name as AWS writes it."""
        region = self.cleaned_data["region"].lower()
        if region != GLOBAL and not _REGION.fullmatch(region):
            raise forms.ValidationError(NO_REGION)
        return region


def upload_ids(given: str, count: int) -> list[UUID] | None:
    """One id for each file of an upload: the page's own for a single one, so that "Try again" stores it once.

    None when the page sent something that is no id.
    """
    if count == 1 and given:
        try:
            return [UUID(given)]
        except ValueError:
            return None
    return [uuid4() for _ in range(count)]
