"""Internal notes: for our own people alone."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, InternalNote
from audit.models import Event, EventDetail
from tests import factories
from users.models import User

pytestmark = pytest.mark.django_db
WORDS = "Their CISO told us otherwise on the phone."


def note(client: Client, assessment: Assessment, text: str = WORDS) -> object:
    return client.post(reverse("assessments:note-add", args=[assessment.pk, 4]), {"note_text": text}, follow=True)


@pytest.mark.parametrize("state", ["submitted", "changes_requested", "closed"])
def test_a_note_stands_on_the_workbench_with_who_and_when(
    client: Client, acme: object, ana: User, max: User, state: str
) -> None:
    assessment = factories.make_assessment(vendor=acme, state=state)
    client.force_login(max)
    assert "The note is kept. Vendors and reports never show it." in note(client, assessment).content.decode()
    client.force_login(ana)
    page = client.get(reverse("assessments:score-edit", args=[assessment.pk, 4])).content.decode()
    assert WORDS in page.split('id="notes"')[1]
    assert "Max Weber" in page.split(WORDS)[1][:200]
    other = client.get(reverse("assessments:score-edit", args=[assessment.pk, 5])).content.decode()
    assert WORDS not in other


def test_an_empty_or_a_too_long_note_is_refused_and_kept(client: Client, submitted: Assessment, ana: User) -> None:
    client.force_login(ana)
    page = note(client, submitted, "  ").content.decode()
    assert "Write the note" in page
    page = note(client, submitted, "y" * 4001).content.decode()
    assert "The note must be 4,000 characters or less" in page
    assert "y" * 4001 in page
    assert not InternalNote.objects.exists()


def test_a_second_click_keeps_it_once_and_the_trail_does_not_quote_it(
    client: Client, submitted: Assessment, ana: User
) -> None:
    client.force_login(ana)
    note(client, submitted)
    note(client, submitted)
    kept = InternalNote.objects.get()
    assert (kept.text, kept.by, kept.answer.criterion.number) == (WORDS, ana, 4)
    (event,) = Event.objects.filter(kind="note.added")
    assert (event.actor, event.target) == (ana.pk, f"answer:{kept.answer_id}")
    assert WORDS not in repr(list(EventDetail.objects.values()))


def test_no_vendor_reaches_it(client: Client, submitted: Assessment, ana: User, rita: User) -> None:
    client.force_login(ana)
    note(client, submitted)
    client.force_login(rita)
    assert note(client, submitted).status_code == 404
    for name in ("answer-list", "answer-edit", "submit-check", "evidence-list"):
        arguments = [submitted.pk, 4] if name == "answer-edit" else [submitted.pk]
        assert WORDS not in client.get(reverse(f"assessments:{name}", args=arguments)).content.decode()
    assert not InternalNote.objects.visible_to(rita).exists()
    assert InternalNote.objects.visible_to(ana).count() == 1
