"""Files that support answers. Kept as they came, never overwritten."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.models.findings import Finding
from assessments.querysets import EvidenceQuerySet


class EvidenceKind(models.TextChoices):
    """What the bytes are, found from the bytes."""

    IMAGE = "image", _("Image")
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    PDF = "pdf", "PDF"
    TEXT = "text", _("Text")
    ZIP = "zip", _("Evidence bundle")


def storage_key(instance: models.Model, filename: str) -> str:
    """A random name on disk. Nothing a person typed is part of it; the name they gave is a column."""
    return f"evidence/{secrets.token_hex(16)}"


def preview_key(instance: models.Model, filename: str) -> str:
    """The same for a preview we made."""
    return f"previews/{secrets.token_hex(16)}.jpg"


class Evidence(models.Model):
    """One uploaded file. `received_at` is ours; `effective_at` is read from inside it, or stated by the vendor."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence")
    answers = models.ManyToManyField(Answer, through="EvidenceLink", related_name="evidence")
    # A proof that a finding was fixed supports no answer, and may come after the assessment was closed.
    finding = models.ForeignKey(Finding, models.RESTRICT, null=True, blank=True, related_name="proofs")
    file = models.FileField(upload_to=storage_key, max_length=100)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=5, choices=EvidenceKind)
    format = models.CharField(
        max_length=32, blank=True, help_text="iam-credential-report where it was recognised as one."
    )
    content_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict, help_text="What was read at upload: rows, accounts, problems.")
    accounts = models.JSONField(default=list, help_text="Ids of the AWS accounts it speaks for.")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(null=True, blank=True)
    effective_source = models.CharField(
        max_length=6, blank=True, choices=[("read", _("read from the file")), ("stated", _("stated by the vendor"))]
    )
    # An answer of the command line in a file of its own need not say where it is from; then the vendor says it.
    stated_account = models.CharField(max_length=12, blank=True)
    stated_region = models.CharField(max_length=25, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When an evaluation first used it.")
    preview = models.FileField(upload_to=preview_key, max_length=100, blank=True)
    preview_width = models.PositiveIntegerField(null=True, blank=True)
    preview_height = models.PositiveIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Made by the page, so that "Try again" stores one file once.
    upload_id = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "upload_id"], name="evidence_stored_once_per_upload"),
            models.CheckConstraint(
                name="evidence_withdrawn_at_with_by",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_effective_at_with_source",
                condition=Q(effective_at=None, effective_source="")
                | (Q(effective_at__isnull=False) & ~Q(effective_source="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceLink(models.Model):
    """One file supports one answer. A file may support many."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="links")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="links")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["evidence", "answer"], name="evidence_linked_once")]

    def __str__(self) -> str:
        return f"{self.evidence_id} for answer {self.answer_id}"
