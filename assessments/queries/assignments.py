"""Who works on what, for the vendor's own people."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment
from assessments.states import State
from users.models import User
from vendors.models import Invitation, Member


@dataclass(frozen=True)
class Holder:
    """Who is asked to answer a question."""

    name: str
    note: str = ""  # "invited", "no longer here", or ""

    def __str__(self) -> str:
        return f"{self.name} ({self.note})" if self.note else self.name


@dataclass(frozen=True)
class Task:
    """One question with who works on it."""

    number: int
    title: str
    holder: Holder | None
    answered_by: str  # who changed the answer last, or ""
    is_complete: bool
    is_open: bool  # for changes now, so that it can be handed on


@dataclass(frozen=True)
class Part:
    """One domain with its questions."""

    slug: str
    name: str
    tasks: Sequence[Task]

    @property
    def is_open(self) -> bool:
        """Whether any of its questions can be handed on now."""
        return any(task.is_open for task in self.tasks)


def active_people(assessment: Assessment) -> set[int]:
    """Ids of the people who act for the vendor now. One query."""
    members = Member.objects.filter(vendor=assessment.vendor_id, is_active=True, user__is_active=True)
    return set(members.values_list("user", flat=True))


def holder_of(answer: Answer, active: Container[int]) -> Holder | None:
    """Who is asked to answer; `assignee` and `assignee_invitation__accepted_by` are fetched."""
    invitation = answer.assignee_invitation
    person = answer.assignee or (invitation.accepted_by if invitation else None)
    if person is not None:
        return Holder(person.name or person.email, "" if person.pk in active else _("no longer here"))
    if invitation is None:
        return None
    note = _("no longer invited") if invitation.revoked_at else _("invited")
    return Holder(invitation.name or invitation.email, note)


def is_held_by(answer: Answer, person: User) -> bool:
    """Whether this person is asked to answer; fetched as for `holder_of`."""
    invitation = answer.assignee_invitation
    return person.pk == (answer.assignee_id or (invitation.accepted_by_id if invitation else None))


def parts_of(assessment: Assessment, reader: User) -> list[Part]:
    """All questions that this person may see, by domain. Three queries."""
    active = active_people(assessment)
    open_now = _open_now(assessment)
    rows = (
        Answer.objects.visible_to(reader)
        .filter(assessment=assessment)
        .select_related("criterion__domain", "assignee", "assignee_invitation__accepted_by", "updated_by")
        .order_by("criterion__number")
    )
    parts = []
    for domain, answers in groupby(rows, key=lambda answer: answer.criterion.domain):
        tasks = [
            Task(
                number=answer.criterion.number,
                title=answer.criterion.words.short_title,
                holder=holder_of(answer, active),
                answered_by=answer.updated_by.name if answer.updated_by else "",
                is_complete=answer.is_complete,
                is_open=open_now is None or answer.pk in open_now,
            )
            for answer in answers
        ]
        parts.append(Part(domain.slug, domain.words.name, tasks))
    return parts


def _open_now(assessment: Assessment) -> set[int] | None:
    """Ids of the answers that are open while some are back with the vendor; None for all."""
    if assessment.state != State.CHANGES_REQUESTED:
        return None
    back = Answer.objects.filter(assessment=assessment, queries__round=assessment.round)
    return set(back.values_list("pk", flat=True))


def colleagues_of(assessment: Assessment) -> list[Member]:
    """Everybody who acts for the vendor now, by name. One query."""
    members = Member.objects.filter(vendor=assessment.vendor_id, is_active=True, user__is_active=True)
    return list(members.select_related("user").order_by("user__name", "pk"))


def invited_to(assessment: Assessment) -> list[Invitation]:
    """Open invitations of the vendor. One query."""
    return list(Invitation.objects.pending().filter(vendor=assessment.vendor_id).order_by("email"))
