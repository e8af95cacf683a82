"""Screenshots: checked by header, read whole, and rebuilt from pixels for every page and report that shows them."""

import io
import struct
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from assessments.intake.refusal import Refused
from assessments.limits import IMAGE_PIXELS, IMAGE_SIDE, PREVIEW_QUALITY, PREVIEW_SIDE
from assessments.marking import said as _

_DAMAGED = _("The image is damaged or incomplete. Open it, save it as a PNG and add it again.")
_TAIL = _("There is something behind the end of the image. Open it, save it as a PNG and add it again.")
_ANIMATED = _("The image is animated. Save one picture of it as a PNG and add it again.")
_TEXT_LIMIT = 100_000  # bytes of text a PNG may carry; it is thrown away anyway


def rebuild(stream: BinaryIO, data: bytes) -> tuple[bytes, tuple[int, int]]:
    """A JPEG made of the picture's pixels and of nothing else, and its width and height in pixels.

    At most PREVIEW_SIDE pixels on the longer side, on white. Raises Refused for what is too large, damaged, animated,
    or followed by other data.
    """
    _check_size(_declared_size(data))
    if _end_of_image(data) != len(data):
        raise Refused(_TAIL)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(stream, formats=("PNG", "JPEG")) as image:
            _check_size(image.size)
            if image.format == "PNG" and getattr(image, "is_animated", False):
                raise Refused(_ANIMATED)
            # A JPEG is decoded at about the size it is needed in.
            image.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
            image.load()
            picture = _on_white(_smaller(ImageOps.exif_transpose(image)))
    except Refused:
        raise
    except (OSError, ValueError, SyntaxError, struct.error, EOFError, Image.DecompressionBombError) as error:
        raise Refused(_DAMAGED) from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=PREVIEW_QUALITY)
    return out.getvalue(), picture.size


def _check_size(size: tuple[int, int]) -> None:
    """Before a single pixel is decoded."""
    width, height = size
    if width * height > IMAGE_PIXELS or max(size) > IMAGE_SIDE:
        raise Refused(
            _(
                "The image has %(width)s x %(height)s pixels. It may have %(most)s megapixels and %(side)s pixels a "
                "side. Crop it or make it smaller.",
                width=width,
                height=height,
                most=IMAGE_PIXELS // 1_000_000,
                side=IMAGE_SIDE,
            )
        )


def _smaller(image: Image.Image) -> Image.Image:
    """The picture in its final size, before anything else makes a copy of all its pixels."""
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if not image.mode.startswith("I"):
        image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture that has these pixels, without alpha, palette, profile or any other data."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
        image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    fresh = Image.new("RGB", image.size)
    fresh.paste(image.convert("RGB"))
    return fresh


def _declared_size(data: bytes) -> tuple[int, int]:
    """Width and height from the header alone, read by us before any library looks at the file."""
    if data.startswith(b"\x89PNG"):
        if data[12:16] != b"IHDR" or len(data) < 24:
            raise Refused(_DAMAGED)
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # a frame header
            return int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7])
        if marker == 0xFF:
            place += 1
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4])
    raise Refused(_DAMAGED)


def _end_of_image(data: bytes) -> int:
    """Where the image ends, in bytes; more than a page of zeros behind it is something else."""
    end = _end_of_png(data) if data.startswith(b"\x89PNG") else _end_of_jpegs(data)
    return len(data) if not data[end:].strip(b"\x00") else end


def _end_of_png(data: bytes) -> int:
    place, texts = 8, 0
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        kind = data[place + 4 : place + 8]
        texts += length if kind in {b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"} else 0
        place += 12 + length
        if kind == b"IEND":
            break
    else:
        raise Refused(_DAMAGED)
    if texts > _TEXT_LIMIT or place > len(data):
        raise Refused(_DAMAGED)
    return place


def _end_of_jpegs(data: bytes) -> int:
    """Behind the last of the JPEGs in a row: a telephone stores a second, smaller one behind the first."""
    place = 0
    while data.startswith(b"\xff\xd8\xff", place):
        place = _end_of_jpeg(data, place + 2)
    return place


def _end_of_jpeg(data: bytes, place: int) -> int:
    while place + 2 <= len(data):
        if data[place] != 0xFF:
            raise Refused(_DAMAGED)
        marker = data[place + 1]
        if marker == 0xFF:  # padding
            place += 1
        elif marker == 0xD9:
            return place + 2
        elif marker in {0x01, *range(0xD0, 0xD8)}:
            place += 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4])
            if marker == 0xDA:
                place = _end_of_scan(data, place)
    raise Refused(_DAMAGED)


def _end_of_scan(data: bytes, place: int) -> int:
    """The next marker behind compressed data, in which 0xFF is followed by 0x00 or a restart marker."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise Refused(_DAMAGED)
        if data[place + 1] != 0x00 and not 0xD0 <= data[place + 1] <= 0xD7:
            return place
        place += 2
