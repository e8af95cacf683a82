"""Pictures of the pages of a PDF."""

import secrets

from django.db import models

from assessments.models.evidence import Evidence
from assessments.models.reports import Report


def page_key(instance: models.Model, filename: str) -> str:
    """A random name on disk."""
    return f"pages/{secrets.token_hex(16)}.jpg"


class PageImages(models.Model):
    """The first pages of one PDF, drawn by the worker and rebuilt from their pixels. The row is the queue."""

    State = Report.State

    evidence = models.OneToOneField(Evidence, models.CASCADE, related_name="page_images")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Stands in the log beside the cause.")
    pages = models.JSONField(default=list, help_text="Key in the storage, width and height in pixels, page by page.")
    touched_at = models.DateTimeField(help_text="When a worker last did something with it.")

    class Meta:
        indexes = [models.Index(fields=["state", "touched_at"], name="page_images_waiting")]

    def __str__(self) -> str:
        return f"pages of evidence {self.evidence_id}"
