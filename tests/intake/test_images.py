"""Images: what is declared, what is hidden, what is left after rebuilding."""

import io
import re

import pytest
from PIL import Image

from assessments.intake import Accepted, Refused, examine
from tests.intake.samples import animated_png, bundle, jpeg, pdf, png, png_that_declares, png_with_text

DAMAGED = "The image is damaged or incomplete. Open it, save it as a PNG and add it again."
TAIL = "There is something behind the end of the image. Open it, save it as a PNG and add it again."


def take(data: bytes, name: str = "screenshot.png") -> Accepted:
    return examine(io.BytesIO(data), name)


def refusal(data: bytes, name: str = "screenshot.png") -> str:
    with pytest.raises(Refused) as refused:
        take(data, name)
    return str(refused.value)


def test_an_image_gets_a_preview_of_its_pixels() -> None:
    taken = take(png((40, 30)))
    assert (taken.kind, taken.content_type, taken.name) == ("image", "image/png", "screenshot.png")
    assert taken.preview_size == (40, 30)
    preview = Image.open(io.BytesIO(taken.preview))
    assert (preview.format, preview.mode, preview.size) == ("JPEG", "RGB", (40, 30))
    assert preview.getpixel((5, 5))[0] > 240


@pytest.mark.parametrize(("size", "shown"), [((2800, 1400), (1400, 700)), ((100, 2800), (50, 1400)), ((7, 5), (7, 5))])
def test_the_preview_has_at_most_1400_pixels(size: tuple[int, int], shown: tuple[int, int]) -> None:
    for data in (png(size), jpeg(size)):
        taken = take(data)
        assert taken.preview_size == shown
        assert Image.open(io.BytesIO(taken.preview)).size == shown


@pytest.mark.parametrize(
    ("mode", "color"),
    [("RGBA", (0, 0, 0, 0)), ("LA", (0, 0)), ("P", 0), ("1", 1), ("L", 255), ("I;16", 65535)],
)
def test_what_is_seen_through_becomes_white(mode: str, color: object) -> None:
    options = {"transparency": 0} if mode == "P" else {}
    taken = take(png((20, 20), mode, color, **options))
    preview = Image.open(io.BytesIO(taken.preview))
    assert preview.mode == "RGB"
    assert min(preview.getpixel((10, 10))) > 250


def test_no_metadata_survives() -> None:
    secret = "taken-by-Rita-at-home"
    exif = Image.Exif()
    exif[0x010E] = secret
    with_exif = jpeg(exif=exif.tobytes(), comment=secret.encode(), icc_profile=secret.encode() * 20)
    for data in (with_exif, png_with_text("Comment", secret), png(exif=exif.tobytes(), icc_profile=b"x" * 200)):
        preview = take(data).preview
        assert secret.encode() not in preview
        assert b"Exif" not in preview
        assert b"ICC_PROFILE" not in preview
        assert set(Image.open(io.BytesIO(preview)).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))])
def test_the_orientation_is_honoured(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert take(jpeg((40, 20), exif=exif.tobytes())).preview_size == size


def test_a_turned_image_shows_its_corner_where_it_belongs() -> None:
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: the upper left corner goes to the upper right
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif.tobytes())
    preview = Image.open(io.BytesIO(take(out.getvalue()).preview))
    assert preview.getpixel((28, 4))[1] < 60
    assert preview.getpixel((4, 4))[1] > 200


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (50_000, 50_000, "The image has 50,000 x 50,000 pixels."),
        (12_001, 1, "The image has 12,001 x 1 pixels."),
        (8_000, 5_001, "The image has 8,000 x 5,001 pixels."),
        (2**31 - 1, 2**31 - 1, "The image has 2,147,483,647 x 2,147,483,647 pixels."),
    ],
)
def test_declared_sizes_are_refused_before_a_pixel_is_read(width: int, height: int, words: str) -> None:
    assert refusal(png_that_declares(width, height)) == (
        f"{words} It may have 40 megapixels and 12,000 pixels a side. Crop it or make it smaller."
    )


def test_the_largest_image_allowed_is_not_refused_for_its_size() -> None:
    assert refusal(png_that_declares(8_000, 5_000)) == DAMAGED


def test_a_jpeg_that_declares_too_much() -> None:
    data = jpeg()
    frame = data.index(b"\xff\xc0")
    grown = data[: frame + 5] + (60_000).to_bytes(2) + (60_000).to_bytes(2) + data[frame + 9 :]
    assert refusal(grown).startswith("The image has 60,000 x 60,000 pixels.")


@pytest.mark.parametrize("whole", [png((200, 200)), jpeg((200, 200))], ids=["png", "jpeg"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_image_is_refused(whole: bytes, part: float) -> None:
    assert refusal(whole[: max(12, int(len(whole) * part))]) == DAMAGED


def test_bytes_changed_in_a_png_are_found() -> None:
    data = bytearray(png((50, 50)))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    assert refusal(bytes(data)) == DAMAGED


@pytest.mark.parametrize("image", [png(), jpeg()], ids=["png", "jpeg"])
@pytest.mark.parametrize(
    "tail", [bundle(), pdf(), b"<script>alert(1)</script>", b"MZ"], ids=["zip", "pdf", "html", "exe"]
)
def test_a_file_that_is_an_image_and_something_else_is_refused(image: bytes, tail: bytes) -> None:
    assert refusal(image + tail) == TAIL


def test_zeros_behind_the_end_are_let_through() -> None:
    assert take(jpeg() + bytes(512)).kind == "image"


def test_an_animation_is_refused() -> None:
    assert refusal(animated_png()) == "The image is animated. Save one picture of it as a PNG and add it again."


@pytest.mark.parametrize("save_as", ["GIF", "BMP", "TIFF", "WEBP", "ICO"])
def test_other_images_are_refused_with_what_to_do(save_as: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, save_as)
    assert refusal(out.getvalue(), "screenshot.png") == (
        "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. Save it as a PNG and add it again."
    )


def test_an_iphone_photo_is_to_be_saved_as_a_jpeg() -> None:
    assert refusal(b"\x00\x00\x00\x18ftypheic" + bytes(200)).endswith("Save it as a JPEG and add it again.")


def test_a_chunk_of_text_that_unpacks_to_gigabytes_is_refused() -> None:
    assert refusal(png_with_text("x", "y" * 200_000)) == DAMAGED


def test_an_image_over_20_mb_says_so() -> None:
    data = png()
    assert refusal(data + bytes(34_000_000 - len(data))) == (
        "The image is 34 MB. It must be smaller than 20 MB. Split it or lower the image quality."
    )
    assert re.match(r"The image is 20\.1 MB\. It must be smaller than 20 MB\.", refusal(data + bytes(20_000_000)))
