"""Choose questions and which analyst scores them."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.queries.reviewers import Domain
from users.models import User

NOBODY = "nobody"


class ReviewersForm(forms.Form):
    """Questions one by one or by whole domains, and an analyst or nobody in particular."""

    questions = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose questions from the list")},
    )
    domains = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": gettext_lazy("Choose domains from the list")}
    )
    reviewer = forms.ChoiceField(
        label=gettext_lazy("Who scores them"),
        error_messages={
            "required": gettext_lazy("Choose who scores them"),
            "invalid_choice": gettext_lazy("Choose somebody from the list"),
        },
    )

    def __init__(self, *args: object, parts: Sequence[Domain], analysts: Iterable[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.people = {str(one.pk): one for one in analysts}
        self.fields["questions"].choices = [(task.number, str(task.number)) for part in parts for task in part.tasks]
        self.fields["domains"].choices = [(part.slug, part.name) for part in parts]
        self.fields["reviewer"].choices = [
            ("", _("Choose a person")),
            *[(key, one.name) for key, one in self.people.items()],
            (NOBODY, _("Nobody in particular")),
        ]

    def clean(self) -> dict[str, object]:
        """At least one question, on its own or with its domain."""
        data = super().clean() or {}
        if not self.errors.keys() & {"questions", "domains"} and not self.numbers():
            self.add_error("questions", _("Choose at least one question or domain"))
        return data

    def numbers(self) -> list[int]:
        """The chosen questions, those of whole domains with them, in order."""
        whole = set(self.cleaned_data.get("domains", ()))
        numbers = set(self.cleaned_data.get("questions", ()))
        return sorted(numbers.union(*({task.number for task in one.tasks} for one in self.parts if one.slug in whole)))

    def person(self) -> User | None:
        """The chosen analyst, None for nobody."""
        return self.people.get(self.cleaned_data["reviewer"])
