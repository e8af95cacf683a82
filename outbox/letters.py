"""What each kind of mail says. Apps above register their kinds when they start; this one knows none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MUTED = gettext_noop("The person has muted mail of this kind.")
BLOCKED = gettext_noop("The person may not sign in any more.")
UNKNOWN = gettext_noop("Nobody with an account has this address any more.")
OUTDATED = gettext_noop("It was no longer true when its turn came.")


class NotNeeded(Exception):
    """Why a mail is not sent after all; the log of mails shows the sentence."""


@dataclass(frozen=True)
class Letter:
    """Subject and plain text of one mail. The subject names no vendor and holds no text a person typed."""

    subject: str
    text: str


Writer = Callable[[Mapping[str, object]], Letter | None]


@dataclass(frozen=True)
class Kind:
    """One kind of mail: how it is written, what the log calls it, and whether a person may mute it."""

    write: Writer
    name: str
    is_optional: bool = False


@dataclass(frozen=True)
class Recipient:
    """What the app that knows people says of an address. By default nobody with an account has it."""

    is_active: bool = True
    wants_optional: bool = False
    mute_link: str = ""
    language: str = ""


_kinds: dict[str, Kind] = {}
_find: list[Callable[[str], Recipient]] = []


def register(kind: str, writer: Writer, *, name: str, is_optional: bool = False) -> None:
    """Say how mail of this kind is written. A writer returns None when the mail is no longer needed.

    `name` is marked for translation, and translated where it is shown.
    """
    _kinds[kind] = Kind(writer, name, is_optional)


def know_recipients(find: Callable[[str], Recipient]) -> None:
    """Say who has an address; asked at the moment a mail is sent."""
    _find[:] = [find]


def name_of(kind: str) -> str:
    """What the log calls this kind of mail; the kind itself where nobody registered it."""
    return _(_kinds[kind].name) if kind in _kinds else kind


def write(kind: str, to: str, params: Mapping[str, object], *, language: str) -> tuple[Letter, dict[str, str]]:
    """The letter and its headers, made now, in the recipient's language; in `language` for who has no account.

    Raises KeyError for a kind nobody registered, NotNeeded where it is not to be sent any more.
    """
    found, recipient = _kinds[kind], _find[0](to) if _find else Recipient()
    if not recipient.is_active:
        raise NotNeeded(BLOCKED)
    if found.is_optional and not recipient.wants_optional:
        raise NotNeeded(MUTED if recipient.mute_link else UNKNOWN)
    with translation.override(recipient.language or language):
        letter, end = found.write(params), _("To get no more mails like this, open:")
    if letter is None:
        raise NotNeeded(OUTDATED)
    headers = {"Auto-Submitted": "auto-generated"}
    if not found.is_optional:
        return letter, headers
    text = f"{letter.text}\n-- \n{end}\n{recipient.mute_link}\n"
    return Letter(letter.subject, text), {**headers, "List-Unsubscribe": f"<{recipient.mute_link}>"}
