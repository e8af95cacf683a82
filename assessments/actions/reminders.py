"""Remind a vendor's leads, and who still has a question to answer, of a due date: once for each step of it.

Leads are chased for overdue findings as well, by one mail about all of them every so many days, and managers for
conditions of their decisions.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.letters import at_work_on
from assessments.models import Assessment, Finding
from assessments.queries.decisions import to_chase
from assessments.schedule import (
    chase_occasion,
    condition_occasion,
    last_chased,
    last_steps,
    last_told,
    occasion,
    step_on,
)
from assessments.states import WITH_VENDOR
from outbox.actions import enqueue
from users.models import User
from vendors.models import Member, MemberRole, Vendor


def send_reminders() -> int:
    """Put the reminders of today into the outbox; before the hour of the setting it is too early. Returns how many.

    Safe to call at any time and by several workers at once. Where no worker ran on the day of a step, the step that is
    true now is sent on the next day one runs, and what was missed before it is not sent.
    """
    now = timezone.localtime()
    if now.hour < settings.REMIND_AT:
        return 0
    today = now.date()
    last_due = today + timedelta(days=max(settings.REMIND_DAYS_BEFORE, default=0))
    found = Assessment.objects.filter(state__in=WITH_VENDOR, vendor__archived_at=None, due_on__lte=last_due)
    ids = list(found.order_by("due_on", "pk").values_list("pk", flat=True))
    return sum(_remind(assessment_id=pk, today=today) for pk in ids)


@transaction.atomic
def _remind(*, assessment_id: int, today: date) -> int:
    """Remind of one assessment. The lock keeps a second worker, and a vendor who submits, waiting."""
    found = Assessment.objects.select_for_update(of=("self",)).filter(
        pk=assessment_id, state__in=WITH_VENDOR, vendor__archived_at=None, due_on__isnull=False
    )
    assessment = found.first()
    step = step_on(today, assessment.due_on) if assessment else None
    if step is None:
        return 0
    told = last_steps(assessment.pk, assessment.due_on)
    # A later step than today's means that the clock was wrong for a while; nobody is told the same twice over it.
    users = [user for user in at_work_on(assessment) if user.has_optional_mail and told.get(user.pk, step - 1) < step]
    for user in users:
        enqueue(
            kind="assessment.overdue" if step > 0 else "assessment.due",
            to=user.email,
            params={"assessment": assessment.pk, "user": user.pk, "due_on": assessment.due_on.isoformat()},
            vendor=assessment.vendor_id,
            occasion=occasion(assessment.pk, assessment.due_on, user.pk, step),
        )
    return len(users)


def chase_findings() -> int:
    """Put the mails about overdue findings into the outbox; before the hour of the setting it is too early.

    Each lead of a vendor gets one about all of them, and the next one so many days later. Returns how many mails. Safe
    to call at any time and by several workers at once.
    """
    now = timezone.localtime()
    if now.hour < settings.REMIND_AT or not settings.FINDINGS_EVERY_DAYS:
        return 0
    today = now.date()
    vendors = Finding.objects.overdue(today).values_list("answer__assessment__vendor", flat=True)
    return sum(_chase(vendor_id=pk, today=today) for pk in sorted(set(vendors)))


@transaction.atomic
def _chase(*, vendor_id: int, today: date) -> int:
    """Tell the leads of one vendor. The lock keeps a second worker waiting."""
    Vendor.objects.select_for_update().get(pk=vendor_id)
    if not Finding.objects.overdue(today).filter(answer__assessment__vendor=vendor_id).exists():
        return 0
    told = last_chased(vendor_id)
    latest = today - timedelta(days=settings.FINDINGS_EVERY_DAYS)
    leads = Member.objects.filter(vendor=vendor_id, role=MemberRole.LEAD, is_active=True, user__is_active=True)
    users = [
        member.user
        for member in leads.select_related("user").order_by("pk")
        if member.user.has_optional_mail and told.get(member.user_id, latest) <= latest
    ]
    for user in users:
        enqueue(
            kind="finding.overdue",
            to=user.email,
            params={"vendor": vendor_id, "user": user.pk},
            vendor=vendor_id,
            occasion=chase_occasion(vendor_id, user.pk, today),
        )
    return len(users)


def chase_conditions() -> int:
    """Put the mails about conditions past their date into the outbox; before the hour of the setting it is too early.

    The manager who decided gets one about all of them, as often as a vendor hears of its findings. Returns how many
    mails. Safe to call at any time and by several workers at once.
    """
    now = timezone.localtime()
    if now.hour < settings.REMIND_AT or not settings.FINDINGS_EVERY_DAYS:
        return 0
    return sum(_chase_manager(user_id=pk, today=now.date()) for pk in sorted(to_chase()))


@transaction.atomic
def _chase_manager(*, user_id: int, today: date) -> int:
    """Tell one manager. The lock keeps a second worker waiting."""
    manager = User.objects.select_for_update().get(pk=user_id)
    latest = today - timedelta(days=settings.FINDINGS_EVERY_DAYS)
    if not manager.has_optional_mail or (last_told(user_id) or latest) > latest:
        return 0
    enqueue(
        kind="condition.overdue",
        to=manager.email,
        params={"user": user_id},
        occasion=condition_occasion(user_id, today),
    )
    return 1
