"""One vendor, one playbook version, one period."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.marking import gettext_noop
from assessments.querysets import AssessmentQuerySet
from assessments.states import LABELS, State
from playbook.models import Playbook
from vendors.models import Vendor

_TITLE = gettext_noop("AWS assessment %(period)s")


def _both_or_none(at: str, by: str, name: str) -> models.CheckConstraint:
    """The database refuses half a fact: a time without a person, or a person without a time."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
    )


class Assessment(models.Model):
    """One run of the questionnaire for one vendor.

    Score, grade and counters are what lists show; `actions.totals` writes them whenever an answer or a review changes.
    """

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="assessments")
    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="+")
    period = models.CharField(max_length=40, help_text="For example 2026.")
    state = models.CharField(max_length=18, choices=[(s.value, LABELS[s]) for s in State], default=State.DRAFT.value)
    due_on = models.DateField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(
        default=1, help_text="1 until questions are sent back, then one more each time."
    )
    analyst = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(
        "assessments.Campaign", models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    is_latest = models.BooleanField(default=True, help_text="The one the portfolio shows for its vendor.")

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty when it was opened by itself, since the vendor is due again.",
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    grade = models.CharField(max_length=1, blank=True)
    is_provisional = models.BooleanField(default=False)
    domain_scores = models.JSONField(default=dict, help_text='Slug of the domain to "7.5", or null.')
    answered_count = models.PositiveSmallIntegerField(default=0)
    reviewed_count = models.PositiveSmallIntegerField(default=0)
    question_count = models.PositiveSmallIntegerField(default=0)
    finding_count = models.PositiveSmallIntegerField(default=0)
    working_run = models.ForeignKey(
        "assessments.EvaluationRun", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    submitted_run = models.ForeignKey(
        "assessments.EvaluationRun", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_report = models.ForeignKey("assessments.Report", models.SET_NULL, null=True, blank=True, related_name="+")

    # Sent with the form that makes the row, so that a second click makes no second one.
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            _both_or_none("sent_at", "sent_by", "assessment_sent_at_with_by"),
            _both_or_none("submitted_at", "submitted_by", "assessment_submitted_at_with_by"),
            _both_or_none("closed_at", "closed_by", "assessment_closed_at_with_by"),
            models.CheckConstraint(name="assessment_state_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(
                name="assessment_closed_means_closed", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["vendor"], condition=Q(is_latest=True), name="assessment_latest_once_per_vendor"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="assessment_by_vendor"),
            models.Index(fields=["state", "due_on"], name="assessment_by_state"),
            models.Index(fields=["is_latest", "grade"], name="assessment_by_grade"),
            models.Index(fields=["is_latest", "score"], name="assessment_by_score"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor}, {self.title}"

    @property
    def title(self) -> str:
        """As it is called on pages and in mails."""
        return _(_TITLE) % {"period": self.period}

    @property
    def recorded_title(self) -> str:
        """As it is called in documents, which are the same for everybody."""
        return _TITLE % {"period": self.period}
