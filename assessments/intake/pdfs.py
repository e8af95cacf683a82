"""PDFs: kept for download only, and refused where they could do anything but show pages."""

import json
import subprocess
from pathlib import Path

from assessments.intake.alone import run_alone
from assessments.intake.refusal import Refused
from assessments.limits import PDF_MEMORY_BYTES, PDF_OBJECTS, PDF_SECONDS
from assessments.marking import said as _

_BOX = Path(__file__).with_name("pdf_box.py")
_PRINT_AGAIN = _("Print it to a new PDF and add that.")
_DAMAGED = _("The PDF is damaged or incomplete.").then(_PRINT_AGAIN)
_SENTENCES = {
    "locked": _("The PDF is protected by a password. Save it without protection and add it again."),
    "attached": _("The PDF has other files inside it.").then(_PRINT_AGAIN),
    "too large": _("The PDF is too complicated.").then(_PRINT_AGAIN),
    "damaged": _DAMAGED,
}
_BLANKS = b"\x00\t\n\x0c\r "


def inspect(data: bytes) -> dict[str, object]:
    """Number of pages. Raises Refused for an encrypted or damaged PDF, for active content and for attached files."""
    return {"pages": _looked_at(data)["pages"]}


def attachment(data: bytes, name: str, most_bytes: int) -> bytes | None:
    """The one file of this name inside a PDF of ours; None where there is none.

    Raises Refused as `inspect` does, and where any other file is inside or this one is larger than `most_bytes`.
    """
    found = _looked_at(data, name, str(most_bytes))["attached"]
    return None if found is None else str(found).encode("latin-1")


def _looked_at(data: bytes, *more: str) -> dict[str, object]:
    """What the box says of a PDF that it does not refuse."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused(_DAMAGED)
    if data[end + 5 :].strip(_BLANKS):
        raise Refused(_("There is something behind the end of the PDF.").then(_PRINT_AGAIN))
    answer = _open_in_box(data, *more)
    reason = answer.get("refused")
    if reason is None:
        return answer
    if reason == "active":
        words = _("The PDF holds active content (%(what)s).", what=str(answer["detail"]))
        raise Refused(words.then(_PRINT_AGAIN))
    raise Refused(_SENTENCES[str(reason)])


def _open_in_box(data: bytes, *more: str) -> dict[str, object]:
    """What the box says; one that was stopped at its limits, or fell over, counts as too complicated."""
    try:
        said = run_alone(_BOX, PDF_MEMORY_BYTES, PDF_SECONDS, PDF_OBJECTS, *more, data=data, seconds=2 * PDF_SECONDS)
        answer: dict[str, object] = json.loads(said)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "too large"}
    return answer
