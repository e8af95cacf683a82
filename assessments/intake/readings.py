"""What is read from a text, a table, a JSON or a bundle before it is taken. Pure.

This is the part of the door whose time grows with the file and depends on what is in it; `boxes.py` bounds it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from assessments.evaluators.formats import CREDENTIAL_REPORT, detect
from assessments.evaluators.formats.container import BASE64_START
from assessments.evaluators.formats.credential_report import CredentialReport, HeaderOnly, TooLarge, Unreadable, parse
from assessments.evaluators.formats.credential_report import summary as report_summary
from assessments.intake import bundles, secrets, texts
from assessments.intake.refusal import Refused, megabytes
from assessments.limits import CSV_BYTES, IMAGE_BYTES, JSON_BYTES, PDF_BYTES, TEXT_BYTES, ZIP_BYTES
from assessments.marking import gettext_noop
from assessments.marking import said as _

LIMITS = {"png": IMAGE_BYTES, "jpeg": IMAGE_BYTES, "pdf": PDF_BYTES, "zip": ZIP_BYTES}
_ADVICE = {
    "image": _("Split it or lower the image quality."),
    "PDF": _("Split it or leave out pages."),
    "ZIP": _("Add one bundle for each account."),
    "CSV": _("Split it and add the parts."),
    "JSON": _("Add the output of single commands."),
    "text file": _("Add only the part that shows the answer."),
}
_SIZES = {
    "image": gettext_noop("The image is %(size)s."),
    "PDF": gettext_noop("The PDF is %(size)s."),
    "ZIP": gettext_noop("The ZIP is %(size)s."),
    "CSV": gettext_noop("The CSV is %(size)s."),
    "JSON": gettext_noop("The JSON is %(size)s."),
    "text file": gettext_noop("The text file is %(size)s."),
}


@dataclass(frozen=True)
class Reading:
    """What a file turned out to be; everything is a JSON value, so that it can come out of another process."""

    kind: str  # "csv", "json", "text" or "zip"
    format: str  # CREDENTIAL_REPORT or ""
    facts: dict[str, object]


def read(stream: BinaryIO, name: str, size: int, *, true_type: str, received_at: datetime) -> Reading:
    """Read a "zip" or a "text" to its end. Raises Refused with a sentence that says what to do."""
    if true_type == "zip":
        return Reading("zip", "", bundles.inspect(stream, size))
    stream.seek(0)
    data = stream.read()
    text = texts.decode(data)
    report = _credential_report(data, name, received_at)
    kind = texts.kind_of(text, name) if report is None else _carrier(text)
    noun, limit = {"csv": ("CSV", CSV_BYTES), "json": ("JSON", JSON_BYTES), "text": ("text file", TEXT_BYTES)}[kind]
    if report is not None:  # its own caps count, and undecoded base64 is longer than a text may be
        limit = max(limit, CSV_BYTES)
    if size > limit:
        raise too_large(noun, size, limit)
    if kind == "json":
        texts.read_json(text)
    elif kind == "csv":
        texts.check_csv(text)
    secrets.check(text, kind)
    return Reading(kind, *((CREDENTIAL_REPORT, report_summary(report)) if report is not None else ("", {})))


def too_large(noun: str, size: int, limit: int) -> Refused:
    """The refusal of a file over its limit, with what to do about one of its kind."""
    small = _("It must be smaller than %(limit)s.", limit=megabytes(limit))
    return Refused(_(_SIZES[noun], size=megabytes(size)).then(small, _ADVICE[noun]))


def _carrier(text: str) -> str:
    """What carries a credential report: the wrapper of the command line, undecoded base64, or the table itself."""
    start = text.lstrip("\ufeff \t\r\n\"'")
    return "json" if start.startswith("{") else "text" if start.startswith(BASE64_START) else "csv"


def _credential_report(data: bytes, name: str, received_at: datetime) -> CredentialReport | None:
    """The report where it is one. Raises Refused where it is one that is too large; damage is named in its problems."""
    if detect(data, name) != CREDENTIAL_REPORT:
        return None
    try:
        return parse(data, received_at=received_at)
    except TooLarge as error:
        raise Refused(str(error)) from error
    except (HeaderOnly, Unreadable):
        return None
