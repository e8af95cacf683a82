"""Whether a PDF that comes back is still the one that was issued, and who signed it, if anybody did."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from assessments.intake.alone import run_alone
from assessments.limits import PDF_MEMORY_BYTES, PDF_SECONDS
from assessments.reports.seal import sealed_length

_BOX = Path(__file__).with_name("signed_box.py")


@dataclass(frozen=True)
class Signer:
    """Whose certificate a signature names: anybody can make one of any name, so the SHA-256 of it is what counts."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Wholeness:
    """`is_whole`: no byte was changed since it was sealed, or since it was signed.

    `signer` is set where a good signature covers every byte. `is_unread` says that there is something that looks like
    a signature and this installation has nothing to check it with; the bytes before it are whole.
    """

    is_whole: bool
    signer: Signer | None = None
    is_unread: bool = False


def wholeness(pdf: bytes) -> Wholeness:
    """The seal of the PDF, and the signature that may stand behind it."""
    length = sealed_length(pdf)
    if length in {0, len(pdf)}:
        return Wholeness(is_whole=length > 0)
    answer = _in_box(pdf)
    if answer.get("refused") == "missing":
        return Wholeness(is_whole=False, is_unread=True)
    if answer.get("is_good") is not True:
        return Wholeness(is_whole=False)
    return Wholeness(is_whole=True, signer=Signer(str(answer["name"]), str(answer["sha256"])))


def _in_box(pdf: bytes) -> dict[str, object]:
    """What the box says; one that was stopped at its limits, or fell over, found no signature."""
    try:
        said = run_alone(_BOX, PDF_MEMORY_BYTES, PDF_SECONDS, data=pdf, seconds=2 * PDF_SECONDS)
        answer: dict[str, object] = json.loads(said)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "other"}
    return answer
