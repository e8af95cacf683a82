"""Start a campaign: what all its assessments have in common, and the list of vendors."""

from __future__ import annotations

from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions.campaigns import CampaignContent
from assessments.forms.assessments import EditForm
from assessments.intake import Refused
from assessments.intake.vendor_lists import VendorList, read_file, read_list
from assessments.limits import CAMPAIGN_NAME_LENGTH
from assessments.wording import spoken
from users.models import User
from users.names import plain_name


class CampaignForm(EditForm):
    """Name, period, due date, analyst, and the list as a file or pasted. A file wins, and its text is shown again.

    `found` is the list once the form is valid. `looked_at` comes from the preview alone.
    """

    name = forms.CharField(
        label=gettext_lazy("Name of the campaign"),
        max_length=CAMPAIGN_NAME_LENGTH,
        validators=[plain_name],
        help_text=gettext_lazy("For our own lists, vendors do not see it"),
        error_messages={"required": gettext_lazy("Name the campaign")},
    )
    file = forms.FileField(
        label=gettext_lazy("List of vendors, as a CSV file"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("Up to 100 vendors and 200 kB"),
        widget=forms.FileInput({"accept": ".csv,.txt"}),
    )
    vendors = forms.CharField(
        label=gettext_lazy("Or paste the list"),
        required=False,
        strip=False,
        help_text=gettext_lazy("One vendor a line, under a line with the names of the columns"),
        widget=forms.Textarea({"rows": 8, "class": "mono", "spellcheck": "false", "wrap": "off"}),
    )
    looked_at = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("name", "period", "due_on", "analyst", "file", "vendors", "looked_at", "form_key")
    submit_label = gettext_lazy("Check the list")

    found: VendorList

    def __init__(
        self,
        data: MultiValueDict | None = None,
        files: MultiValueDict | None = None,
        *,
        analysts: QuerySet[User],
        **kwargs: object,
    ) -> None:
        super().__init__(data, files, analysts=analysts, **kwargs)
        self.fields["due_on"].required = True
        self.helper: FormHelper
        self.helper.form_action = "assessments:campaign-new"

    def clean(self) -> dict[str, object]:
        """Read the list, and say at its field why it cannot be read."""
        cleaned = super().clean()
        file, text = cleaned.get("file"), cleaned.get("vendors", "")
        place = "file" if file else "vendors"
        try:
            if file:
                text = read_file(file.file)
            cleaned["vendors"] = text = text.replace("\r\n", "\n").replace("\r", "\n")
            if not text.strip():
                raise Refused(_("Choose a file, or paste the list here."))
            if file:  # so that the list can be mended on the page
                self.data = self.data.copy()
                self.data["vendors"] = text
            self.found = read_list(text)
        except Refused as refused:
            self.add_error(place, spoken(refused))
        return cleaned

    def content(self) -> CampaignContent:
        """What the action wants to know."""
        return CampaignContent(**{name: self.cleaned_data[name] for name in ("name", "period", "due_on", "analyst")})
