"""Pages of a PDF become pictures, within limits, and a file made to break that brings down nothing."""

import io

import pikepdf
import pytest
from PIL import Image

from assessments.intake import pages
from tests.intake.samples import pdf


def with_pages(count: int, side: int = 0) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        for _ in range(count - 1):
            document.add_blank_page()
        if side:
            document.pages[0].mediabox = [0, 0, side, side / 2]

    return pdf(change)


def test_each_page_is_a_jpeg_of_its_pixels() -> None:
    drawn = pages.draw(with_pages(2), 2)
    assert [size for _, size in drawn] == [(1082, 1400), (1082, 1400)]
    for data, size in drawn:
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size, image.getpixel((5, 5))) == ("JPEG", size, (255, 255, 255))


def test_a_page_as_large_as_a_house_is_drawn_as_small_as_any_other() -> None:
    ((_, size),) = pages.draw(with_pages(1, side=14_400), 1)
    assert size == (1400, 700)


def test_no_more_pages_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PDF_PAGES", 2)
    assert len(pages.draw(with_pages(3), 3)) == 2


def test_no_page_is_begun_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGES_SECONDS", 0)
    assert pages.draw(with_pages(1), 1) == []


@pytest.mark.parametrize(("limit", "value"), [("PDF_MEMORY_BYTES", 8_000_000), ("PDF_SECONDS", 0)])
def test_a_page_that_takes_more_than_there_is_ends_it(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(pages, limit, value)
    assert pages.draw(with_pages(2), 2) == []


def test_pages_that_a_file_does_not_have_end_it() -> None:
    assert len(pages.draw(with_pages(1), 5)) == 1


def test_what_is_no_pdf_gives_no_page() -> None:
    assert pages.draw(b"%PDF-1.7\nnothing\n%%EOF", 1) == []


def test_without_the_program_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.shutil, "which", lambda program: None)
    with pytest.raises(pages.NoProgram):
        pages.draw(with_pages(1), 1)
