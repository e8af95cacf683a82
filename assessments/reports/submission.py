"""Assessment to manifest: what the vendor hands in, in a constant number of queries. No review, side or verdict."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.conf import settings

from assessments.marking import gettext_noop
from assessments.models import Answer, Assessment, Evidence
from assessments.reports import manifest
from audit.trail import head_of
from users.models import User

KIND = "submission"
STATEMENT = gettext_noop(
    "I have checked these answers and files. To my knowledge they are complete and true for the AWS accounts listed."
)
"""What a lead confirms."""


def submission_manifest(assessment: Assessment, *, at: datetime, by: User, name: str) -> str:
    """The canonical text of what `by` hands in now, signed as `name`."""
    files = list(
        assessment.evidence.for_answers()
        .kept()
        .select_related("received_by")
        .prefetch_related("links")
        .order_by("received_at", "pk")
    )
    numbers: dict[int, list[int]] = {}
    for number, file in enumerate(files, start=1):
        for link in file.links.all():
            numbers.setdefault(link.answer_id, []).append(number)
    answers = list(
        assessment.answers.select_related("criterion__domain", "updated_by")
        .prefetch_related("criterion__options")
        .order_by("criterion__number")
    )
    questions = {answer.pk: answer.criterion.number for answer in answers}
    position, head = head_of(assessment.vendor_id)
    return manifest.seal(
        kind=KIND,
        files=[_file(number, file, questions) for number, file in enumerate(files, start=1)],
        facts={
            "organisation": settings.ORGANISATION_NAME,
            "vendor": {"name": assessment.vendor.name},
            "assessment": {"id": assessment.pk, "title": assessment.recorded_title, "period": assessment.period},
            "playbook": _playbook(assessment),
            "round": assessment.round,
            "submitted": {"at": _instant(at), "by": by.name, "signed_as": name, "statement": STATEMENT},
            "accounts": [
                {"id": account.account_id, "name": account.name, "stage": account.get_stage_display()}
                for account in assessment.vendor.aws_accounts.order_by("account_id")
            ],
            "answers": [_answer(answer, numbers.get(answer.pk, [])) for answer in answers],
            # What the trail of the vendor ended with just before; the submission's own event holds this digest.
            "audit": {"position": position, "hash": head},
        },
    )


def _playbook(assessment: Assessment) -> dict[str, object]:
    playbook, header = assessment.playbook, assessment.playbook.data
    licence = header.get("licence") or {}
    return {
        "slug": playbook.slug,
        "title": playbook.title,
        "version": playbook.version,
        "sha256": playbook.content_sha256,
        "attribution": header.get("attribution") or "",
        "licence": licence.get("name") or "",
        "licence_url": licence.get("url") or "",
    }


def _answer(answer: Answer, files: Sequence[int]) -> dict[str, object]:
    criterion = answer.criterion
    texts = [option.text for option in criterion.options.all() if option.key in answer.statements]
    return {
        "number": criterion.number,
        "domain": criterion.domain.name,
        "title": criterion.short_title,
        "question": criterion.question,
        "kind": answer.kind,
        # Texts, since a key names the side of a statement; by the alphabet, since the playbook's order does too.
        "statements": sorted(texts),
        "reason": answer.reason,
        "notes": answer.notes,
        "plan": answer.plan,
        "plan_due_on": answer.plan_due_on.isoformat() if answer.plan_due_on else None,
        "answered_by": answer.updated_by.name if answer.updated_by else "",
        "answered_at": _instant(answer.updated_at),
        "files": list(files),
    }


def _file(number: int, file: Evidence, questions: Mapping[int, int]) -> dict[str, object]:
    return {
        "number": number,
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "received_at": _instant(file.received_at),
        "received_by": file.received_by.name,
        "effective_at": _instant(file.effective_at),
        "effective_source": file.effective_source,
        "accounts": sorted(file.accounts),
        "questions": sorted(questions[link.answer_id] for link in file.links.all()),
    }


def _instant(moment: datetime | None) -> str | None:
    """2026-11-25T04:01:02Z, or null."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
