"""The organisation's look in its documents: a logo and one colour, checked before anything is made with them. Pure.

The colour becomes our own style text and is nothing but six hexadecimal digits by then.
"""

import re
from dataclasses import dataclass

DEFAULT_COLOUR = "#1f4e8c"
LEAST_CONTRAST = 4.5
"""Of white text on the colour, as WCAG 2.2 measures it; the same as of text in the colour on white paper."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class BrandRefused(ValueError):
    """The logo or the colour cannot be used. The message is a sentence that names the setting."""


@dataclass(frozen=True)
class Brand:
    """`logo` is a PNG or JPEG made by us, or empty; `logo_type` its media type; `colour` is as "#1f4e8c"."""

    logo: bytes = b""
    logo_type: str = ""
    colour: str = DEFAULT_COLOUR


def checked_colour(colour: str) -> str:
    """The colour in small letters, if white text can be read on it. Raises BrandRefused."""
    small = colour.strip().lower()
    if not _COLOUR.fullmatch(small):
        raise BrandRefused(f"ORGANISATION_COLOUR must be # and six hexadecimal digits, as {DEFAULT_COLOUR}.")
    if (ratio := contrast_with_white(small)) < LEAST_CONTRAST:
        raise BrandRefused(
            f"ORGANISATION_COLOUR {small} is too light: white text on it has a contrast of {ratio:.2f} to 1, "
            f"and it needs {LEAST_CONTRAST} to 1. Choose a darker one."
        )
    return small


def contrast_with_white(colour: str) -> float:
    """From 1.0 for white to 21.0 for black, by the formula of WCAG 2.2."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def style(brand: Brand) -> str:
    """Our own style text that brings the colour into a document. Raises BrandRefused for anything but a colour."""
    colour = checked_colour(brand.colour)
    return (
        f".cover, .signed {{ border-left-color: {colour}; }}\n"
        f".lead, .in-brand {{ color: {colour}; }}\n"
        f".on-brand {{ background: {colour}; }}\n"
        f".rule {{ border-top-color: {colour}; }}\n"
    )
