"""Mail about assessments: a link and no content, and no vendor's name. Each begins with who asks, and what for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from assessments.schedule import last_steps, occasion, step_on
from assessments.states import WITH_VENDOR, State
from outbox.actions import enqueue
from outbox.letters import Letter, register

if TYPE_CHECKING:
    from assessments.models import Assessment, Report
    from users.models import User

# These name the due date: who gets one is not reminded of the same step again.
TELL_DUE_DATE = {"assessment.sent", "assessment.sent_back"}


def leads_of(assessment: Assessment) -> list[User]:
    """Who may submit, and may sign in."""
    from vendors.models import Member, MemberRole  # noqa: PLC0415 -- letters are registered before models load

    members = Member.objects.filter(
        vendor=assessment.vendor_id, role=MemberRole.LEAD, is_active=True, user__is_active=True
    )
    return [member.user for member in members.select_related("user")]


def held_by(user_id: int) -> Q:
    """The answers that this person is asked to give, also those they were invited for."""
    return Q(assignee=user_id) | Q(assignee_invitation__accepted_by=user_id)


def at_work_on(assessment: Assessment) -> list[User]:
    """The leads, and everybody else who is asked to answer a question that is still open."""
    from vendors.models import Member  # noqa: PLC0415 -- letters are registered before models load

    answers = assessment.answers.filter(is_complete=False)
    held = set(answers.values_list("assignee", flat=True))
    held |= set(answers.values_list("assignee_invitation__accepted_by", flat=True))
    leads = leads_of(assessment)
    others = Member.objects.filter(
        vendor=assessment.vendor_id, user__in=held - {None}, is_active=True, user__is_active=True
    ).exclude(user__in=leads)
    return leads + [member.user for member in others.select_related("user").order_by("pk")]


def tell_leads(*, assessment: Assessment, kind: str) -> None:
    """One mail to each active lead of the vendor; an invitation's own mail is sent apart.

    The assessment is locked by the caller, so that a reminder does not take the occasion at the same moment.
    """
    step = step_on(timezone.localdate(), assessment.due_on) if assessment.due_on and kind in TELL_DUE_DATE else None
    told = last_steps(assessment.pk, assessment.due_on) if step is not None else {}
    for user in leads_of(assessment):
        is_first = step is not None and told.get(user.pk, step - 1) < step
        enqueue(
            kind=kind,
            to=user.email,
            params={"assessment": assessment.pk, "user": user.pk},
            vendor=assessment.vendor_id,
            occasion=occasion(assessment.pk, assessment.due_on, user.pk, step) if is_first else None,
        )


def tell_assignee(*, assessment: Assessment, user: User) -> None:
    """One mail to a colleague who was given questions to answer; none where one about it was sent a moment ago."""
    from outbox.queries import is_on_its_way  # noqa: PLC0415 -- letters are registered before models load

    params = {"assessment": assessment.pk, "user": user.pk}
    if not is_on_its_way(kind="answers.assigned", params=params):
        enqueue(kind="answers.assigned", to=user.email, params=params, vendor=assessment.vendor_id)


def tell_staff(*, assessment: Assessment, kind: str) -> None:
    """One mail to the assigned analyst, or to who sent the assessment where nobody is assigned."""
    person = assessment.analyst or assessment.sent_by
    if person is not None and person.is_active:
        enqueue(kind=kind, to=person.email, params={"assessment": assessment.pk}, vendor=assessment.vendor_id)


def _find(params: Mapping[str, object], states: Collection[str]) -> Assessment | None:
    """The assessment, if it is still in one of these states and its vendor in use."""
    from assessments.models import Assessment  # noqa: PLC0415 -- models are not loaded when the app registers

    return Assessment.objects.filter(pk=params["assessment"], state__in=states, vendor__archived_at=None).first()


def _find_for_member(
    params: Mapping[str, object], states: Collection[str], *, as_lead: bool = True
) -> Assessment | None:
    """The same, if who gets the mail is still a member of the vendor, or a lead of it."""
    found = _find(params, states)
    if found is None:
        return None
    from vendors.models import Member, MemberRole  # noqa: PLC0415 -- models are not loaded when the app registers

    members = Member.objects.filter(vendor=found.vendor_id, user=params["user"], is_active=True, user__is_active=True)
    return found if (members.filter(role=MemberRole.LEAD) if as_lead else members).exists() else None


def _find_for_holder(params: Mapping[str, object]) -> Assessment | None:
    """The assessment, if who gets the mail is a member who is asked to answer a question that is still open."""
    found = _find_for_member(params, WITH_VENDOR, as_lead=False)
    if found is None or not found.answers.filter(held_by(params["user"]), is_complete=False).exists():
        return None
    return found


def _letter(assessment: Assessment, subject: str, *sentences: str, url_name: str = "assessments:answer-list") -> Letter:
    """Who asks and what for, then the link. Each text is translated already, with %(organisation)s to fill in."""
    names = {"organisation": settings.ORGANISATION_NAME}
    link = settings.SITE_URL + reverse(url_name, args=[assessment.pk])
    words = " ".join(sentence for sentence in sentences if sentence)
    return Letter(subject % names, f"{words % names}\n\n{link}\n")


def _due(assessment: Assessment) -> str:
    if assessment.due_on is None:
        return ""
    return _("The answers are due on %(day)s.") % {"day": date_format(assessment.due_on)}


def _sent(params: Mapping[str, object]) -> Letter | None:
    found = _find_for_member(params, {State.IN_PROGRESS})
    return found and _letter(
        found,
        _("%(organisation)s asks about your AWS security"),
        _("%(organisation)s has sent you questions about how you run AWS."),
        _due(found),
        _("Your work is saved as you go, and nothing is sent until you submit. Open the questions:"),
    )


def _sent_back(params: Mapping[str, object]) -> Letter | None:
    found = _find_for_member(params, {State.CHANGES_REQUESTED})
    return found and _letter(
        found,
        _("%(organisation)s has a question about your answers"),
        _("%(organisation)s has read your answers and asks for more on some of them."),
        _due(found),
        _("Only these are open for changes. Open them:"),
    )


def _assigned(params: Mapping[str, object]) -> Letter | None:
    found = _find_for_member(params, WITH_VENDOR, as_lead=False)
    if found is None or not found.answers.filter(assignee=params["user"]).exists():
        return None
    return _letter(
        found,
        _("%(organisation)s asks about your AWS security: some questions are for you"),
        _("%(organisation)s asks how you run AWS, and a colleague of yours has given some of its questions to you."),
        _due(found),
        _("Your work is saved as you go, and your lead submits it. Open your questions:"),
    )


def _still_due(params: Mapping[str, object]) -> tuple[Assessment | None, int]:
    """The assessment of a reminder, if its due date is still the same, and how many days are left."""
    found = _find_for_member(params, WITH_VENDOR) or _find_for_holder(params)
    if found is None or found.due_on is None or found.due_on.isoformat() != params["due_on"]:
        return None, 0
    return found, (found.due_on - timezone.localdate()).days


def _due_soon(params: Mapping[str, object]) -> Letter | None:
    found, days = _still_due(params)
    if found is None or days < 0:  # its turn came so late that the reminder of what is overdue says it
        return None
    if days == 0:
        subject = _("%(organisation)s waits for your answers: due today")
        when = _("They are due today, on %(day)s.")
    elif days == 1:
        subject = _("%(organisation)s waits for your answers: due tomorrow")
        when = _("They are due tomorrow, on %(day)s.")
    else:
        count = {"count": days, "organisation": "%(organisation)s", "day": "%(day)s"}
        subject = ngettext(
            "%(organisation)s waits for your answers: due in %(count)s day",
            "%(organisation)s waits for your answers: due in %(count)s days",
            days,
        )
        when = ngettext(
            "They are due in %(count)s day, on %(day)s.", "They are due in %(count)s days, on %(day)s.", days
        )
        subject, when = subject % count, when % count
    return _letter(
        found,
        subject,
        _("%(organisation)s waits for your answers about how you run AWS."),
        when % {"day": date_format(found.due_on)},
        _("Open the questions:"),
    )


def _overdue(params: Mapping[str, object]) -> Letter | None:
    found, days = _still_due(params)
    if found is None or found.due_on is None or days >= 0:
        return None
    return _letter(
        found,
        _("%(organisation)s waits for your answers: overdue"),
        _("%(organisation)s waits for your answers about how you run AWS."),
        _("They were due on %(day)s.") % {"day": date_format(found.due_on)},
        _("If you need more time, ask for a later date. Open the questions:"),
    )


def _accepted(params: Mapping[str, object]) -> Letter | None:
    found = _find_for_member(params, {State.CLOSED})
    return found and _letter(
        found,
        _("%(organisation)s has accepted your answers"),
        _("%(organisation)s has accepted your answers about how you run AWS and finished its review."),
        _("There is nothing more for you to do. You can still read them:"),
    )


def _submitted(params: Mapping[str, object]) -> Letter | None:
    found = _find(params, {State.SUBMITTED})
    return found and _letter(
        found,
        _("Assay: answers were submitted"),
        _("%(organisation)s has an assessment to review: a vendor has submitted its answers. Open it:"),
        url_name="assessments:detail",
    )


def _report_ready(params: Mapping[str, object]) -> Letter | None:
    from assessments.models import Report  # noqa: PLC0415 -- models are not loaded when the app registers

    found = Report.objects.filter(pk=params["report"]).select_related("assessment__vendor").first()
    if found is None or (found.assessment and found.assessment.vendor.archived_at):
        return None
    names = {"organisation": settings.ORGANISATION_NAME}
    words = _("%(organisation)s has a new document: the one you asked for is ready. Open the page to download it:")
    return Letter(_("Assay: a document is ready"), f"{words % names}\n{settings.SITE_URL}{documents_of(found)}\n")


def documents_of(report: Report) -> str:
    """The address of the page where a document is listed."""
    if report.assessment_id:
        return reverse("assessments:documents", args=[report.assessment_id])
    return reverse("assessments:portfolio-documents")


def register_letters() -> None:
    """Called once, when the app starts. What is optional can be muted."""
    register("assessment.sent", _sent, name=gettext_noop("Questions sent"))
    register("assessment.sent_back", _sent_back, name=gettext_noop("Questions sent back"))
    register("answers.assigned", _assigned, name=gettext_noop("Questions assigned"))
    register("assessment.due", _due_soon, name=gettext_noop("Reminder: due soon"), is_optional=True)
    register("assessment.overdue", _overdue, name=gettext_noop("Reminder: overdue"), is_optional=True)
    register("assessment.accepted", _accepted, name=gettext_noop("Answers accepted"), is_optional=True)
    register("assessment.submitted", _submitted, name=gettext_noop("Answers submitted"), is_optional=True)
    register("report.ready", _report_ready, name=gettext_noop("Document ready"), is_optional=True)
