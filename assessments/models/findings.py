"""What is to be fixed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.limits import FINDING_TEXT_LENGTH, FINDING_TITLE_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.querysets import FindingQuerySet
from assessments.scoring import PRIORITIES
from assessments.states import FINDING_LABELS, TO_FIX, FindingState
from playbook.models import Severity


@dataclass(frozen=True)
class FindingWords:
    """What a finding says in the reader's language, as far as its words are the playbook's own."""

    title: str
    why_it_matters: str
    what_to_do: str


class Finding(models.Model):
    """A gap that the vendor is asked to close; made from the review of one answer, which has one at most.

    Where a finding of the assessment before was never verified, `carried_from` is that one.
    """

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="finding")
    title = models.CharField(max_length=FINDING_TITLE_LENGTH)
    what_we_saw = models.TextField(max_length=FINDING_TEXT_LENGTH, help_text="One paragraph a line.")
    why_it_matters = models.TextField(max_length=FINDING_TEXT_LENGTH)
    what_to_do = models.TextField(max_length=FINDING_TEXT_LENGTH, help_text="One step a line.")
    severity = models.CharField(max_length=8, choices=Severity)
    priority = models.CharField(max_length=2, choices=[(name, name) for name in PRIORITIES])
    due_on = models.DateField(null=True, blank=True, help_text="Empty: by the next assessment.")
    state = models.CharField(
        max_length=8, choices=[(s.value, FINDING_LABELS[s]) for s in FindingState], default=FindingState.OPEN.value
    )
    carried_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="carried_to")

    plan = models.TextField(max_length=PLAN_LENGTH, blank=True, help_text="What the vendor will do about it.")
    plan_due_on = models.DateField(null=True, blank=True)
    fixed_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    # The reason is for our own people; a vendor is told the end date at most.
    accepted_reason = models.TextField(max_length=REASON_LENGTH, blank=True)
    accepted_until = models.DateField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(
        default=1, help_text="Goes up with every write; a write names the one it started from."
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="finding_state_known", condition=Q(state__in=[s.value for s in FindingState])),
            models.CheckConstraint(
                name="finding_accepted_says_until_when_by_whom_and_why",
                condition=~Q(state="accepted")
                | (Q(accepted_until__isnull=False, accepted_by__isnull=False) & ~Q(accepted_reason="")),
            ),
            models.CheckConstraint(
                name="finding_planned_says_what",
                condition=~Q(state="planned") | ~Q(plan=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="finding_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def assessment(self) -> Assessment:
        """The assessment it was found in."""
        return self.answer.assessment

    @property
    def words(self) -> FindingWords:
        """Its words for a page; `answer__criterion` is fetched."""
        of = self.answer.criterion.words.of
        return FindingWords(of(self.title), of(self.why_it_matters), of(self.what_to_do))

    @property
    def shown_state(self) -> str:
        """Where it stands today: accepted until a day that is over is open again. As `querysets.left_to_vendor`."""
        has_lapsed = self.accepted_until is not None and self.accepted_until < timezone.localdate()
        return FindingState.OPEN.value if self.state == FindingState.ACCEPTED and has_lapsed else self.state

    @property
    def shown_label(self) -> str:
        """Its words, not translated yet."""
        return FINDING_LABELS[FindingState(self.shown_state)]

    @property
    def is_to_fix(self) -> bool:
        """Whether it is the vendor's turn."""
        return self.shown_state in TO_FIX

    def is_overdue(self, today: date | None = None) -> bool:
        """Whether the vendor should have fixed it by now."""
        return self.is_to_fix and self.due_on is not None and self.due_on < (today or timezone.localdate())
