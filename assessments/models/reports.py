"""A PDF, and the frozen values it was made from."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.assessments import Assessment
from assessments.querysets import ReportQuerySet


def report_key(instance: models.Model, filename: str) -> str:
    """A random name on disk."""
    return f"reports/{secrets.token_hex(16)}.pdf"


class Report(models.Model):
    """One report. The same snapshot is one row, so a second click gets the job that is there."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RENDERING = "rendering", "Being prepared"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reports")
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=7)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Stands in the log beside the cause.")
    file = models.FileField(upload_to=report_key, max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    touched_at = models.DateTimeField(help_text="When a worker last did something with it.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "snapshot_sha256"], name="report_once_per_snapshot"),
            models.CheckConstraint(
                name="report_ready_has_file", condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256=""))
            ),
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="report_waiting")]

    def __str__(self) -> str:
        return f"report {self.pk}"
