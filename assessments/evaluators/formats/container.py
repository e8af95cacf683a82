"""Take a credential report out of what carries it: the JSON of get-credential-report, or undecoded base64."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assessments import limits
from assessments.evaluators.formats.errors import TooLarge, Unreadable
from assessments.evaluators.formats.text import encoding_of, head_of
from assessments.evaluators.formats.times import read_instant

BASE64_START: Final = "dXNlcixhcm4"  # "user,arn"
# Base64 is longer by a third; a little room for line ends and for the other fields of the wrapper.
_PACKED_BYTES: Final = limits.CREDENTIAL_REPORT_BYTES * 7 // 5
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Content:
    """The bytes of the table itself, their encoding, and what the wrapper says."""

    data: bytes
    encoding: str
    generated_at: datetime | None = None
    problems: tuple[str, ...] = ()


def is_wrapped(head: str) -> bool:
    """Whether a file that begins with `head` looks like the JSON of get-credential-report or bare base64."""
    if head.startswith("{"):
        return '"Content"' in head and BASE64_START in head
    return head.lstrip("\"'").startswith(BASE64_START)


def unwrap(data: bytes) -> Content:
    """The table inside `data`, which may be the table itself. Raises TooLarge or Unreadable."""
    if len(data) > _PACKED_BYTES:
        raise _too_large(len(data))
    head = head_of(data, 1_000)
    if head.startswith("{"):
        return _from_json(data)
    if head.lstrip("\"'").startswith(BASE64_START):
        table, problems = _decoded(data.decode(_encoding(data)))
        return Content(table, _encoding(table), problems=problems)
    return _checked(Content(data, _encoding(data)))


def _from_json(data: bytes) -> Content:
    try:
        fields = json.loads(data.decode(_encoding(data)), object_pairs_hook=_wrapper_fields)
    except (ValueError, RecursionError):
        raise Unreadable("The JSON could not be read. Run get-credential-report again and add its output.") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("Content"), str):
        raise Unreadable("This is not the output of get-credential-report. Run it again and add its output.")
    generated_at = read_instant(fields.get("GeneratedTime"))
    table, problems = _decoded(fields["Content"])
    if "GeneratedTime" in fields and generated_at is None:
        problems = (*problems, "GeneratedTime could not be read. State when the report was made.")
    return Content(table, _encoding(table), generated_at, problems)


def _wrapper_fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Keep the two fields we read, so that a hostile object costs no memory."""
    return {name: value for name, value in pairs if name in ("Content", "GeneratedTime")}


def _decoded(text: str) -> tuple[bytes, tuple[str, ...]]:
    """Decode base64, wrapped lines included; text that was cut off is decoded as far as it goes."""
    packed = _BLANKS.sub("", text).strip("\ufeff\"'")
    if not packed.startswith(BASE64_START):
        return text.encode(), ()  # somebody has decoded the content already
    missing = -len(packed) % 4
    cut = len(packed.rstrip("=")) % 4 == 1 or (missing and not packed.endswith("="))
    packed = packed.rstrip("=")
    packed = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    try:
        table = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except ValueError:  # damaged, or characters that are no base64
        raise Unreadable("The base64 text is damaged. Decode it, or download the report again.") from None
    _checked(Content(table, ""))
    return table, ("The base64 text seems to be cut off. Download the report again.",) if cut else ()


def _checked(content: Content) -> Content:
    if len(content.data) > limits.CREDENTIAL_REPORT_BYTES:
        raise _too_large(len(content.data))
    return content


def _encoding(data: bytes) -> str:
    if encoding := encoding_of(data):
        return encoding
    raise Unreadable("This is not a text file. Download the credential report from IAM and add it again.")


def _too_large(size: int) -> TooLarge:
    return TooLarge(
        f"The credential report is {size / limits.MB:,.1f} MB. It must be smaller than "
        f"{limits.CREDENTIAL_REPORT_BYTES // limits.MB} MB. Add one report for each account."
    )
