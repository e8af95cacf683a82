"""The form of a decision. Conditions are rows of a text and a day; as many as were filled in, and room for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.actions.decisions import DecisionContent
from assessments.forms.answers import TextField
from assessments.forms.days import day_input
from assessments.forms.problems import show
from assessments.limits import CONDITION_LENGTH, DECISION_CONDITIONS, REASON_LENGTH
from assessments.models import Condition, DecisionKind

ROWS = 3  # of conditions at first
DAYS_TO_HOLD = 365
ADD = "add"  # name of the button that asks for one more row


def _day(label: object, **kwargs: object) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=day_input({"class": "form-control"}), **kwargs)


@dataclass(frozen=True)
class ConditionRow:
    """The two fields of one condition."""

    number: int
    text: BoundField
    due_on: BoundField


class DecisionForm(forms.Form):
    """What is decided, why, until when, and under which conditions. The action knows the rules."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=DecisionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you decide")},
    )
    reason = TextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Kept for good, and printed in the report"),
        what="The reason",
        max_length=REASON_LENGTH,
        rows=4,
        error_messages={"required": gettext_lazy("Write the reason")},
    )
    expires_on = _day(
        gettext_lazy("Holds until"),
        help_text=gettext_lazy("The last day. A rejection may be without one"),
        error_messages={"required": gettext_lazy("Enter the last day on which the approval holds")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Mapping[str, str] | None = None, *, typed: Mapping[str, str] | None = None) -> None:
        """`data` is checked; `typed` is shown again unchecked, with one more row for a condition."""
        expires_on = timezone.localdate() + timedelta(days=DAYS_TO_HOLD)
        super().__init__(data, initial={"expires_on": expires_on} if typed is None else {**typed})
        shown = data or typed or {}
        self.fields["reason"].required = True
        self.fields["expires_on"].required = shown.get("kind") != DecisionKind.REJECTED
        used = [n for n in range(1, DECISION_CONDITIONS + 1) if shown.get(f"text_{n}") or shown.get(f"due_on_{n}")]
        there = max(ROWS, *used, sum(f"text_{n}" in shown for n in range(1, DECISION_CONDITIONS + 1)))
        self.numbers = range(1, min(there + (typed is not None), DECISION_CONDITIONS) + 1)
        for number in self.numbers:
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Condition %(number)s") % {"number": number},
                required=False,
                max_length=CONDITION_LENGTH,
                widget=forms.TextInput({"class": "form-control"}),
            )
            self.fields[f"due_on_{number}"] = _day(_("Condition %(number)s is due") % {"number": number})

    @property
    def rows(self) -> list[ConditionRow]:
        """The rows of conditions, to lay out."""
        return [ConditionRow(n, self[f"text_{n}"], self[f"due_on_{n}"]) for n in self.numbers]

    @property
    def may_add(self) -> bool:
        """Whether there is room for one more condition."""
        return len(self.numbers) < DECISION_CONDITIONS

    def clean(self) -> dict[str, object]:
        """A condition has both a text and a day."""
        cleaned = super().clean() or self.cleaned_data
        for number in self.numbers:
            text, due_on = cleaned.get(f"text_{number}"), cleaned.get(f"due_on_{number}")
            if text and due_on is None and f"due_on_{number}" not in self.errors:
                self.add_error(f"due_on_{number}", _("Enter the day by which it has to be done"))
            if due_on and not text and f"text_{number}" not in self.errors:
                self.add_error(f"text_{number}", _("Write what the condition asks for"))
        return cleaned

    def content(self) -> DecisionContent:
        """What was chosen and written. The form is valid."""
        found = ((self.cleaned_data[f"text_{n}"], self.cleaned_data[f"due_on_{n}"]) for n in self.numbers)
        conditions: list[tuple[str, date]] = [one for one in found if one[0]]
        return DecisionContent(
            kind=self.cleaned_data["kind"],
            reason=self.cleaned_data["reason"],
            expires_on=self.cleaned_data["expires_on"],
            conditions=[Condition(text, due_on) for text, due_on in conditions],
        )

    def refuse(self, problems: Mapping[str | None, str]) -> None:
        """Show what the action found; what concerns the conditions stands at the first of them."""
        show(self, {"text_1" if field == "conditions" else field: problem for field, problem in problems.items()})


class ConditionMetForm(forms.Form):
    """What a manager has seen of one condition."""

    note = TextField(
        label=gettext_lazy("What have you seen?"),
        help_text=gettext_lazy("Kept for good. The vendor does not read it"),
        what=gettext_noop("The note"),
        max_length=REASON_LENGTH,
        rows=4,
        error_messages={"required": gettext_lazy("Write what you have seen")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True

    def refuse(self, problems: Mapping[str | None, str]) -> None:
        """Show what the action says against it."""
        show(self, problems)
