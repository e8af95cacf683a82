"""A manifest that comes back to be checked: by itself, or inside the PDF it was issued with. Never stored."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from assessments.intake import pdfs, texts
from assessments.intake.refusal import Refused, megabytes
from assessments.limits import ISSUED_PDF_BYTES, MANIFEST_BYTES
from assessments.marking import said as _
from assessments.reports.manifest import FILE_NAME

_NEITHER = _("Choose the PDF you downloaded, or the manifest.json that is attached to it.")


@dataclass(frozen=True)
class Carried:
    """The bytes of a manifest, and the PDF that carried it, if one did."""

    manifest: bytes
    pdf: bytes | None


def examine_manifest(stream: BinaryIO) -> Carried:
    """The manifest of a PDF or a JSON file. Raises Refused, with a sentence that says what to do, for all else."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    is_pdf = stream.read(5) == b"%PDF-"
    limit = ISSUED_PDF_BYTES if is_pdf else MANIFEST_BYTES
    if size > limit:
        words = _("The file is %(size)s. It may have %(limit)s.", size=megabytes(size), limit=megabytes(limit))
        raise Refused(words.then(_NEITHER))
    stream.seek(0)
    data = stream.read()
    if not data:
        raise Refused(_("The file is empty.").then(_NEITHER))
    if is_pdf:
        return Carried(_attached(data), data)
    if not data.startswith(b"{"):
        raise Refused(_("This is neither a PDF nor a manifest.").then(_NEITHER))
    texts.read_json(texts.decode(data))
    return Carried(data, None)


def _attached(pdf: bytes) -> bytes:
    manifest = pdfs.attachment(pdf, FILE_NAME, MANIFEST_BYTES)
    if manifest is None:
        raise Refused(_("This PDF carries no manifest.").then(_NEITHER))
    return manifest
