"""Signing in and changes to how one signs in stand in the trail, each once, by the person themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from audit.models import Event
from tests import factories
from tests.users.test_sign_in import sign_in
from users.models import User

pytestmark = pytest.mark.django_db


def noted(user: User) -> list[tuple[str, int | None, object]]:
    """What the trail says of this person's account."""
    events = Event.objects.filter(kind__startswith="account.", target=f"user:{user.pk}").order_by("pk")
    return [(event.kind, event.actor, event.detail.data) for event in events]


def test_signing_in_and_out(client: Client, rita: User) -> None:
    sign_in(client, rita.email, "x" * 20)  # a guess that fails is in the log alone
    assert noted(rita) == []
    sign_in(client, rita.email)
    client.post(reverse("account_logout"))
    assert noted(rita) == [("account.signed_in", rita.pk, {}), ("account.signed_out", rita.pk, {})]


def test_a_new_password(client: Client, rita: User) -> None:
    sign_in(client, rita.email)
    new = "correct horse battery staple"
    client.post(
        reverse("account_change_password"), {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    )
    assert [kind for kind, _, _ in noted(rita)] == ["account.signed_in", "account.password_changed"]


def test_an_authenticator_app(
    client: Client, rita: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    sign_in(client, rita.email)
    client.post(client.get(reverse("mfa_activate_totp")).url, {"password": factories.PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=rita, type="totp").exists()
    assert ("account.factor_added", rita.pk, {"type": "totp"}) in noted(rita)
