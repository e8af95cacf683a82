"""Who answers what: hand questions to a colleague, or the whole request to the right person."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.letters import tell_assignee
from assessments.models import Answer, Assessment
from assessments.states import WITH_VENDOR, State
from audit.trail import record
from users.models import User
from vendors.actions.invitations import InvitationRefused, invite
from vendors.models import Invitation, Member, MemberRole


class AssignmentRefused(Exception):
    """It cannot be done; the message says why and what to do."""


def _locked(assessment: Assessment) -> Assessment:
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state not in WITH_VENDOR:
        raise AssignmentRefused(_("The assessment was submitted or closed meanwhile. Nothing was assigned."))
    return locked


def _chosen(assessment: Assessment, numbers: Collection[int]) -> list[Answer]:
    """The open questions of these numbers. While some are back with the vendor, only these can be handed on."""
    answers = Answer.objects.select_for_update(of=("self",)).filter(
        assessment=assessment, criterion__number__in=numbers
    )
    if assessment.state == State.CHANGES_REQUESTED:
        answers = answers.filter(queries__round=assessment.round)
    found = {answer.criterion.number: answer for answer in answers.select_related("criterion")}
    if not found or set(found) != set(numbers):
        raise AssignmentRefused(_("Choose at least one question that is open for changes."))
    return [found[number] for number in sorted(found)]


@transaction.atomic
def assign(*, assessment: Assessment, numbers: Collection[int], to: User, by: User) -> list[Answer]:
    """Ask a member of the vendor to answer these questions, and tell them by one mail.

    It takes nothing from anybody: who saw the questions before still sees them. Raises AssignmentRefused for somebody
    who does not act for this vendor, and after the assessment was submitted.
    """
    locked = _locked(assessment)
    member = Member.objects.filter(vendor=locked.vendor_id, user=to, is_active=True, user__is_active=True)
    if not member.exists():
        raise AssignmentRefused(
            _("This person does not act for you any more. Choose somebody else, or invite them again.")
        )
    answers = _chosen(locked, numbers)
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(assignee=to, assignee_invitation=None)
    _record("answers.assigned", locked, by, answers, {"to": to.pk})
    if to.pk != by.pk:
        tell_assignee(assessment=locked, user=to)
    return answers


@transaction.atomic
def assign_new(*, assessment: Assessment, numbers: Collection[int], email: str, name: str, by: User) -> Invitation:
    """Invite a colleague for these questions alone; they see them from the moment they accept, and no others.

    Somebody who was invited already keeps the role they were invited in. Raises AssignmentRefused and
    InvitationRefused; then nobody was invited and nothing assigned.
    """
    locked = _locked(assessment)
    answers = _chosen(locked, numbers)
    waiting = Invitation.objects.pending().filter(vendor=locked.vendor_id, email=email.strip().lower()).first()
    invitation = waiting or invite(vendor=locked.vendor, email=email, name=name, role=MemberRole.HELPER, by=by)
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(
        assignee=None, assignee_invitation=invitation
    )
    _record("answers.assigned", locked, by, answers, {"invitation": invitation.pk})
    return invitation


@transaction.atomic
def take_back(*, assessment: Assessment, numbers: Collection[int], by: User) -> list[Answer]:
    """Nobody in particular answers these questions any more. A helper stops seeing them at once."""
    locked = _locked(assessment)
    answers = [one for one in _chosen(locked, numbers) if one.assignee_id or one.assignee_invitation_id]
    if answers:
        Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(assignee=None, assignee_invitation=None)
        _record("answers.unassigned", locked, by, answers, {})
    return answers


@transaction.atomic
def forward(*, assessment: Assessment, email: str, name: str, by: User) -> Invitation:
    """Hand the whole request to the right person: they are invited as a lead, who answers, invites and submits.

    Who forwards it stays a lead. Raises AssignmentRefused and InvitationRefused.
    """
    locked = _locked(assessment)
    invitation = invite(vendor=locked.vendor, email=email, name=name, role=MemberRole.LEAD, by=by)
    _record("assessment.forwarded", locked, by, [], {"invitation": invitation.pk})
    return invitation


def _record(kind: str, assessment: Assessment, by: User, answers: list[Answer], details: dict[str, object]) -> None:
    numbers = {"questions": [answer.criterion.number for answer in answers]} if answers else {}
    record(
        kind=kind,
        by=by,
        vendor=assessment.vendor_id,
        target=f"assessment:{assessment.pk}",
        details=numbers | details,
    )


__all__ = ["AssignmentRefused", "InvitationRefused", "assign", "assign_new", "forward", "take_back"]
