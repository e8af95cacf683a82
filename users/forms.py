"""Forms about people."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from users.models import StaffRole, User
from users.names import plain_name

# What a person may mute, by whether they are one of our own people.
OPTIONAL_MAIL = {
    True: _(
        "When answers are submitted, a report is ready, a fix is to be checked or a condition is past its date. Mails "
        "about your account always come."
    ),
    False: _(
        "When answers fall due, are overdue or are accepted, and when findings are overdue or verified as fixed. "
        "Invitations, questions sent or sent back to you, new findings and mails about your account always come."
    ),
}


class ProfileForm(forms.ModelForm):
    """How Assay looks to this person."""

    class Meta:
        model = User
        fields = ["name", "language", "theme", "has_single_keys", "has_optional_mail"]
        labels = {
            "name": _("Your name"),
            "language": _("Language"),
            "theme": _("Colours"),
            "has_single_keys": _("Use single-key shortcuts"),
            "has_optional_mail": _("Send me reminders and news by email"),
        }
        widgets = {"theme": forms.RadioSelect}
        help_texts = {"has_single_keys": _("On the scoring page, keys such as J and K work without Ctrl")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(plain_name)
        self.fields["has_optional_mail"].help_text = OPTIONAL_MAIL[bool(self.instance.staff_role)]
        if self.instance.staff_role:  # what staff read is in English only
            del self.fields["language"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", _("Save profile")))


class StaffForm(forms.Form):
    """A new member of staff."""

    name = forms.CharField(label=_("Name"), max_length=120, validators=[plain_name])
    email = forms.EmailField(label=_("Email address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=StaffRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", _("Add member of staff")))


class StaffChangeForm(forms.Form):
    """What a member of staff may do."""

    role = forms.ChoiceField(label=_("Role"), choices=StaffRole.choices, widget=forms.RadioSelect)
    is_active = forms.BooleanField(label=_("May sign in"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("change", _("Change rights")))
