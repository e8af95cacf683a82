"""What a lead handed in, as they signed it, and the receipt for it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.limits import NAME_LENGTH
from assessments.models.assessments import Assessment
from assessments.models.reports import Report
from assessments.querysets import SubmissionQuerySet


def receipt_key(instance: models.Model, filename: str) -> str:
    """A random name on disk."""
    return f"receipts/{secrets.token_hex(16)}.pdf"


class Submission(models.Model):
    """One round of one assessment. Written once, by submitting; what a worker adds is the receipt alone."""

    State = Report.State

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="submissions")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH, help_text="As the lead typed it to sign.")
    statement = models.TextField(help_text="The sentence they confirmed.")
    # Text and no JSON column: the digest is over these very bytes, and a database may reorder an object.
    manifest = models.TextField()
    manifest_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Stands in the log beside the cause.")
    file = models.FileField(upload_to=receipt_key, max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    touched_at = models.DateTimeField(help_text="When a worker last did something with it.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-round"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "round"], name="submission_once_per_round"),
            models.UniqueConstraint(fields=["manifest_sha256"], name="submission_once_per_manifest"),
            models.CheckConstraint(
                name="submission_ready_has_file", condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256=""))
            ),
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="submission_waiting")]

    def __str__(self) -> str:
        return f"submission {self.pk}"
