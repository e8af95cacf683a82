"""Signing in and out, and what people change about how they sign in, as events of the trail.

Attempts that fail are in the log alone: whoever knocks at the door must not be able to fill the trail.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import Signal

from audit.trail import record
from users.models import User

EVENTS: dict[str, Signal] = {
    "account.signed_in": auth.user_logged_in,
    "account.signed_out": auth.user_logged_out,
    "account.password_changed": account.password_changed,
    "account.password_set": account.password_set,
    "account.password_reset": account.password_reset,
    "account.address_changed": account.email_changed,
    "account.address_added": account.email_added,
    "account.address_removed": account.email_removed,
    "account.factor_added": mfa.authenticator_added,
    "account.factor_removed": mfa.authenticator_removed,
    "account.factor_reset": mfa.authenticator_reset,
}


def listen() -> None:
    """Called once, when the app starts."""
    for kind, signal in EVENTS.items():
        signal.connect(_recorder(kind), dispatch_uid=f"users.trail.{kind}", weak=False)


def _recorder(kind: str) -> Any:
    def note(sender: object, user: User | None = None, authenticator: Any = None, **values: object) -> None:
        if user is None or user.pk is None:  # signed out after the session was gone
            return
        details = {"type": authenticator.type} if authenticator is not None else {}
        record(kind=kind, by=user, vendor=None, target=f"user:{user.pk}", details=details)

    return note
