"""What a manager decides about a vendor once its assessment is closed."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.limits import REASON_LENGTH
from assessments.models.assessments import Assessment
from assessments.querysets import DecisionQuerySet


class DecisionKind(models.TextChoices):
    """What is decided."""

    APPROVED = "approved", _("Approved")
    WITH_CONDITIONS = "conditions", _("Approved with conditions")
    REJECTED = "rejected", _("Rejected")


@dataclass(frozen=True)
class Condition:
    """What the vendor has to do for the approval to hold, and by when."""

    text: str
    due_on: date


class Decision(models.Model):
    """One decision. Rows are never changed: the newest of a vendor counts, those before it are the history.

    `expires_on` is the last day it holds; only a rejection may be without one.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind)
    reason = models.TextField(max_length=REASON_LENGTH)
    conditions = models.JSONField(
        default=list, blank=True, help_text='A list of {"text": "…", "due_on": "2027-01-31"}.'
    )
    expires_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    # Sent with the form that makes the row, so that a second click makes no second one.
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="decision_kind_known", condition=Q(kind__in=DecisionKind.values)),
            models.CheckConstraint(name="decision_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="decision_approval_expires", condition=Q(kind="rejected") | Q(expires_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for assessment {self.assessment_id}"

    @property
    def listed_conditions(self) -> list[Condition]:
        """The conditions with their dates, in the order in which they were written."""
        return [Condition(one["text"], date.fromisoformat(one["due_on"])) for one in self.conditions]


class ConditionMet(models.Model):
    """A manager has seen that a condition is met. Rows are never changed either; a condition without one is open."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="met")
    place = models.PositiveSmallIntegerField(help_text="Of the condition in the decision, from 1.")
    note = models.TextField(max_length=REASON_LENGTH, help_text="What was seen.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "place"], name="condition_met_once"),
            models.CheckConstraint(name="condition_met_says_what_was_seen", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"condition {self.place} of decision {self.decision_id}"
