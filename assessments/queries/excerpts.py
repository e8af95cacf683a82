"""The beginning of a file as text or as a table, for people who read it beside an answer.

Small files alone are opened; of a large one the page shows the facts read at upload, and the way to download it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.evaluators.formats import CREDENTIAL_REPORT, credential_report
from assessments.evaluators.formats.errors import HeaderOnly, TooLarge, Unreadable
from assessments.evaluators.formats.times import Mark, Time
from assessments.models import Evidence, EvidenceKind
from assessments.queries.report_rows import report_rows

MOST_BYTES = 1_000_000  # of a table that is read for a page
MOST_ROWS = 50
MOST_CHARACTERS = 2_000
NOT_LOADED = gettext_lazy(
    "We could not load this file. The answer and your result are safe. Try again, or score another question."
)
TOO_LARGE = gettext_lazy("The file is too large to show here. Download it to read it.")
Marks = Sequence[tuple[str, str, str]]
"""What breaks a question in one row: the key or property, the reason, and the id of its row in the list of those."""
_TEXTS = {EvidenceKind.CSV, EvidenceKind.JSON, EvidenceKind.TEXT}


@dataclass(frozen=True)
class UserRow:
    """One user of a credential report, in words."""

    user: str
    password: str
    mfa: str
    keys: tuple[tuple[str, str, str], ...]  # active, last rotated, last used; for each of the two slots
    account: str = ""
    marks: Marks = ()  # what breaks the question
    id: str = ""  # of a marked row on the page

    @property
    def quote(self) -> str:
        """The marks as a sentence for a note: "bob, access key 1: The key was never used."."""
        return " ".join(f"{self.user}{f', {what}' if what else ''}: {reason}" for what, reason, _ in self.marks)


@dataclass(frozen=True)
class Excerpt:
    """What a page shows of the content; `problem` says why nothing can be shown."""

    rows: tuple[UserRow, ...] = ()
    row_count: int = 0
    text: str = ""
    is_cut: bool = False
    problem: str = ""
    marked_count: int = 0  # rows of the file that break the question, whether shown or not


def excerpt(evidence: Evidence, marks: Mapping[tuple[str, str], Marks] | None = None) -> Excerpt:
    """The beginning of one file; of a credential report the rows with `marks`, by account and user, come first.

    Never raises for what is in the file, or for a store that does not answer.
    """
    try:
        if evidence.format == CREDENTIAL_REPORT:
            return _table(evidence, marks or {})
        return _text(evidence) if evidence.kind in _TEXTS else Excerpt()
    except (Unreadable, HeaderOnly, TooLarge) as error:
        return Excerpt(problem=str(error))
    except OSError:
        return Excerpt(problem=str(NOT_LOADED))


def _read(evidence: Evidence, size: int) -> bytes:
    with evidence.file.open("rb") as file:
        return bytes(file.read(size))


def _text(evidence: Evidence) -> Excerpt:
    data = _read(evidence, 4 * MOST_CHARACTERS)
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")
    return Excerpt(text=text[:MOST_CHARACTERS], is_cut=evidence.size > len(data) or len(text) > MOST_CHARACTERS)


def _table(evidence: Evidence, marks: Mapping[tuple[str, str], Marks]) -> Excerpt:
    if evidence.size > MOST_BYTES:
        return Excerpt(problem=str(TOO_LARGE))
    report = report_rows(evidence)
    rows = report.between(0, report.count if marks else MOST_ROWS)  # a marked one may stand anywhere
    marked = [row for row in rows if (row.account, row.user) in marks]
    others = (row for row in rows if (row.account, row.user) not in marks)
    first = [*marked[:MOST_ROWS], *islice(others, max(0, MOST_ROWS - len(marked)))]
    return Excerpt(
        rows=tuple(
            _user(row, marks.get((row.account, row.user), ()), f"row-{evidence.pk}-{row.line}") for row in first
        ),
        row_count=report.count,
        is_cut=report.count > MOST_ROWS,
        marked_count=len(marked),
    )


def _user(row: credential_report.Row, marks: Marks, row_id: str) -> UserRow:
    return UserRow(
        user=row.user,
        password=_password(row),
        mfa=_yes(row.mfa_active),
        keys=tuple((_yes(key.active), _day(key.last_rotated), _day(key.last_used)) for key in row.keys),
        account=row.account,
        marks=marks,
        id=row_id if marks else "",
    )


def _password(row: credential_report.Row) -> str:
    if row.password_enabled is False:
        return _("No password")
    if isinstance(row.password_last_used, datetime):
        return _("Last used %(day)s") % {"day": _day(row.password_last_used)}
    return _("Never used")


def _yes(value: bool | None) -> str:
    return "–" if value is None else _("yes") if value else _("no")


def _day(time: Time) -> str:
    if isinstance(time, datetime):
        return date_format(time, "j M Y")
    return _("Never") if time is Mark.NO_INFORMATION else "–"
