"""Keep files, link them to answers, withdraw them. Every file came through `intake`."""

from datetime import UTC, datetime
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.actions import evaluations, findings, page_images
from assessments.actions.totals import recompute_answered
from assessments.intake import Accepted
from assessments.limits import ASSESSMENT_BYTES, ASSESSMENT_FILES
from assessments.models import Answer, AnswerKind, Assessment, Evidence, EvidenceKind, EvidenceLink, Finding
from assessments.models.evidence import preview_key, storage_key
from assessments.queries.inputs import MACHINE_READABLE
from assessments.states import WITH_VENDOR
from audit.trail import record
from users.models import User


class EvidenceRefused(Exception):
    """It cannot be done; the message says why and what to do."""


def _locked(assessment: Assessment) -> Assessment:
    """The assessment, locked, while the vendor may still write to it."""
    locked = Assessment.objects.select_for_update().filter(pk=assessment.pk).first()
    if locked is None or locked.state not in WITH_VENDOR:
        raise EvidenceRefused(_("The assessment was submitted or closed meanwhile. Nothing was stored."))
    return locked


def attach(
    *,
    assessment: Assessment,
    accepted: Accepted,
    upload_id: UUID,
    asked_at: Answer | None,
    by: User,
    finding: Finding | None = None,
) -> Evidence:
    """Store one accepted file, link it to the question it was added on, and have it evaluated.

    The evaluation links it to the other questions it is evidence for. The same upload sent again gives what is stored.
    With `finding` it is a proof that this was fixed: it supports no answer, and nothing is evaluated.

    The file is written first and the row second, so that there is never a row without a file; a row that cannot be
    stored takes its file with it. Raises EvidenceRefused at the assessment's limits, when it left the vendor, or
    when the finding is not to be fixed any more.
    """
    stored = Evidence.objects.filter(assessment=assessment, upload_id=upload_id).first()
    if stored is not None:
        return stored
    keys = [default_storage.save(storage_key(Evidence(), ""), File(accepted.file))]
    try:
        if accepted.preview is not None:
            keys.append(default_storage.save(preview_key(Evidence(), ""), ContentFile(accepted.preview)))
        evidence = _store(assessment, accepted, upload_id, asked_at, finding, keys, by)
    except BaseException:
        _delete(keys)
        raise
    if evidence.file.name != keys[0]:  # the same upload arrived twice at once and the other one won
        _delete(keys)
    return evidence


def _delete(keys: list[str]) -> None:
    for key in keys:
        default_storage.delete(key)


@transaction.atomic
def _store(
    assessment: Assessment,
    accepted: Accepted,
    upload_id: UUID,
    asked_at: Answer | None,
    finding: Finding | None,
    keys: list[str],
    by: User,
) -> Evidence:
    locked = _locked(assessment) if finding is None else _open_for_proof(finding)
    stored = Evidence.objects.filter(assessment=locked, upload_id=upload_id).first()
    if stored is not None:
        return stored
    _check_room(locked, accepted)
    facts = accepted.facts
    generated = facts.get("generated_at")
    evidence = Evidence(
        assessment=locked,
        finding=finding,
        file=keys[0],
        name=accepted.name,
        kind=EvidenceKind(accepted.kind),
        format=accepted.format,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        facts=facts,
        accounts=facts.get("accounts", []),
        received_at=timezone.now(),
        received_by=by,
        upload_id=upload_id,
    )
    if generated:
        evidence.effective_at, evidence.effective_source = datetime.fromisoformat(generated), "read"
    if accepted.preview is not None:
        evidence.preview = keys[1]
        evidence.preview_width, evidence.preview_height = accepted.preview_size
    evidence.save()
    page_images.request(evidence=evidence)
    if asked_at is not None:
        EvidenceLink.objects.create(evidence=evidence, answer=asked_at, by=by)
    used_for = {"answers": [asked_at.pk] if asked_at else []} if finding is None else {"finding": finding.pk}
    _event("evidence.attached", evidence, by, {"sha256": evidence.sha256, "kind": evidence.kind, **used_for})
    if finding is None:
        _evaluate(evidence, locked)
    return evidence


def _check_room(assessment: Assessment, accepted: Accepted) -> None:
    used = Evidence.objects.filter(assessment=assessment).aggregate(files=Count("id"), size=Sum("size"))
    if used["files"] >= ASSESSMENT_FILES:
        words = _("This assessment holds %(count)s files, the limit. Put what belongs together into one PDF.")
        raise EvidenceRefused(words % {"count": ASSESSMENT_FILES})
    if (used["size"] or 0) + accepted.size > ASSESSMENT_BYTES:
        raise EvidenceRefused(_("This assessment has no room for the file. Make it smaller and add it again."))


def _open_for_proof(finding: Finding) -> Assessment:
    """The assessment of a finding that the vendor may still prove to be fixed."""
    try:
        return findings.to_prove(finding).assessment
    except findings.FindingRefused as refused:
        raise EvidenceRefused(str(refused)) from refused


def _evaluate(evidence: Evidence, assessment: Assessment) -> None:
    """What a program can read is evaluated again whenever it changes. `assessment` is the locked row."""
    if evidence.kind in MACHINE_READABLE:
        evaluations.request(assessment=assessment)


def _event(kind: str, evidence: Evidence, by: User, details: dict[str, object]) -> None:
    record(kind=kind, by=by, vendor=evidence.assessment.vendor_id, target=f"evidence:{evidence.pk}", details=details)


@transaction.atomic
def link(*, evidence: Evidence, answer: Answer, by: User) -> None:
    """Use a file that is there already for one more answer."""
    _locked(evidence.assessment)
    if evidence.assessment_id != answer.assessment_id or evidence.withdrawn_at or evidence.finding_id:
        raise EvidenceRefused(_("This file cannot be used here."))
    found = EvidenceLink.objects.get_or_create(evidence=evidence, answer=answer, defaults={"by": by})
    if found[1]:  # it was made now
        _event("evidence.linked", evidence, by, {"answer": answer.pk})


@transaction.atomic
def unlink(*, evidence: Evidence, answer: Answer, by: User) -> None:
    """Stop using a file for this answer; it stays for the others, and in the list."""
    _refuse_submitted(evidence, _locked(evidence.assessment))
    removed = EvidenceLink.objects.filter(evidence=evidence, answer=answer).delete()
    if removed[0]:
        _event("evidence.unlinked", evidence, by, {"answer": answer.pk})
        _open_unproven(evidence.assessment, [answer.pk])


def _open_unproven(assessment: Assessment, answers: list[int]) -> None:
    """An answer that was completed on a file alone, and has lost it, is open again: it could not be completed now."""
    proven = EvidenceLink.objects.filter(answer__in=answers, evidence__withdrawn_at=None).values("answer")
    bare = Answer.objects.filter(pk__in=answers, is_complete=True, kind=AnswerKind.STATEMENTS).exclude(pk__in=proven)
    ids = [answer.pk for answer in bare if not answer.notes.strip()]
    if ids:
        Answer.objects.filter(pk__in=ids).update(is_complete=False)
        recompute_answered(assessment=assessment)


def _refuse_submitted(evidence: Evidence, assessment: Assessment) -> None:
    """`assessment` is the locked row: it may have been submitted and sent back since the file was read."""
    submitted_at = assessment.submitted_at
    if evidence.finding_id:
        raise EvidenceRefused(_("This file proves that a finding was fixed, so it stays. Add a newer one beside it."))
    if submitted_at and evidence.received_at <= submitted_at:
        raise EvidenceRefused(_("This file was submitted, so it stays. Add a newer one beside it."))


@transaction.atomic
def withdraw(*, evidence: Evidence, by: User) -> Evidence:
    """Take a file back before it is submitted. It keeps its place in the history and supports nothing any more."""
    assessment = _locked(evidence.assessment)
    _refuse_submitted(evidence, assessment)
    current = Evidence.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=evidence.pk)
    if current.withdrawn_at is None:
        current.withdrawn_at, current.withdrawn_by = timezone.now(), by
        current.save(update_fields=["withdrawn_at", "withdrawn_by"])
        page_images.discard(evidence=current)
        _event("evidence.withdrawn", current, by, {"sha256": current.sha256})
        _open_unproven(current.assessment, list(current.links.values_list("answer", flat=True)))
        _evaluate(current, assessment)
    return current


@transaction.atomic
def state_date(*, evidence: Evidence, day: datetime, by: User) -> Evidence:
    """The vendor says of what day a file is that does not carry its own date.

    Raises EvidenceRefused for a date that was read from the file, in the future, or before the newest date inside it,
    and for a file that was submitted.
    """
    assessment = _locked(evidence.assessment)
    _refuse_submitted(evidence, assessment)
    if evidence.effective_source == "read":
        raise EvidenceRefused(_("The date was read from the file itself and cannot be changed."))
    day = day.astimezone(UTC)
    if day.date() > timezone.now().date():
        raise EvidenceRefused(_("The date cannot be in the future."))
    latest = evidence.facts.get("latest_in_file")
    if latest and day.date() < datetime.fromisoformat(latest).date():
        words = _("The file itself speaks of %(day)s, so it cannot be older than that.")
        raise EvidenceRefused(words % {"day": date_format(datetime.fromisoformat(latest).date())})
    evidence.effective_at, evidence.effective_source = day, "stated"
    evidence.save(update_fields=["effective_at", "effective_source"])
    _event("evidence.dated", evidence, by, {"effective_at": day.isoformat()})
    _evaluate(evidence, assessment)
    return evidence


@transaction.atomic
def state_place(*, evidence: Evidence, account: str, region: str, by: User) -> Evidence:
    """The vendor says which account and region an answer of the command line is from, where the file does not.

    `region` is "global" for IAM, Organizations and S3. Raises EvidenceRefused for an account that is not in scope, and
    for a file that was submitted or says itself where it is from.
    """
    assessment = _locked(evidence.assessment)
    _refuse_submitted(evidence, assessment)
    if evidence.accounts and not evidence.stated_account:
        raise EvidenceRefused(_("The file itself says which account it is from."))
    if not assessment.vendor.aws_accounts.filter(account_id=account).exists():
        words = _("Account %(account)s is not among the accounts in scope. Declare it there first.")
        raise EvidenceRefused(words % {"account": account})
    evidence.stated_account, evidence.stated_region = account, region
    evidence.read_at = None  # now it can be evidence for more questions
    evidence.save(update_fields=["stated_account", "stated_region", "read_at"])
    _event("evidence.placed", evidence, by, {"account": account, "region": region})
    _evaluate(evidence, assessment)
    return evidence
