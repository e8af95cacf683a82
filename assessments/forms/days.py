"""How a day is asked for."""

from collections.abc import Mapping

from django import forms


def day_input(attrs: Mapping[str, str] | None = None) -> forms.DateInput:
    """The browser's own field for a day, which wants it as 2026-12-31."""
    return forms.DateInput({"type": "date", **(attrs or {})}, format="%Y-%m-%d")
