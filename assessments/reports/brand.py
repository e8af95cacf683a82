"""The organisation's look in its documents: a logo and one colour, checked before anything is made with them.

The logo is rebuilt from its pixels, so nothing else of the file reaches a document. The colour becomes our own style
text and is nothing but six hexadecimal digits by then. No WeasyPrint: the web process checks the settings too.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image

from assessments.limits import LOGO_BYTES, LOGO_SIDE, MB

DEFAULT_COLOUR = "#1f4e8c"
LEAST_CONTRAST = 4.5
"""Of white text on the colour, as WCAG 2.2 measures it; the same as of text in the colour on white paper."""
REBUILT_SIDE = 1_200
"""Pixels of the longer side in a document, which is plenty for a print of 70 mm."""
LOGO_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class BrandRefused(ValueError):
    """The logo or the colour cannot be used. The message is a sentence that names the setting."""


@dataclass(frozen=True)
class Brand:
    """`logo` is a PNG or JPEG made by us, or empty; `logo_type` its media type; `colour` is as "#1f4e8c"."""

    logo: bytes = b""
    logo_type: str = ""
    colour: str = DEFAULT_COLOUR


def configured() -> Brand:
    """What the settings say. Raises BrandRefused."""
    return load(settings.ORGANISATION_LOGO, settings.ORGANISATION_COLOUR)


def load(logo: str, colour: str) -> Brand:
    """`logo` is the path of a PNG or JPEG file, or "" for none. Raises BrandRefused."""
    checked = checked_colour(colour)
    content, kind = rebuilt_logo(Path(logo)) if logo else (b"", "")
    return Brand(content, kind, checked)


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


def rebuilt_logo(path: Path) -> tuple[bytes, str]:
    """A new picture from the pixels of the file, on white, with its media type. Raises BrandRefused."""
    try:
        with path.open("rb") as file:
            content = file.read(LOGO_BYTES + 1)
    except OSError as error:
        raise BrandRefused(f"ORGANISATION_LOGO names {path}, which cannot be read: {error.strerror}.") from error
    if len(content) > LOGO_BYTES:
        raise BrandRefused(f"ORGANISATION_LOGO names a file of more than {LOGO_BYTES // MB} MB. Make it smaller.")
    try:
        return _rebuilt(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, BrandRefused):
            raise
        raise BrandRefused("ORGANISATION_LOGO must name a PNG or JPEG file that is whole.") from error


def _rebuilt(content: bytes) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(content), formats=tuple(LOGO_TYPES)) as image:
        if max(image.size) > LOGO_SIDE:
            width, height = image.size
            raise BrandRefused(
                f"ORGANISATION_LOGO names an image of {width} x {height} pixels; each side may have {LOGO_SIDE:,}."
            )
        kind = str(image.format)
        colours = image.convert("RGBA")
    # Transparency makes the layout slow and is forbidden in older archives; the paper is white anyway.
    flat = Image.alpha_composite(Image.new("RGBA", colours.size, "#ffffff"), colours).convert("RGB")
    flat.thumbnail((REBUILT_SIDE, REBUILT_SIDE))
    out = io.BytesIO()
    flat.save(out, kind, **({"quality": 90} if kind == "JPEG" else {"optimize": True}))
    return out.getvalue(), LOGO_TYPES[kind]


def style(brand: Brand) -> str:
    """Our own style text that brings the colour into a document. Raises BrandRefused for anything but a colour."""
    colour = checked_colour(brand.colour)
    return (
        f".cover, .signed {{ border-left-color: {colour}; }}\n"
        f".lead, .in-brand {{ color: {colour}; }}\n"
        f".on-brand {{ background: {colour}; }}\n"
        f".rule {{ border-top-color: {colour}; }}\n"
    )
