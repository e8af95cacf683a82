"""Mail waiting to be sent, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One mail to one person.

    The words are made when it is sent (`outbox.letters`), from `kind` and the ids in `params`. So no row, log or backup
    holds a usable link, and a mail about something that was revoked meanwhile is dropped instead of sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        DROPPED = "dropped", _("No longer needed")

    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    params = models.JSONField(default=dict)
    language = models.CharField(
        max_length=8,
        default=settings.LANGUAGE_CODE,
        help_text="Of who caused it: used where the recipient has no account that says another one.",
    )
    vendor = models.BigIntegerField(
        null=True, help_text="Id of the vendor concerned, so that erasing it finds the mail."
    )
    occasion = models.CharField(
        max_length=120,
        null=True,
        unique=True,
        help_text="What it is the one mail about, where a second one would be one too many; else null.",
    )
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not tried before this instant.")
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="mail_due")]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_with_time",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
