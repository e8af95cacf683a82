"""Choose questions and who answers them."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.names import plain_name
from vendors.models import Member

NEW = "new"
NOBODY = "nobody"


class AssignForm(forms.Form):
    """Questions, and a colleague who is there or has to be invited. Only a lead may invite."""

    questions = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose at least one question"),
            "invalid_choice": gettext_lazy("Choose questions from the list"),
        },
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who answers them"),
        error_messages={
            "required": gettext_lazy("Choose who answers"),
            "invalid_choice": gettext_lazy("Choose somebody from the list"),
        },
    )
    email = forms.EmailField(label=gettext_lazy("Email address"), max_length=254, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False, validators=[plain_name])

    def __init__(
        self, *args: object, numbers: Sequence[int], colleagues: Sequence[Member], may_invite: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = [(number, str(number)) for number in numbers]
        people = [(str(member.user_id), f"{member.user.name} ({member.get_role_display()})") for member in colleagues]
        more = [(NEW, _("Somebody new, by email"))] if may_invite else []
        self.fields["who"].choices = [
            ("", _("Choose a person")),
            *people,
            *more,
            (NOBODY, _("Nobody in particular")),
        ]

    def clean(self) -> dict[str, object]:
        """A new person needs an address."""
        data = super().clean() or {}
        if data.get("who") == NEW and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the address of the person you want to invite"))
        return data


class ForwardForm(forms.Form):
    """The right person for the whole request."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        error_messages={"required": gettext_lazy("Enter the address of the right person")},
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False, validators=[plain_name])
