"""Filters of the lists. What is not known is left out: a list is shown, never an error."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import DecisionKind
from assessments.queries.decisions import NONE, TO_RENEW
from assessments.queries.portfolio import (
    DEFAULT_SORT,
    DOMAIN_SORTS,
    NO_ASSESSMENT,
    SORTS,
    PortfolioFilter,
    assigned_analysts,
)
from assessments.states import LABELS, State
from vendors.models import Tier

SEARCH_LENGTH = 120  # characters, as a vendor's name
STATES = [("", _("Any status")), *((state.value, _(LABELS[state])) for state in State)]


def _small(**attrs: str) -> dict[str, str]:
    return {"class": "form-select form-select-sm", **attrs}


class PortfolioForm(forms.Form):
    """Search, filters and order of the portfolio."""

    q = forms.CharField(
        label=_("Find a vendor"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "id": "q", "class": "form-control form-control-sm", "autocomplete": "off"}
        ),
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[*STATES, (NO_ASSESSMENT, _("No assessment"))],
        widget=forms.Select(_small()),
    )
    tier = forms.ChoiceField(
        label=_("Importance"), required=False, choices=[("", _("Any")), *Tier.choices], widget=forms.Select(_small())
    )
    grade = forms.ChoiceField(
        label=_("Grade"),
        required=False,
        choices=[("", _("Any grade")), ("below_c", _("D or F")), *((letter, letter) for letter in "ABCDF")],
        widget=forms.Select(_small()),
    )
    owner = forms.TypedChoiceField(
        label=_("Analyst"), required=False, coerce=int, empty_value=0, widget=forms.Select(_small())
    )
    decision = forms.ChoiceField(
        label=_("Decision"),
        required=False,
        choices=[("", _("Any")), *DecisionKind.choices, (TO_RENEW, _("To renew")), (NONE, _("No decision"))],
        widget=forms.Select(_small()),
    )
    overdue = forms.BooleanField(
        label=_("Overdue only"), required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[(sign + key, key) for key in (*SORTS, *DOMAIN_SORTS) for sign in ("", "-")],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Anybody")), *assigned_analysts()]

    def clean_q(self) -> str:
        """The beginning of it: a name has no more, and leaving all of it out would show every vendor."""
        return self.cleaned_data["q"][:SEARCH_LENGTH]

    def chosen(self) -> PortfolioFilter:
        """The filters that make sense; the others count as not set."""
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        return PortfolioFilter(**{"sort": DEFAULT_SORT, **known})


class StateForm(forms.Form):
    """The one filter of the list of assessments."""

    state = forms.ChoiceField(required=False, choices=STATES)

    def chosen(self) -> str:
        """A state, or "" for all."""
        self.is_valid()
        return self.cleaned_data.get("state", "")
