"""One playbook sent to many vendors at once."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.limits import CAMPAIGN_NAME_LENGTH
from assessments.querysets import CampaignQuerySet
from playbook.models import Playbook


class Campaign(models.Model):
    """What several assessments have in common that were opened and sent by one act.

    Period, due date and analyst are those of the start; each assessment may be changed on its own afterwards.
    """

    name = models.CharField(max_length=CAMPAIGN_NAME_LENGTH)
    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="+")
    period = models.CharField(max_length=40, help_text="For example 2026.")
    due_on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    # Sent with the form that makes the row, so that a second click makes no second one.
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="campaign_has_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
