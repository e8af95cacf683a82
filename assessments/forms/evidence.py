"""Small forms about files."""

from datetime import UTC, datetime, time
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone


class DateForm(forms.Form):
    """Of what day a file is that does not carry its own date."""

    day = forms.DateField(
        error_messages={
            "required": "Enter the day the file shows",
            "invalid": "Enter the day as year-month-day, for example 2027-01-31",
        }
    )

    def moment(self) -> datetime:
        """Noon of that day, which is the same day nearly everywhere; for today, now."""
        noon = datetime.combine(self.cleaned_data["day"], time(12), tzinfo=UTC)
        now = timezone.now()
        return now if noon.date() == now.date() else noon


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
