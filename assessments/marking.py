"""Marks words for translation in modules that know no framework."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

Values = Mapping[str, "str | int | float"]


def gettext_noop(text: str) -> str:
    """The text as it is; who shows it translates it. The name is what the extraction of texts looks for."""
    return text


class Said(str):
    """English sentences that can still be translated: each a marked text and the values in it, which may be Said too.

    Made by `said`, which modules import as `_`, so that the extraction finds the text.
    """

    parts: tuple[tuple[str, Values], ...]

    def __new__(cls, parts: Iterable[tuple[str, Values]]) -> Self:
        kept = tuple((text, dict(values)) for text, values in parts)
        made = super().__new__(
            cls,
            " ".join(
                text % {key: _plain(value) for key, value in values.items()} if values else text
                for text, values in kept
            ),
        )
        made.parts = kept
        return made

    def then(self, *more: "Said") -> "Said":
        """These sentences, and others behind them."""
        return Said([*self.parts, *(part for each in more for part in each.parts)])

    def to_json(self) -> list[object]:
        """As a JSON value, to come out of another process."""
        return [
            [
                text,
                {key: {"said": value.to_json()} if isinstance(value, Said) else value for key, value in values.items()},
            ]
            for text, values in self.parts
        ]

    @classmethod
    def from_json(cls, parts: Any) -> Self:
        """The opposite of `to_json`."""
        return cls(
            (
                text,
                {
                    key: cls.from_json(value["said"]) if isinstance(value, dict) else value
                    for key, value in values.items()
                },
            )
            for text, values in parts
        )


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def said(text: str, **values: str | int | float) -> Said:
    """A sentence with its values in place of %(name)s. Numbers are grouped as the reader's language does it."""
    return Said([(text, values)])
