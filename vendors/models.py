"""A vendor is the organisation being assessed. Vendors are strangers to one another."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vendors.querysets import InvitationQuerySet, VendorQuerySet


class Tier(models.TextChoices):
    """How much the vendor matters to us; sets depth, frequency and, with severity, the priority of findings."""

    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


# Sorts by what matters most; the words themselves sort wrongly.
TIER_RANK = {Tier.CRITICAL: 4, Tier.HIGH: 3, Tier.MEDIUM: 2, Tier.LOW: 1}


class MemberRole(models.TextChoices):
    """What a person may do for one vendor. A helper sees the questions assigned to them, and no others."""

    LEAD = "lead", _("Lead")
    RESPONDENT = "respondent", _("Respondent")
    HELPER = "helper", _("Helper")


class Stage(models.TextChoices):
    """What runs in an AWS account."""

    PRODUCTION = "production", _("Production")
    STAGING = "staging", _("Staging or test")
    DEVELOPMENT = "development", _("Development")
    MANAGEMENT = "management", _("Management")
    LOGGING = "logging", _("Logging or security")
    OTHER = "other", _("Other")


class Vendor(models.Model):
    """The organisation that is assessed."""

    name = models.CharField(max_length=120)
    service = models.CharField(
        max_length=120, blank=True, help_text="What it does for us, for example card settlement."
    )
    tier = models.CharField(max_length=8, choices=Tier)
    tier_rank = models.PositiveSmallIntegerField(
        editable=False, help_text="4 for critical down to 1 for low; for sorting."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Sent with the form that makes the row, so that a second click makes no second one.
    form_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = VendorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="vendor_archived_at_with_by",
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["-tier_rank", "name"], name="vendor_by_tier")]

    def __str__(self) -> str:
        return self.name


class AwsAccount(models.Model):
    """An AWS account in scope, declared by the vendor's lead or by an analyst."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="aws_accounts")
    account_id = models.CharField(
        max_length=12, validators=[RegexValidator(r"^\d{12}$", _("An AWS account id has 12 digits."))]
    )
    name = models.CharField(max_length=60, blank=True)
    stage = models.CharField(max_length=12, choices=Stage)

    class Meta:
        ordering = ["account_id"]
        constraints = [models.UniqueConstraint(fields=["vendor", "account_id"], name="aws_account_once_per_vendor")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}".strip()


class Member(models.Model):
    """A person's right to act for one vendor. Rights hang on this row alone and end with it."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [models.UniqueConstraint(fields=["vendor", "user"], name="member_once_per_vendor")]

    def __str__(self) -> str:
        return f"{self.user} for {self.vendor}"


class Invitation(models.Model):
    """One person asked to join one vendor in one role. Only the SHA-256 of the token is stored, and it works once."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=MemberRole)
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_at_with_by",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_revoked_at_with_by",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_expires_after_sent", condition=Q(sent_at=None) | Q(expires_at__gt=F("sent_at"))
            ),
            models.UniqueConstraint(
                fields=["vendor", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.vendor}"


class Tombstone(models.Model):
    """What is left of an erased vendor: that, when, by whom and why it was erased, and how much it was. No name.

    It is the queue as well: `files` are the keys in the storage that have still to be deleted.
    """

    class State(models.TextChoices):
        FILES_LEFT = "files", _("Files are being deleted")
        DONE = "done", _("Erased")

    vendor = models.BigIntegerField(unique=True, help_text="Id of the vendor that was.")
    name_mark = models.CharField(
        max_length=64, help_text="Keyed hash of the name in small letters: answers whether it was this vendor."
    )
    erased_at = models.DateTimeField()
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(max_length=2_000)
    counts = models.JSONField(help_text="Rows deleted, by table, and people removed.")
    file_count = models.PositiveIntegerField()
    file_bytes = models.PositiveBigIntegerField(help_text="Of evidence and documents; previews are not counted.")
    state = models.CharField(max_length=5, choices=State, default=State.FILES_LEFT)
    files = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"tombstone of vendor {self.vendor}"
