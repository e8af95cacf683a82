"""AWS accounts in scope: rows to fill in, and a box to paste many at once."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.limits import VENDOR_ACCOUNTS
from users.names import plain_name
from vendors.actions.vendors import DeclaredAccount
from vendors.models import AwsAccount, Stage

NAME_LENGTH = 60  # characters, as the column
# Beyond this many accounts a page of rows helps nobody; they are pasted as lines instead.
MOST_ROWS = 50
SPARE_ROWS = 3
PREFIX = "form"

_STAGES = {stage.value: stage.value for stage in Stage} | {
    "prod": Stage.PRODUCTION.value,
    "test": Stage.STAGING.value,
    "testing": Stage.STAGING.value,
    "stage": Stage.STAGING.value,
    "dev": Stage.DEVELOPMENT.value,
    "security": Stage.LOGGING.value,
}


def clean_id(text: str) -> str:
    """The twelve digits, however they were grouped; raises ValidationError otherwise."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise forms.ValidationError(_("An AWS account ID has 12 digits, for example 111122223333"))
    return digits


class AccountForm(forms.Form):
    """One row. A row that is left empty, or emptied, is no account."""

    account_id = forms.CharField(
        label=gettext_lazy("Account ID"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=NAME_LENGTH, validators=[plain_name])
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), required=False, choices=[("", gettext_lazy("Choose a stage")), *Stage.choices]
    )

    def clean(self) -> dict[str, str]:
        """Either everything that is needed, or nothing."""
        data = super().clean()
        if self.errors or not any(data.values()):
            return data
        try:
            data["account_id"] = clean_id(data["account_id"])
        except forms.ValidationError as error:
            self.add_error("account_id", error)
        if not data["stage"]:
            self.add_error("stage", _("Choose a stage"))
        return data


class Where(NamedTuple):
    """A place on the page: `of` is "row" or "line"; str() gives "Row 2"."""

    of: str
    number: int

    def __str__(self) -> str:
        return (_("Row %(number)s") if self.of == "row" else _("Line %(number)s")) % {"number": self.number}

    def has_already(self, account: str) -> str:
        """That an account stands in this place already."""
        words = (
            _("%(account)s is in row %(number)s already")
            if self.of == "row"
            else _("%(account)s is in line %(number)s already")
        )
        return words % {"account": account, "number": self.number}


class AccountRows(forms.BaseFormSet):
    """All rows of the page."""

    def filled(self) -> list[tuple[Where, DeclaredAccount]]:
        """Where each account stands, and what it says."""
        rows = [(Where("row", number), form.cleaned_data) for number, form in enumerate(self.forms, 1)]
        return [(where, DeclaredAccount(**data)) for where, data in rows if data.get("account_id")]


RowFormSet = forms.formset_factory(
    AccountForm, formset=AccountRows, extra=SPARE_ROWS, max_num=MOST_ROWS + SPARE_ROWS, absolute_max=2 * MOST_ROWS
)


class PasteForm(forms.Form):
    """Many accounts, one on a line."""

    # Which list the person started from, so that a colleague's newer one is not overwritten unseen.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    lines = forms.CharField(
        label=gettext_lazy("Paste many at once"),
        required=False,
        max_length=100_000,
        strip=False,  # lines are counted as the person sees them
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One per line: account ID, name, stage. For example 111122223333, payments-prod, production"
        ),
    )

    def clean_lines(self) -> list[tuple[Where, DeclaredAccount]]:
        """Where each account stands, and what it says. All lines that cannot be read are named."""
        read, problems = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if line.strip():
                where = Where("line", number)
                try:
                    read.append((where, _read_line(line)))
                except forms.ValidationError as error:
                    problems.append(f"{where}: {error.message}")
        if problems:
            raise forms.ValidationError(problems[:20])
        return read


def _read_line(line: str) -> DeclaredAccount:
    cells = [cell.strip() for cell in re.split(r"[,;\t]", line)]
    number = clean_id(cells[0])
    stages = _STAGES | {str(stage.label).lower(): stage.value for stage in Stage}  # as the page names them, too
    stage = stages.get(cells[-1].lower()) if len(cells) > 1 else None
    if stage is None:
        words = _("Say the stage at the end: %(stages)s")
        raise forms.ValidationError(words % {"stages": ", ".join(one.value for one in Stage)})
    name = ", ".join(cells[1:-1])
    if len(name) > NAME_LENGTH:
        words = _("The name must be %(count)s characters or less")
        raise forms.ValidationError(words % {"count": NAME_LENGTH})
    return DeclaredAccount(account_id=number, name=name, stage=stage)


@dataclass
class AccountsForm:
    """Rows and pasted lines together: `accounts()` after `is_valid()`; `problems` for the summary of errors."""

    rows: AccountRows
    paste: PasteForm
    problems: list[dict[str, str]] = field(default_factory=list)

    def is_valid(self) -> bool:
        """Check everything, and collect what is wrong with the row or line it is in."""
        rows_fine, paste_fine = self.rows.is_valid(), self.paste.is_valid()
        for number, form in enumerate(self.rows.forms, 1):
            row = Where("row", number)
            for name, sentences in form.errors.items():
                href = f"#{form[name].id_for_label}" if name in form.fields else "#rows"
                self.problems += [{"href": href, "text": f"{row}: {sentence}"} for sentence in sentences]
        self.problems += [{"href": "#rows", "text": sentence} for sentence in self.rows.non_form_errors()]
        self.problems += [
            {"href": "#id_lines", "text": text} for sentences in self.paste.errors.values() for text in sentences
        ]
        if rows_fine and paste_fine:
            self._check_together()
        return not self.problems

    def _found(self) -> list[tuple[Where, DeclaredAccount]]:
        return self.rows.filled() + self.paste.cleaned_data["lines"]

    def _check_together(self) -> None:
        first: dict[str, Where] = {}
        for where, account in self._found():
            if account.account_id in first:
                text = f"{where}: {first[account.account_id].has_already(account.account_id)}"
                self.problems.append({"href": "#id_lines" if where.of == "line" else "#rows", "text": text})
            first.setdefault(account.account_id, where)
        if not first:
            self.problems.append(
                {
                    "href": "#id_form-0-account_id" if self.rows.forms else "#id_lines",
                    "text": _("Declare at least one AWS account"),
                }
            )
        elif len(first) > VENDOR_ACCOUNTS:
            text = _("At most %(count)s accounts can be declared") % {"count": VENDOR_ACCOUNTS}
            self.problems.append({"href": "#id_lines", "text": text})

    def accounts(self) -> list[DeclaredAccount]:
        """What was declared."""
        return [account for _, account in self._found()]


def accounts_form(data: object, stored: list[AwsAccount], seen: str) -> AccountsForm:
    """The form, filled in with what is stored or, where `data` is given, with what was sent."""
    if data is not None:
        return AccountsForm(RowFormSet(data, prefix=PREFIX), PasteForm(data))
    if len(stored) > MOST_ROWS:
        lines = "\n".join(", ".join([one.account_id, one.name, one.stage]) for one in stored)
        return AccountsForm(RowFormSet(prefix=PREFIX), PasteForm(initial={"seen": seen, "lines": lines}))
    initial = [{"account_id": one.account_id, "name": one.name, "stage": one.stage} for one in stored]
    return AccountsForm(RowFormSet(initial=initial, prefix=PREFIX), PasteForm(initial={"seen": seen}))
