"""Decisions as pages show them. Whether one still holds is found out here alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, ConditionMet, Decision, DecisionKind
from assessments.states import State
from users.models import StaffRole

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from users.models import User
    from vendors.models import Vendor

MOST_ROWS = 50  # of decisions to renew
NONE, TO_RENEW = "none", "renew"
# Class and icon of the mark: colour is never the only sign.
LOOKS = {
    DecisionKind.APPROVED: ("tag-green", "i-met"),
    DecisionKind.WITH_CONDITIONS: ("tag-amber", "i-partly"),
    DecisionKind.REJECTED: ("tag-red", "i-notmet"),
}


@dataclass(frozen=True)
class ConditionRow:
    """One condition of a decision, and whether it is met."""

    decision: Decision
    place: int  # from 1
    text: str
    due_on: date
    met: ConditionMet | None

    @property
    def is_overdue(self) -> bool:
        """Whether its day is over and nobody has seen it met."""
        return self.met is None and self.due_on < timezone.localdate()


def conditions_of(decision: Decision) -> list[ConditionRow]:
    """The conditions as they were written; one query where `met` was not fetched."""
    met = {one.place: one for one in decision.met.all()} if decision.conditions else {}
    found = enumerate(decision.listed_conditions, 1)
    return [ConditionRow(decision, place, one.text, one.due_on, met.get(place)) for place, one in found]


@dataclass(frozen=True)
class Standing:
    """One decision and whether it holds today. `problem` says in a few words why it does not, "" where it does."""

    decision: Decision
    problem: str

    @property
    def holds(self) -> bool:
        """Whether people may rely on it."""
        return not self.problem

    @property
    def conditions(self) -> list[ConditionRow]:
        """What it depends on."""
        return conditions_of(self.decision)

    @property
    def css(self) -> str:
        """How its mark is coloured."""
        return LOOKS[DecisionKind(self.decision.kind)][0] if self.holds else "tag"

    @property
    def icon(self) -> str:
        """The sign of its mark."""
        return LOOKS[DecisionKind(self.decision.kind)][1] if self.holds else "i-clock"


def standing(decision: Decision, today: date) -> Standing:
    """Whether it holds. The assessment of `decision` is loaded with it."""
    assessment = decision.assessment
    if decision.expires_on is not None and decision.expires_on < today:
        return Standing(decision, _("Expired on %(day)s") % {"day": f"{decision.expires_on:%-d %b %Y}"})
    if assessment.state != State.CLOSED or (assessment.closed_at and assessment.closed_at > decision.at):
        return Standing(decision, _("Opened again since"))
    return Standing(decision, "")


def of_assessment(user: User, assessment: Assessment) -> list[Standing]:
    """The decisions on one assessment, newest first; two queries. What a newer one replaced is history."""
    return _standings(_with_met(Decision.objects.visible_to(user).filter(assessment=assessment)))


def of_vendor(user: User, vendor: Vendor) -> list[Standing]:
    """All decisions about one vendor, newest first; two queries."""
    return _standings(_with_met(Decision.objects.visible_to(user).filter(assessment__vendor=vendor)))


def _with_met(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """With what was seen of their conditions; one query more."""
    return decisions.prefetch_related(Prefetch("met", ConditionMet.objects.select_related("by")))


def of_vendors(user: User, vendors: Iterable[int]) -> dict[int, Standing]:
    """Id of each vendor to the decision that counts; one query."""
    found = Decision.objects.visible_to(user).newest().filter(assessment__vendor__in=list(vendors))
    return {one.decision.assessment.vendor_id: one for one in _standings(found)}


def in_force(assessment: Assessment) -> Decision | None:
    """The newest decision on a closed assessment that was made after it was closed; for its report."""
    if assessment.state != State.CLOSED:
        return None
    found = Decision.objects.filter(assessment=assessment, at__gte=assessment.closed_at)
    return found.select_related("by").first()


def narrowed(vendors: QuerySet[Vendor], chosen: str) -> QuerySet[Vendor]:
    """The vendors whose decision is of this kind and holds, is to be renewed (`TO_RENEW`) or missing (`NONE`)."""
    newest = Decision.objects.newest().filter(assessment__vendor=OuterRef("pk"))
    if chosen == NONE:
        return vendors.filter(~Exists(newest))
    stale = _stale(timezone.localdate())
    if chosen == TO_RENEW:
        return vendors.filter(Exists(newest.filter(stale)))
    return vendors.filter(Exists(newest.filter(kind=chosen).exclude(stale)))


def _stale(today: date) -> Q:
    """Those that no longer hold, as `standing` has it, for the database."""
    return Q(pk__in=Decision.objects.expired(today).values("pk")) | Q(pk__in=Decision.objects.overtaken().values("pk"))


@dataclass(frozen=True)
class RenewRow:
    """A decision that no longer holds, and the assessment to decide on; None while none is closed."""

    standing: Standing
    decide_on: int | None


def to_renew(user: User) -> list[RenewRow]:
    """Decisions that expired, or whose assessment was opened again, of vendors in use; one query."""
    closed = Assessment.objects.filter(vendor=OuterRef("assessment__vendor"), state=State.CLOSED).order_by("-pk")
    found = (
        Decision.objects.visible_to(user)
        .newest()
        .filter(_stale(timezone.localdate()), assessment__vendor__archived_at=None)
        .annotate(decide_on=Subquery(closed.values("pk")[:1]))
        .order_by("expires_on", "pk")[:MOST_ROWS]
    )
    return [RenewRow(one, one.decision.decide_on) for one in _standings(found)]


def _standings(decisions: QuerySet[Decision]) -> list[Standing]:
    today = timezone.localdate()
    return [standing(one, today) for one in decisions.select_related("by", "assessment__vendor")]


def open_conditions(user: User) -> list[ConditionRow]:
    """Conditions that nobody has seen met, of decisions that hold, by date; two queries.

    Decisions that no longer hold are to be renewed as a whole.
    """
    return _open(Decision.objects.visible_to(user))


def to_chase() -> set[int]:
    """Ids of the managers who decided under conditions that should have been met, and can look after them."""
    return {one.decision.by_id for one in _open(Decision.objects) if one.is_overdue and looks_after(one.decision.by)}


def _open(decisions: QuerySet[Decision]) -> list[ConditionRow]:
    found = decisions.newest().exclude(_stale(timezone.localdate()))
    found = found.filter(kind=DecisionKind.WITH_CONDITIONS, assessment__vendor__archived_at=None)
    rows = _with_met(found.select_related("by", "assessment__vendor")).order_by("pk")
    left = [one for decision in rows for one in conditions_of(decision) if one.met is None]
    return sorted(left, key=lambda one: (one.due_on, one.decision.pk, one.place))


def conditions_for(user: User) -> list[ConditionRow]:
    """Those past their date that are this person's to look after: of decisions they made, and of assessments they
    reviewed; for every manager also of decisions whose maker is no manager any more.
    """
    return [one for one in open_conditions(user) if one.is_overdue and _is_for(user, one.decision)][:MOST_ROWS]


def _is_for(user: User, decision: Decision) -> bool:
    is_left = user.staff_role == StaffRole.MANAGER and not looks_after(decision.by)
    return user.pk in {decision.by_id, decision.assessment.analyst_id} or is_left


def looks_after(manager: User) -> bool:
    """Whether who decided can still look after the conditions."""
    return manager.is_active and manager.staff_role == StaffRole.MANAGER
