"""What tests ask of a finished PDF, and what a maker is given."""

import functools
import io
import re
import subprocess
from collections.abc import Callable
from typing import BinaryIO, Protocol

import pikepdf

from assessments.reports.brand import Brand
from assessments.reports.material import Material, Trail
from assessments.reports.snapshot import Snapshot
from tests.reports import samples

TRAIL = Trail(position=7, hash="5" * 64)


class Frozen(Protocol):
    """Any snapshot."""

    def digest(self) -> str:
        """Its fingerprint."""


def material(snapshot: Frozen, kind: str, *, brand: Brand | None = None) -> Material:
    """What the worker hands to a maker."""
    return Material(
        kind=kind,
        digest=snapshot.digest(),
        trail=TRAIL,
        open_file=lambda key: io.BytesIO(samples.open_image(key)),
        on_step=lambda step, steps: None,
        brand=brand or Brand(),
    )


def made(write: Callable[[Snapshot, Material, BinaryIO], None], snapshot: Snapshot, given: Material) -> bytes:
    """The bytes of one document."""
    out = io.BytesIO()
    write(snapshot, given, out)
    return out.getvalue()


def words_of(pdf: bytes) -> list[str]:
    """The words of each page on one line, as a reader copies them; places to break are taken out."""
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    pages = found.stdout.decode("utf-8").replace("\u200b", "").replace("\u00a0", " ").split("\f")[:-1]
    return [" ".join(page.split()) for page in pages]


def is_within_the_margins(pdf: bytes, margin: float = 18) -> bool:
    """Whether every word of an A4 document stands between the side margins, which are millimetres."""
    command = ["pdftotext", "-bbox", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    boxes = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)"', found)
    points = margin * 72 / 25.4
    return bool(boxes) and all(float(left) >= points - 1 and float(right) <= 596.3 - points for left, right in boxes)


def bookmarks(pdf: bytes) -> list[str]:
    """The titles of the first level."""
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        return [item.title for item in outline.root]


@functools.cache
def wide() -> str:
    """5,000 of the widest letter without a space."""
    return "W" * 5_000
