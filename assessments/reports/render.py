"""Snapshot to PDF. No database, no network, no clock: the same snapshot gives the same bytes on the same version."""

import gc
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from assessments.reports import accessible, brand, manifest
from assessments.reports.appendix_view import appendix_view
from assessments.reports.attached import attached_manifest, manifest_of
from assessments.reports.fetcher import LOGO, ClosedFetcher, icons, logo, previews
from assessments.reports.material import Material, RenderFailed
from assessments.reports.report_view import report_view
from assessments.reports.seal import sealed
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import fitted

STEPS = 7
"""WeasyPrint's own steps, from parsing (1) over layout (5) to metadata (7)."""
TEMPLATE = "reports/assessment.html"
STYLE = Path(__file__).parent / "assets" / "report.css"
IDENTIFIER_LENGTH = 32

_progress = logging.getLogger("weasyprint.progress")
_step = re.compile(r"Step (\d+)")


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """The assessment report as a tagged PDF. A preview that is missing or damaged becomes a box that names the file.

    Raises RenderFailed.
    """
    html, fetcher = _document(snapshot, material)
    pdf = lay_out(
        html,
        styles=[STYLE],
        fetcher=fetcher,
        digest=material.digest,
        look=brand.style(material.brand),
        attachments=[attached_manifest(snapshot, material)],
        on_step=material.on_step,
        on_page=material.on_page,
    )
    out.write(sealed(pdf))


def lay_out(
    html: str,
    *,
    styles: Sequence[Path],
    fetcher: ClosedFetcher,
    digest: str,
    look: str = "",
    attachments: Sequence[Attachment] = (),
    on_step: Callable[[int, int], None] | None = None,
    on_page: Callable[[int], None] | None = None,
) -> bytes:
    """HTML and our own style sheets as a tagged PDF that loads nothing but what `fetcher` holds.

    `look` is style text of ours that comes after the sheets. `digest` is the hexadecimal SHA-256 of what the HTML was
    made from, by which the PDF is known. Raises RenderFailed.
    """
    identifier = digest[:IDENTIFIER_LENGTH].encode("ascii")
    try:
        with _without_collector(), _steps(on_step, on_page):
            document = HTML(string=html, base_url=None, url_fetcher=fetcher)
            fonts = FontConfiguration()
            texts = [*(path.read_text("utf-8") for path in styles), look]
            sheets = [CSS(string=text, url_fetcher=fetcher, font_config=fonts) for text in texts]
            pdf = document.write_pdf(
                stylesheets=sheets,
                font_config=fonts,
                attachments=list(attachments),
                pdf_variant=accessible.VARIANT,
                output_intent=accessible.OUTPUT_INTENT,
                finisher=accessible.finish,
                pdf_identifier=identifier,
                presentational_hints=False,
            )
    except FatalURLFetchingError as error:  # a BaseException: uncaught it would end the worker
        raise RenderFailed("Something in it points to a place outside the report.") from error
    return bytes(pdf)


def _document(snapshot: Snapshot, material: Material) -> tuple[str, ClosedFetcher]:
    """The report as HTML, and the only things it may load."""
    images, unreadable = previews(snapshot.evidence, material.open_file)
    shown = fitted(snapshot)
    context = {
        "report": report_view(shown, digest=material.digest),
        "appendix": appendix_view(shown, unreadable=unreadable, missing=material.missing),
        "manifest_sha256": manifest.sha256_of(manifest_of(snapshot, material)),
        "colour": material.brand.colour,
        "logo": LOGO if material.brand.logo else "",
    }
    return render_to_string(TEMPLATE, context), ClosedFetcher(icons() | images | logo(material.brand))


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection while laying out: it walks hundreds of thousands of live boxes and frees nothing."""
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


@contextmanager
def _steps(on_step: Callable[[int, int], None] | None, on_page: Callable[[int], None] | None) -> Iterator[None]:
    """Tell what WeasyPrint writes to its progress log."""
    if on_step is None:
        yield
        return
    handler = _StepHandler(on_step, on_page)
    level, propagate = _progress.level, _progress.propagate
    _progress.addHandler(handler)
    _progress.setLevel(logging.INFO)
    _progress.propagate = False
    try:
        yield
    finally:
        _progress.removeHandler(handler)
        _progress.setLevel(level)
        _progress.propagate = propagate


class _StepHandler(logging.Handler):
    """Tells each step of this thread once, and each page the first time it is laid out.

    `handle` is overridden so that exceptions come through.
    """

    def __init__(self, on_step: Callable[[int, int], None], on_page: Callable[[int], None] | None) -> None:
        super().__init__(logging.INFO)
        self._on_step, self._on_page = on_step, on_page
        self._page = 0
        self._thread = threading.get_ident()
        self._last = 0

    def handle(self, record: logging.LogRecord) -> bool:
        match = _step.match(record.msg)
        if match and record.thread == self._thread and int(match[1]) > self._last:
            self._last = int(match[1])
            self._on_step(self._last, STEPS)
        if match and record.thread == self._thread and self._on_page and record.msg.endswith("Page %d"):
            page = int(record.args[0]) if isinstance(record.args, tuple) else 0
            if page > self._page:
                self._page = page
                self._on_page(page)
        return True
