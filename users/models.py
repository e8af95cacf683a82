"""A person who signs in, whether ours or a vendor's."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class StaffRole(models.TextChoices):
    """What one of our own people may do; empty for a vendor's person."""

    ANALYST = "analyst", _("Analyst")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Makes people; nothing else in the product writes a password."""

    def create_user(
        self, email: str, name: str, password: str | None = None, staff_role: str = "", language: str = ""
    ) -> "User":
        """Store a person. Without a password the account cannot sign in until one is set."""
        user = self.model(
            email=email.strip().lower(),
            name=name.strip(),
            staff_role=staff_role,
            language=language or settings.LANGUAGE_CODE,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def staff(self) -> models.QuerySet["User"]:
        """Our own people, whatever their role and whether or not they may still sign in."""
        return self.exclude(staff_role="")

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person. Rights come from `staff_role`, or from a vendor's `Member` row, and from nothing else."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    staff_role = models.CharField(max_length=16, choices=StaffRole, blank=True)
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=8, choices=[("light", _("Light")), ("dark", _("Dark"))], default="light")
    language = models.CharField(
        max_length=8,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("Of pages and mails. What staff read is in English only."),
    )
    has_single_keys = models.BooleanField(
        default=True,
        help_text="Single-key shortcuts can be switched off (WCAG 2.1.4).",
    )
    has_optional_mail = models.BooleanField(
        default=True,
        help_text="Reminders and news; what is essential is sent to everybody.",
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """At most two letters for the round mark beside the name."""
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
