"""A stored file made readable on a page: always our own words and pictures, never the file itself."""

import codecs
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator

from assessments.evaluators.formats import CREDENTIAL_REPORT, credential_report
from assessments.models import Evidence, EvidenceKind
from assessments.queries.files import day, size_of

ROWS = 100  # users of a credential report on a page
TEXT_BYTES = 200_000  # of a text file
MEMBERS = 500  # files of a bundle
_TEXT = {EvidenceKind.CSV, EvidenceKind.JSON, EvidenceKind.TEXT}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the page of a file shows. `kind` is image, report, text, bundle or none."""

    kind: str
    problem: str = ""  # why it cannot be shown
    page: Page | None = None  # of ReportRow
    has_many_accounts: bool = False
    text: str = ""
    is_cut: bool = False
    members: Sequence[tuple[str, str]] = field(default_factory=tuple)  # name, size
    member_count: int = 0


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


def readable(evidence: Evidence, page: str = "1") -> Content:
    """The content of a file, read now from where it is stored. A file that is lost or unreadable says so."""
    try:
        if evidence.kind == EvidenceKind.IMAGE:
            return Content(kind="image" if evidence.preview else "none")
        if evidence.format == CREDENTIAL_REPORT and evidence.kind != EvidenceKind.ZIP:
            return _report(evidence, page)
        if evidence.kind in _TEXT:
            return _text(evidence)
        if evidence.kind == EvidenceKind.ZIP:
            return _bundle(evidence)
    except (OSError, credential_report.Unreadable, zipfile.BadZipFile):
        return Content(kind="none", problem="The file could not be read. Download it, or add it again.")
    return Content(kind="none")


def _yes_no(value: bool | None, raw: str) -> str:
    return raw if value is None else "Yes" if value else "No"


def _moment(value: object, raw: str) -> str:
    if isinstance(value, datetime):
        return day(value)
    return {"N/A": "–", "not_supported": "–", "no_information": "Never", "": "–"}.get(raw, raw)


def _in_words(row: credential_report.Row) -> ReportRow:
    cells = dict(zip(credential_report.COLUMNS, row.cells, strict=True))
    keys = [
        ReportKey(
            _yes_no(key.active, cells[f"access_key_{slot}_active"]),
            _moment(key.last_rotated, cells[f"access_key_{slot}_last_rotated"]),
            # A key that exists and was never used says N/A; a slot without a key says the same.
            "Never"
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
    )


def _report(evidence: Evidence, page: str) -> Content:
    with evidence.file.open("rb") as stored:
        report = credential_report.parse(stored.read(), received_at=evidence.received_at)
    shown = Paginator(report.rows, ROWS).get_page(page)
    shown.object_list = [_in_words(row) for row in shown.object_list]
    return Content(kind="report", page=shown, has_many_accounts=len(report.accounts) > 1)


def _text(evidence: Evidence) -> Content:
    with evidence.file.open("rb") as stored:
        data = stored.read(TEXT_BYTES + 1)
    return Content(kind="text", text=_decoded(data[:TEXT_BYTES]), is_cut=len(data) > TEXT_BYTES)


def _decoded(head: bytes) -> str:
    """The beginning of a text, which may end inside a letter."""
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if is_wide else "utf-8-sig")()
    try:
        return decoder.decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", errors="replace")


def _bundle(evidence: Evidence) -> Content:
    with evidence.file.open("rb") as stored, zipfile.ZipFile(stored) as bundle:
        members = [one for one in bundle.infolist() if not one.is_dir()]
    shown = [(one.filename, size_of(one.file_size)) for one in members[:MEMBERS]]
    return Content(kind="bundle", members=shown, member_count=len(members))
