"""Questions back to the vendor: collect, take back."""

import pytest
from django.test import Client

from assessments.actions import reviews, workflow
from assessments.models import Assessment, Query
from tests import factories
from tests.assessments.staff.pages import address, said, texts
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_ask_twice_is_asked_once(signed_in: Client, submitted: Assessment, ana: User) -> None:
    for _ in range(2):
        response = signed_in.post(address("query-add", submitted.pk, 13), {"text": " Which keys? "}, follow=True)
    assert response.redirect_chain == [(address("score-edit", submitted.pk, 13), 302)]
    query = Query.objects.get()
    assert (query.text, query.round, query.by, query.answer.criterion.number) == ("Which keys?", None, ana, 13)
    assert "1 to send back" in texts(response)


@pytest.mark.parametrize(
    ("text", "problem"),
    [(" ", "Write what you need from the vendor"), ("x" * 2001, "The question must be 2,000 characters or less")],
)
def test_ask_nothing_or_too_much(signed_in: Client, submitted: Assessment, text: str, problem: str) -> None:
    response = signed_in.post(address("query-add", submitted.pk, 13), {"text": text})
    assert response.status_code == 422
    assert problem in texts(response)
    assert text.strip() in response.content.decode()
    assert Query.objects.count() == 0


def test_ask_outside_a_review_is_refused(signed_in: Client, submitted: Assessment, ana: User) -> None:
    reviews.ask(answer=submitted.answers.first(), text="First?", by=ana)
    workflow.request_changes(assessment=submitted, by=ana)
    assert signed_in.post(address("query-add", submitted.pk, 13), {"text": "Second?"}).status_code == 403
    assert Query.objects.count() == 1


def test_remove_and_remove_again(signed_in: Client, submitted: Assessment, ana: User) -> None:
    query = reviews.ask(answer=submitted.answers.get(criterion__number=3), text="Which?", by=ana)
    data = {"assessment": submitted.pk}
    first = signed_in.post(address("query-remove", query.pk), data, follow=True)
    assert (first.redirect_chain, said(first)) == (
        [(address("detail", submitted.pk), 302)], ["The question was removed."]
    )  # fmt: skip
    assert said(signed_in.post(address("query-remove", query.pk), data, follow=True)) == [
        "The question was removed already."
    ]
    for wrong in ({}, {"assessment": "x"}, {"assessment": "999999"}, {"assessment": "9" * 40}):
        assert signed_in.post(address("query-remove", query.pk), wrong).status_code == 404


def test_remove_on_the_workbench_stays_there(signed_in: Client, submitted: Assessment, ana: User) -> None:
    query = reviews.ask(answer=submitted.answers.get(criterion__number=3), text="Which?", by=ana)
    response = signed_in.post(address("query-remove", query.pk), {"back": "score"})
    assert response.url == address("score-edit", submitted.pk, 3)


def test_question_that_was_sent_stays(signed_in: Client, submitted: Assessment, ana: User) -> None:
    query = reviews.ask(answer=submitted.answers.first(), text="Which?", by=ana)
    Query.objects.filter(pk=query.pk).update(round=1)
    response = signed_in.post(address("query-remove", query.pk), follow=True)
    assert said(response) == ["This question was sent already, so it stays."]
    assert Query.objects.filter(pk=query.pk).exists()


def test_manager_asks_nothing(client: Client, submitted: Assessment, ana: User, max: User) -> None:
    query = reviews.ask(answer=submitted.answers.first(), text="Which?", by=ana)
    client.force_login(max)
    assert client.post(address("query-add", submitted.pk, 1), {"text": "Me too?"}).status_code == 403
    assert client.post(address("query-remove", query.pk)).status_code == 403
    assert Query.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (True, "The vendor changed the answer after you asked: Which accounts does this cover?"),
        (False, "The vendor left the answer as it was after you asked: Which accounts does this cover?"),
    ],
)
def test_what_came_back_is_marked(
    client: Client, acme: object, rita: User, ana: User, changes: bool, words: str
) -> None:
    back = factories.make_assessment(vendor=acme, state="changes_requested")
    answer = back.answers.select_related("criterion").get(criterion__number=1)
    client.force_login(ana)
    assert "Back in round" not in texts(client.get(address("score-edit", back.pk, 1)))
    if changes:
        factories.answer_with(answer, factories.option_key(answer.criterion), by=rita, notes="All six.")
    else:
        factories.answer_with(answer, factories.option_key(answer.criterion), by=rita)
    workflow.submit(assessment=Assessment.objects.get(pk=back.pk), attested_name=rita.name, by=rita)
    page = texts(client.get(address("score-edit", back.pk, 1)))
    assert f"Back in round 2. {words}" in page
    assert "back with the last round" in page
    other = client.get(address("score-edit", back.pk, 2))
    assert "Back in round" not in texts(other)
    assert other.content.decode().count("back with the last round") == 1
