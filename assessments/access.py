"""The one door to an object: 404 when it is not yours to see, 403 when you may not do this, or not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments.models import (
    Answer,
    Assessment,
    Campaign,
    Decision,
    Evidence,
    EvidenceLink,
    Finding,
    Query,
    Report,
    SecondLook,
    Submission,
)
from assessments.policy import NOT_BLIND, Permission, Role, allowed, ever_allowed
from assessments.querysets import IN_SIGHT
from assessments.states import LABELS, State

if TYPE_CHECKING:
    from users.models import User


class NotNow(PermissionDenied):
    """Your role may do this, but not in this state. A script gets 423, a person 403 with the reason."""


class Blind(NotNow):
    """They score this assessment blind, and this would show them what the first analyst found. `pk` is its id."""

    def __init__(self, pk: int) -> None:
        super().__init__(_("You take a second look at this assessment. You see the first results once it is finished."))
        self.pk = pk


def role_in(user: User, assessment: Assessment) -> Role:
    """What this person is to this assessment. Read afresh at every request; a removed member is a stranger at once."""
    if user.staff_role:
        return Role(user.staff_role)
    member = user.memberships.filter(vendor=assessment.vendor_id, is_active=True).first()
    if member is None:
        raise Http404
    return Role(member.role)


def may(user: User, assessment: Assessment, permission: Permission) -> bool:
    """Whether this person may do this now; for showing a button, never instead of the door."""
    return allowed(role_in(user, assessment), permission, State(assessment.state))


def check(user: User, assessment: Assessment, permission: Permission) -> Role:
    """Pass, or raise NotNow or PermissionDenied; Blind for a second analyst who would see the first results."""
    role, state = role_in(user, assessment), State(assessment.state)
    if allowed(role, permission, state):
        _mind_blindness(user, assessment, permission)
        return role
    if ever_allowed(role, permission):
        words = _("This cannot be done while the assessment is “%(state)s”. Nothing was changed.")
        raise NotNow(words % {"state": _(LABELS[state])})
    raise PermissionDenied(_("Your role does not allow this. Nothing was changed."))


def _mind_blindness(user: User, assessment: Assessment, permission: Permission) -> None:
    """Raises Blind for a second analyst who has not finished, where this shows or changes first results."""
    if permission not in NOT_BLIND or user.staff_role != "analyst" or assessment.state not in IN_SIGHT:
        return
    if SecondLook.objects.blinding(user).filter(assessment=assessment).exists():
        raise Blind(assessment.pk)


def assessment_for(user: User, pk: int, permission: Permission) -> Assessment:
    """The assessment, with vendor and playbook, if this person may do this to it now."""
    visible = Assessment.objects.visible_to(user).select_related("vendor", "playbook")
    assessment = get_object_or_404(visible, pk=pk)
    check(user, assessment, permission)
    return assessment


def answer_for(user: User, pk: int, number: int, permission: Permission) -> Answer:
    """The answer to question `number`. Writing to one that was not sent back is NotNow."""
    visible = Answer.objects.visible_to(user).select_related(
        "assessment__vendor", "assessment__playbook", "criterion__domain", "updated_by"
    )
    answer = get_object_or_404(visible, assessment=pk, criterion__number=number)
    check(user, answer.assessment, permission)
    if permission is Permission.ANSWER and not is_open_for_changes(answer):
        raise NotNow(_("This question was not sent back, so it can only be read. Nothing was changed."))
    return answer


def is_open_for_changes(answer: Answer) -> bool:
    """While an assessment is back with the vendor, only the questions that were sent back are open."""
    assessment = answer.assessment
    if assessment.state == State.CHANGES_REQUESTED:
        return answer.queries.filter(round=assessment.round).exists()
    return assessment.state == State.IN_PROGRESS


def evidence_for(user: User, pk: int, evidence: int, permission: Permission | None = None) -> Evidence:
    """One file of one assessment."""
    visible = Evidence.objects.visible_to(user).select_related(
        "assessment__vendor", "assessment__playbook", "received_by"
    )
    item = get_object_or_404(visible, assessment=pk, pk=evidence)
    if permission is not None:
        check(user, item.assessment, permission)
    return item


def evidence_to_change(user: User, pk: int, evidence: int) -> Evidence:
    """One file, to take back or to say when and where it was made, which concerns every question it is used for.

    Whoever does not see all of these may do so to their own file alone.
    """
    item = evidence_for(user, pk, evidence, Permission.ANSWER)
    unseen = EvidenceLink.objects.filter(evidence=item).exclude(answer__in=Answer.objects.visible_to(user))
    if item.received_by_id != user.pk and unseen.exists():
        raise PermissionDenied(_("This file is used for questions that are not yours. Ask who added it, or your lead."))
    return item


def campaign_for(user: User, pk: int) -> Campaign:
    """One campaign, with its playbook and who started it; for our own people."""
    found = Campaign.objects.visible_to(user).select_related("playbook", "created_by")
    return get_object_or_404(found, pk=pk)


def report_for(user: User, pk: int) -> Report:
    """One report."""
    return get_object_or_404(Report.objects.visible_to(user).select_related("assessment__vendor"), pk=pk)


def decision_for(user: User, pk: int, decision: int, permission: Permission) -> Decision:
    """One decision on one assessment."""
    assessment = assessment_for(user, pk, permission)
    visible = Decision.objects.visible_to(user).filter(assessment=assessment)
    return get_object_or_404(visible.select_related("by", "assessment__vendor"), pk=decision)


def submission_for(user: User, pk: int, number: int) -> Submission:
    """What was submitted in round `number` of one assessment."""
    assessment = assessment_for(user, pk, Permission.RECEIPT)
    return get_object_or_404(Submission.objects.visible_to(user), assessment=assessment, round=number)


def query_for(user: User, pk: int, permission: Permission) -> Query:
    """One question back to the vendor."""
    visible = Query.objects.visible_to(user).select_related("answer__assessment", "answer__criterion")
    query = get_object_or_404(visible, pk=pk)
    check(user, query.answer.assessment, permission)
    return query


def finding_for(user: User, pk: int, permission: Permission) -> Finding:
    """One finding, with its question and assessment."""
    visible = Finding.objects.visible_to(user).select_related(
        "answer__assessment__vendor", "answer__criterion", "carried_from__answer__assessment"
    )
    finding = get_object_or_404(visible, pk=pk)
    check(user, finding.assessment, permission)
    return finding
