"""Names that people type: of persons, vendors, accounts. Lists and reports show them, so nothing hides in them."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Control, direction and zero width, lone surrogates, private, line ends; a joiner is part of some scripts.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}


def plain_name(text: str) -> None:
    """A form validator. Raises ValidationError for characters that cannot be seen or that turn the text around."""
    if any(unicodedata.category(c) in _HIDDEN and c not in _JOINERS for c in text):
        raise ValidationError(_("Type this with visible characters only, without line breaks"))
