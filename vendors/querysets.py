"""What a person may see. A vendor's person sees their own vendor and never learns of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from users.models import User


class VendorQuerySet(models.QuerySet):
    """Vendors, scoped."""

    def visible_to(self, user: User) -> VendorQuerySet:
        """All of them for staff; for anybody else the vendors they are an active member of."""
        if user.staff_role:
            return self
        # One filter over memberships: two chained ones would join twice and let another's row satisfy the second.
        mine = user.memberships.filter(is_active=True, vendor__archived_at=None)
        return self.filter(pk__in=mine.values("vendor"))


class InvitationQuerySet(models.QuerySet):
    """Invitations, scoped."""

    def visible_to(self, user: User) -> InvitationQuerySet:
        """All of them for staff; for a lead those of their own vendor."""
        if user.staff_role:
            return self
        leads = user.memberships.filter(is_active=True, role="lead", vendor__archived_at=None)
        return self.filter(vendor__in=leads.values("vendor"))

    def pending(self) -> InvitationQuerySet:
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def usable(self) -> InvitationQuerySet:
        """What a link may still be used for."""
        return self.pending().filter(expires_at__gt=timezone.now(), vendor__archived_at=None)
