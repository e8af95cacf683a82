"""The PDF itself: structure, words, bytes, and what it refuses to load."""

import dataclasses
import gc
import io
import logging
import re
import subprocess
from pathlib import Path
from typing import BinaryIO

import pikepdf
import pytest
from PIL import ImageFile
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from assessments.reports import render as rendering
from assessments.reports.fetcher import ClosedFetcher, Resource, icons, previews
from assessments.reports.material import RenderFailed
from assessments.reports.render import STEPS
from assessments.reports.snapshot import Snapshot
from tests.reports import samples


def text_of(pdf: bytes) -> list[str]:
    """The words of each page, as a reader copies them; places to break are taken out."""
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return found.stdout.decode("utf-8").replace("\u200b", "").split("\f")[:-1]


def flat(pages: list[str]) -> str:
    """All words in one line."""
    return " ".join(" ".join(pages).split())


@pytest.fixture(scope="module")
def full() -> bytes:
    return samples.rendered(samples.full())


@pytest.fixture(scope="module")
def pages(full: bytes) -> list[str]:
    return text_of(full)


@pytest.fixture(scope="module")
def draft_pages() -> list[str]:
    return text_of(samples.rendered(samples.draft()))


@pytest.fixture(scope="module")
def extreme() -> bytes:
    return samples.rendered(samples.extreme())


@pytest.fixture(scope="module")
def extreme_pages(extreme: bytes) -> list[str]:
    return text_of(extreme)


def test_the_same_snapshot_gives_the_same_bytes(full: bytes) -> None:
    copy = Snapshot.from_json(samples.full().to_json())
    assert samples.rendered(copy) == full


def test_another_snapshot_gives_another_identifier(full: bytes) -> None:
    other = samples.rendered(dataclasses.replace(samples.empty(), period="2027"))
    with pikepdf.open(io.BytesIO(full)) as one, pikepdf.open(io.BytesIO(other)) as two:
        assert one.trailer.ID[0] != two.trailer.ID[0]
        assert bytes(one.trailer.ID[0]) == samples.full().digest()[:32].encode()


def test_the_document_is_tagged_and_says_what_it_is(full: bytes) -> None:
    with pikepdf.open(io.BytesIO(full)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked) is True
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
        assert pdf.Root.StructTreeRoot.K is not None
        assert {str(key): str(value) for key, value in pdf.docinfo.items()} == {
            "/Title": "Halvorsen Payments: AWS assessment 2026",
            "/Author": "Alder Mutual",
            "/Subject": "Results of the AWS assessment 2026 of Halvorsen Payments, 17 December 2026",
            "/Creator": "Assay",
            "/Producer": "WeasyPrint 70.0",
            "/CreationDate": "D:20261217000000Z",
            "/ModDate": "D:20261217000000Z",
        }
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def tags(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """All structure elements."""
    found, waiting = [], [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/S") is not None:
                found.append(node)
            if node.get("/K") is not None and node.get("/Type") != "/OBJR":
                waiting.append(node.K)
    return found


def test_images_and_charts_have_words_and_tables_have_headers(full: bytes) -> None:
    with pikepdf.open(io.BytesIO(full)) as pdf:
        found = tags(pdf)
        figures = [str(tag.get("/Alt", "")) for tag in found if tag.S == "/Figure"]
        assert "" not in figures
        assert "5 met, 1 partly met, 1 not met" in figures
        assert sum(alt.startswith("Image of evidence E") for alt in figures) == 3
        kinds = {str(tag.S) for tag in found}
        assert {"/H1", "/H2", "/H3", "/H4", "/Table", "/TH", "/TD", "/L", "/Link"} <= kinds


def test_headings_become_bookmarks(full: bytes) -> None:
    with pikepdf.open(io.BytesIO(full)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == [
            "Summary",
            "Results by domain",
            "Findings, most serious first",
            "All 33 results",
            "Contradictions and coverage",
            "Every question in detail",
            "Appendix A: Evidence extracts",
            "Appendix B: Evidence register",
            "Appendix C: How we score",
            "Appendix D: Questions, errata and licence",
        ]
        assert outline.root[2].children[0].title == "1. IAM roles instead of access keys"
        assert outline.root[5].children[0].children[0].title == "1. AWS Organizations manages every account"


def test_pages_are_counted_and_the_contents_are_right(pages: list[str]) -> None:
    for number, page in enumerate(pages[1:], start=2):
        assert f"Page {number} of {len(pages)}" in page
        assert "Confidential" in page
    contents = dict(re.findall(r"^ *([A-Z][^.\n]*?)(?: \.)+ *(\d+)$", pages[0], re.MULTILINE))
    assert len(contents) == 10
    for title, number in contents.items():
        body = pages[int(number) - 1].split("\n", 3)[3] if number != "1" else pages[0]
        assert title.strip() in body


def test_no_page_is_empty_and_no_heading_stands_alone(pages: list[str], draft_pages: list[str]) -> None:
    for page in pages[1:] + draft_pages[1:]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert len(lines) >= 5, page
        last = lines[-2]  # before the footer
        assert not re.match(r"(\d+\. [A-Z]|Errata$|Source and licence$|Processes$|Encryption$)", last), page


def test_a_short_finding_is_never_split(pages: list[str]) -> None:
    for page in pages[3:8]:
        assert page.count("What we saw") == len(re.findall(r"Priority \d +Question", page))
        assert page.count("What we saw") == len(re.findall(r"^ *Evidence  ", page, re.MULTILINE))


def test_only_a_draft_says_draft_and_it_does_on_every_page(pages: list[str], draft_pages: list[str]) -> None:
    assert all("DRAFT" in page for page in draft_pages)
    assert not any("DRAFT" in page for page in pages)


def test_how_we_score_and_the_fingerprint_are_one_page(pages: list[str]) -> None:
    assert ["Fingerprint" in page for page in pages[1:] if "Appendix C: How we score" in page] == [True]


def test_the_digests_are_printed_whole(pages: list[str]) -> None:
    words = flat(pages)
    assert samples.full().digest() in words
    for item in samples.full().evidence:
        assert item.sha256 in words


def test_the_report_says_what_was_asked_answered_and_found(pages: list[str]) -> None:
    words = flat(pages)
    for said in (
        "Do any of your AWS accounts contain access keys that were never used",
        "Three of seven active keys in payments-prod had no use in 90 days",
        "Removal of svc-legacy-sftp is change CHG-4821.",
        "A forgotten key still works for whoever finds it, and nobody is watching it.",
        "Unused 214 days",
        "111122223333",
        "Adapted from the RiskRecon AWS Assessment Playbook (June 2020) by RiskRecon, Inc.",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ):
        assert said in words


def test_markup_and_template_syntax_are_printed_literally(extreme_pages: list[str]) -> None:
    words = flat(extreme_pages)
    for said in (
        "<script>alert(1)</script>",
        '<img src="file:///etc/passwd">',
        "{{ settings.SECRET_KEY }}",
        "{% debug %}",
        "&amp;",
        "<b>bold</b>.pdf",
        "<i>Zahlung</i>",
    ):
        assert said in words


def test_awkward_names_keep_the_cover_on_one_page(extreme_pages: list[str]) -> None:
    assert "Confidential. For" in extreme_pages[0]
    assert "Appendix D" in extreme_pages[0]
    assert "Page 2 of" in extreme_pages[1]
    assert "meets 20 questions" in flat(extreme_pages[1:2])


def test_no_word_leaves_its_page(extreme: bytes) -> None:
    command = ["pdftotext", "-bbox", "-", "-"]
    found = subprocess.run(command, input=extreme, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    boxes = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)"', found)
    width, margin = 595.3, 20 * 72 / 25.4
    assert len(boxes) > 5_000
    assert min(float(left) for left, _ in boxes) >= margin - 1
    assert max(float(right) for _, right in boxes) <= width - margin + 1


def test_steps_are_told_once_each_in_order() -> None:
    steps: list[tuple[int, int]] = []
    level = logging.getLogger("weasyprint.progress").level
    samples.rendered(samples.empty(), on_step=lambda *step: steps.append(step))
    assert steps == [(number, STEPS) for number in range(1, STEPS + 1)]
    logger = logging.getLogger("weasyprint.progress")
    assert (logger.level, logger.handlers) == (level, [])


def test_each_page_is_told_once_in_order() -> None:
    pages: list[int] = []
    pdf = samples.rendered(samples.empty(), on_page=pages.append)
    with pikepdf.open(io.BytesIO(pdf)) as found:
        assert pages == list(range(1, len(found.pages) + 1))


def test_what_on_step_raises_ends_the_rendering() -> None:
    class Stop(Exception):
        pass

    def stop(step: int, steps: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        samples.rendered(samples.empty(), on_step=stop)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_nothing_is_complained_about(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        samples.rendered(samples.draft())
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an image",
        b"\x89PNG\r\n\x1a\n broken",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        samples.open_image("a")[:5_000],
        samples.bitmap("BMP", (10, 10)),
        samples.bitmap("PNG", (4_001, 1)),
    ],
)
def test_a_damaged_preview_is_not_passed_on(content: bytes) -> None:
    assert previews(samples.full().evidence, lambda key: io.BytesIO(content)) == ({}, frozenset({2, 3, 4}))


def test_half_an_image_stays_half_an_image_after_the_renderer_is_loaded() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_damaged_preview_is_a_box_that_names_the_file() -> None:
    words = flat(text_of(samples.rendered(samples.full(), open_image=lambda key: b"")))
    assert words.count("could not be read, so the image is missing here") == 3
    assert "The preview of payments-prod-users.png could not be read" in words


def test_a_missing_preview_is_marked_and_a_broken_store_is_an_error() -> None:
    def missing(key: str) -> BinaryIO:
        raise FileNotFoundError(key)

    def broken(key: str) -> bytes:
        raise ConnectionRefusedError

    assert previews(samples.full().evidence, missing) == ({}, frozenset({2, 3, 4}))
    with pytest.raises(ConnectionRefusedError):
        samples.rendered(samples.full(), open_image=broken)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://assay.example/x.png",
        "data:image/png;base64,AAAA",
        "evidence:99",
        "icon:../../report.css",
    ],
)
def test_nothing_else_can_be_loaded(url: str) -> None:
    fetcher = ClosedFetcher(icons() | {"evidence:1": Resource("image/jpeg", samples.open_image("a"))})
    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(url)
    for html in (
        f'<img src="{url}" alt="x">',
        f'<link rel="attachment" href="{url}">',
        f'<link rel="stylesheet" href="{url}">',
        f'<p style="background: url({url})">x</p>',
    ):
        with pytest.raises(FatalURLFetchingError):
            HTML(string=f"<html lang=en><title>t</title>{html}", base_url=None, url_fetcher=fetcher).write_pdf()


def test_a_template_that_points_outside_is_a_failure_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    fetcher = ClosedFetcher(icons())
    html = '<html lang="en"><title>t</title><img src="file:///etc/passwd" alt="x">'
    monkeypatch.setattr(rendering, "_document", lambda *args: (html, fetcher))
    with pytest.raises(RenderFailed, match="outside the report"):
        samples.rendered(samples.empty())


def test_the_templates_trust_no_text() -> None:
    for path in (Path(__file__).parents[2] / "templates" / "reports").glob("*.html"):
        content = path.read_text("utf-8")
        for word in ("|safe", "autoescape", "mark_safe", "style=", "onclick", "<script"):
            assert word not in content, path.name
