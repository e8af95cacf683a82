"""What `bin/bench report` renders: an assessment with many screenshots, and its words in plain paragraphs."""

import dataclasses
import functools
import gc
import html
import io
import os
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO

import django
from PIL import Image, ImageDraw

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from weasyprint import HTML  # noqa: E402 -- only Django that is set up has templates

from assessments.intake.images import rebuild  # noqa: E402 -- the same
from assessments.reports import render as rendering  # noqa: E402
from assessments.reports.box import OnPage, OnStep, boxed  # noqa: E402
from assessments.reports.material import Material  # noqa: E402
from assessments.reports.snapshot import EvidenceItem, Snapshot  # noqa: E402
from tests.reports import samples  # noqa: E402

SCREEN = (1_920, 1_080)
"""Pixels of a screenshot as it is uploaded."""
_NOTE = (
    "The credential report of payments-prod names {count} users with a password and {count} with active keys. The "
    "evidence is dated before the change that the answer speaks of, so the change itself is taken from the ticket."
)
_BLOCKS = {"p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "caption", "figcaption", "div", "section"}


def assessment(screenshots: int) -> Snapshot:
    """Every question with notes of both sides, a dozen findings, and so many screenshots."""
    base = samples.full()
    rest = tuple(item for item in base.evidence if not item.preview)
    shots = tuple(_screenshot(len(rest) + place) for place in range(1, screenshots + 1))
    files = tuple(dataclasses.replace(item, number=place) for place, item in enumerate(rest, start=1)) + shots
    criteria = tuple(
        dataclasses.replace(
            one,
            notes=one.notes or _NOTE.format(count=one.number),
            note=one.note or _NOTE.format(count=one.number + 33),
            evidence=tuple(item.number for item in files if one.number in item.questions),
        )
        for one in base.criteria
    )
    seen = {one.number: one.evidence for one in criteria}
    findings = tuple(dataclasses.replace(one, evidence=seen[one.question]) for one in base.findings)
    return dataclasses.replace(base, criteria=criteria, findings=findings, evidence=files)


def _screenshot(number: int) -> EvidenceItem:
    base = next(item for item in samples.full().evidence if item.preview)
    return dataclasses.replace(
        base,
        number=number,
        name=f"console-{number}.png",
        questions=(number % 33 + 1,),
        preview=f"previews/{number}.jpg",
    )


@functools.cache
def preview(key: str) -> bytes:
    """A page of a console on a screen of 1920 x 1080, made smaller as at the upload. The same for the same key."""
    image = Image.new("RGB", SCREEN, "#f4f6f9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SCREEN[0], 60), fill="#17202e")
    draw.text((24, 20), f"{key}    111122223333    eu-central-1", fill="#ffffff", font_size=18)
    for row in range(22):
        top = 120 + row * 42
        draw.rectangle((260, top + 36, 1_880, top + 37), fill="#c4ccd8")
        for column in range(6):
            words = f"{key[-6:]}-{row:02d}-{column}  {row * 17 + column} days"
            draw.text((280 + column * 265, top), words, fill="#17202e", font_size=17)
    out = io.BytesIO()
    image.save(out, "PNG")
    smaller, _size = rebuild(io.BytesIO(out.getvalue()), out.getvalue())
    return smaller


def keep(snapshot: Snapshot, folder: Path) -> None:
    """What a report of this snapshot is made from, as files."""
    (folder / "previews").mkdir(parents=True)
    (folder / "snapshot.json").write_text(snapshot.to_json(), encoding="ascii")
    for item in snapshot.evidence:
        if item.preview:
            (folder / item.preview).write_bytes(preview(item.preview))


def kept(folder: Path) -> tuple[Snapshot, Material]:
    """The same again."""
    snapshot = Snapshot.from_json((folder / "snapshot.json").read_text("ascii"))
    return snapshot, samples.material(snapshot, open_image=lambda key: (folder / key).read_bytes())


def report(snapshot: Snapshot, material: Material) -> bytes:
    """The report as the worker makes it: in a child process that is gone afterwards."""

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        rendering.write(snapshot, material, out)

    with boxed(work) as out:
        return out.read()


def paragraphs(snapshot: Snapshot, material: Material) -> str:
    """The words of the report, each block of them a plain paragraph; no style, no table, no image."""
    words = _Words()
    words.feed(rendering._document(snapshot, material)[0])
    words.close()
    said = "\n".join(f"<p>{html.escape(text)}</p>" for text in words.found)
    return f'<!doctype html><html lang="en"><title>Words</title><body>{said}</body></html>'


def plain(text: str) -> bytes:
    """These paragraphs by the engine's own defaults, not tagged, in a child process as the report is."""

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        gc.freeze()
        gc.disable()
        HTML(string=text).write_pdf(out)

    with boxed(work) as out:
        return out.read()


class _Words(HTMLParser):
    """The text of a page, block by block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []
        self._is_body = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._is_body = self._is_body or tag == "body"
        if tag in _BLOCKS:
            self._end()

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag == "body":
            self._end()

    def handle_data(self, data: str) -> None:
        if self._is_body:
            self._open.append(data)

    def _end(self) -> None:
        if text := " ".join("".join(self._open).split()):
            self.found.append(text)
        self._open = []
