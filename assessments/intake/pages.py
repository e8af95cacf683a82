"""Pictures of the pages of a PDF, for those who read it beside an answer. The PDF itself is never shown."""

import io
import logging
import shutil
import subprocess
from pathlib import Path
from time import monotonic

from assessments.intake import images
from assessments.intake.alone import run_alone
from assessments.intake.refusal import Refused
from assessments.limits import PAGES_SECONDS, PDF_MEMORY_BYTES, PDF_PAGES, PDF_SECONDS, PREVIEW_SIDE

_BOX = Path(__file__).with_name("pages_box.py")
PROGRAM = "pdftoppm"
Picture = tuple[bytes, tuple[int, int]]
"""A JPEG, and its width and height in pixels."""
log = logging.getLogger("assay.intake")


class NoProgram(Exception):
    """The program that draws pages is not installed."""


def draw(data: bytes, count: int) -> list[Picture]:
    """The first of the `count` pages of a PDF that was accepted: at most PDF_PAGES, in at most about PAGES_SECONDS.

    A page that cannot be drawn within the limits ends it, so there may be none. Raises NoProgram.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoProgram
    drawn: list[Picture] = []
    end = monotonic() + PAGES_SECONDS
    for page in range(1, min(count, PDF_PAGES) + 1):
        left = min(end - monotonic(), 2 * PDF_SECONDS)
        picture = _page(data, page, program, left) if left > 0 else None
        if picture is None:
            break
        drawn.append(picture)
    return drawn


def _page(data: bytes, page: int, program: str, seconds: float) -> Picture | None:
    """One page, rebuilt from its pixels: what the program wrote is trusted no more than a stranger's screenshot."""
    try:
        drawn = run_alone(_BOX, PDF_MEMORY_BYTES, PDF_SECONDS, page, PREVIEW_SIDE, program, data=data, seconds=seconds)
        return images.rebuild(io.BytesIO(drawn), drawn)
    except (subprocess.SubprocessError, Refused) as error:
        # Its own words may repeat what is in the file, so only how it ended is kept.
        log.warning("a page was not drawn: %s %s", type(error).__name__, getattr(error, "returncode", ""))
        return None
