"""Jobs whose row is the queue: claim one, fail one, and find those that got lost."""

import logging
import secrets
from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import EvaluationRun, PageImages, Report, Submission

Job = TypeVar("Job", Report, EvaluationRun, Submission, PageImages)

# A job no worker has touched for so long goes back into the queue; above the longest time one may take.
LOST_AFTER = timedelta(minutes=6)
WAITING_AFTER = timedelta(minutes=1)
ATTEMPTS = 3
_BUSY = {
    Report: Report.State.RENDERING,
    EvaluationRun: EvaluationRun.State.RUNNING,
    Submission: Submission.State.RENDERING,
    PageImages: PageImages.State.RENDERING,
}
_STOPPED = "It was tried several times, and each time the worker stopped in the middle."


@transaction.atomic
def claim(model: type[Job], pk: int, log: logging.Logger) -> Job | None:
    """Mark the job as being worked on. None if another worker has it, or nothing is left to do."""
    job = model.objects.select_for_update().filter(pk=pk).first()
    if job is None or job.state in {model.State.READY, model.State.FAILED}:
        return None
    if job.state == _BUSY[model] and job.touched_at > timezone.now() - LOST_AFTER:
        return None
    if job.attempts >= ATTEMPTS:
        fail(job, _STOPPED, log)
        return None
    job.state, job.attempts, job.touched_at = _BUSY[model], job.attempts + 1, timezone.now()
    job.save(update_fields=["state", "attempts", "touched_at"])
    return job


def fail(job: Job, problem: str, log: logging.Logger) -> None:
    """Give up, with a sentence for the page and a reference that stands in the log beside the cause.

    A worker that was taken for dead has nothing to say any more: another has done the job, or is about to;
    and of a job whose vendor was erased there is nobody to tell.
    """
    state = type(job).State
    job.state, job.problem, job.reference = state.FAILED, problem, secrets.token_hex(2).upper()
    job.touched_at = timezone.now()
    own = type(job).objects.filter(pk=job.pk, attempts=job.attempts).exclude(state__in=[state.READY, state.FAILED])
    if own.update(state=job.state, problem=problem, reference=job.reference, touched_at=job.touched_at):
        log.error("job failed", extra={"job": str(job), "reference": job.reference})


def lost(model: type[Job]) -> list[int]:
    """Ids of the jobs whose row waits although no worker touches it."""
    now = timezone.now()
    waiting = Q(state=model.State.QUEUED, touched_at__lt=now - WAITING_AFTER)
    stopped = Q(state=_BUSY[model], touched_at__lt=now - LOST_AFTER)
    return list(model.objects.filter(waiting | stopped).order_by("pk").values_list("pk", flat=True))
