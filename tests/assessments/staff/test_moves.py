"""Every move by its button: from the right state, from every wrong one, twice."""

import pytest
from django.test import Client

from assessments.actions import reviews
from assessments.models import Assessment, Query
from assessments.states import LABELS, State
from audit.models import Event
from tests import factories
from tests.assessments.staff.pages import address, said
from users.models import User

pytestmark = pytest.mark.django_db

SOURCES = {
    "send": {State.DRAFT},
    "cancel": {State.DRAFT, State.IN_PROGRESS, State.SUBMITTED, State.CHANGES_REQUESTED},
    "close": {State.SUBMITTED},
    "send-back": {State.SUBMITTED},
    "reopen": {State.CLOSED},
    "report-create": {State.SUBMITTED, State.CLOSED},
}
TARGETS = {"send": State.IN_PROGRESS, "cancel": State.CANCELLED, "close": State.CLOSED, "reopen": State.SUBMITTED}
TARGETS["send-back"] = State.CHANGES_REQUESTED
WRONG = [(name, state) for name, sources in SOURCES.items() for state in State if state not in sources]


def mover(name: str, ana: User) -> User:
    """Who may make this move at all."""
    return factories.make_staff("Mona Diaz", "manager") if name == "reopen" else ana


@pytest.mark.parametrize(("name", "state"), WRONG)
def test_move_from_a_wrong_state_is_a_sentence(name: str, state: State, client: Client, ana: User) -> None:
    assessment = factories.make_assessment(state=state)
    events = Event.objects.exclude(kind="account.signed_in").count()
    client.force_login(mover(name, ana))
    response = client.post(address(name, assessment.pk), {"reason": "Because."}, follow=True)
    assert response.redirect_chain == [(address("detail", assessment.pk), 302)]
    (words,) = said(response)
    if state == TARGETS.get(name):
        assert words.endswith("It was done already.")
    else:
        assert words == f"This cannot be done while the assessment is “{LABELS[state]}”. Nothing was changed."
    assessment.refresh_from_db()
    assert (assessment.state, Event.objects.exclude(kind="account.signed_in").count()) == (state, events)


def test_send(client: Client, draft: Assessment, ana: User) -> None:
    client.force_login(ana)
    response = client.post(address("send", draft.pk), follow=True)
    assert said(response) == ["The questions were sent to the vendor."]
    draft.refresh_from_db()
    assert (draft.state, draft.sent_by) == ("in_progress", ana)
    assert said(client.post(address("send", draft.pk), follow=True)) == [
        "The questions were sent to the vendor. It was done already."
    ]


def test_send_says_everything_that_is_missing(client: Client, ana: User) -> None:
    assessment = factories.make_assessment(vendor=factories.make_vendor("Birch Analytics"))
    Assessment.objects.filter(pk=assessment.pk).update(due_on=None)
    client.force_login(ana)
    assert said(client.post(address("send", assessment.pk), follow=True)) == [
        "Set a due date.",
        "Invite a lead at the vendor: somebody who can answer and submit.",
    ]
    assessment.refresh_from_db()
    assert assessment.state == "draft"


def test_close_needs_every_result_and_no_question_left(client: Client, submitted: Assessment, ana: User) -> None:
    reviews.ask(answer=submitted.answers.first(), text="Which?", by=ana)
    client.force_login(ana)
    assert said(client.post(address("close", submitted.pk), follow=True)) == [
        "Score 33 more questions first.",
        "Send the collected questions back to the vendor, or remove them.",
    ]
    Query.objects.all().delete()
    factories.review_all(submitted, by=ana)
    assert said(client.post(address("close", submitted.pk), follow=True)) == ["The assessment was closed."]
    submitted.refresh_from_db()
    assert (submitted.state, submitted.closed_by, submitted.grade) == ("closed", ana, "A")


def test_send_back_needs_a_question(client: Client, submitted: Assessment, ana: User) -> None:
    client.force_login(ana)
    (words,) = said(client.post(address("send-back", submitted.pk), follow=True))
    assert words == "Ask the vendor something first: open a question and choose “Ask vendor”."
    reviews.ask(answer=submitted.answers.first(), text="Which?", by=ana)
    assert said(client.post(address("send-back", submitted.pk), follow=True)) == [
        "The questions were sent back to the vendor."
    ]
    submitted.refresh_from_db()
    assert (submitted.state, submitted.round, Query.objects.get().round) == ("changes_requested", 2, 2)


def test_reopen_needs_a_reason_and_another_manager(client: Client, max: User) -> None:
    assessment = factories.make_assessment(state="closed", by=max)
    mona = factories.make_staff("Mona Diaz", "manager")
    client.force_login(max)
    (words,) = said(client.post(address("reopen", assessment.pk), {"reason": "Wrong."}, follow=True))
    assert words == "You closed this assessment yourself. Another manager has to open it again."
    client.force_login(mona)
    assert said(client.post(address("reopen", assessment.pk), {"reason": " "}, follow=True)) == [
        "Say why it is opened again."
    ]
    assessment.refresh_from_db()
    assert assessment.state == "closed"
    assert said(client.post(address("reopen", assessment.pk), {"reason": "New facts."}, follow=True)) == [
        "The assessment is in review again."
    ]
    assessment.refresh_from_db()
    assert (assessment.state, assessment.closed_at) == ("submitted", None)
    trail = client.get(address("event-list", assessment.pk)).context["lines"]
    assert [(line.who, line.words) for line in trail[:2]] == [
        ("Mona Diaz", "gave the reason for opening it again: New facts."),
        ("Mona Diaz", "opened the assessment again"),
    ]


@pytest.mark.parametrize("state", SOURCES["cancel"])
def test_cancel(client: Client, ana: User, state: State) -> None:
    assessment = factories.make_assessment(state=state)
    client.force_login(ana)
    assert said(client.post(address("cancel", assessment.pk), follow=True)) == ["The assessment was cancelled."]
    assessment.refresh_from_db()
    assert assessment.state == "cancelled"


def test_moves_are_not_made_by_reading(client: Client, submitted: Assessment, ana: User) -> None:
    client.force_login(ana)
    for name in SOURCES:
        assert client.get(address(name, submitted.pk)).status_code == 405
