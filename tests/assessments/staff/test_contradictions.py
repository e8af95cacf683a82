"""Answers that the evidence contradicts, where staff look first: the overview and the worklist. And the assurance."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import reviews
from assessments.actions.reviews import ReviewContent
from assessments.models import Assessment, Evaluation
from assessments.reports.build import build_snapshot
from tests import factories
from tests.assessments.staff.machine import REPORT, hand_in_with
from tests.assessments.staff.pages import address, count_queries, texts
from users.models import User

pytestmark = pytest.mark.django_db

AGAINST = [5, 6, 10, 11, 12, 13, 14]  # what one credential report proves wrong


@pytest.fixture
def failing(in_progress: Assessment, rita: User) -> Assessment:
    return factories.evaluate(hand_in_with(in_progress, 13, REPORT, by=rita))


def numbers(client: Client, assessment: Assessment) -> tuple[list[int], list[int]]:
    sheet = client.get(address("detail", assessment.pk)).context["sheet"]
    return [one.number for one in sheet.open_contradictions], [one.number for one in sheet.resolved_contradictions]


def test_overview_names_open_ones_and_then_how_they_were_resolved(
    client: Client, failing: Assessment, ana: User
) -> None:
    client.force_login(ana)
    assert numbers(client, failing) == (AGAINST, [])
    words = texts(client.get(address("detail", failing.pk)))
    assert "The evidence contradicts 7 answers without a result." in words
    assert "13. No unused access keys" in words
    factories.review_with(failing.answers.get(criterion__number=13), "not_met", by=ana, note="As the report shows.")
    factories.review_with(failing.answers.get(criterion__number=5), "met", by=ana, note="It was fixed since.")
    assert numbers(client, failing) == ([6, 10, 11, 12, 14], [5, 13])
    assert "2 contradicted answers resolved by a result: question 5 , question 13" in texts(
        client.get(address("detail", failing.pk))
    )


def test_worklist_counts_open_ones(client: Client, failing: Assessment, ana: User) -> None:
    client.force_login(ana)
    assert "0 of 33 scored 7 contradicted by evidence" in texts(client.get(address("worklist")))
    factories.review_all(failing, by=ana, note="As it stands.")
    assert "contradicted" not in texts(client.get(address("worklist")))


def test_who_may_not_read_results_is_told_no_contradictions(client: Client, failing: Assessment) -> None:
    client.force_login(factories.make_staff("Ada Novak", "administrator"))
    for page in (address("detail", failing.pk), address("worklist")):
        assert "contradict" not in texts(client.get(page))


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts(client: Client, ana: User, count: int) -> None:
    for place in range(count):
        vendor = factories.make_vendor(f"Vendor {place}")
        lead = factories.lead_of(vendor)
        made = factories.make_assessment(vendor=vendor, state="in_progress")
        factories.evaluate(hand_in_with(made, 13, REPORT, by=lead))
    client.force_login(ana)
    assert count_queries(client, address("worklist")) == 16
    assert count_queries(client, address("detail", made.pk)) == 19


def test_a_result_that_the_evidence_says_too_is_verified(client: Client, failing: Assessment, ana: User) -> None:
    def give(number: int, result: str) -> None:
        content = ReviewContent(result=result, deviation="As seen.")
        reviews.review_answer(
            answer=failing.answers.get(criterion__number=number), content=content, base_version=0, by=ana
        )

    Evaluation.objects.filter(answer__criterion__number=14).update(state="acceptable")
    given = {5: "not_met", 6: "partly_met", 13: "met", 12: "not_verified", 14: "met", 1: "met"}
    for number, result in given.items():
        give(number, result)
    criteria = build_snapshot(failing, timezone.localdate()).criteria
    found = {number: criteria[number - 1].assurance for number in (*given, 2)}
    assert found == {
        5: "verified", 6: "verified", 13: "documented", 12: "asserted", 14: "verified", 1: "asserted", 2: "",
    }  # fmt: skip
    client.force_login(ana)
    page = client.get(address("detail", failing.pk))
    gaps = {one.number: one.assurance for one in page.context["sheet"].findings}
    assert gaps == {number: found[number] for number in (5, 6, 12)}
    assert "Verified Not met" in texts(page)


def test_a_contradiction_is_resolved_by_a_result_with_a_reason(failing: Assessment, ana: User) -> None:
    answer = failing.answers.get(criterion__number=13)
    content = ReviewContent(result="met", matched=[factories.option_key(answer.criterion)])
    with pytest.raises(reviews.ReviewRefused, match="Write why you decide as you do"):
        reviews.review_answer(answer=answer, content=content, base_version=0, by=ana)
    reason = replace(content, note="The keys were deleted the day after; seen in the console.")
    assert reviews.review_answer(answer=answer, content=reason, base_version=0, by=ana).result == "met"


def test_the_page_asks_for_the_reason_and_keeps_what_was_chosen(client: Client, failing: Assessment, ana: User) -> None:
    client.force_login(ana)
    answer = failing.answers.get(criterion__number=13)
    sent = {"result": "met", "matched": [factories.option_key(answer.criterion)], "base_version": 0, "action": "stay"}
    page = client.post(reverse("assessments:score-edit", args=[failing.pk, 13]), sent)
    assert page.status_code == 422
    html = page.content.decode()
    assert "The evidence says otherwise than the vendor. Write why you decide as you do" in html
    assert re.search(r'value="met"[^>]* checked', html)


def test_accepting_a_proposal_writes_the_reason_in_the_words_of_the_evaluation(
    client: Client, failing: Assessment, ana: User
) -> None:
    client.force_login(ana)
    address = reverse("assessments:score-edit", args=[failing.pk, 13])
    token = re.search(r'name="accept" value="(\w+)"', client.get(address).content.decode())[1]
    assert client.post(address, {"accept": token, "base_version": 0}).status_code == 302
    review = failing.answers.get(criterion__number=13).review
    assert review.result == "not_met"
    assert review.note == failing.submitted_run.evaluations.get(answer=review.answer).summary
