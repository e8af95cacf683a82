"""Ask for a report, render it, and put lost jobs back into the queue."""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Report
from assessments.models.reports import report_key
from assessments.reports.build import build_snapshot
from assessments.reports.render import RenderFailed, render
from assessments.reports.snapshot import Snapshot
from audit.trail import record
from outbox.actions import enqueue
from outbox.publish import after_commit
from users.models import User

log = logging.getLogger("assay.reports")

# A job no worker has touched for so long goes back into the queue; above the longest render.
LOST_AFTER = timedelta(minutes=6)
WAITING_AFTER = timedelta(minutes=1)
ATTEMPTS = 3


@transaction.atomic
def request(*, assessment: Assessment, by: User) -> Report:
    """Freeze what the assessment says now and queue the PDF. Unchanged, the same day, it is the same job.

    A job that failed is tried again.
    """
    from assessments.tasks import render_report  # noqa: PLC0415 -- tasks are leaves

    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    snapshot = build_snapshot(assessment, made_on=timezone.localdate())
    now = timezone.now()
    report, created = Report.objects.get_or_create(
        assessment=assessment,
        snapshot_sha256=snapshot.digest(),
        defaults={"snapshot": snapshot.to_json(), "requested_by": by, "requested_at": now, "touched_at": now},
    )
    if created:
        record(
            kind="report.requested",
            by=by,
            vendor=assessment.vendor_id,
            target=f"report:{report.pk}",
            details={"snapshot_sha256": report.snapshot_sha256},
        )
    elif report.state == Report.State.FAILED:
        Report.objects.filter(pk=report.pk).update(
            state=Report.State.QUEUED, attempts=0, problem="", reference="", step=0, touched_at=now
        )
        report.refresh_from_db()
    if report.state == Report.State.QUEUED:
        after_commit(render_report, report_id=report.pk)
    return report


def _claim(report_id: int) -> Report | None:
    """Mark the job as being worked on. None if another worker has it, or nothing is left to do."""
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(pk=report_id).first()
        if report is None or report.state in {Report.State.READY, Report.State.FAILED}:
            return None
        if report.state == Report.State.RENDERING and report.touched_at > timezone.now() - LOST_AFTER:
            return None
        if report.attempts >= ATTEMPTS:
            _fail(report, "It was tried several times, and each time the worker stopped in the middle.")
            return None
        report.state, report.step, report.attempts, report.touched_at = (
            Report.State.RENDERING,
            0,
            report.attempts + 1,
            timezone.now(),
        )
        report.save(update_fields=["state", "step", "attempts", "touched_at"])
        return report


def _fail(report: Report, problem: str) -> None:
    report.state, report.problem, report.reference = Report.State.FAILED, problem, secrets.token_hex(2).upper()
    report.touched_at = timezone.now()
    report.save(update_fields=["state", "problem", "reference", "touched_at"])
    log.error("report failed", extra={"report": report.pk, "reference": report.reference})


def render_now(*, report_id: int) -> None:
    """Render one queued report and store it. Called by the worker; a second call for the same job does nothing."""
    report = _claim(report_id)
    if report is None:
        return

    def on_step(step: int, steps: int) -> None:
        Report.objects.filter(pk=report_id).update(step=step, steps=steps, touched_at=timezone.now())

    def open_image(key: str) -> bytes:
        with default_storage.open(key) as file:
            return file.read()

    try:
        pdf = render(Snapshot.from_json(report.snapshot), open_image=open_image, on_step=on_step)
    except RenderFailed as error:
        _fail(report, str(error))
        return
    except Exception:
        log.exception("report failed", extra={"report": report.pk})
        _fail(report, "Something in it could not be laid out.")
        return
    _keep(report, pdf)


def _keep(report: Report, pdf: bytes) -> None:
    """Write the file under its own name, then mark the row ready: nobody ever sees half a PDF."""
    key = default_storage.save(report_key(report, ""), ContentFile(pdf))
    with transaction.atomic():
        current = Report.objects.select_for_update().filter(pk=report.pk, state=Report.State.RENDERING).first()
        if current is None:
            default_storage.delete(key)
            return
        current.file, current.size, current.sha256 = key, len(pdf), hashlib.sha256(pdf).hexdigest()
        current.state, current.step = Report.State.READY, current.steps
        current.finished_at = current.touched_at = timezone.now()
        current.save()
        Assessment.objects.filter(pk=current.assessment_id).update(last_report=current)
        vendor = current.assessment.vendor_id
        record(
            kind="report.rendered",
            by=None,
            vendor=vendor,
            target=f"report:{current.pk}",
            details={"sha256": current.sha256},
        )
        person = current.requested_by
        if person.is_active and person.staff_role:
            enqueue(kind="report.ready", to=person.email, params={"assessment": current.assessment_id}, vendor=vendor)


def requeue_lost() -> int:
    """Publish again every job whose row waits although no worker touches it. Returns how many."""
    from assessments.tasks import render_report  # noqa: PLC0415 -- tasks are leaves

    now = timezone.now()
    waiting = Report.objects.filter(state=Report.State.QUEUED, touched_at__lt=now - WAITING_AFTER)
    lost = Report.objects.filter(state=Report.State.RENDERING, touched_at__lt=now - LOST_AFTER)
    ids = list(waiting.values_list("pk", flat=True)) + list(lost.values_list("pk", flat=True))
    for report_id in ids:
        after_commit(render_report, report_id=report_id)
    return len(ids)
