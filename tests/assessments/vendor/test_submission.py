"""Check and submit: what is missing, who may, and that a second click is harmless."""

import pytest
from django.test import Client

from assessments.models import Assessment, Submission
from outbox.models import Mail
from tests.assessments.vendor.helpers import answer_to, at
from tests.factories import answer_all, answer_with, make_assessment, option_key
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor

CONFIRMED = {"confirmed": "on", "signed_name": "Rita M. Lindqvist"}


@pytest.fixture
def ready(in_progress: Assessment, rita: User) -> Assessment:
    """Everything answered and declared."""
    declare_accounts(vendor=in_progress.vendor, accounts=[DeclaredAccount("111122223333", "", "production")], by=rita)
    return answer_all(in_progress, by=rita)


def state_of(assessment: Assessment) -> str:
    return Assessment.objects.get(pk=assessment.pk).state


def test_page_lists_answers_and_what_is_open(client: Client, rita: User, in_progress: Assessment) -> None:
    first = answer_to(in_progress, 1)
    answer_with(first, option_key(first.criterion), by=rita)
    client.force_login(rita)
    page = client.get(at("submit-check", in_progress)).content.decode()
    assert "32 questions" in page
    assert "Show all 32" in page
    assert "1 of 7 complete" in page
    assert "AWS Organizations manages every account." in page
    assert "No file · answered by Rita Lindqvist" in page
    assert f'<a href="{at("answer-edit", in_progress, 1)}">Change' in page
    assert "Submit 33 answers to Alder Mutual" in page


def test_refused_with_links_to_what_is_missing(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = client.post(at("submit", in_progress), CONFIRMED)
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#todo">Complete 33 questions before you submit</a>' in page
    assert f'<a href="{at("accounts", in_progress)}">Declare the AWS accounts in scope</a>' in page
    assert state_of(in_progress) == "in_progress"


def test_one_open_question_is_one(client: Client, rita: User, ready: Assessment) -> None:
    ready.answers.filter(criterion__number=7).update(is_complete=False)
    client.force_login(rita)
    page = client.post(at("submit", ready), CONFIRMED).content.decode()
    assert "Complete 1 question before you submit" in page


@pytest.mark.parametrize(
    ("left_out", "field", "words"),
    [
        ({"confirmed": ""}, "confirmed", "Confirm that the answers and files are complete and true"),
        ({"signed_name": "  "}, "signed_name", "Type your name to sign"),
        ({"signed_name": "x" * 121}, "signed_name", "Your name must be 120 characters or less"),
        (
            {"signed_name": "Rita\u202eLindqvist"},
            "signed_name",
            "Type this with visible characters only, without line breaks",
        ),
    ],
)
def test_the_declaration_is_needed(
    client: Client, rita: User, ready: Assessment, left_out: dict[str, str], field: str, words: str
) -> None:
    client.force_login(rita)
    sent = CONFIRMED | left_out
    response = client.post(at("submit", ready), {name: value for name, value in sent.items() if value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'<a href="#id_{field}">' in page
    assert page.count(words) == 2  # above the page, and at the field
    assert (f'value="{sent["signed_name"]}"' in page) == bool(sent["signed_name"])
    assert state_of(ready) == "in_progress"
    assert not Submission.objects.exists()


def test_submitting_hands_everything_in(client: Client, rita: User, ready: Assessment) -> None:
    client.force_login(rita)
    response = client.post(at("submit", ready), CONFIRMED, follow=True)
    assert response.redirect_chain == [(at("answer-list", ready), 302)]
    assert "33 answers submitted to Alder Mutual." in response.content.decode()
    assessment = Assessment.objects.get(pk=ready.pk)
    assert (assessment.state, assessment.submitted_by) == ("submitted", rita)
    assert [(one.round, one.name) for one in assessment.submissions.all()] == [(1, "Rita M. Lindqvist")]


def test_a_second_click_is_harmless(client: Client, rita: User, ready: Assessment, ana: User) -> None:
    client.force_login(rita)
    client.post(at("submit", ready), CONFIRMED)
    first = Assessment.objects.get(pk=ready.pk).submitted_at
    mails = Mail.objects.count()
    response = client.post(at("submit", ready), CONFIRMED)
    assert response.headers["Location"] == at("answer-list", ready)
    assert Assessment.objects.get(pk=ready.pk).submitted_at == first
    assert Mail.objects.count() == mails


def test_a_respondent_reads_who_submits(client: Client, tom: User, ready: Assessment) -> None:
    client.force_login(tom)
    page = client.get(at("submit-check", ready)).content.decode()
    assert "Rita Lindqvist submits this." in page
    assert "Submit 33 answers" not in page
    assert client.post(at("submit", ready), CONFIRMED).status_code == 403
    assert state_of(ready) == "in_progress"


def test_afterwards_the_page_can_be_read(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="closed")
    client.force_login(rita)
    page = client.get(at("submit-check", assessment)).content.decode()
    assert "<h1>Your answers</h1>" in page
    assert "Submit 33 answers" not in page


@pytest.mark.parametrize("state", ["in_progress", "changes_requested"])
def test_page_costs_the_same(
    client: Client, acme: Vendor, rita: User, django_assert_num_queries: object, state: str
) -> None:
    assessment = make_assessment(vendor=acme, state=state)
    client.force_login(rita)
    with django_assert_num_queries(11 if state == "in_progress" else 12):
        client.get(at("submit-check", assessment))


def test_strangers_and_staff_are_kept_out(client: Client, sam: User, ana: User, ready: Assessment) -> None:
    for user, status in ((sam, 404), (ana, 403)):
        client.force_login(user)
        assert client.get(at("submit-check", ready)).status_code == status
        assert client.post(at("submit", ready), CONFIRMED).status_code == status
    assert state_of(ready) == "in_progress"


def test_only_what_is_open_can_be_changed_from_here(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    page = client.get(at("submit-check", assessment)).content.decode()
    assert f'<a href="{at("answer-edit", assessment, 1)}">Change' in page
    assert f'<a href="{at("answer-edit", assessment, 2)}">Show' in page
