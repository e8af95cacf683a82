"""What each kind of mail says. Apps above register their kinds when they start; this one knows none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """Subject and plain text of one mail. The subject names no vendor and holds no text a person typed."""

    subject: str
    text: str


Writer = Callable[[Mapping[str, object]], Letter | None]
_writers: dict[str, Writer] = {}


def register(kind: str, writer: Writer) -> None:
    """Say how mail of this kind is written. A writer returns None when the mail is no longer needed."""
    _writers[kind] = writer


def write(kind: str, params: Mapping[str, object]) -> Letter | None:
    """The letter, made now. Raises KeyError for a kind nobody registered."""
    return _writers[kind](params)
