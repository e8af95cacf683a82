"""Keep what a lead submits as a manifest, and render the receipt for it."""

import hashlib
import logging
from datetime import datetime
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from assessments.actions import jobs
from assessments.models import Assessment, Submission
from assessments.models.submissions import receipt_key
from assessments.reports import manifest
from assessments.reports.box import OnPage, OnStep, boxed
from assessments.reports.material import RenderFailed
from assessments.reports.receipt import render_receipt
from assessments.reports.submission import STATEMENT, submission_manifest
from audit.trail import record
from outbox.publish import after_commit
from users.models import User

log = logging.getLogger("assay.reports")


def drawn_up(*, assessment: Assessment, at: datetime, name: str, by: User) -> Submission:
    """What is submitted at this moment, signed as `name`; not stored yet. Reads the database."""
    with translation.override("en-gb"):  # one document for both sides, whoever submits
        text = submission_manifest(assessment, at=at, by=by, name=name)
    return Submission(
        assessment=assessment,
        round=assessment.round,
        at=at,
        by=by,
        name=name,
        statement=STATEMENT,
        manifest=text,
        manifest_sha256=manifest.read(text.encode("ascii")).sha256,
        touched_at=at,
    )


def keep(*, submission: Submission) -> None:
    """Store it and queue its receipt. Part of submitting, whose event holds the manifest's digest."""
    from assessments.tasks import render_receipt as task  # noqa: PLC0415 -- tasks are leaves

    submission.save(force_insert=True)
    after_commit(task, submission_id=submission.pk)


@transaction.atomic
def try_again(*, submission: Submission, by: User) -> None:
    """Queue a receipt that failed. One that is under way or done is left alone."""
    from assessments.tasks import render_receipt as task  # noqa: PLC0415 -- tasks are leaves

    failed = Submission.objects.select_for_update(of=("self",)).filter(pk=submission.pk, state=Submission.State.FAILED)
    current = failed.select_related("assessment").first()
    if current is None:
        return
    current.state, current.attempts, current.problem, current.reference = Submission.State.QUEUED, 0, "", ""
    current.touched_at = timezone.now()
    current.save(update_fields=["state", "attempts", "problem", "reference", "touched_at"])
    record(
        kind="receipt.requested",
        by=by,
        vendor=current.assessment.vendor_id,
        target=f"assessment:{current.assessment_id}",
        details={"round": current.round},
    )
    after_commit(task, submission_id=current.pk)


def render_now(*, submission_id: int) -> None:
    """Render one receipt and store it. Called by the worker; a second call for the same job does nothing."""
    submission = jobs.claim(Submission, submission_id, log)
    if submission is None:
        return
    try:
        pdf = _laid_out(submission.manifest)
    except RenderFailed as error:
        jobs.fail(submission, str(error), log)
        return
    except Exception:
        log.exception("receipt failed", extra={"submission": submission.pk})
        jobs.fail(submission, "Something in it could not be laid out.", log)
        return
    _keep_file(submission, pdf)


def _laid_out(text: str) -> bytes:
    """The receipt of this manifest, made in a box, since its texts are the vendor's. Raises RenderFailed or Crashed."""

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        out.write(render_receipt(text))

    with boxed(work) as out:
        return out.read()


def _keep_file(submission: Submission, pdf: bytes) -> None:
    """Write the file under its own name, then mark the row ready: nobody ever sees half a PDF."""
    key = default_storage.save(receipt_key(submission, ""), ContentFile(pdf))
    with transaction.atomic():
        rendering = Submission.objects.select_for_update(of=("self",)).filter(
            pk=submission.pk, state=Submission.State.RENDERING
        )
        current = rendering.select_related("assessment").first()
        if current is None:
            default_storage.delete(key)
            return
        current.file, current.size, current.sha256 = key, len(pdf), hashlib.sha256(pdf).hexdigest()
        current.state = Submission.State.READY
        current.finished_at = current.touched_at = timezone.now()
        current.save(update_fields=["file", "size", "sha256", "state", "finished_at", "touched_at"])
        record(
            kind="receipt.rendered",
            by=None,
            vendor=current.assessment.vendor_id,
            target=f"assessment:{current.assessment_id}",
            details={"round": current.round, "sha256": current.sha256},
        )


def requeue_lost() -> int:
    """Publish again every receipt whose row waits although no worker touches it. Returns how many."""
    from assessments.tasks import render_receipt as task  # noqa: PLC0415 -- tasks are leaves

    ids = jobs.lost(Submission)
    for submission_id in ids:
        after_commit(task, submission_id=submission_id)
    return len(ids)
