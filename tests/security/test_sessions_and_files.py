"""Sessions that should have ended, and files that are gone."""

import io
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from assessments import intake
from assessments.actions import evidence
from assessments.models import Assessment, Evidence
from tests.factories import PASSWORD
from users.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def set_up_app(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the pages, as a person does."""
    monkeypatch.setattr(totp, "validate_totp_code", lambda secret, code: True)
    address = "/accounts/2fa/totp/activate/"
    client.post(client.get(address).url, {"password": PASSWORD})
    client.get(address)
    assert client.post(address, {"code": "123456"}).status_code == 302


def test_a_session_begun_with_the_password_alone_ends_when_a_second_factor_is_added(
    ana: User, settings: object, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    settings.SECOND_FACTOR = "staff_and_leads"
    thief, owner = signed_in(ana), signed_in(ana)
    assert thief.get("/reviews/").url == "/accounts/2fa/"
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(owner, monkeypatch)
    assert owner.get("/reviews/").status_code == 200
    assert thief.get("/reviews/").url == "/accounts/login/?next=/reviews/"


@pytest.fixture
def lost(in_progress: Assessment, rita: User) -> Evidence:
    """A picture whose files are gone from the store."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    accepted = intake.examine(picture, "console.png")
    item = evidence.attach(assessment=in_progress, accepted=accepted, upload_id=uuid4(), asked_at=None, by=rita)
    default_storage.delete(item.file.name)
    default_storage.delete(item.preview.name)
    return item


def test_a_lost_file_is_said_on_its_page(client: Client, lost: Evidence, rita: User) -> None:
    client.force_login(rita)
    where = [lost.assessment_id, lost.pk]
    response = client.get(reverse("assessments:evidence-download", args=where), follow=True)
    assert response.redirect_chain == [(reverse("assessments:evidence-view", args=where), 302)]
    assert "console.png could not be read. Try again, or add it again." in response.content.decode()
    assert client.get(reverse("assessments:evidence-preview", args=where)).status_code == 404
