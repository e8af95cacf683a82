"""Answers that the evidence contradicts, where staff look first: the overview and the worklist. And the assurance."""

import pytest
from django.test import Client
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
    factories.review_with(failing.answers.get(criterion__number=13), "not_met", by=ana)
    factories.review_with(failing.answers.get(criterion__number=5), "met", by=ana)
    assert numbers(client, failing) == ([6, 10, 11, 12, 14], [5, 13])
    assert "2 contradicted answers resolved by a result: question 5 , question 13" in texts(
        client.get(address("detail", failing.pk))
    )


def test_worklist_counts_open_ones(client: Client, failing: Assessment, ana: User) -> None:
    client.force_login(ana)
    assert "0 of 33 scored 7 contradicted by evidence" in texts(client.get(address("worklist")))
    factories.review_all(failing, by=ana)
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
    assert count_queries(client, address("worklist")) == 10
    assert count_queries(client, address("detail", made.pk)) == 18


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
