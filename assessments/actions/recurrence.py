"""Open the next assessment of a vendor by itself, as a draft. A person looks at it and sends it."""

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.actions.workflow import open_assessment
from assessments.queries.recurrence import coming
from playbook.queries import newest_published
from users.models import StaffRole
from vendors.models import Vendor


def open_next() -> int:
    """Open what is due again within the days of the setting. Returns how many.

    Safe to call at any time and by several workers at once. What was missed while no worker ran is opened late.
    """
    until = timezone.localdate() + timedelta(days=settings.RECURRENCE_DAYS_BEFORE)
    return sum(_open_next(vendor_id=one.vendor.pk, until=until) for one in coming(until))


@transaction.atomic
def _open_next(*, vendor_id: int, until: date) -> int:
    """Open one. The lock keeps a second worker waiting, which then finds it opened."""
    Vendor.objects.select_for_update().get(pk=vendor_id)
    found = coming(until, vendor=vendor_id)
    playbook = newest_published(found[0].last.playbook.slug) if found else None
    if playbook is None:
        return 0
    last, due_on = found[0].last, found[0].due_on
    analyst = last.analyst
    if analyst is not None and not (analyst.is_active and analyst.staff_role == StaffRole.ANALYST):
        analyst = None
    open_assessment(
        vendor=found[0].vendor,
        playbook=playbook,
        period=str(due_on.year),
        # A day that is past cannot be kept: whoever sends it sets one.
        due_on=due_on if due_on >= timezone.localdate() else None,
        analyst=analyst,
        form_key=uuid5(NAMESPACE_URL, f"next after {last.pk} closed {last.closed_at}"),
        by=None,
    )
    return 1
