"""Look at one file: what it is, whether we take it, and what can be read from it."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from assessments.evaluators.formats import CREDENTIAL_REPORT, detect
from assessments.evaluators.formats.container import BASE64_START
from assessments.evaluators.formats.credential_report import CredentialReport, HeaderOnly, TooLarge, Unreadable, parse
from assessments.evaluators.formats.credential_report import summary as report_summary
from assessments.intake import bundles, images, pdfs, secrets, texts
from assessments.intake.names import clean_name
from assessments.intake.refusal import Refused, megabytes
from assessments.intake.signatures import HEAD, sniff
from assessments.limits import CSV_BYTES, IMAGE_BYTES, JSON_BYTES, PDF_BYTES, TEXT_BYTES, ZIP_BYTES

_CHUNK = 1 << 20  # bytes
_LIMITS = {"png": IMAGE_BYTES, "jpeg": IMAGE_BYTES, "pdf": PDF_BYTES, "zip": ZIP_BYTES}
_CONTENT_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "csv": "text/csv",
    "json": "application/json",
    "text": "text/plain",
}
_ADVICE = {
    "image": "Split it or lower the image quality.",
    "PDF": "Split it or leave out pages.",
    "ZIP": "Add one bundle for each account.",
    "CSV": "Split it and add the parts.",
    "JSON": "Add the output of single commands.",
    "text file": "Add only the part that shows the answer.",
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
    credential_report: CredentialReport | None = None
    facts: dict[str, object] = field(default_factory=dict)  # what was read from it; JSON values


def examine(stream: BinaryIO, name: str) -> Accepted:
    """Take or refuse one file. Raises Refused with a sentence that says what to do.

    The stream is read from its start, in chunks, and no further than the limit of what it turns out to be.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        raise Refused("The file is empty. Check it and add it again.")
    true_type = sniff(head)
    limit = _LIMITS.get(true_type, max(CSV_BYTES, JSON_BYTES, TEXT_BYTES))
    size, sha256 = _measure(stream, limit, _noun(true_type))
    if true_type in {"png", "jpeg"}:
        preview, preview_size = images.rebuild(stream, _all(stream))
        return _accepted(stream, "image", true_type, name, size, sha256, preview=preview, preview_size=preview_size)
    if true_type == "pdf":
        return _accepted(stream, "pdf", "pdf", name, size, sha256, facts=pdfs.inspect(_all(stream)))
    if true_type == "zip":
        return _accepted(stream, "zip", "zip", name, size, sha256, facts=bundles.inspect(stream, size))
    return _examine_text(stream, name, size, sha256)


def _noun(true_type: str) -> str:
    return {"png": "image", "jpeg": "image", "pdf": "PDF", "zip": "ZIP"}.get(true_type, "text file")


def _too_large(noun: str, size: int, limit: int) -> Refused:
    return Refused(f"The {noun} is {megabytes(size)}. It must be smaller than {megabytes(limit)}. {_ADVICE[noun]}")


def _measure(stream: BinaryIO, limit: int, noun: str) -> tuple[int, str]:
    """Size and SHA-256, read in chunks; a file over the limit is not read to its end."""
    end = stream.seek(0, io.SEEK_END)
    if end > limit:
        raise _too_large(noun, end, limit)
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise _too_large(noun, size, limit)
        digest.update(chunk)
    stream.seek(0)
    return size, digest.hexdigest()


def _all(stream: BinaryIO) -> bytes:
    stream.seek(0)
    data = stream.read()
    stream.seek(0)
    return data


def _examine_text(stream: BinaryIO, name: str, size: int, sha256: str) -> Accepted:
    data = _all(stream)
    text = texts.decode(data)
    report = _credential_report(data, name)
    kind = texts.kind_of(text, name) if report is None else _carrier(text)
    noun, limit = {"csv": ("CSV", CSV_BYTES), "json": ("JSON", JSON_BYTES), "text": ("text file", TEXT_BYTES)}[kind]
    if report is not None:  # its own caps count, and undecoded base64 is longer than a text may be
        limit = max(limit, CSV_BYTES)
    if size > limit:
        raise _too_large(noun, size, limit)
    if kind == "json":
        texts.read_json(text)
    elif kind == "csv":
        texts.check_csv(text)
    secrets.check(text, kind)
    facts: dict[str, object] = report_summary(report) if report is not None else {}
    return _accepted(stream, kind, kind, name, size, sha256, credential_report=report, facts=facts)


def _carrier(text: str) -> str:
    """What carries a credential report: the wrapper of the command line, undecoded base64, or the table itself."""
    start = text.lstrip("\ufeff \t\r\n\"'")
    return "json" if start.startswith("{") else "text" if start.startswith(BASE64_START) else "csv"


def _credential_report(data: bytes, name: str) -> CredentialReport | None:
    """The report where it is one. Raises Refused where it is one that is too large; damage is named in its problems."""
    if detect(data, name) != CREDENTIAL_REPORT:
        return None
    try:
        return parse(data, received_at=datetime.now(UTC))
    except TooLarge as error:
        raise Refused(str(error)) from error
    except (HeaderOnly, Unreadable):
        return None


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
