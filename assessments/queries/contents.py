"""A stored file made readable on a page: always our own words and pictures, never the file itself."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from assessments.evaluators.formats import CREDENTIAL_REPORT, bundle, credential_report
from assessments.evaluators.formats.errors import TooLarge, Unreadable
from assessments.models import Evidence, EvidenceKind
from assessments.queries.files import day, size_of
from assessments.queries.marked_text import MarkedText, decoded, marked_text, readable_json
from assessments.queries.pages import Pages, pages_of
from assessments.queries.report_rows import report_rows

ROWS = 100  # users of a credential report on a page
TEXT_BYTES = 200_000  # of a text file
MEMBERS = 500  # files of a bundle
MARKED_BYTES = 5_000_000  # of a text, or of one file of a bundle, in which something is marked
_TEXT = {EvidenceKind.CSV, EvidenceKind.JSON, EvidenceKind.TEXT}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the page of a file shows. `kind` is image, pages, report, text, marked, bundle or none."""

    kind: str
    problem: str = ""  # why it cannot be shown
    page: Page | None = None  # of ReportRow
    has_many_accounts: bool = False
    text: str = ""
    is_cut: bool = False
    members: Sequence[tuple[str, str]] = field(default_factory=tuple)  # name, size
    member_count: int = 0
    member: str = ""  # the file of the bundle that is shown
    marked: MarkedText | None = None
    pages: Pages | None = None


class NoSuchMember(Exception):
    """A bundle holds no file of this name."""


@dataclass(frozen=True)
class ReportKey:
    """One access key slot in words."""

    active: str
    rotated: str
    used: str


@dataclass(frozen=True)
class ReportRow:
    """One user of a credential report in words."""

    account: str
    user: str
    password: str
    password_used: str
    mfa: str
    keys: tuple[ReportKey, ReportKey]
    is_marked: bool = False


def readable(evidence: Evidence, page: str = "1", *, member: str = "", mark: str = "") -> Content:
    """The content of a file, read now from where it is stored. A file that is lost or unreadable says so.

    `member` is one file of a bundle, `mark` a name whose lines or rows are marked. Raises NoSuchMember.
    """
    try:
        if member:
            return _member(evidence, member, mark)
        if evidence.kind == EvidenceKind.IMAGE:
            return Content(kind="image" if evidence.preview else "none")
        if evidence.format == CREDENTIAL_REPORT and evidence.kind != EvidenceKind.ZIP:
            return _report(evidence, page, mark)
        if evidence.kind in _TEXT:
            return _marked(evidence, mark) if mark else _text(evidence)
        if evidence.kind == EvidenceKind.ZIP:
            return _bundle(evidence)
        if pages := pages_of(evidence):
            return Content(kind="pages", pages=pages)
    except TooLarge as error:
        return Content(kind="none", problem=str(error))
    except (OSError, Unreadable, zipfile.BadZipFile):
        return Content(kind="none", problem=_("The file could not be read. Download it, or add it again."))
    return Content(kind="none")


def _yes_no(value: bool | None, raw: str) -> str:
    return raw if value is None else _("Yes") if value else _("No")


def _moment(value: object, raw: str) -> str:
    if isinstance(value, datetime):
        return day(value)
    return {"N/A": "–", "not_supported": "–", "no_information": _("Never"), "": "–"}.get(raw, raw)


def _in_words(row: credential_report.Row, mark: str = "") -> ReportRow:
    cells = dict(zip(credential_report.COLUMNS, row.cells, strict=True))
    keys = [
        ReportKey(
            _yes_no(key.active, cells[f"access_key_{slot}_active"]),
            _moment(key.last_rotated, cells[f"access_key_{slot}_last_rotated"]),
            # A key that exists and was never used says N/A; a slot without a key says the same.
            _("Never")
            if key.active and cells[f"access_key_{slot}_last_used_date"] == "N/A"
            else _moment(key.last_used, cells[f"access_key_{slot}_last_used_date"]),
        )
        for slot, key in enumerate(row.keys, 1)
    ]
    return ReportRow(
        account=row.account,
        user=row.user,
        password=_yes_no(row.password_enabled, "–" if row.is_root else cells["password_enabled"]),
        password_used=_moment(row.password_last_used, cells["password_last_used"]),
        mfa=_yes_no(row.mfa_active, cells["mfa_active"]),
        keys=(keys[0], keys[1]),
        is_marked=bool(mark) and row.user == mark,
    )


def _report(evidence: Evidence, page: str, mark: str) -> Content:
    rows = report_rows(evidence)
    if mark and not page:  # the page it stands on
        users = (place for place, row in enumerate(rows.between(0, rows.count)) if row.user == mark)
        page = str(next(users, 0) // ROWS + 1)
    shown = Paginator(range(rows.count), ROWS).get_page(page)
    start = ROWS * (shown.number - 1)
    shown.object_list = [_in_words(row, mark) for row in rows.between(start, start + ROWS)]
    return Content(kind="report", page=shown, has_many_accounts=rows.has_many_accounts)


def _text(evidence: Evidence) -> Content:
    with evidence.file.open("rb") as stored:
        data = stored.read(TEXT_BYTES + 1)
    return Content(kind="text", text=decoded(data[:TEXT_BYTES]), is_cut=len(data) > TEXT_BYTES)


def _marked(evidence: Evidence, mark: str) -> Content:
    if evidence.size > MARKED_BYTES:
        raise TooLarge(_("The file is too large to mark anything in it. Download it and search it."))
    with evidence.file.open("rb") as stored:
        data = stored.read(MARKED_BYTES)
    return Content(kind="marked", marked=marked_text(readable_json(decoded(data)), mark))


def _member(evidence: Evidence, name: str, mark: str) -> Content:
    """One file of a bundle; its name has to be one that the bundle lists."""
    if evidence.kind != EvidenceKind.ZIP:
        raise NoSuchMember(name)
    with evidence.file.open("rb") as stored:
        members = bundle.members(stored.read())
    found = next((one for one in members if one.path == name), None)
    if found is None:
        raise NoSuchMember(name)
    if found.info.file_size > MARKED_BYTES:
        problem = _("This file is too large to show here. Download the bundle.")
        return Content(kind="none", member=name, problem=problem)
    text = readable_json(decoded(found.read()))
    return Content(kind="marked", member=name, marked=marked_text(text, mark))


def _bundle(evidence: Evidence) -> Content:
    with evidence.file.open("rb") as stored, zipfile.ZipFile(stored) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
    shown = [(one.filename, size_of(one.file_size)) for one in members[:MEMBERS]]
    return Content(kind="bundle", members=shown, member_count=len(members))
