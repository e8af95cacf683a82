"""What the analyst chooses and writes."""

from __future__ import annotations

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from assessments.actions.reviews import ReviewContent
from assessments.limits import INTERNAL_NOTE_LENGTH, QUERY_LENGTH, REPORT_NOTE_LENGTH
from assessments.models import Answer, Review
from assessments.queries.review_sheet import current_review, option_choices
from assessments.scoring import RESULT_LABELS


def _too_long(sentence: str, limit: int) -> dict[str, str]:
    return {"max_length": format_lazy(sentence, limit=f"{limit:,}")}


def _area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea({"class": "form-control form-control-sm", "rows": rows, **attrs})


class ReviewForm(forms.Form):
    """The result for one answer. `base_version` is the version of the review the page was opened with, 0 for none."""

    matched = forms.MultipleChoiceField(label=gettext_lazy("What did you find?"), required=False)
    result = forms.ChoiceField(
        label=gettext_lazy("Result"),
        required=False,
        choices=[(r.value, gettext_lazy(RESULT_LABELS[r])) for r in RESULT_LABELS],
    )
    deviation = forms.CharField(
        label=gettext_lazy("What you saw instead"),
        required=False,
        max_length=REPORT_NOTE_LENGTH,
        widget=_area(2),
        error_messages=_too_long(
            gettext_lazy("What you saw instead must be {limit} characters or less"), REPORT_NOTE_LENGTH
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the report"),
        required=False,
        max_length=REPORT_NOTE_LENGTH,
        widget=_area(3),
        error_messages=_too_long(gettext_lazy("The note must be {limit} characters or less"), REPORT_NOTE_LENGTH),
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: object, choices: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matched"].choices = choices

    @classmethod
    def of(cls, answer: Answer, data: object = None) -> ReviewForm:
        """The form of one answer, filled with its review, or with what was sent."""
        return cls(data, choices=option_choices(answer), initial=_initial(current_review(answer)))

    def clean_matched(self) -> list[str]:
        """In the order of the playbook, so that the same choice is the same value."""
        chosen = set(self.cleaned_data["matched"])
        return [key for key, _ in self.fields["matched"].choices if key in chosen]

    def content(self) -> ReviewContent:
        """What is to be stored; after is_valid()."""
        data = self.cleaned_data
        deviation, note = (data[name].replace("\r\n", "\n") for name in ("deviation", "note"))
        return ReviewContent(result=data["result"], matched=data["matched"], deviation=deviation, note=note)

    def chosen(self) -> list[str]:
        """Keys of the statements that are ticked on the page."""
        return list(self["matched"].value() or [])


def _initial(review: Review | None) -> dict[str, object]:
    if review is None:
        return {"base_version": 0, "matched": []}
    return {
        "result": review.result,
        "matched": review.matched,
        "deviation": review.deviation,
        "note": review.note,
        "base_version": review.version,
    }


class QueryForm(forms.Form):
    """A question to the vendor."""

    text = forms.CharField(
        label=gettext_lazy("What do you need?"),
        max_length=QUERY_LENGTH,
        widget=forms.Textarea({"class": "form-control", "rows": 4, "id": "ask-text"}),
        error_messages={
            "required": gettext_lazy("Write what you need from the vendor"),
            **_too_long(gettext_lazy("The question must be {limit} characters or less"), QUERY_LENGTH),
        },
    )


class NoteForm(forms.Form):
    """A remark for our own people."""

    note_text = forms.CharField(
        label=gettext_lazy("A note for your colleagues"),
        max_length=INTERNAL_NOTE_LENGTH,
        widget=forms.Textarea({"class": "form-control", "rows": 3, "id": "note-text"}),
        error_messages={
            "required": gettext_lazy("Write the note"),
            **_too_long(gettext_lazy("The note must be {limit} characters or less"), INTERNAL_NOTE_LENGTH),
        },
    )
