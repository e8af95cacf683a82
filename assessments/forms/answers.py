"""The form of one question. A page never learns which side of the playbook a statement is on."""

from collections.abc import Iterable, Sequence
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.actions.answers import AnswerContent
from assessments.forms.days import day_input
from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.models import Answer, AnswerKind
from assessments.wording import counted, too_long
from playbook.models import AnswerType, ResponseOption, Side

# Answers that are no statement; each stands alone.
NONE_FITS, NOT_APPLICABLE, UNKNOWN = AnswerKind.NONE_FITS, AnswerKind.NOT_APPLICABLE, AnswerKind.UNKNOWN
ALONE = {
    NONE_FITS.value: gettext_lazy("None of these fits"),
    NOT_APPLICABLE.value: gettext_lazy("Not applicable"),
    UNKNOWN.value: gettext_lazy("I do not know yet"),
}


def _secret(text: str) -> bytes:
    """A digest that only this installation can make: the playbook is public, so anybody could make a plain one."""
    return salted_hmac("assessments.forms.answers", text, algorithm="sha256").digest()


def token(key: str) -> str:
    """What stands for a statement on the page; its key would say which side it is on."""
    return _secret(key).hex()[:10]


def shuffled(code: str, options: Iterable[ResponseOption]) -> list[ResponseOption]:
    """The statements of both sides in an order that is the same for everybody and says nothing."""
    return sorted(options, key=lambda option: _secret(f"{code}/{option.key}"))


def needs_plan(options: Iterable[ResponseOption], statements: Sequence[str]) -> bool:
    """Whether a chosen statement asks for a plan to fix it."""
    return any(option.side == Side.FAILURE and option.key in statements for option in options)


_counted = lazy(counted, str)
_too_long = lazy(too_long, str)


class TextField(forms.CharField):
    """Text of several lines: line ends as every system counts them, and a sentence when it is too long.

    `what` is its name as that sentence begins with it, to be translated.
    """

    widget = forms.Textarea

    def __init__(self, *, what: str, max_length: int, rows: int, **kwargs: object) -> None:
        super().__init__(max_length=max_length, required=False, **kwargs)
        self.limit_words = _counted(gettext_noop("%(count)s characters"), max_length)
        self.error_messages["max_length"] = _too_long(what, max_length)
        self.widget.attrs |= {"rows": rows, "data-count": max_length}
        # A browser that cuts pasted text off silently loses what a person wrote; the counter and the form say it.
        self.widget.attrs.pop("maxlength", None)

    def to_python(self, value: str | None) -> str:
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n")


class AnswerForm(forms.Form):
    """What a person chose and typed for one question. `content()` hands over domain values."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = TextField(
        what=gettext_lazy("The explanation"),
        max_length=REASON_LENGTH,
        rows=3,
        label=gettext_lazy("What is the case instead, or why does this not apply?"),
    )
    notes = TextField(
        what=gettext_lazy("Notes"),
        max_length=NOTES_LENGTH,
        rows=4,
        label=gettext_lazy("Notes"),
        help_text=gettext_lazy("Name accounts or resources that are different, and any change already planned"),
    )
    plan = TextField(
        what=gettext_lazy("The plan"),
        max_length=PLAN_LENGTH,
        rows=3,
        label=gettext_lazy("What will you do about it?"),
    )
    plan_due_on = forms.DateField(
        label=gettext_lazy("By when?"),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day as year-month-day, for example 2027-01-31")},
    )

    def __init__(self, *args: object, answer: Answer, options: Sequence[ResponseOption], **kwargs: object) -> None:
        kwargs.setdefault("initial", initial_of(answer))
        super().__init__(*args, **kwargs)
        self.answer = answer
        self.options = shuffled(answer.criterion.code, options)
        self.keys = {token(option.key): option.key for option in self.options}
        words = answer.criterion.words
        choices = [(token(option.key), words.statement(option)) for option in self.options]
        choices += [
            (value, words)
            for value, words in ALONE.items()
            if value != NOT_APPLICABLE or answer.criterion.not_applicable_allowed
        ]
        is_multi = answer.criterion.answer_type == AnswerType.MULTI
        kind, widget = (
            (forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
            if is_multi
            else (forms.ChoiceField, forms.RadioSelect)
        )
        wrong = {"invalid_choice": _("Choose one of the answers on the page")}
        self.fields["choice"] = kind(
            choices=choices, required=False, widget=widget, error_messages=wrong, label=_("Your answer")
        )
        if not answer.criterion.not_applicable_allowed:
            self.fields["reason"].label = _("What is the case instead?")
        self.is_multi, self.alone = is_multi, set(ALONE)
        self.order_fields(["base_version", "choice", "reason", "notes", "plan", "plan_due_on"])

    def clean_choice(self) -> list[str]:
        """The tokens chosen; an answer that stands alone is not mixed with others."""
        chosen = self.cleaned_data["choice"]
        chosen = list(chosen) if self.is_multi else [chosen] if chosen else []
        if len(chosen) > 1 and (alone := next((value for value in chosen if value in ALONE), None)):
            words = _("Choose either statements or “%(answer)s”, not both")
            raise forms.ValidationError(words % {"answer": ALONE[alone]})
        return chosen

    def clean_plan_due_on(self) -> date | None:
        """A day to come, unless it is the day that stands there already."""
        day = self.cleaned_data["plan_due_on"]
        if day and day != self.answer.plan_due_on and day < timezone.localdate():
            raise forms.ValidationError(_("The day cannot be in the past"))
        return day

    def content(self) -> AnswerContent:
        """What was given. A reason or a plan is kept only with the answer it belongs to."""
        data = self.cleaned_data
        chosen = data["choice"]
        if not chosen:
            kind, statements = AnswerKind.NONE, []
        elif chosen[0] in ALONE:
            kind, statements = AnswerKind(chosen[0]), []
        else:
            kind, statements = AnswerKind.STATEMENTS, [key for mark, key in self.keys.items() if mark in chosen]
        explains = kind in {NONE_FITS, NOT_APPLICABLE}
        plans = needs_plan(self.options, statements)
        return AnswerContent(
            kind=kind,
            statements=sorted(statements),
            reason=data["reason"] if explains else "",
            notes=data["notes"],
            plan=data["plan"] if plans else "",
            plan_due_on=data["plan_due_on"] if plans else None,
        )


def initial_of(answer: Answer) -> dict[str, object]:
    """The fields as the answer stands; also what a stale page is told, so nothing in it tells the sides apart."""
    return {"base_version": answer.version, **fields_of(answer)}


def fields_of(answer: Answer) -> dict[str, object]:
    """The answer in the words of its form: `choice` as tokens, everything else as it was typed."""
    if answer.kind == AnswerKind.STATEMENTS:
        chosen = sorted(token(key) for key in answer.statements)  # sorted keys would put one side first
    else:
        chosen = [answer.kind] if answer.kind else []
    is_multi = answer.criterion.answer_type == AnswerType.MULTI
    return {
        "choice": chosen if is_multi else (chosen[0] if chosen else ""),
        "reason": answer.reason,
        "notes": answer.notes,
        "plan": answer.plan,
        "plan_due_on": answer.plan_due_on.isoformat() if answer.plan_due_on else "",
    }
