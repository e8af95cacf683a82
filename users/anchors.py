"""The last anchor of the trail goes to administrators by mail, where nobody who owns the database reaches it."""

from django.db import transaction

from audit.models import Anchor
from outbox.actions import enqueue
from outbox.models import Mail
from users.models import StaffRole, User


@transaction.atomic
def mail_anchor() -> int:
    """One mail to each administrator about the newest anchor, and none where nothing came since. Returns how many."""
    newest = Anchor.objects.order_by("-position").first()
    if newest is None:
        return 0
    sent = 0
    for user in User.objects.filter(staff_role=StaffRole.ADMINISTRATOR, is_active=True).order_by("pk"):
        occasion = f"anchor:{newest.pk}:{user.pk}"
        if not Mail.objects.filter(occasion=occasion).exists():
            enqueue(kind="trail.anchored", to=user.email, params={"anchor": newest.pk}, occasion=occasion)
            sent += 1
    return sent
