"""Sign-in: by password and code, without telling a stranger who has an account."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from outbox.actions import deliver_due
from outbox.models import Mail
from tests import factories
from users.models import User

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = factories.PASSWORD) -> object:
    return client.post(LOGIN, {"login": email, "password": password})


def test_everything_is_closed_to_strangers(client: Client) -> None:
    reply = client.get("/portfolio/")
    assert (reply.status_code, reply.url) == (302, f"{LOGIN}?next=/portfolio/")
    script = client.get("/portfolio/", headers={"Accept": "application/json"})
    assert (script.status_code, script.json()) == (401, {"error": "You have been signed out. Sign in again."})


def test_each_person_comes_to_their_work(client: Client, rita: User, ana: User, max: User) -> None:
    for user, place in ((rita, "/assessments/"), (ana, "/reviews/"), (max, "/portfolio/")):
        client.logout()
        assert sign_in(client, user.email).url == "/"
        assert client.get("/").url == place


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, rita: User) -> None:
    known, unknown = sign_in(client, rita.email, "x" * 20), sign_in(client, "nobody@acme.example", "x" * 20)
    texts = []
    for page, address in ((known, rita.email), (unknown, "nobody@acme.example")):
        text = page.content.decode().replace(address, "ADDRESS")
        texts.append(text[text.index("<h1>") : text.index("csrfmiddlewaretoken")])
    assert known.status_code == unknown.status_code == 200
    assert texts[0] == texts[1]


def test_the_sixth_guess_is_refused(client: Client, rita: User) -> None:
    for _ in range(5):
        sign_in(client, rita.email, "x" * 20)
    assert "Too many failed login attempts" in sign_in(client, rita.email).content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_up_is_closed(client: Client) -> None:
    reply = client.post(
        "/accounts/signup/", {"email": "new@acme.example", "password1": "a" * 20, "password2": "a" * 20}
    )
    assert "by invitation" in reply.content.decode()
    assert not User.objects.filter(email="new@acme.example").exists()


def test_resetting_a_password_mails_known_addresses_only(client: Client, rita: User) -> None:
    for address in (rita.email, "nobody@acme.example"):
        assert client.post("/accounts/password/reset/", {"email": address}).status_code == 302
    assert [(m.kind, m.to, m.params) for m in Mail.objects.all()] == [
        ("account.reset_password", rita.email, {"user": rita.pk})
    ]
    deliver_due()
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_code_is_asked_for_once_an_app_is_set_up(client: Client, rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(rita, secret)
    stored = Authenticator.objects.get(user=rita).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret
    reply = sign_in(client, rita.email)
    assert reply.url.startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    assert client.post(reply.url, {"code": code}).url == "/"
    assert client.session["_auth_user_id"] == str(rita.pk)


def test_session_check_tells_a_page_how_to_save_again(client: Client, rita: User) -> None:
    assert client.get(reverse("session-check")).json()["signed_in"] is False
    client.force_login(rita)
    reply = client.get(reverse("session-check")).json()
    assert reply["signed_in"] is True
    assert len(reply["csrf"]) == 64
