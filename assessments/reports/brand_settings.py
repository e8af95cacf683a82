"""The organisation's look as the settings give it. The logo is rebuilt from its pixels, so that nothing
else of the file reaches a document. No WeasyPrint: the web process checks the settings too.
"""

import io
from pathlib import Path

from django.conf import settings
from PIL import Image

from assessments.limits import LOGO_BYTES, LOGO_SIDE, MB
from assessments.reports.brand import Brand, BrandRefused, checked_colour

REBUILT_SIDE = 1_200
"""Pixels of the longer side in a document, which is plenty for a print of 70 mm."""
LOGO_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


def configured() -> Brand:
    """What the settings say. Raises BrandRefused."""
    return load(settings.ORGANISATION_LOGO, settings.ORGANISATION_COLOUR)


def load(logo: str, colour: str) -> Brand:
    """`logo` is the path of a PNG or JPEG file, or "" for none. Raises BrandRefused."""
    checked = checked_colour(colour)
    content, kind = rebuilt_logo(Path(logo)) if logo else (b"", "")
    return Brand(content, kind, checked)


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
