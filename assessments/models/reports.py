"""A document, and the frozen values it was made from."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.assessments import Assessment
from assessments.querysets import ReportQuerySet
from assessments.reports.kinds import ABOUT, About, Kind

_KINDS = [(kind.value, ABOUT[kind].label) for kind in Kind]


def report_key(instance: "Report", filename: str) -> str:
    """A random name on disk."""
    return f"reports/{secrets.token_hex(16)}.{instance.about.ending}"


class Report(models.Model):
    """One document of one kind. The same snapshot is one row, so a second click gets the job that is there.

    `trail_position` and `trail_hash` say where the audit trail of the vendor stood when it was asked for. A report on
    the whole portfolio has no assessment.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RENDERING = "rendering", "Being prepared"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    kind = models.CharField(
        max_length=9, choices=[(kind.value, ABOUT[kind].label) for kind in Kind], default=Kind.REPORT
    )
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reports", null=True, blank=True)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    trail_position = models.PositiveIntegerField(default=0)
    trail_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=7)
    page = models.PositiveSmallIntegerField(default=0, help_text="The last page laid out, told now and then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Stands in the log beside the cause.")
    missing = models.JSONField(default=list, help_text="Names of evidence whose stored file was gone when it was made.")
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
            models.UniqueConstraint(fields=["assessment", "kind", "snapshot_sha256"], name="report_once_per_snapshot"),
            models.UniqueConstraint(
                fields=["kind", "snapshot_sha256"], condition=Q(assessment=None), name="report_once_per_portfolio"
            ),
            models.CheckConstraint(
                name="report_is_about_an_assessment",
                condition=Q(kind=Kind.PORTFOLIO, assessment=None)
                | (~Q(kind=Kind.PORTFOLIO) & Q(assessment__isnull=False)),
            ),
            models.CheckConstraint(
                name="report_ready_has_file", condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256=""))
            ),
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="report_waiting")]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def about(self) -> About:
        """How people and browsers know this kind of document."""
        return ABOUT[Kind(self.kind)]

    @property
    def file_name(self) -> str:
        """What it is called where it is saved; it tells nobody who the vendor is."""
        return f"{self.about.name}-{self.pk}.{self.about.ending}"
