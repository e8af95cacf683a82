"""Make an assessment and move it through its states."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.actions import evaluations, receipts
from assessments.actions.answers import close_versions
from assessments.actions.carrying import carry_over
from assessments.actions.second_looks import problems_with_closing
from assessments.actions.totals import recompute
from assessments.finding_letters import tell_leads_of_findings
from assessments.letters import tell_leads, tell_staff
from assessments.models import Answer, Assessment, Campaign, Finding, Query
from assessments.states import LABELS, MOVES, WITH_VENDOR, State
from audit.trail import record
from playbook.models import Playbook
from users.models import User
from vendors.models import Invitation, Member, MemberRole, Vendor


class MoveRefused(Exception):
    """A move that cannot be made now. `problems` are sentences, each saying what to do first."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@transaction.atomic
def open_assessment(
    *,
    vendor: Vendor,
    playbook: Playbook,
    period: str,
    due_on: date | None,
    analyst: User | None,
    form_key: UUID,
    by: User | None,
    campaign: Campaign | None = None,
) -> Assessment:
    """Make an assessment with one empty answer for each criterion. The same form sent twice makes one.

    A draft may stand beside the assessment that is running, so that next year's can be prepared; two drafts may not.
    `by` is None where the vendor is due again and the assessment is opened by itself.
    Raises MoveRefused for a second draft.
    """
    Vendor.objects.select_for_update().get(pk=vendor.pk)
    made = Assessment.objects.filter(form_key=form_key).first()
    if made is not None:
        return made
    draft = Assessment.objects.filter(vendor=vendor, state=State.DRAFT).first()
    if draft is not None:
        words = _("%(vendor)s has an assessment that is not sent yet (%(title)s). Send or cancel it first.")
        raise MoveRefused(words % {"vendor": vendor.name, "title": draft.title})
    latest = Assessment.objects.filter(vendor=vendor, is_latest=True).first()
    is_latest = latest is None or latest.state == State.CANCELLED
    if latest is not None and is_latest:
        Assessment.objects.filter(pk=latest.pk).update(is_latest=False)
    assessment = Assessment.objects.create(
        vendor=vendor,
        playbook=playbook,
        period=period,
        due_on=due_on,
        analyst=analyst,
        is_latest=is_latest,
        form_key=form_key,
        campaign=campaign,
        created_by=by,
    )
    Answer.objects.bulk_create(Answer(assessment=assessment, criterion=c) for c in playbook.criteria.all())
    recompute(assessment=assessment)
    _record("assessment.opened", assessment, by, {"period": period, "playbook": f"{playbook.slug} {playbook.version}"})
    return assessment


@transaction.atomic
def edit_assessment(
    *, assessment: Assessment, period: str, due_on: date | None, analyst: User | None, by: User
) -> Assessment:
    """Change period, due date or assigned analyst."""
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if assessment.state != State.DRAFT and due_on is None:
        raise MoveRefused(_("An assessment that was sent needs a due date."))
    before = _facts(assessment)
    assessment.period, assessment.due_on, assessment.analyst = period, due_on, analyst
    if before != _facts(assessment):
        assessment.save(update_fields=["period", "due_on", "analyst"])
        _record("assessment.changed", assessment, by, {"before": before, "after": _facts(assessment)})
    return assessment


def _facts(assessment: Assessment) -> dict[str, object]:
    due_on = assessment.due_on.isoformat() if assessment.due_on else None
    return {"period": assessment.period, "due_on": due_on, "analyst": assessment.analyst_id}


def _record(kind: str, assessment: Assessment, by: User | None, details: dict[str, object] | None = None) -> None:
    record(kind=kind, by=by, vendor=assessment.vendor_id, target=f"assessment:{assessment.pk}", details=details)


@transaction.atomic
def move(
    *, assessment: Assessment, name: str, by: User, facts: Mapping[str, object] | None = None, **changes: object
) -> Assessment:
    """Carry out one move of the table. Nothing else in the code base writes Assessment.state.

    `changes` are further columns written with it, `facts` what its event says besides. Raises MoveRefused from a
    state the move does not start in.
    """
    step = MOVES[name]
    current = Assessment.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=assessment.pk)
    if current.state not in step.sources:
        words = _("This cannot be done while the assessment is “%(state)s”.")
        raise MoveRefused(words % {"state": _(LABELS[State(current.state)])})
    before = current.state
    current.state = step.target.value
    for column, value in changes.items():
        setattr(current, column, value)
    current.save(update_fields=["state", *changes])
    details = {"from": before, "to": current.state, "round": current.round, **(facts or {})}
    _record(f"assessment.{name}", current, by, details)
    return current


@transaction.atomic
def send(*, assessment: Assessment, by: User) -> Assessment:
    """Send the questionnaire to the vendor. Needs a due date that is not past, and a lead who can be reached."""
    problems = []
    if assessment.due_on is None:
        problems.append(_("Set a due date."))
    elif assessment.due_on < timezone.localdate():
        problems.append(_("Set a due date that is not past."))
    leads = Member.objects.filter(
        vendor=assessment.vendor_id, role=MemberRole.LEAD, is_active=True, user__is_active=True
    )
    invited = Invitation.objects.pending().filter(vendor=assessment.vendor_id, role=MemberRole.LEAD)
    if not leads.exists() and not invited.exists():
        problems.append(_("Invite a lead at the vendor: somebody who can answer and submit."))
    running = (
        Assessment.objects.filter(vendor=assessment.vendor_id, state__in=WITH_VENDOR).exclude(pk=assessment.pk).first()
    )
    if running is not None:
        words = _("The vendor is still answering another one (%(title)s). Wait for it, or cancel it.")
        problems.append(words % {"title": running.title})
    if problems and assessment.state == State.DRAFT:
        raise MoveRefused(*problems)
    Assessment.objects.filter(vendor=assessment.vendor_id, is_latest=True).exclude(pk=assessment.pk).update(
        is_latest=False
    )
    carry_over(assessment=assessment)
    sent = move(assessment=assessment, name="send", by=by, sent_at=timezone.now(), sent_by=by, is_latest=True)
    tell_leads(assessment=sent, kind="assessment.sent")
    return sent


def missing_for_submit(assessment: Assessment) -> list[Answer]:
    """The answers that are still open, in the order of the questions."""
    open_answers = Answer.objects.filter(assessment=assessment).open().select_related("criterion__domain")
    return list(open_answers.order_by("criterion__number"))


@transaction.atomic
def submit(*, assessment: Assessment, attested_name: str, by: User) -> Assessment:
    """Hand all answers in, signed as `attested_name`. What is handed in is kept as a manifest, for the receipt.

    Refused while a question is open, no AWS account is declared or nobody signed.
    """
    assessment = (
        Assessment.objects.select_for_update(of=("self",)).select_related("vendor", "playbook").get(pk=assessment.pk)
    )
    problems = []
    if count := len(missing_for_submit(assessment)):
        words = ngettext(
            "Complete %(count)s question before you submit", "Complete %(count)s questions before you submit", count
        )
        problems.append(words % {"count": count})
    if not assessment.vendor.aws_accounts.exists():
        problems.append(_("Declare the AWS accounts in scope"))
    if not attested_name.strip():
        problems.append(_("Type your name to sign"))
    if problems and assessment.state in MOVES["submit"].sources:
        raise MoveRefused(*problems)
    close_versions(assessment=assessment)
    now = timezone.now()
    submission = receipts.drawn_up(assessment=assessment, at=now, name=attested_name.strip(), by=by)
    facts = {"manifest_sha256": submission.manifest_sha256}
    submitted = move(assessment=assessment, name="submit", by=by, facts=facts, submitted_at=now, submitted_by=by)
    receipts.keep(submission=submission)
    evaluations.request(assessment=submitted)
    recompute(assessment=submitted)
    tell_staff(assessment=submitted, kind="assessment.submitted")
    return submitted


@transaction.atomic
def request_changes(*, assessment: Assessment, by: User) -> Assessment:
    """Send the collected questions back to the vendor, together and with one mail."""
    queries = Query.objects.select_for_update().filter(answer__assessment=assessment, round=None)
    answers = set(queries.values_list("answer", flat=True))
    if not answers and assessment.state in MOVES["request_changes"].sources:
        raise MoveRefused(_("Ask the vendor something first: open a question and choose “Ask vendor”."))
    next_round = assessment.round + 1
    returned = move(assessment=assessment, name="request_changes", by=by, round=next_round)
    queries.update(round=next_round)
    Answer.objects.filter(pk__in=answers).update(is_complete=False)
    recompute(assessment=returned)
    tell_leads(assessment=returned, kind="assessment.sent_back")
    return returned


@transaction.atomic
def close(*, assessment: Assessment, by: User) -> Assessment:
    """Finish the review.

    Refused while an answer has no result, a question to the vendor is not sent or a second look is not settled.
    """
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    problems = []
    unscored = Answer.objects.filter(assessment=assessment, review=None).count()
    if unscored:
        words = ngettext("Score %(count)s more question first.", "Score %(count)s more questions first.", unscored)
        problems.append(words % {"count": unscored})
    if Query.objects.filter(answer__assessment=assessment, round=None).exists():
        problems.append(_("Send the collected questions back to the vendor, or remove them."))
    problems += problems_with_closing(assessment)
    if problems and assessment.state in MOVES["close"].sources:
        raise MoveRefused(*problems)
    closed = move(assessment=assessment, name="close", by=by, closed_at=timezone.now(), closed_by=by)
    recompute(assessment=closed)
    if Finding.objects.filter(answer__assessment=closed).exists():
        tell_leads_of_findings(assessment=closed)
    else:
        tell_leads(assessment=closed, kind="assessment.accepted")
    return closed


@transaction.atomic
def reopen(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Take a closed assessment back into review. Needs a reason and a second person: not the one who closed it."""
    if not reason.strip():
        raise MoveRefused(_("Say why it is opened again."))
    if assessment.closed_by_id == by.pk:
        raise MoveRefused(_("You closed this assessment yourself. Another manager has to open it again."))
    opened = move(assessment=assessment, name="reopen", by=by, closed_at=None, closed_by=None)
    _record("assessment.reopen_reason", opened, by, {"reason": reason.strip()})
    return opened


@transaction.atomic
def cancel(*, assessment: Assessment, by: User) -> Assessment:
    """Stop an assessment for good. What was answered stays, and nobody can write to it.

    The portfolio goes back to what it showed for the vendor before.
    """
    cancelled = move(assessment=assessment, name="cancel", by=by)
    others = Assessment.objects.filter(vendor=cancelled.vendor_id).exclude(pk=cancelled.pk)
    before = others.exclude(state=State.CANCELLED).order_by(F("sent_at").desc(nulls_last=True), "-id").first()
    if cancelled.is_latest and before is not None:
        Assessment.objects.filter(pk=cancelled.pk).update(is_latest=False)
        Assessment.objects.filter(pk=before.pk).update(is_latest=True)
        cancelled.is_latest = False
    return cancelled
