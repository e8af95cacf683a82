"""What an action refuses, shown in the form it came from."""

from collections.abc import Mapping

from django import forms


def show(form: forms.Form, problems: Mapping[str | None, str]) -> None:
    """Add each sentence to its field; None is the form as a whole."""
    for field, problem in problems.items():
        form.add_error(field, problem)
