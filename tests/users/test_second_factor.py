"""A second factor is required of staff and leads, or of all; without one they reach the pages to set it up."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from tests import factories
from users.models import User

pytestmark = pytest.mark.django_db
SET_UP = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def required(settings: object) -> None:
    """As in production."""
    settings.SECOND_FACTOR = "staff_and_leads"


@pytest.mark.parametrize(
    ("who", "of_whom", "stopped"),
    [
        ("ana", "staff_and_leads", True),
        ("ada", "staff_and_leads", True),
        ("rita", "staff_and_leads", True),
        ("tom", "staff_and_leads", False),
        ("tom", "all", True),
        ("ana", "none", False),
    ],
)
def test_of_whom_it_is_required(
    client: Client, request: pytest.FixtureRequest, settings: object, who: str, of_whom: str, stopped: bool
) -> None:
    settings.SECOND_FACTOR = of_whom
    client.force_login(request.getfixturevalue(who))
    reply = client.get("/assessments/")
    assert (reply.status_code, reply.headers.get("Location")) == ((302, SET_UP) if stopped else (200, None))


def test_nothing_is_written_before_it_is_set_up(client: Client, in_progress: Assessment, rita: User) -> None:
    client.force_login(rita)
    address = reverse("assessments:answer-draft", args=[in_progress.pk, 13])
    reply = client.post(address, {"notes": "x", "base_version": "0"}, headers={"Accept": "application/json"})
    assert (reply.status_code, "Set up a second factor" in reply.json()["error"]) == (403, True)
    assert not in_progress.answers.exclude(version=0).exists()
    fragment = client.get("/portfolio/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (403, SET_UP)


def test_the_way_to_set_it_up_and_out_is_open(client: Client, ana: User) -> None:
    client.post("/accounts/login/", {"login": ana.email, "password": factories.PASSWORD})
    page = client.get(SET_UP)
    assert page.status_code == 200
    assert "Authenticator app" in page.content.decode()
    password = client.get("/accounts/2fa/totp/activate/").url
    activate = client.post(password, {"password": factories.PASSWORD}).url
    assert (activate, client.get(activate).status_code) == ("/accounts/2fa/totp/activate/", 200)
    assert client.post("/accounts/logout/").status_code == 302


def test_with_an_app_everything_opens(client: Client, ana: User) -> None:
    totp.TOTP.activate(ana, totp.generate_totp_secret())
    client.force_login(ana)
    assert client.get("/reviews/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client: Client, ana: User) -> None:
    Authenticator.objects.create(user=ana, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(ana)
    assert client.get("/reviews/").headers["Location"] == SET_UP
