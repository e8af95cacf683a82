"""Recognise machine evidence by its content; each format has one parser beside this file."""

from typing import Final

from assessments.evaluators.formats import container, table
from assessments.evaluators.formats.text import head_of

CREDENTIAL_REPORT: Final = "iam-credential-report"


def detect(data: bytes, name: str = "") -> str | None:
    """The format of a file, or None when it is none we read.

    Only the content decides; `name` is there for formats whose content does not tell them apart.
    """
    head = head_of(data)
    if container.is_wrapped(head) or table.header_of(table.first_line(head)):
        return CREDENTIAL_REPORT
    return None
