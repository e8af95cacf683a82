"""Save what the vendor says. Nobody's words are ever overwritten unseen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.totals import recompute_answered
from assessments.models import Answer, AnswerKind, AnswerVersion, Assessment
from assessments.states import WITH_VENDOR
from audit.trail import record
from users.models import User


@dataclass(frozen=True)
class AnswerContent:
    """What was typed and chosen."""

    kind: str = ""
    statements: Sequence[str] = field(default_factory=tuple)
    reason: str = ""
    notes: str = ""
    plan: str = ""
    plan_due_on: date | None = None


class StaleAnswer(Exception):
    """Somebody saved a newer version meanwhile. `current` is the answer as it stands."""

    def __init__(self, current: Answer) -> None:
        super().__init__(f"version {current.version} was saved meanwhile")
        self.current = current


class AnswerLocked(Exception):
    """The assessment was submitted, closed or cancelled meanwhile."""


class AnswerIncomplete(Exception):
    """It cannot be completed yet. `problems` maps a field's name to a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def problems_with(answer: Answer, content: AnswerContent, *, has_evidence: bool) -> dict[str, str]:
    """What stands against completing this answer, by field."""
    problems: dict[str, str] = {}
    if content.kind in {AnswerKind.NONE, AnswerKind.UNKNOWN}:
        problems["kind"] = _("Choose an answer")
    elif content.kind == AnswerKind.STATEMENTS and not content.statements:
        problems["kind"] = _("Choose an answer")
    elif content.kind == AnswerKind.NONE_FITS and not content.reason.strip():
        problems["reason"] = _("Say what is the case instead")
    elif content.kind == AnswerKind.NOT_APPLICABLE and not content.reason.strip():
        problems["reason"] = _("Say why this does not apply to you")
    if content.kind == AnswerKind.STATEMENTS and content.statements and not has_evidence and not content.notes.strip():
        problems["evidence"] = _("Add at least one file, or explain in the notes why there is none")
    return problems


@transaction.atomic
def save(*, answer: Answer, content: AnswerContent, base_version: int, complete: bool = False, by: User) -> Answer:
    """Store the answer, as a draft or completed.

    `base_version` is the version the person started from. Raises StaleAnswer when it is no longer the current one,
    AnswerLocked when the assessment left the vendor, AnswerIncomplete when it is to be completed and cannot be.
    The same content again is no write, so that a browser's retry is harmless.
    """
    assessment = Assessment.objects.select_for_update().get(pk=answer.assessment_id)
    if assessment.state not in WITH_VENDOR:
        raise AnswerLocked
    current = Answer.objects.select_for_update(of=("self",)).select_related("criterion", "updated_by").get(pk=answer.pk)
    current.assessment = assessment
    wanted = _content(content, complete)
    if current.content() == wanted or (not complete and {**current.content(), "is_complete": False} == wanted):
        return current
    if current.version != base_version:
        raise StaleAnswer(current)
    if complete:
        has_evidence = current.links.filter(evidence__withdrawn_at=None).exists()
        if problems := problems_with(current, content, has_evidence=has_evidence):
            raise AnswerIncomplete(problems)
    was_complete = current.is_complete
    _write(current, content, complete, by)
    _remember(current, by=by, closes=complete)
    if was_complete != complete:
        recompute_answered(assessment=assessment)
    return current


def _content(content: AnswerContent, complete: bool) -> dict[str, object]:
    due_on = content.plan_due_on.isoformat() if content.plan_due_on else None
    return {
        "kind": str(content.kind),
        "statements": list(content.statements),
        "reason": content.reason,
        "notes": content.notes,
        "plan": content.plan,
        "plan_due_on": due_on,
        "is_complete": complete,
    }


def _write(answer: Answer, content: AnswerContent, complete: bool, by: User) -> None:
    answer.kind, answer.statements = content.kind, list(content.statements)
    answer.reason, answer.notes = content.reason, content.notes
    answer.plan, answer.plan_due_on = content.plan, content.plan_due_on
    answer.is_complete, answer.version = complete, answer.version + 1
    answer.updated_at, answer.updated_by = timezone.now(), by
    answer.save()


def _remember(answer: Answer, *, by: User, closes: bool) -> None:
    """Keep this save in the history: in the person's open run, or in a new one. One event when a run starts."""
    now = timezone.now()
    run = answer.versions.filter(closed_at=None).first()
    if run is not None and run.by_id != by.pk:
        _close_run(run, vendor=answer.assessment.vendor_id)
        run = None
    if run is None:
        run = AnswerVersion(answer=answer, by=by, started_at=now)
        if not closes:
            _event("answer.started", answer, by)
    run.number, run.content, run.saved_at = answer.version, answer.content(), now
    run.closed_at = now if closes else None
    run.save()
    if closes:
        _event("answer.completed", answer, by)


def _close_run(run: AnswerVersion, *, vendor: int) -> None:
    """End a run of autosaves; from now on it is an entry of the history that does not change."""
    run.closed_at = timezone.now()
    run.save(update_fields=["closed_at"])
    record(
        kind="answer.saved",
        by=run.by,
        vendor=vendor,
        target=f"answer:{run.answer_id}",
        details={"version": run.number, "content": run.content},
    )


def _event(kind: str, answer: Answer, by: User) -> None:
    record(
        kind=kind,
        by=by,
        vendor=answer.assessment.vendor_id,
        target=f"answer:{answer.pk}",
        details={"version": answer.version, "content": answer.content()},
    )


def close_versions(*, assessment: Assessment) -> None:
    """Submitting ends every run that is still open."""
    runs = AnswerVersion.objects.filter(answer__assessment=assessment, closed_at=None).select_related("by")
    for run in runs:
        _close_run(run, vendor=assessment.vendor_id)
