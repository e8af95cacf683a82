"""Take over what came back in a spreadsheet: all of it or nothing, each answer through the one door for answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from assessments.access import is_open_for_changes
from assessments.actions.answers import AnswerContent, AnswerLocked, save
from assessments.models import Answer, Assessment
from users.models import User


@dataclass(frozen=True)
class SheetChange:
    """One answer that is to be saved, from the version the person started from."""

    answer: Answer
    content: AnswerContent
    version: int
    complete: bool


@transaction.atomic
def take_over(*, assessment: Assessment, changes: Sequence[SheetChange], by: User) -> int:
    """Save the answers; returns how many. Writes answers and nothing else.

    Raises what `answers.save` raises, and AnswerLocked for a question that is not open now or not of this assessment;
    nothing is saved then.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    for change in changes:
        if change.answer.assessment_id != locked.pk:
            raise AnswerLocked
        change.answer.assessment = locked
        if not is_open_for_changes(change.answer):
            raise AnswerLocked
        save(
            answer=change.answer,
            content=change.content,
            base_version=change.version,
            complete=change.complete,
            by=by,
        )
    return len(changes)
