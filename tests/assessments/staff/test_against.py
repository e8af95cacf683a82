"""One assessment beside the one before it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.actions import reviews, workflow
from assessments.models import Assessment
from assessments.scoring import Result
from tests import factories
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(acme: Vendor, ana: User) -> tuple[Assessment, Assessment]:
    """2025 all met; 2026 worse in question 3, with another answer in question 5, and one new file for question 7."""
    then = factories.make_assessment(vendor=acme, state="closed", period="2025")
    now = factories.make_assessment(vendor=acme, state="in_progress", period="2026")
    lead = factories.lead_of(acme)
    answers = {answer.criterion.number: answer for answer in now.answers.select_related("criterion")}
    factories.answer_with(answers[5], factories.option_key(answers[5].criterion, "failure"), by=lead)
    client = Client()
    client.force_login(lead)
    upload = {"file": SimpleUploadedFile("limits.txt", b"What is in place.", "text/plain"), "number": 7}
    client.post(reverse("assessments:evidence-upload", args=[now.pk]), upload)
    factories.answer_all(now)
    now = workflow.submit(assessment=now, attested_name=lead.name, by=lead)
    for number, result in ((3, Result.NOT_MET), (4, Result.MET)):
        factories.review_with(answers[number], result, by=ana)
    return then, Assessment.objects.get(pk=now.pk)


def page(client: Client, user: User, assessment: Assessment, **query: object) -> str:
    client.force_login(user)
    reply = client.get(reverse("assessments:against", args=[assessment.pk]), query)
    assert reply.status_code == 200
    return reply.content.decode()


def marks(html: str) -> list[tuple[int, str]]:
    """Number of each question that changed, with the word beside it, in the order of the page."""
    part = html.split("questions changed")[1].split("questions are the same")[0]
    return [
        (int(number), word)
        for number, word in re.findall(
            r'<th scope="row"><a [^>]+>(\d+)\. .*?<span class="tag[^"]*">([^<]+)</span>', part, re.S
        )
    ]


def test_changes_come_first_and_the_worse_result_before_all(client: Client, ana: User, both: tuple) -> None:
    html = page(client, ana, both[1])
    assert "3 questions changed" in html
    assert marks(html) == [(3, "Worse"), (5, "Another answer"), (7, "Other files")]
    assert "30 questions are the same" in html
    assert "New:</strong> limits.txt" in html


def test_scores_stand_side_by_side(client: Client, ana: User, both: tuple) -> None:
    then, now = both
    html = page(client, ana, now)
    row = html.split('<th scope="row">All</th>')[1].split("</tr>")[0]
    cells = [re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in row.split("</td>")[:3]]
    assert cells[0] == ["Grade", "A", "10.0"]
    assert cells[1][-2:] == [str(now.score), "draft"]
    assert cells[2] == [f"{now.score - then.score:+.1f}"]


def test_a_result_that_got_better_says_so(client: Client, acme: Vendor, ana: User) -> None:
    then = factories.make_assessment(vendor=acme, state="submitted", period="2025")
    factories.review_with(then.answers.get(criterion__number=9), Result.NOT_MET, by=ana)
    factories.review_all(then, by=ana)
    workflow.close(assessment=Assessment.objects.get(pk=then.pk), by=ana)
    now = factories.make_assessment(vendor=acme, state="submitted", period="2026")
    factories.review_all(now, by=ana)
    assert marks(page(client, ana, now).replace("1 question changed", "questions changed")) == [(9, "Better")]


def test_what_the_vendor_writes_after_it_was_sent_back_is_not_shown(client: Client, ana: User, both: tuple) -> None:
    answer = both[1].answers.get(criterion__number=9)
    reviews.ask(answer=answer, text="Which accounts?", by=ana)
    now = workflow.request_changes(assessment=Assessment.objects.get(pk=both[1].pk), by=ana)
    answer.refresh_from_db()
    factories.answer_with(answer, factories.option_key(answer.criterion, "failure"), by=factories.lead_of(now.vendor))
    html = page(client, ana, now)
    assert marks(html) == [(3, "Worse"), (5, "Another answer"), (7, "Other files")]


def test_an_earlier_one_can_be_chosen_and_nonsense_gives_the_last(client: Client, acme: Vendor, ana: User) -> None:
    first = factories.make_assessment(vendor=acme, state="closed", period="2024")
    factories.make_assessment(vendor=acme, state="closed", period="2025")
    now = factories.make_assessment(vendor=acme, state="submitted", period="2026")
    assert '<th scope="col">2025</th>' in page(client, ana, now)
    assert '<th scope="col">2024</th>' in page(client, ana, now, **{"with": first.pk})
    assert '<th scope="col">2025</th>' in page(client, ana, now, **{"with": "x"})


def test_another_vendors_assessment_cannot_be_chosen(client: Client, ana: User, both: tuple) -> None:
    foreign = factories.make_assessment(vendor=factories.make_vendor("Birch Ltd"), state="closed", period="1999")
    assert "1999" not in page(client, ana, both[1], **{"with": foreign.pk})


def test_the_first_assessment_has_nothing_to_be_held_against(client: Client, ana: User, acme: Vendor) -> None:
    now = factories.make_assessment(vendor=acme, state="submitted")
    assert "This is the first assessment" in page(client, ana, now)


def test_queries_do_not_grow_with_what_is_stored(
    client: Client, ana: User, both: tuple, django_assert_num_queries: object
) -> None:
    client.force_login(ana)
    address = reverse("assessments:against", args=[both[1].pk])
    with django_assert_num_queries(11):
        client.get(address)
