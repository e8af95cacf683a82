"""Look at one file: what it is, whether we take it, and what can be read from it."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from assessments.intake import images, pdfs
from assessments.intake.boxes import read_bounded
from assessments.intake.names import clean_name
from assessments.intake.readings import LIMITS, too_large
from assessments.intake.refusal import Refused
from assessments.intake.signatures import HEAD, sniff
from assessments.limits import CSV_BYTES, JSON_BYTES, TEXT_BYTES
from assessments.marking import said as _

_CHUNK = 1 << 20  # bytes
_CONTENT_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "csv": "text/csv",
    "json": "application/json",
    "text": "text/plain",
}


@dataclass(frozen=True)
class Accepted:
    """A file we take. Nothing in it comes from what the browser said, but for the words of `name`."""

    kind: str  # "image", "csv", "json", "pdf", "text" or "zip"
    name: str  # safe to show; the extension is that of what the file is
    content_type: str
    size: int  # bytes
    sha256: str
    file: BinaryIO  # rewound
    preview: bytes | None = None  # a JPEG rebuilt from the pixels of an image
    preview_size: tuple[int, int] | None = None  # width and height in pixels
    format: str = ""  # "iam-credential-report" where it is one
    facts: dict[str, object] = field(default_factory=dict)  # what was read from it; JSON values


def examine(stream: BinaryIO, name: str) -> Accepted:
    """Take or refuse one file. Raises Refused with a sentence that says what to do.

    The stream is read from its start, in chunks, and no further than the limit of what it turns out to be.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        raise Refused(_("The file is empty. Check it and add it again."))
    true_type = sniff(head)
    limit = LIMITS.get(true_type, max(CSV_BYTES, JSON_BYTES, TEXT_BYTES))
    size, sha256 = _measure(stream, limit, _noun(true_type))
    if true_type in {"png", "jpeg"}:
        preview, preview_size = images.rebuild(stream, _all(stream))
        return _accepted(stream, "image", true_type, name, size, sha256, preview=preview, preview_size=preview_size)
    if true_type == "pdf":
        return _accepted(stream, "pdf", "pdf", name, size, sha256, facts=pdfs.inspect(_all(stream)))
    found = read_bounded(stream, name, size, true_type=true_type, received_at=datetime.now(UTC))
    return _accepted(stream, found.kind, found.kind, name, size, sha256, format=found.format, facts=found.facts)


def _noun(true_type: str) -> str:
    return {"png": "image", "jpeg": "image", "pdf": "PDF", "zip": "ZIP"}.get(true_type, "text file")


def _measure(stream: BinaryIO, limit: int, noun: str) -> tuple[int, str]:
    """Size and SHA-256, read in chunks; a file over the limit is not read to its end."""
    end = stream.seek(0, io.SEEK_END)
    if end > limit:
        raise too_large(noun, end, limit)
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise too_large(noun, size, limit)
        digest.update(chunk)
    stream.seek(0)
    return size, digest.hexdigest()


def _all(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read()
    stream.seek(0)
    return data


def _accepted(stream: BinaryIO, kind: str, true_type: str, name: str, size: int, sha256: str, **more: Any) -> Accepted:
    stream.seek(0)
    return Accepted(
        kind=kind,
        name=clean_name(name, true_type),
        content_type=_CONTENT_TYPES[true_type],
        size=size,
        sha256=sha256,
        file=stream,
        **more,
    )
