"""A second analyst scores blind what a first one has scored."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.limits import REASON_LENGTH, REPORT_NOTE_LENGTH
from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.querysets import IN_SIGHT, SecondLookQuerySet, SecondReviewQuerySet
from assessments.scoring import RESULT_LABELS, Result

if TYPE_CHECKING:
    from users.models import User

_RESULTS = [(r.value, RESULT_LABELS[r]) for r in Result]


class SecondLook(models.Model):
    """One second look; an assessment has one at most. Until it is finished neither side sees the other's results."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="second_look")
    analyst = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sample = models.JSONField(help_text="Numbers of the questions, in order.")
    is_drawn = models.BooleanField(
        default=False, help_text="By assessments.sampling.draw with the form key as its seed; else chosen by hand."
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    # Sent with the form that makes the row, so that a second click makes no second one; the seed of the sample.
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = SecondLookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"second look at assessment {self.assessment_id}"

    def is_blind_for(self, user: User) -> bool:
        """Whether this person scores in it now, and so must not see what the first analyst found."""
        is_open = self.finished_at is None and self.assessment.state in IN_SIGHT
        return is_open and self.analyst_id == user.pk


class SettledBy(models.TextChoices):
    """Which result stands where the two differ."""

    FIRST = "first", _("Keep the first result")
    SECOND = "second", _("Take the second result")
    OTHER = "other", _("Give another result")


class SecondReview(models.Model):
    """The second analyst's result for one answer, and how a difference was settled.

    `first_result` is what stood against it when the look was finished, so that the agreement never changes after.
    """

    look = models.ForeignKey(SecondLook, models.CASCADE, related_name="reviews")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="second_reviews")
    result = models.CharField(max_length=14, choices=_RESULTS)
    matched = models.JSONField(default=list, blank=True, help_text="Keys of the response options the evidence shows.")
    deviation = models.TextField(
        max_length=REPORT_NOTE_LENGTH, blank=True, help_text="A state that is in neither list."
    )
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    first_result = models.CharField(
        max_length=14, choices=_RESULTS, blank=True, help_text="Empty until the look is finished."
    )
    settled_how = models.CharField(max_length=6, choices=SettledBy, blank=True)
    settled_result = models.CharField(max_length=14, choices=_RESULTS, blank=True)
    settled_reason = models.TextField(max_length=REASON_LENGTH, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecondReviewQuerySet.as_manager()

    class Meta:
        ordering = ["answer__criterion__number"]
        constraints = [
            models.UniqueConstraint(name="second_review_once", fields=["look", "answer"]),
            models.CheckConstraint(
                name="second_review_settled_whole",
                condition=Q(settled_how="", settled_at=None, settled_by=None)
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False)
                    & ~Q(settled_how="")
                    & ~Q(settled_result="")
                    & ~Q(settled_reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"second result {self.result} for answer {self.answer_id}"
