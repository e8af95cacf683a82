"""A manager decides about a vendor: approve, approve with conditions, reject. On a closed assessment alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.limits import DECISION_CONDITIONS
from assessments.models import Assessment, Condition, ConditionMet, Decision, DecisionKind
from assessments.states import LABELS, State
from audit.trail import record
from users.models import User


@dataclass(frozen=True)
class DecisionContent:
    """What the manager chose and wrote. `expires_on` is the last day the decision holds."""

    kind: str
    reason: str
    expires_on: date | None = None
    conditions: Sequence[Condition] = field(default_factory=tuple)


class DecisionRefused(Exception):
    """It cannot be stored. `problems` maps a field's name to a sentence, None to what concerns the whole."""

    def __init__(self, problems: dict[str | None, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def problems_with(content: DecisionContent, today: date) -> dict[str | None, str]:
    """What stands against this decision, by field; of the conditions the first problem."""
    problems: dict[str | None, str] = {}
    if content.kind not in DecisionKind.values:
        problems["kind"] = _("Choose what you decide")
    if not content.reason.strip():
        problems["reason"] = _("Write the reason")
    if content.expires_on is not None and content.expires_on < today:
        problems["expires_on"] = _("Choose a day that is not past")
    elif content.expires_on is None and content.kind in {DecisionKind.APPROVED, DecisionKind.WITH_CONDITIONS}:
        problems["expires_on"] = _("Enter the last day on which the approval holds")
    if problem := _problem_with_conditions(content, today):
        problems["conditions"] = problem
    return problems


def _problem_with_conditions(content: DecisionContent, today: date) -> str:
    if content.kind == DecisionKind.WITH_CONDITIONS and not content.conditions:
        return _("Write at least one condition")
    if content.kind != DecisionKind.WITH_CONDITIONS and content.conditions:
        return _("Choose “Approved with conditions”, or remove the conditions")
    if len(content.conditions) > DECISION_CONDITIONS:
        return _("Write %(most)s conditions or fewer") % {"most": DECISION_CONDITIONS}
    if any(not one.text.strip() for one in content.conditions):
        return _("Write what each condition asks for")
    if any(one.due_on < today for one in content.conditions):
        return _("Choose days for the conditions that are not past")
    return ""


@transaction.atomic
def decide(*, assessment: Assessment, content: DecisionContent, form_key: UUID, by: User) -> Decision:
    """Store a decision; those before it stay as the history. The same form sent twice makes one.

    Raises DecisionRefused for an assessment that is not closed, for one that a later closed one has replaced, and for
    content that breaks a rule.
    """
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    made = Decision.objects.filter(form_key=form_key).first()
    if made is not None:
        return made
    if assessment.state != State.CLOSED:
        words = _("This assessment is “%(state)s”. Decide once it is closed. Nothing was stored.")
        raise DecisionRefused({None: words % {"state": LABELS[State(assessment.state)]}})
    later = later_closed(assessment)
    if later is not None:
        words = _("A later assessment of this vendor is closed: %(title)s. Decide on that one. Nothing was stored.")
        raise DecisionRefused({None: words % {"title": later.title}})
    if problems := problems_with(content, timezone.localdate()):
        raise DecisionRefused(problems)
    decision = Decision.objects.create(
        assessment=assessment,
        kind=content.kind,
        reason=content.reason.strip(),
        conditions=[{"text": one.text.strip(), "due_on": one.due_on.isoformat()} for one in content.conditions],
        expires_on=content.expires_on,
        at=timezone.now(),
        by=by,
        form_key=form_key,
    )
    expires_on = content.expires_on.isoformat() if content.expires_on else None
    record(
        kind=f"decision.{content.kind}",
        by=by,
        vendor=assessment.vendor_id,
        target=f"assessment:{assessment.pk}",
        details={"decision": decision.pk, "expires_on": expires_on, "conditions": len(content.conditions)},
    )
    return decision


def later_closed(assessment: Assessment) -> Assessment | None:
    """A closed assessment of the same vendor that came after this one: decisions are made on it."""
    others = Assessment.objects.filter(vendor=assessment.vendor_id, state=State.CLOSED, pk__gt=assessment.pk)
    return others.order_by("-pk").first()


@transaction.atomic
def meet_condition(*, decision: Decision, place: int, note: str, by: User) -> ConditionMet:
    """Keep that the condition at this place, from 1, is met and what was seen of it; after that nobody is chased.

    Said twice, the first stays. Raises DecisionRefused without a note, and where a newer decision counts.
    """
    decision = Decision.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=decision.pk)
    made = ConditionMet.objects.filter(decision=decision, place=place).first()
    if made is not None:
        return made
    if not note.strip():
        raise DecisionRefused({"note": _("Write what you have seen")})
    if not Decision.objects.newest().filter(pk=decision.pk).exists():
        raise DecisionRefused({None: _("This vendor was decided about again meanwhile. Nothing was stored.")})
    met = ConditionMet.objects.create(decision=decision, place=place, note=note.strip(), at=timezone.now(), by=by)
    record(
        kind="condition.met",
        by=by,
        vendor=decision.assessment.vendor_id,
        target=f"assessment:{decision.assessment_id}",
        details={"decision": decision.pk, "condition": place},
    )
    return met
