"""In whose language a page or a mail is written. That all texts are there is told by tests/test_words.py."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from outbox.actions import deliver_due, enqueue
from outbox.models import Mail
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
GERMAN = {"headers": {"Accept-Language": "de-CH,de;q=0.9,en;q=0.5"}}


def test_before_signing_in_the_browser_says_the_language(client: Client) -> None:
    page = client.get(reverse("account_login"), **GERMAN)
    assert page.headers["Content-Language"] == "de"
    assert "Accept-Language" in page.headers["Vary"]
    assert '<html lang="de"' in page.content.decode()
    other = client.get(reverse("account_login"), headers={"Accept-Language": "fr"})
    assert '<html lang="en-gb"' in other.content.decode()


def test_a_person_chooses_and_the_browser_has_no_say(client: Client, rita: User) -> None:
    client.force_login(rita)
    assert client.get(reverse("users:profile"), **GERMAN).headers["Content-Language"] == "en-gb"
    look = {"name": rita.name, "theme": "light", "language": "de"}
    page = client.post(reverse("users:profile"), look, follow=True)
    assert page.headers["Content-Language"] == "de"
    rita.refresh_from_db()
    assert rita.language == "de"
    refused = client.post(reverse("users:profile"), {**look, "language": "xx"})
    assert refused.status_code == 200
    rita.refresh_from_db()
    assert rita.language == "de"


def test_staff_are_not_offered_a_language_they_would_get_by_half(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert 'name="language"' not in client.get(reverse("users:profile"), **GERMAN).content.decode()
    client.post(reverse("users:profile"), {"name": ana.name, "theme": "light", "language": "de"})
    ana.refresh_from_db()
    assert ana.language == "en-gb"


def test_a_mail_is_in_the_language_of_who_gets_it(in_progress: Assessment, rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(language="de")
    params = {"assessment": in_progress.pk, "user": rita.pk, "due_on": in_progress.due_on.isoformat()}
    enqueue(kind="assessment.due", to=rita.email, params=params)
    deliver_due()
    assert "Wenn Sie keine solchen Nachrichten mehr bekommen möchten, öffnen Sie:" in mail.outbox[-1].body


def test_who_has_no_account_is_written_to_in_the_language_of_who_invites(
    client: Client, acme: Vendor, rita: User
) -> None:
    User.objects.filter(pk=rita.pk).update(language="de")
    client.force_login(rita)
    client.post(reverse("vendors:people", args=[acme.pk]), {"email": "new@acme.example", "role": "respondent"})
    assert Mail.objects.get(to="new@acme.example").language == "de"


def test_scripts_get_their_texts_at_an_address_of_the_language(client: Client, rita: User) -> None:
    client.force_login(rita)
    assert "/words/" not in client.get(reverse("users:profile")).content.decode()  # English is in the scripts
    User.objects.filter(pk=rita.pk).update(language="de")
    assert '<script src="/words/de.js" defer>' in client.get(reverse("users:profile")).content.decode()
    words = client.get("/words/de.js")
    assert words.headers["Content-Type"] == 'text/javascript; charset="utf-8"'
    assert words.headers["Content-Language"] == "de"
    assert words.headers["Cache-Control"] == "private, max-age=600"
    assert "django.gettext" in words.content.decode()
    again = client.get("/words/de.js", headers={"If-None-Match": words.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/words/de.js").content == words.content
    assert client.get("/words/fr.js").status_code == 404


def test_errors_name_the_field_and_what_to_do_in_every_language(client: Client, rita: User) -> None:
    """Django's own words name neither, and are others in each language."""
    page = client.post(reverse("account_login"), {"login": "rita"}, **GERMAN).content.decode()
    assert page.count("name@example.com") == 2  # above the form and at the field
    assert "Dieses Feld ist zwingend erforderlich" not in page
    assert re.search(r'<a href="#id_password">[^<]*Passwort[^<]*</a>', page)
    User.objects.filter(pk=rita.pk).update(language="de")
    client.force_login(rita)
    look = {"name": "x" * 121, "theme": "light", "language": "de"}
    page = client.post(reverse("users:profile"), look).content.decode()
    assert "Bitte sicherstellen, dass der Wert" not in page
    assert re.search(r'<a href="#id_name">[^<]*120[^<]*</a>', page)
