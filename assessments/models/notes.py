"""What our own people write to one another. No query of a vendor's pages reaches it."""

from django.conf import settings
from django.db import models

from assessments.limits import INTERNAL_NOTE_LENGTH
from assessments.models.answers import Answer
from assessments.querysets import InternalNoteQuerySet


class InternalNote(models.Model):
    """One remark on one question; it stays as it was written, and is in no report."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="+")  # no way from an answer to its notes
    text = models.TextField(max_length=INTERNAL_NOTE_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"internal note {self.pk}"
