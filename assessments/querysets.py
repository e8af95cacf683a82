"""What a person may see: the one door to everything about assessments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from assessments.reports.kinds import Kind
from assessments.states import TO_FIX, FindingState, State
from vendors.models import MemberRole

if TYPE_CHECKING:
    from assessments.models import Assessment
    from users.models import User

# States in which results are seen by us while they can still change.
IN_SIGHT = (State.SUBMITTED, State.CHANGES_REQUESTED)
# Who sees all questions of their vendor. Others see what is assigned to them.
SEE_ALL = (MemberRole.LEAD, MemberRole.RESPONDENT)


def _vendors_of(user: User, **conditions: object) -> models.QuerySet:
    """Ids of the vendors this person may act for. One filter, so that the conditions hold for one and the same row."""
    return user.memberships.filter(is_active=True, vendor__archived_at=None, **conditions).values("vendor")


def _answers_of(user: User, answer: str = "") -> Q:
    """The answers that a vendor's person may see: all of their vendor's, and for a helper those assigned to them.

    `answer` is the way to the answer, with its underscores: "answer__".
    """
    whole = Q(**{f"{answer}assessment__vendor__in": _vendors_of(user, role__in=SEE_ALL)})
    own = Q(**{f"{answer}assessment__vendor__in": _vendors_of(user)}) & (
        Q(**{f"{answer}assignee": user}) | Q(**{f"{answer}assignee_invitation__accepted_by": user})
    )
    return Q(**{f"{answer}assessment__sent_at__isnull": False}) & (whole | own)


def not_blind(user: User, assessment: str) -> Q:
    """Not of an assessment at which this person takes a second look: they must not see what the first one found.

    `assessment` is the way to the assessment, with its underscores: "answer__assessment__".
    """
    look = f"{assessment}second_look__"
    return ~Q(**{f"{assessment}state__in": IN_SIGHT, f"{look}analyst": user, f"{look}finished_at": None})


class AssessmentQuerySet(models.QuerySet):
    """Assessments, scoped."""

    def visible_to(self, user: User) -> AssessmentQuerySet:
        """All for staff; for a vendor's person those of their vendor that were sent, even if cancelled later."""
        if user.staff_role:
            return self
        return self.filter(sent_at__isnull=False, vendor__in=_vendors_of(user))

    def with_blindness(self, user: User) -> AssessmentQuerySet:
        """Each with `is_blind`: this person takes a second look at it, so a page shows them nothing of its results."""
        return self.annotate(is_blind=models.ExpressionWrapper(~not_blind(user, ""), models.BooleanField()))

    def closed_before(self, assessment: Assessment) -> AssessmentQuerySet:
        """The closed ones of the same vendor from before this one, the last first."""
        earlier = self.filter(vendor=assessment.vendor_id, state=State.CLOSED, pk__lt=assessment.pk)
        return earlier.order_by("-pk")


class AnswerQuerySet(models.QuerySet):
    """Answers, scoped."""

    def visible_to(self, user: User) -> AnswerQuerySet:
        """Those of visible assessments."""
        if user.staff_role:
            return self
        return self.filter(_answers_of(user))

    def open(self) -> AnswerQuerySet:
        """Not completed yet."""
        return self.filter(is_complete=False)


class EvidenceQuerySet(models.QuerySet):
    """Evidence, scoped."""

    def visible_to(self, user: User) -> EvidenceQuerySet:
        """A vendor's person sees what their vendor uploaded, a helper what they uploaded themselves and what supports
        their questions; staff see what was submitted, and nothing before, and the proofs of findings.
        """
        if user.staff_role:
            submitted = Q(
                withdrawn_at=None,
                assessment__submitted_at__isnull=False,
                received_at__lte=F("assessment__submitted_at"),
            )
            return self.filter(submitted | Q(finding__isnull=False))
        links = self.model.answers.through.objects.filter(_answers_of(user, "answer__"))
        own = Q(received_by=user, assessment__vendor__in=_vendors_of(user))
        whole = Q(assessment__vendor__in=_vendors_of(user, role__in=SEE_ALL))
        return self.filter(whole | own | Q(pk__in=links.values("evidence")), assessment__sent_at__isnull=False)

    def for_answers(self) -> EvidenceQuerySet:
        """What belongs to the questionnaire: all but the proofs of findings."""
        return self.filter(finding=None)

    def kept(self) -> EvidenceQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)


class EvaluationQuerySet(models.QuerySet):
    """Evaluations, scoped."""

    def visible_to(self, user: User) -> EvaluationQuerySet:
        """Staff see those of what was submitted; a vendor's person those of what their vendor holds now."""
        if user.staff_role:
            return self.filter(run=F("answer__assessment__submitted_run"))
        return self.filter(_answers_of(user, "answer__"), run=F("answer__assessment__working_run"))


class QueryQuerySet(models.QuerySet):
    """Questions back to the vendor, scoped."""

    def visible_to(self, user: User) -> QueryQuerySet:
        """All for staff, unless they score blind; for a vendor's person those that were sent to them."""
        if user.staff_role:
            return self.filter(not_blind(user, "answer__assessment__"))
        return self.filter(_answers_of(user, "answer__"), round__isnull=False)


class SubmissionQuerySet(models.QuerySet):
    """What was handed in, and its receipts, scoped."""

    def visible_to(self, user: User) -> SubmissionQuerySet:
        """All for analysts and managers; for a vendor's person who sees all questions those of their vendor."""
        if user.staff_role:
            return self if user.staff_role in {"analyst", "manager"} else self.none()
        return self.filter(
            assessment__vendor__in=_vendors_of(user, role__in=SEE_ALL), assessment__sent_at__isnull=False
        )


class ReportQuerySet(models.QuerySet):
    """Reports, scoped."""

    def visible_to(self, user: User) -> ReportQuerySet:
        """Ours alone: a report holds scores and notes that a vendor never sees. Of the portfolio: managers alone."""
        if user.staff_role not in {"analyst", "manager"}:
            return self.none()
        if user.staff_role == "manager":
            return self
        return self.filter(not_blind(user, "assessment__"), assessment__isnull=False)

    def full(self) -> ReportQuerySet:
        """Those that hold everything, which lists of assessments show."""
        return self.filter(kind=Kind.REPORT)

    def newest_of_each_kind(self) -> ReportQuerySet:
        """One of each kind, the last that was asked for."""
        last = self.order_by().values("kind").annotate(last=models.Max("pk")).values("last")
        return self.filter(pk__in=last)


def left_to_vendor(today: date) -> Q:
    """What the vendor has to fix; with it what was accepted and is not any more, which counts as open again.

    `Finding.shown_state` says the same of one finding.
    """
    return Q(state__in=TO_FIX) | Q(state=FindingState.ACCEPTED, accepted_until__lt=today)


def unsettled(today: date) -> Q:
    """What is neither verified nor accepted: left to the vendor, or for us to check."""
    return left_to_vendor(today) | Q(state=FindingState.FIXED)


class FindingQuerySet(models.QuerySet):
    """Findings, scoped."""

    def lapsed(self, today: date) -> FindingQuerySet:
        """Accepted until a day that is over."""
        return self.filter(state=FindingState.ACCEPTED, accepted_until__lt=today)

    def visible_to(self, user: User) -> FindingQuerySet:
        """All for staff, unless they score blind; for a vendor's person who sees all questions those of their
        vendor's closed assessments.
        """
        if user.staff_role:
            return self.filter(not_blind(user, "answer__assessment__"))
        return self.filter(
            answer__assessment__vendor__in=_vendors_of(user, role__in=SEE_ALL),
            answer__assessment__state=State.CLOSED,
        )

    def current(self) -> FindingQuerySet:
        """Without those that a later, closed assessment has found again: there the work goes on."""
        return self.exclude(carried_to__answer__assessment__state=State.CLOSED)

    def overdue(self, today: date) -> FindingQuerySet:
        """What vendors should have fixed before this day and have not; the vendor knows of it."""
        late = self.current().filter(left_to_vendor(today), due_on__lt=today)
        return late.filter(answer__assessment__state=State.CLOSED, answer__assessment__vendor__archived_at=None)


class DecisionQuerySet(models.QuerySet):
    """Decisions about vendors, scoped."""

    def visible_to(self, user: User) -> DecisionQuerySet:
        """Ours alone: what we decide is told to a vendor by a person."""
        return self if user.staff_role else self.none()

    def newest(self) -> DecisionQuerySet:
        """The one of each vendor that counts; whether it still holds is `queries.decisions.standing`."""
        later = self.model.objects.filter(assessment__vendor=OuterRef("assessment__vendor"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def expired(self, today: date) -> DecisionQuerySet:
        """Those whose last day is over."""
        return self.filter(expires_on__lt=today)

    def overtaken(self) -> DecisionQuerySet:
        """Those made before their assessment was opened again: they rest on results that were in question since."""
        return self.filter(~Q(assessment__state=State.CLOSED) | Q(assessment__closed_at__gt=F("at")))


class InternalNoteQuerySet(models.QuerySet):
    """Remarks of our own people."""

    def visible_to(self, user: User) -> InternalNoteQuerySet:
        """All of them for our own people, unless they score blind; none for anybody else."""
        return self.filter(not_blind(user, "answer__assessment__")) if user.staff_role else self.none()


class CampaignQuerySet(models.QuerySet):
    """Campaigns, scoped."""

    def visible_to(self, user: User) -> CampaignQuerySet:
        """Ours alone: one names many vendors."""
        return self if user.staff_role else self.none()


class SecondLookQuerySet(models.QuerySet):
    """Second looks, scoped."""

    def visible_to(self, user: User) -> SecondLookQuerySet:
        """Ours alone."""
        return self if user.staff_role in {"analyst", "manager"} else self.none()

    def blinding(self, user: User) -> SecondLookQuerySet:
        """Those that this person has not finished: until then they see nothing of the first results."""
        return self.filter(analyst=user, finished_at=None, assessment__state__in=IN_SIGHT)


class SecondReviewQuerySet(models.QuerySet):
    """Results of second looks, scoped."""

    def visible_to(self, user: User) -> SecondReviewQuerySet:
        """One's own, and those of looks that are finished."""
        if user.staff_role not in {"analyst", "manager"}:
            return self.none()
        return self.filter(Q(by=user) | Q(look__finished_at__isnull=False))

    def differing(self) -> SecondReviewQuerySet:
        """Of finished looks, where the two did not give the same result."""
        return self.filter(look__finished_at__isnull=False).exclude(result=F("first_result"))

    def unsettled(self) -> SecondReviewQuerySet:
        """Differences on which nobody has decided."""
        return self.differing().filter(settled_at=None)
