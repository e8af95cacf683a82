"""Ask for a document, make it, and put lost jobs back into the queue."""

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from assessments.actions import jobs
from assessments.models import Assessment, Report
from assessments.models.reports import report_key
from assessments.queries.portfolio import PortfolioFilter
from assessments.reports import brand_settings, makers, signature
from assessments.reports.box import TOO_LONG, OnPage, OnStep, boxed
from assessments.reports.brand import BrandRefused
from assessments.reports.build import build_snapshot
from assessments.reports.kinds import PDF, Kind
from assessments.reports.material import Material, RenderFailed, Trail, ignore
from assessments.reports.portfolio_build import build_portfolio
from assessments.reports.signature import KeyUnusable
from assessments.reports.snapshot import SnapshotError
from audit.trail import head_of, record
from outbox.actions import enqueue
from outbox.publish import after_commit
from users.models import User

PAGES_TOLD = 5
"""Every so many pages the row says how far it is."""
log = logging.getLogger("assay.reports")


def request(*, assessment: Assessment, by: User, kind: Kind = Kind.REPORT) -> Report:
    """Freeze what the assessment says now and queue the document. Unchanged, the same day, it is the same job.

    A job that failed is tried again.
    """
    with transaction.atomic():
        assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
        with translation.override("en-gb"):  # one document for both sides, whoever asks for it
            snapshot = build_snapshot(assessment, made_on=timezone.localdate())
        return _queue(kind=kind, assessment=assessment, snapshot=snapshot, by=by)


@transaction.atomic
def request_portfolio(*, chosen: PortfolioFilter, by: User) -> Report:
    """Freeze what this person sees of the vendors that the filter leaves, and queue the document."""
    snapshot = build_portfolio(by, chosen, made_on=timezone.localdate())
    return _queue(kind=Kind.PORTFOLIO, assessment=None, snapshot=snapshot, by=by)


def _queue(*, kind: Kind, assessment: Assessment | None, snapshot: Any, by: User) -> Report:
    """The job for this snapshot, which waits unless it is done. Part of a transaction."""
    from assessments.tasks import render_report  # noqa: PLC0415 -- tasks are leaves

    vendor = assessment.vendor_id if assessment else None
    position, head = head_of(vendor)
    now = timezone.now()
    report, created = Report.objects.get_or_create(
        kind=kind,
        assessment=assessment,
        snapshot_sha256=snapshot.digest(),
        defaults={
            "snapshot": snapshot.to_json(),
            "trail_position": position,
            "trail_hash": head,
            "requested_by": by,
            "requested_at": now,
            "touched_at": now,
        },
    )
    if created:
        record(
            kind="report.requested",
            by=by,
            vendor=vendor,
            target=f"report:{report.pk}",
            details={"kind": kind, "snapshot_sha256": report.snapshot_sha256},
        )
    elif report.state == Report.State.FAILED:
        Report.objects.filter(pk=report.pk).update(
            state=Report.State.QUEUED, attempts=0, problem="", reference="", step=0, touched_at=now
        )
        report.refresh_from_db()
    if report.state == Report.State.QUEUED:
        after_commit(render_report, report_id=report.pk)
    return report


def render_now(*, report_id: int) -> None:
    """Make one queued document and store it. Called by the worker; a second call for the same job does nothing."""
    report = jobs.claim(Report, report_id, log)
    if report is None:
        return

    def on_step(step: int, steps: int) -> None:
        Report.objects.filter(pk=report_id).update(step=step, steps=steps, page=0, touched_at=timezone.now())

    def on_page(page: int) -> None:
        if page % PAGES_TOLD == 0:
            Report.objects.filter(pk=report_id).update(page=page, touched_at=timezone.now())

    on_step(0, report.steps)
    try:
        snapshot = makers.snapshot_of(Kind(report.kind), report.snapshot)
        missing = lost_files(snapshot)
        with make(report, snapshot, missing=frozenset(missing), on_step=on_step, on_page=on_page) as out:
            _keep(report, out, missing)
    except (RenderFailed, BrandRefused) as error:  # each is a sentence for people
        jobs.fail(report, str(error), log)
    except Exception as error:
        log.exception("report failed", extra={"report": report.pk})
        jobs.fail(report, _why(error), log)


def _why(error: Exception) -> str:
    """In words, for whoever asked for the document; the cause itself is in the log."""
    if isinstance(error, SnapshotError):
        return "It was asked for by another version of Assay, which wrote it down in another way."
    if isinstance(error, SoftTimeLimitExceeded):
        return TOO_LONG
    if isinstance(error, OSError):
        return "The store of the files did not answer, or has no room. Try again, or tell whoever runs Assay."
    return "Something in it could not be laid out."


def make(
    report: Report, snapshot: Any, *, missing: frozenset[int], on_step: OnStep = ignore, on_page: OnPage = ignore
) -> BinaryIO:
    """The document as an open temporary file. PDFs are laid out in a box, with their images in hand.

    Raises RenderFailed, and OSError where the store does not answer.
    """
    kind = Kind(report.kind)
    material = Material(
        kind=kind,
        digest=report.snapshot_sha256,
        trail=Trail(report.trail_position, report.trail_hash),
        open_file=default_storage.open,
        on_step=on_step,
        missing=missing,
        brand=brand_settings.configured(),
    )
    write = makers.MAKERS[kind]
    if report.about.media_type == PDF:
        images = _previews(snapshot)

        def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
            write(snapshot, replace(material, open_file=_opener(images), on_step=on_step, on_page=on_page), out)

        return _signed(boxed(work, on_step=on_step, on_page=on_page))
    file = tempfile.TemporaryFile()
    try:
        write(snapshot, material, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _signed(out: BinaryIO) -> BinaryIO:
    """The PDF with the organisation's signature behind it, where there is a key. Raises RenderFailed."""
    path, password = settings.REPORT_SIGNING_KEY, settings.REPORT_SIGNING_PASSWORD
    if not path:
        return out
    with out:
        pdf = out.read()
    try:
        return io.BytesIO(signature.signed(pdf, path=path, password=password, at=timezone.now()))
    except KeyUnusable as error:
        raise RenderFailed(f"It could not be signed. {error}") from error


def _previews(snapshot: Any) -> dict[str, bytes]:
    """The images by key; those that are gone are left out. Raises OSError where the store does not answer."""
    found = {}
    for key in (item.preview for item in getattr(snapshot, "evidence", ()) if item.preview):
        try:
            with default_storage.open(key) as file:
                found[key] = bytes(file.read())
        except FileNotFoundError:
            continue
    return found


def _opener(images: Mapping[str, bytes]) -> Callable[[str], BinaryIO]:
    def open_file(key: str) -> BinaryIO:
        if key not in images:
            raise FileNotFoundError(key)
        return io.BytesIO(images[key])

    return open_file


def lost_files(snapshot: Any) -> dict[int, str]:
    """The evidence whose stored bytes are gone: number to name."""
    items = getattr(snapshot, "evidence", ())
    return {item.number: item.name for item in items if item.file and not default_storage.exists(item.file)}


def _keep(report: Report, out: BinaryIO, missing: Mapping[int, str]) -> None:
    """Write the file under its own name, then mark the row ready: nobody ever sees half a document."""
    digest = hashlib.file_digest(out, "sha256").hexdigest()
    size = out.seek(0, os.SEEK_END)
    out.seek(0)
    key = default_storage.save(report_key(report, ""), File(out))
    with transaction.atomic():
        current = Report.objects.select_for_update().filter(pk=report.pk, state=Report.State.RENDERING).first()
        if current is None:
            default_storage.delete(key)
            return
        current.file, current.size, current.sha256 = key, size, digest
        current.missing = [f"E{number} {name}" for number, name in missing.items()]
        current.state, current.step = Report.State.READY, current.steps
        current.finished_at = current.touched_at = timezone.now()
        current.save()
        if current.kind == Kind.REPORT:
            Assessment.objects.filter(pk=current.assessment_id).update(last_report=current)
        _tell(current)


def _tell(report: Report) -> None:
    """The trail, whoever asked for it, and of lost evidence whoever reads the log."""
    vendor = report.assessment.vendor_id if report.assessment else None
    record(
        kind="report.rendered",
        by=None,
        vendor=vendor,
        target=f"report:{report.pk}",
        details={"sha256": report.sha256},
    )
    if report.missing:
        log.error("evidence is missing", extra={"report": report.pk, "files": len(report.missing)})
        record(
            kind="evidence.missing",
            by=None,
            vendor=vendor,
            target=f"report:{report.pk}",
            details={"files": report.missing},
        )
    person = report.requested_by
    if person.is_active and person.staff_role:
        enqueue(kind="report.ready", to=person.email, params={"report": report.pk}, vendor=vendor)


def requeue_lost() -> int:
    """Publish again every job whose row waits although no worker touches it. Returns how many."""
    from assessments.tasks import render_report  # noqa: PLC0415 -- tasks are leaves

    ids = jobs.lost(Report)
    for report_id in ids:
        after_commit(render_report, report_id=report_id)
    return len(ids)
