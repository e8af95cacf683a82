"""Begin a reassessment with what the vendor said last time, to be confirmed or changed.

Answers and notes come over, and nothing else: no result, no finding, no plan, no file. A file proves the state of its
own day.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from assessments.actions.answers import AnswerContent, AnswerIncomplete, save
from assessments.models import Answer, AnswerKind, Assessment
from assessments.states import State
from users.models import User

# What says nothing is not worth confirming.
_WORTH = (AnswerKind.STATEMENTS, AnswerKind.NONE_FITS, AnswerKind.NOT_APPLICABLE)


@dataclass(frozen=True)
class Confirmed:
    """What became of answers that were to be confirmed together, by number of the question."""

    done: tuple[int, ...]
    left: dict[int, str]  # why one could not be confirmed as it is


@transaction.atomic
def carry_over(*, assessment: Assessment) -> int:
    """Put the answers of the vendor's last closed assessment by the same playbook into this one. Returns how many.

    Called while it is sent, before anybody can answer. A statement comes over where its words are the same: a newer
    version of the playbook may ask otherwise.
    """
    before = (
        Assessment.objects.filter(vendor=assessment.vendor_id, state=State.CLOSED)
        .filter(playbook__slug=assessment.playbook.slug)
        .exclude(pk=assessment.pk)
        .order_by("-closed_at", "-pk")
        .first()
    )
    if before is None:
        return 0
    old = {answer.criterion.code: answer for answer in _with_options(before) if answer.kind in _WORTH}
    carried = []
    for answer in _with_options(assessment):
        source = old.get(answer.criterion.code)
        if source is not None and _take(answer, source):
            carried.append(answer)
    Answer.objects.bulk_update(carried, ["kind", "statements", "reason", "notes", "carried_from"])
    return len(carried)


def _with_options(assessment: Assessment) -> list[Answer]:
    answers = Answer.objects.filter(assessment=assessment).select_related("criterion")
    return list(answers.prefetch_related("criterion__options"))


def _take(answer: Answer, source: Answer) -> bool:
    """Copy what was said; False where nothing of it fits the question as it is asked now."""
    if answer.version or answer.criterion.question != source.criterion.question:
        return False
    if source.kind == AnswerKind.NOT_APPLICABLE and not answer.criterion.not_applicable_allowed:
        return False
    texts = {option.key: option.text for option in source.criterion.options.all()}
    now = {option.text: option.key for option in answer.criterion.options.all()}
    statements = [now[texts[key]] for key in source.statements if texts.get(key) in now]
    if len(statements) != len(source.statements):
        return False
    answer.kind, answer.statements, answer.carried_from = source.kind, statements, source
    answer.reason, answer.notes = source.reason, source.notes
    return True


def confirm(*, assessment: Assessment, numbers: Collection[int], by: User) -> Confirmed:
    """Complete answers that came over and were not touched since, as they are; each is a save of its own.

    What cannot be completed as it is stays open, with the reason.
    """
    waiting = (
        Answer.objects.visible_to(by)
        .filter(assessment=assessment, criterion__number__in=numbers, version=0, is_complete=False)
        .exclude(carried_from=None)
        .select_related("criterion")
        .order_by("criterion__number")
    )
    done, left = [], {}
    for answer in waiting:
        content = AnswerContent(
            kind=answer.kind, statements=answer.statements, reason=answer.reason, notes=answer.notes
        )
        try:
            save(answer=answer, content=content, base_version=0, complete=True, by=by)
        except AnswerIncomplete as problem:
            left[answer.criterion.number] = "; ".join(problem.problems.values())
        else:
            done.append(answer.criterion.number)
    return Confirmed(tuple(done), left)
