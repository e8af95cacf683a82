"""What is written about findings, by our analysts and by the vendor."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.actions.findings import FindingContent
from assessments.forms.days import day_input
from assessments.limits import FINDING_TEXT_LENGTH, FINDING_TITLE_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.models import Finding
from assessments.queries.findings import FindingFilter
from assessments.scoring import PRIORITIES
from assessments.states import FINDING_LABELS, FindingState
from playbook.models import Severity

SEARCH_LENGTH = 120  # characters, as a vendor's name


def _text(label: str, rows: int, limit: int = FINDING_TEXT_LENGTH, **more: object) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea({"rows": rows}), **more)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


class FindingForm(forms.Form):
    """What a finding says. `base_version` is the version the page was opened with."""

    title = forms.CharField(label=_("Title"), max_length=FINDING_TITLE_LENGTH)
    what_we_saw = _text(_("What we saw"), 5)
    why_it_matters = _text(_("Why it matters"), 3)
    what_to_do = _text(_("What to do"), 5, help_text=_("One step a line"))
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    priority = forms.ChoiceField(label=_("Priority"), choices=[(name, name) for name in PRIORITIES])
    due_on = forms.DateField(
        label=_("To be fixed by"), required=False, widget=day_input(), help_text=_("Empty: by the next assessment")
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, finding: Finding, data: object = None) -> FindingForm:
        """The form of one finding, filled with what it says, or with what was sent."""
        names = [name for name in cls.base_fields if name != "base_version"]
        return cls(data, initial={name: getattr(finding, name) for name in names} | {"base_version": finding.version})

    def clean_due_on(self) -> date | None:
        """A day that can still be kept, unless it stays as it was."""
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate() and due_on != self.initial["due_on"]:
            raise forms.ValidationError(gettext("Choose a day that is not past"))
        return due_on

    def content(self) -> FindingContent:
        """What is to be stored; after is_valid()."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "base_version"}
        return FindingContent(**{n: _plain(v) if isinstance(v, str) else v for n, v in values.items()})


class PlanForm(forms.Form):
    """What the vendor will do, and by when."""

    plan = _text(
        _("What will you do?"), 4, PLAN_LENGTH, error_messages={"required": _("Write what you will do about it")}
    )
    plan_due_on = forms.DateField(
        label=_("By when?"),
        widget=day_input(),
        error_messages={"required": _("Enter the day by which it will be fixed")},
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, finding: Finding, data: object = None) -> PlanForm:
        """The form of one finding, filled with its plan, or with what was sent."""
        initial = {"plan": finding.plan, "plan_due_on": finding.plan_due_on, "base_version": finding.version}
        return cls(data, initial=initial)

    def clean_plan(self) -> str:
        """With the ends of lines as they are stored."""
        return _plain(self.cleaned_data["plan"])

    def clean_plan_due_on(self) -> date:
        """A day to come, unless it stays as it was."""
        day = self.cleaned_data["plan_due_on"]
        if day < timezone.localdate() and day != self.initial["plan_due_on"]:
            raise forms.ValidationError(gettext("Choose a day that is not past"))
        return day


class WordsForm(forms.Form):
    """What is said with an act; whether it is needed is for the action to say."""

    words = _text(_("What was done?"), 3, REASON_LENGTH, required=False)

    def clean_words(self) -> str:
        """With the ends of lines as they are stored."""
        return _plain(self.cleaned_data["words"])


class RecheckForm(WordsForm):
    """Whether it is fixed. `base_version` is the version that was looked at."""

    result = forms.ChoiceField(
        choices=[("verify", "verify"), ("reopen", "reopen")], error_messages={"required": _("Choose one of the two")}
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, finding: Finding, data: object = None) -> RecheckForm:
        """The form of one finding."""
        form = cls(data, initial={"base_version": finding.version}, auto_id="recheck_%s")
        form.fields["words"].label = _("What did you see?")
        return form


class FilterForm(forms.Form):
    """Filters of the list of findings. What is not known is left out: a list is shown, never an error."""

    q = forms.CharField(
        label=_("Find a vendor or a finding"),
        required=False,
        widget=forms.TextInput({"type": "search", "class": "form-control form-control-sm", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("Status"), required=False, widget=forms.Select({"class": "form-select form-select-sm"})
    )
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, widget=forms.Select({"class": "form-select form-select-sm"})
    )
    owner = forms.ChoiceField(
        label=_("Analyst"), required=False, widget=forms.Select({"class": "form-select form-select-sm"})
    )
    overdue = forms.BooleanField(
        label=_("Overdue only"), required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )

    def __init__(self, *args: object, owners: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, _(FINDING_LABELS[state])) for state in FindingState]
        self.fields["state"].choices = [("", _("Not settled")), *states, ("all", _("Any status"))]
        self.fields["priority"].choices = [("", _("Any")), *((name, name) for name in PRIORITIES)]
        people = [(str(pk), name) for pk, name in owners]
        self.fields["owner"].choices = [("", _("Anybody")), *people, ("nobody", _("Nobody yet"))]

    def clean_q(self) -> str:
        """The beginning of it: a name has no more."""
        return self.cleaned_data["q"][:SEARCH_LENGTH]

    def chosen(self) -> FindingFilter:
        """The filters that make sense; the others count as not set."""
        self.is_valid()
        return FindingFilter(**{name: value for name, value in self.cleaned_data.items() if value})
