"""Who scores which questions: it fills a worklist, and allows or forbids nothing."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, SecondLook
from assessments.staff_letters import tell_reviewer
from assessments.states import State
from audit.trail import record
from users.models import StaffRole, User


class ReviewerRefused(Exception):
    """It cannot be done. `field` is the one of the form it concerns, None for the whole; the message says why."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def assign_reviewer(
    *, assessment: Assessment, numbers: Collection[int], reviewer: User | None, by: User
) -> list[Answer]:
    """Say which analyst scores the questions of these numbers; None takes it back. Whoever had them before does not.

    Returns the answers whose reviewer changed. Raises ReviewerRefused once the assessment is closed or cancelled, for
    numbers it does not have, and for somebody who is no analyst or must not see the first results yet.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state in {State.CLOSED, State.CANCELLED}:
        raise ReviewerRefused(_("The assessment was closed or cancelled meanwhile. Nothing was assigned."))
    if reviewer is not None:
        _check_reviewer(locked, reviewer)
    chosen = Answer.objects.select_for_update(of=("self",)).filter(assessment=locked, criterion__number__in=numbers)
    found = list(chosen.select_related("criterion").order_by("criterion__number"))
    if not found or len(found) != len(set(numbers)):
        raise ReviewerRefused(_("Choose at least one question of this assessment."), "questions")
    to = reviewer.pk if reviewer else None
    changed = [answer for answer in found if answer.reviewer_id != to]
    if changed:
        Answer.objects.filter(pk__in=[answer.pk for answer in changed]).update(reviewer=to)
        record(
            kind="reviewer.assigned" if to else "reviewer.removed",
            by=by,
            vendor=locked.vendor_id,
            target=f"assessment:{locked.pk}",
            details={"questions": [answer.criterion.number for answer in changed]} | ({"to": to} if to else {}),
        )
        if reviewer is not None and reviewer.pk != by.pk:
            tell_reviewer(assessment=locked, reviewer=reviewer)
    return changed


def _check_reviewer(assessment: Assessment, reviewer: User) -> None:
    if not reviewer.is_active or reviewer.staff_role != StaffRole.ANALYST:
        raise ReviewerRefused(_("Choose an analyst who can sign in."), "reviewer")
    if SecondLook.objects.filter(assessment=assessment, analyst=reviewer, finished_at=None).exists():
        words = _("%(person)s takes a second look at this assessment. Choose somebody else until it is finished.")
        raise ReviewerRefused(words % {"person": reviewer.name}, "reviewer")
