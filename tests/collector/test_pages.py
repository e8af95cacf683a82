"""The page that hands the collector out."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.models import Assessment
from collector.published import FOLDER, NAMES, published, version_of
from users.models import User

pytestmark = pytest.mark.django_db


def page_of(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_all_files_are_shown_as_they_are_with_hash_and_version(client: Client, rita: User, ana: User) -> None:
    for person in (rita, ana):
        page = page_of(client, person, "/collector/")
        for name in NAMES:
            content = (FOLDER / name).read_bytes()
            assert escape(content.decode()) in page
            assert hashlib.sha256(content).hexdigest() in page
        assert "77 actions, all of them to list or to read." in page
        assert f"Version {version_of(published('assay-collect.sh'))} " in page


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_saved_and_never_opened(client: Client, tom: User, name: str) -> None:
    client.force_login(tom)
    response = client.get(f"/collector/files/{name}")
    assert response.content == (FOLDER / name).read_bytes()
    assert {header: response.headers[header] for header in ("Content-Type", "Content-Disposition")} == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("name", ["__init__.py", "..", "..%2Fviews.py", "policy", "policy.json.bak"])
def test_no_other_file_is_handed_out(client: Client, tom: User, name: str) -> None:
    client.force_login(tom)
    assert client.get(f"/collector/files/{name}").status_code == 404


def test_a_vendor_finds_the_page(client: Client, rita: User, in_progress: Assessment) -> None:
    """From the list of questions and from one whose evidence comes from the command line."""
    link = 'href="/collector/"'
    assert link in page_of(client, rita, reverse("assessments:answer-list", args=[in_progress.pk]))
    assert link in page_of(client, rita, reverse("assessments:answer-edit", args=[in_progress.pk, 8]))


def test_no_vendor_is_sent_there_when_nothing_is_left_to_do(client: Client, rita: User, submitted: Assessment) -> None:
    assert "/collector/" not in page_of(client, rita, reverse("assessments:answer-list", args=[submitted.pk]))
