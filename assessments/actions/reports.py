"""Ask for a report, render it, and put lost jobs back into the queue."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from assessments.actions import jobs
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


@transaction.atomic
def request(*, assessment: Assessment, by: User) -> Report:
    """Freeze what the assessment says now and queue the PDF. Unchanged, the same day, it is the same job.

    A job that failed is tried again.
    """
    from assessments.tasks import render_report  # noqa: PLC0415 -- tasks are leaves

    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    with translation.override("en-gb"):  # one document for both sides, whoever asks for it
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


def render_now(*, report_id: int) -> None:
    """Render one queued report and store it. Called by the worker; a second call for the same job does nothing."""
    report = jobs.claim(Report, report_id, log)
    if report is None:
        return

    def on_step(step: int, steps: int) -> None:
        Report.objects.filter(pk=report_id).update(step=step, steps=steps, touched_at=timezone.now())

    on_step(0, report.steps)

    def open_image(key: str) -> bytes:
        with default_storage.open(key) as file:
            return file.read()

    try:
        pdf = render(Snapshot.from_json(report.snapshot), open_image=open_image, on_step=on_step)
    except RenderFailed as error:
        jobs.fail(report, str(error), log)
        return
    except Exception:
        log.exception("report failed", extra={"report": report.pk})
        jobs.fail(report, "Something in it could not be laid out.", log)
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

    ids = jobs.lost(Report)
    for report_id in ids:
        after_commit(render_report, report_id=report_id)
    return len(ids)
