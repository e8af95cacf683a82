"""What the vendor says, and everything they said before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.models.assessments import Assessment
from assessments.querysets import AnswerQuerySet
from playbook.models import Criterion
from vendors.models import Invitation


class AnswerKind(models.TextChoices):
    """How a question is answered. Grading goes by the statement chosen, never by yes or no."""

    NONE = "", _("No answer yet")
    STATEMENTS = "statements", _("Statements chosen")
    NONE_FITS = "none_fits", _("None of these fits")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    UNKNOWN = "unknown", _("I do not know yet")


class Answer(models.Model):
    """The vendor's reply to one criterion; made with the assessment, so that every question has exactly one."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AnswerKind, blank=True, default=AnswerKind.NONE)
    # Keys of response options. The playbook version is frozen, so a key never changes its meaning (decision 0003).
    statements = models.JSONField(default=list, blank=True)
    reason = models.TextField(
        max_length=REASON_LENGTH, blank=True, help_text="Why none fits, or why it does not apply."
    )
    notes = models.TextField(max_length=NOTES_LENGTH, blank=True)
    plan = models.TextField(max_length=PLAN_LENGTH, blank=True, help_text="What the vendor will do about it.")
    plan_due_on = models.DateField(null=True, blank=True)
    is_complete = models.BooleanField(default=False)
    # Who is asked to answer: somebody who has joined, or somebody invited, from the moment they accept.
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    assignee_invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True, blank=True, related_name="+")
    # Which analyst is to score it; where nobody is named, that of the assessment.
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The answer it began as."
    )
    version = models.PositiveIntegerField(
        default=0, help_text="Goes up with every save; a save names the one it started from."
    )
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["criterion__number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="answer_once_per_criterion"),
            models.CheckConstraint(
                name="answer_updated_at_with_by",
                condition=Q(updated_at=None, updated_by=None) | Q(updated_at__isnull=False, updated_by__isnull=False),
            ),
            models.CheckConstraint(
                name="answer_assigned_to_one", condition=Q(assignee=None) | Q(assignee_invitation=None)
            ),
            models.CheckConstraint(
                name="answer_complete_means_answered", condition=Q(is_complete=False) | ~Q(kind__in=["", "unknown"])
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def is_to_confirm(self) -> bool:
        """Whether it says what it said last time, and nobody has confirmed or changed it yet."""
        return self.carried_from_id is not None and self.version == 0

    def content(self) -> dict[str, object]:
        """What the vendor said, as it is kept in the history."""
        return {
            "kind": self.kind,
            "statements": list(self.statements),
            "reason": self.reason,
            "notes": self.notes,
            "plan": self.plan,
            "plan_due_on": self.plan_due_on.isoformat() if self.plan_due_on else None,
            "is_complete": self.is_complete,
        }


class AnswerVersion(models.Model):
    """One entry of an answer's history. A run of autosaves by one person is one entry, until something closes it."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="The answer's version at the last save of this run.")
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answer_version_number_once"),
            models.UniqueConstraint(fields=["answer"], condition=Q(closed_at=None), name="answer_version_open_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of answer {self.answer_id}"
