"""What the analyst finds, and what the analyst asks."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.limits import QUERY_LENGTH, REPORT_NOTE_LENGTH
from assessments.models.answers import Answer
from assessments.querysets import QueryQuerySet
from assessments.scoring import RESULT_LABELS, Result


class Review(models.Model):
    """The analyst's result for one answer, with the statements it rests on."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="review")
    result = models.CharField(max_length=14, choices=[(r.value, RESULT_LABELS[r]) for r in Result])
    matched = models.JSONField(default=list, blank=True, help_text="Keys of the response options the evidence shows.")
    deviation = models.TextField(
        max_length=REPORT_NOTE_LENGTH, blank=True, help_text="A state that is in neither list."
    )
    note = models.TextField(max_length=REPORT_NOTE_LENGTH, blank=True, help_text="Printed in the report.")
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_partly_met_says_what", condition=~Q(result="partly_met") | ~Q(deviation="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.result} for answer {self.answer_id}"


class Query(models.Model):
    """A question back to the vendor. Collected while reviewing, sent together; `round` says with which batch."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="queries")
    text = models.TextField(max_length=QUERY_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty until it is sent.")

    objects = QueryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return f"query {self.pk}"
