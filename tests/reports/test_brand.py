"""The organisation's logo and colour: what is refused, in which words, and what becomes of the file."""

import io
import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from PIL import Image, PngImagePlugin

from assessments.limits import LOGO_BYTES
from assessments.reports import brand
from assessments.reports.brand import Brand, BrandRefused
from assessments.reports.brand_settings import load
from tests.reports import samples


def logo(folder: Path, content: bytes, name: str = "logo.png") -> str:
    """The path of a file with this content."""
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_without_a_logo_there_is_the_colour_alone() -> None:
    assert load("", "#1F4E8C") == Brand(b"", "", "#1f4e8c")


def test_nothing_of_the_file_but_its_pixels_is_kept(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (3_000, 1_500), (200, 0, 0, 0))
    picture.putpixel((0, 0), (200, 0, 0, 255))
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "secret words")
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=said)
    found = load(logo(tmp_path, out.getvalue()), "#1f4e8c")
    assert found.logo_type == "image/png"
    assert b"secret words" not in found.logo
    with Image.open(io.BytesIO(found.logo)) as rebuilt:
        assert (rebuilt.mode, rebuilt.size, rebuilt.info) == ("RGB", (1_200, 600), {})
        assert rebuilt.getpixel((600, 300)) == (255, 255, 255)


def test_a_jpeg_stays_a_jpeg_and_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = logo(tmp_path, samples.bitmap("JPEG", (300, 100)))
    assert load(path, "#1f4e8c").logo_type == "image/jpeg"
    assert load(path, "#1f4e8c") == load(path, "#1f4e8c")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ORGANISATION_LOGO must name a PNG or JPEG file that is whole."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ORGANISATION_LOGO must name a PNG or JPEG file that is whole."),
        (samples.bitmap("GIF", (9, 9)), "ORGANISATION_LOGO must name a PNG or JPEG file that is whole."),
        (samples.open_image("a")[:5_000], "ORGANISATION_LOGO must name a PNG or JPEG file that is whole."),
        (
            samples.bitmap("PNG", (4_001, 10)),
            "ORGANISATION_LOGO names an image of 4001 x 10 pixels; each side may have 4,000.",
        ),
        (bytes(LOGO_BYTES + 1), "ORGANISATION_LOGO names a file of more than 2 MB. Make it smaller."),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(BrandRefused, match=f"^{re.escape(why)}$"):
        load(logo(tmp_path, content), "#1f4e8c")


def test_a_logo_of_the_largest_size_is_taken(tmp_path: Path) -> None:
    assert load(logo(tmp_path, samples.bitmap("PNG", (4_000, 10))), "#1f4e8c").logo


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrandRefused, match=r"none\.png, which cannot be read: No such file or directory\.$"):
        load(str(tmp_path / "none.png"), "#1f4e8c")


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "#12345g", "#123456; } body { color: red"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(BrandRefused, match="must be # and six hexadecimal digits, as #1f4e8c"):
        load("", colour)


def test_a_colour_on_which_white_cannot_be_read_is_refused() -> None:
    assert brand.contrast_with_white("#000000") == pytest.approx(21)
    assert load("", "#767676").colour == "#767676"  # 4.54 to 1, the lightest grey that is enough
    with pytest.raises(BrandRefused, match=r"#777777 is too light: white text on it has a contrast of 4\.48 to 1"):
        load("", "#777777")
    with pytest.raises(BrandRefused, match=r"#ffd400 is too light: white text on it has a contrast of 1\.43 to 1"):
        load("", "#ffd400")


def test_only_a_colour_reaches_the_style() -> None:
    assert "#7a1f5c" in brand.style(Brand(colour="#7a1f5c"))
    with pytest.raises(BrandRefused):
        brand.style(Brand(colour="red; } @import url(x)"))


def test_a_bad_setting_is_said_when_the_program_starts(settings: object) -> None:
    assert [one for one in run_checks() if one.id == "assessments.E001"] == []
    settings.ORGANISATION_COLOUR = "#eeeeee"  # type: ignore[attr-defined]  # pytest-django's
    found = [one.msg for one in run_checks() if one.id == "assessments.E001"]
    assert len(found) == 1
    assert found[0].startswith("ORGANISATION_COLOUR #eeeeee is too light")
