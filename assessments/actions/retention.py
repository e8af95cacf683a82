"""Delete what has served its purpose, class by class, in small batches. 0 days means never."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import Report
from assessments.reports.kinds import Kind
from outbox.models import Mail
from vendors.models import Invitation

BATCH = 100
"""Rows of one class that are deleted in one transaction."""
BATCHES = 50
"""Batches of one class in one run; what is left then waits for the next night."""
EXPORTS = (Kind.WORKBOOK, Kind.TABLE, Kind.DATA, Kind.OSCAL, Kind.ARCHIVE)
"""What can be made again at any time and is checked by nobody later, unlike a PDF that was handed out."""


@dataclass(frozen=True)
class DataClass:
    """One kind of data: what it is for, how long it is kept, and how it goes.

    `setting` is the name of the days, or "" where there is nothing to set. `sweep` deletes one batch of what is older
    than the instant it is given and says how many that were; None where nothing is deleted by itself.
    """

    what: str
    purpose: str
    kept: str
    setting: str = ""
    sweep: Callable[[datetime], int] | None = None


def _mails(before: datetime) -> int:
    """Done with, whatever became of them. Of one with an occasion the row stays, so that nobody is reminded twice."""
    done = Mail.objects.exclude(state=Mail.State.QUEUED).filter(created_at__lt=before).exclude(to="")
    rows = dict(done.order_by("pk").values_list("pk", "occasion")[:BATCH])
    Mail.objects.filter(pk__in=[pk for pk, occasion in rows.items() if occasion is None]).delete()
    Mail.objects.filter(pk__in=[pk for pk, occasion in rows.items() if occasion]).update(to="", params={})
    return len(rows)


def _invitations(before: datetime) -> int:
    """Expired or revoked, and never accepted."""
    over = Q(revoked_at__lt=before) | Q(revoked_at=None, expires_at__lt=before)
    pks = list(Invitation.objects.filter(over, accepted_at=None).order_by("pk").values_list("pk", flat=True)[:BATCH])
    # Sent again meanwhile, it is none of these any more.
    Invitation.objects.filter(over, accepted_at=None, pk__in=pks).delete()
    return len(pks)


def _exports(before: datetime) -> int:
    """The file first and the row second: what a stopped worker leaves is still named by its row."""
    old = Report.objects.select_for_update().filter(kind__in=EXPORTS, requested_at__lt=before, touched_at__lt=before)
    found = list(old.order_by("pk").only("pk", "file")[:BATCH])
    for report in found:
        if report.file:
            default_storage.delete(report.file.name)
    Report.objects.filter(pk__in=[report.pk for report in found]).delete()
    return len(found)


def _sessions(before: datetime) -> int:
    pks = list(Session.objects.filter(expire_date__lt=before).values_list("pk", flat=True)[:BATCH])
    Session.objects.filter(pk__in=pks, expire_date__lt=before).delete()
    return len(pks)


CLASSES = (
    DataClass("Mail that was sent, failed or dropped", "answers “was I told?”", "90 days", "RETAIN_MAIL_DAYS", _mails),
    DataClass(
        "Invitations never accepted",
        "shows who was asked",
        "180 days after they expired or were revoked",
        "RETAIN_INVITATION_DAYS",
        _invitations,
    ),
    DataClass(
        "Workbooks, tables, records, OSCAL results and archives of evidence",
        "download; can be made again",
        "90 days after they were asked for",
        "RETAIN_EXPORT_DAYS",
        _exports,
    ),
    DataClass("Sessions", "signing in", "12 hours; the rows go the night after", "", _sessions),
    DataClass(
        "Reports, summaries, letters, receipts (PDF)", "proof of what was handed out", "until the vendor is erased"
    ),
    DataClass("Reports on the whole portfolio", "the same", "until a vendor they name is erased"),
    DataClass("Answers, results, findings, decisions", "the assessment itself", "until the vendor is erased"),
    DataClass(
        "Evidence, also withdrawn",
        "what results rest on; shows that and when it was withdrawn",
        "until the vendor is erased",
    ),
    DataClass("People of vendors", "who did what", "until no vendor they belong to is left"),
    DataClass("Details of the audit trail", "who did what, in full", "until the vendor is erased"),
    DataClass("Events and hashes of the audit trail, tombstones", "proof that nothing was altered", "for good"),
)


def apply(now: datetime | None = None) -> dict[str, int]:
    """Delete what is older than it may be. Returns how many rows of each class; safe to stop and to run again."""
    now = now or timezone.now()
    return {one.what: _swept(one, now) for one in CLASSES if one.sweep is not None}


def _swept(one: DataClass, now: datetime) -> int:
    days = getattr(settings, one.setting) if one.setting else None
    if one.sweep is None or days == 0:
        return 0
    total = 0
    for _batch in range(BATCHES):
        with transaction.atomic():
            count = one.sweep(now - timedelta(days=days or 0))
        total += count
        if count < BATCH:
            break
    return total


def as_markdown() -> str:
    """The table of the operations page."""
    rows = ["| data | what for | kept | setting |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {one.what} | {one.purpose} | {one.kept} | {f'`{one.setting}`' if one.setting else ''} |" for one in CLASSES
    ]
    return "\n".join(rows)
