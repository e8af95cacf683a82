"""The form in which an administrator orders that a vendor be erased."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.limits import REASON_LENGTH, VENDOR_NAME_LENGTH


class ErasureForm(forms.Form):
    """Why, and the vendor's name typed out, so that nobody erases the wrong one by a click."""

    reason = forms.CharField(
        label=_("Why is the vendor erased?"),
        help_text=_("Kept for good, so do not name the vendor or its people"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write the reason")},
    )
    name = forms.CharField(
        label=_("Type the name of the vendor"),
        help_text=_("Exactly as it stands above"),
        max_length=VENDOR_NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Type the name of the vendor")},
    )

    def __init__(self, *args: object, vendor_name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.vendor_name = vendor_name

    def clean_name(self) -> str:
        """The name as it is stored."""
        name: str = self.cleaned_data["name"]
        if name != self.vendor_name:
            raise forms.ValidationError(gettext("This is not the name of the vendor"))
        return name
