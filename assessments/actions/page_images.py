"""Draw the pages of PDFs, once and in the worker, and take them away with the file."""

import logging
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from assessments.actions import jobs
from assessments.intake import pages
from assessments.models import Evidence, EvidenceKind, PageImages
from assessments.models.page_images import page_key
from outbox.publish import after_commit

NO_PROGRAM = _("Pages cannot be drawn here, since pdftoppm is not installed. Download the file to read it.")
NOT_DRAWN = _("The pages could not be drawn. Download the file to read it.")
log = logging.getLogger("assay.intake")


def request(*, evidence: Evidence) -> None:
    """Queue the pages of a PDF that is being stored; nothing happens for any other file."""
    from assessments.tasks import draw_pages as task  # noqa: PLC0415 -- tasks are leaves

    if evidence.kind == EvidenceKind.PDF:
        waiting = PageImages.objects.create(evidence=evidence, touched_at=timezone.now())
        after_commit(task, pages_id=waiting.pk)


def draw_now(*, pages_id: int) -> None:
    """Draw the pages of one PDF and store them. Called by the worker; a second call for the same does nothing."""
    job = jobs.claim(PageImages, pages_id, log)
    if job is None:
        return
    evidence = Evidence.objects.filter(pk=job.evidence_id).first()
    if evidence is None:  # erased meanwhile
        return
    try:
        with evidence.file.open("rb") as file:
            drawn = pages.draw(file.read(), int(evidence.facts.get("pages", 1)))
    except pages.NoProgram:
        jobs.fail(job, NO_PROGRAM, log)
        return
    except OSError:
        log.exception("a PDF was not read", extra={"evidence": evidence.pk})
        drawn = []
    if drawn:
        _keep(job, drawn)
    else:
        jobs.fail(job, NOT_DRAWN, log)


def _keep(job: PageImages, drawn: list[pages.Picture]) -> None:
    """Write the files, then the row that names them; a file that was withdrawn meanwhile has no row any more."""
    keys = [default_storage.save(page_key(job, ""), ContentFile(picture)) for picture, _size in drawn]
    with transaction.atomic():
        current = PageImages.objects.select_for_update().filter(pk=job.pk, state=PageImages.State.RENDERING).first()
        if current is None:
            _delete(keys)
            return
        sizes = [size for _picture, size in drawn]
        current.pages = [[key, width, height] for key, (width, height) in zip(keys, sizes, strict=True)]
        current.state, current.touched_at = PageImages.State.READY, timezone.now()
        current.save(update_fields=["pages", "state", "touched_at"])


def discard(*, evidence: Evidence) -> None:
    """Take away the pictures of a file that is not evidence any more. The files go once that is stored."""
    for row in PageImages.objects.select_for_update().filter(evidence=evidence):
        keys = [key for key, _width, _height in row.pages]
        row.delete()
        transaction.on_commit(partial(_delete, keys))


def _delete(keys: list[str]) -> None:
    for key in keys:
        default_storage.delete(key)


def requeue_lost() -> int:
    """Publish again every row that waits although no worker touches it. Returns how many."""
    from assessments.tasks import draw_pages as task  # noqa: PLC0415 -- tasks are leaves

    ids = jobs.lost(PageImages)
    for pages_id in ids:
        after_commit(task, pages_id=pages_id)
    return len(ids)
