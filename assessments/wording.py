"""Numbers, enumerations and marked sentences in the language of who reads them."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from assessments.marking import Said


def number(value: float) -> str:
    """2,000 or 20.1; 2.000 or 20,1 in German."""
    return str(number_format(value, force_grouping=True))


def counted(text: str, count: int) -> str:
    """A marked sentence with %(count)s for a number."""
    return _(text) % {"count": number(count)}


def too_long(what: str, count: int) -> str:
    """That a text has more than so many characters."""
    return _("%(what)s must be %(count)s characters or less") % {"what": what, "count": number(count)}


def listed(words: Iterable[object]) -> str:
    """5, 6 and 14."""
    *most, last = [str(word) for word in words]
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last


def spoken(words: str | BaseException) -> str:
    """Marked sentences, or those of an exception, translated; a text that was not marked as it is."""
    if isinstance(words, BaseException):
        words = words.args[0]
    if not isinstance(words, Said):
        return str(words)
    return " ".join(
        _(text) % {key: _shown(value) for key, value in values.items()} if values else _(text)
        for text, values in words.parts
    )


def _shown(value: object) -> str:
    if isinstance(value, str):
        return spoken(value)
    return number(value) if isinstance(value, int | float) else str(value)
