"""Asking for a second look, scoring in it, and settling what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions.reviews import ReviewContent
from assessments.actions.second_looks import Sample, Settlement
from assessments.forms.answers import TextField
from assessments.forms.reviews import ReviewForm
from assessments.limits import REASON_LENGTH, REPORT_NOTE_LENGTH
from assessments.models import Answer, SecondReview, SettledBy
from assessments.queries.review_sheet import option_choices
from assessments.scoring import RESULT_LABELS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from users.models import User

DRAWN = 10  # questions, proposed
ALL, DRAW, CHOOSE = "all", "draw", "choose"


class AskForm(forms.Form):
    """Who scores which questions blind."""

    analyst = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Second analyst"),
        help_text=gettext_lazy("Somebody who gave none of the first results"),
        empty_label=gettext_lazy("Choose a person"),
        error_messages={
            "required": gettext_lazy("Choose who takes the second look"),
            "invalid_choice": gettext_lazy("Choose somebody from the list"),
        },
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Which questions?"),
        choices=[
            (DRAW, gettext_lazy("A sample, drawn at random from each severity in proportion")),
            (CHOOSE, gettext_lazy("Questions I name")),
            (ALL, gettext_lazy("All questions")),
        ],
        widget=forms.RadioSelect,
        initial=DRAW,
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many are drawn"),
        required=False,
        initial=DRAWN,
        widget=forms.NumberInput({"class": "form-control", "min": 1}),
        error_messages={"invalid": gettext_lazy("Enter how many questions are drawn, as a number")},
    )
    numbers = forms.CharField(
        label=gettext_lazy("Numbers of the questions"),
        help_text=gettext_lazy("For example 3, 13, 21"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "form-control"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: object, analysts: QuerySet[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["analyst"].queryset = analysts
        self.fields["analyst"].label_from_instance = lambda user: user.name

    def clean(self) -> dict[str, object]:
        """Numbers become numbers; what was chosen needs its field."""
        data = super().clean() or self.cleaned_data
        if data.get("which") == DRAW and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Enter how many questions are drawn, as a number"))
        if data.get("which") == CHOOSE:
            words = [word for word in str(data.get("numbers") or "").replace(",", " ").split() if word]
            if not words or any(not (word.isascii() and word.isdigit() and len(word) < 5) for word in words):
                self.add_error("numbers", _("Enter the numbers of questions, with commas between"))
            else:
                data["numbers"] = [int(word) for word in words]
        return data

    def sample(self) -> Sample:
        """What was asked for; after is_valid()."""
        data = self.cleaned_data
        if data["which"] == DRAW:
            return Sample(count=data["count"])
        return Sample(numbers=data["numbers"] if data["which"] == CHOOSE else ())


class SecondForm(ReviewForm):
    """A result as in the workbench, without a note for the report: that is the first analyst's."""

    note = None

    @classmethod
    def for_second(cls, answer: Answer, given: SecondReview | None, data: object = None) -> SecondForm:
        """The form of one answer, filled with the second result, or with what was sent."""
        initial: dict[str, object] = {"base_version": 0, "matched": []}
        if given is not None:
            initial = {
                "result": given.result,
                "matched": given.matched,
                "deviation": given.deviation,
                "base_version": given.version,
            }
        return cls(data, choices=option_choices(answer), initial=initial)

    def content(self) -> ReviewContent:
        """What is to be stored; after is_valid()."""
        data = self.cleaned_data
        deviation = data["deviation"].replace("\r\n", "\n")
        return ReviewContent(result=data["result"], matched=data["matched"], deviation=deviation)


class SettleForm(forms.Form):
    """Which result stands where the two differ. The prefix keeps several of them apart on one page."""

    how = forms.ChoiceField(
        label=gettext_lazy("Which result stands?"),
        choices=SettledBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which result stands")},
    )
    result = forms.ChoiceField(
        label=gettext_lazy("The other result"),
        required=False,
        choices=[("", gettext_lazy("None")), *((r.value, gettext_lazy(RESULT_LABELS[r])) for r in RESULT_LABELS)],
        widget=forms.Select({"class": "form-select"}),
    )
    deviation = TextField(
        label=gettext_lazy("What you saw instead"),
        help_text=gettext_lazy("For another result"),
        what="What you saw instead",
        max_length=REPORT_NOTE_LENGTH,
        rows=2,
    )
    reason = TextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Kept for good"),
        what="The reason",
        max_length=REASON_LENGTH,
        rows=2,
        error_messages={"required": gettext_lazy("Write the reason")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True

    @classmethod
    def at(cls, number: int, data: object = None) -> SettleForm:
        """The form of one question."""
        return cls(data, prefix=f"q{number}")

    def settlement(self) -> Settlement:
        """What was decided; after is_valid()."""
        return Settlement(**{name: self.cleaned_data[name] for name in ("how", "reason", "result", "deviation")})
