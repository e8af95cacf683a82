"""Mail to our own people about what is theirs to do: a link and no content, and no vendor's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.states import State
from outbox.actions import enqueue
from outbox.letters import Letter, register

if TYPE_CHECKING:
    from assessments.models import Assessment, SecondLook
    from users.models import User


def tell_second_analyst(*, look: SecondLook) -> None:
    """One mail to whom a second look was asked of."""
    params = {"look": look.pk}
    enqueue(kind="second.asked", to=look.analyst.email, params=params, vendor=look.assessment.vendor_id)


def tell_reviewer(*, assessment: Assessment, reviewer: User) -> None:
    """One mail to an analyst who was given questions to score; none where one about it was sent a moment ago."""
    from outbox.queries import is_on_its_way  # noqa: PLC0415 -- letters are registered before models load

    params = {"assessment": assessment.pk, "user": reviewer.pk}
    if not is_on_its_way(kind="reviewer.assigned", params=params):
        enqueue(kind="reviewer.assigned", to=reviewer.email, params=params, vendor=assessment.vendor_id)


def _letter(subject: str, words: str, name: str, *arguments: object) -> Letter:
    names = {"organisation": settings.ORGANISATION_NAME}
    address = settings.SITE_URL + reverse(name, args=arguments)
    return Letter(subject, f"{words % names}\n\n{address}\n")


def _second(params: Mapping[str, object]) -> Letter | None:
    from assessments.models import SecondLook  # noqa: PLC0415 -- models are not loaded when the app registers

    look = SecondLook.objects.filter(pk=params["look"], finished_at=None, analyst__is_active=True).first()
    return look and _letter(
        _("Assay: you are asked for a second look"),
        _("%(organisation)s asks you to score an assessment blind, as its second analyst. Open it:"),
        "assessments:second-list",
        look.assessment_id,
    )


def _assigned(params: Mapping[str, object]) -> Letter | None:
    from assessments.models import Answer  # noqa: PLC0415 -- models are not loaded when the app registers

    theirs = Answer.objects.filter(reviewer=params["user"], reviewer__is_active=True, assessment=params["assessment"])
    if not theirs.exclude(assessment__state__in=[State.CLOSED, State.CANCELLED]).exists():
        return None
    return _letter(
        _("Assay: questions are yours to score"),
        _("%(organisation)s has assigned questions of an assessment to you, to score them. Open it:"),
        "assessments:detail",
        params["assessment"],
    )


def _conditions(params: Mapping[str, object]) -> Letter | None:
    from assessments.queries.decisions import to_chase  # noqa: PLC0415 -- models are not loaded when the app registers

    if params["user"] not in to_chase():
        return None
    return _letter(
        _("Assay: a condition is past its date"),
        _("%(organisation)s approved a vendor with a condition that should have been met by now. Open your list:"),
        "assessments:worklist",
    )


def register_staff_letters() -> None:
    """Called once, when the app starts. What is optional can be muted."""
    register("second.asked", _second, name=gettext_lazy("Second look asked for"))
    register("reviewer.assigned", _assigned, name=gettext_lazy("Questions to score"))
    register("condition.overdue", _conditions, name=gettext_lazy("Reminder: condition past its date"), is_optional=True)
