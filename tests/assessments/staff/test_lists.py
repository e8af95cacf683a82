"""My reviews, all assessments, and a vendor's home."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Evidence
from tests import factories
from tests.assessments.staff.machine import REPORT, hand_in_with
from tests.assessments.staff.pages import address, count_queries, texts
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def made(name: str, state: str, **values: object) -> Assessment:
    return factories.make_assessment(vendor=factories.make_vendor(name), state=state, **values)


def test_worklist_puts_mine_and_unassigned_first(client: Client, ana: User) -> None:
    bo = factories.make_staff("Bo Tanaka")
    mine, nobodys = made("Mine", "submitted", analyst=ana), made("Nobody's", "submitted")
    others, waiting = made("Other", "submitted", analyst=bo), made("Waiting", "in_progress", analyst=ana)
    made("Draft", "draft")
    made("Closed", "closed")
    client.force_login(ana)
    work = client.get(address("worklist")).context["work"]
    assert [row.assessment.pk for row in work.mine] == [mine.pk, nobodys.pk]
    assert [row.assessment.pk for row in work.others] == [others.pk]
    assert [row.assessment.pk for row in work.waiting] == [waiting.pk]


def test_worklist_leads_to_the_first_question_without_a_result(
    client: Client, submitted: Assessment, ana: User
) -> None:
    client.force_login(ana)
    for number in (1, 2, 4):
        factories.review_with(submitted.answers.get(criterion__number=number), by=ana)
    page = client.get(address("worklist"))
    assert f'href="{address("score-edit", submitted.pk, 3)}"' in page.content.decode()
    assert "3 of 33 scored" in texts(page)
    assert "Continue scoring" in texts(page)


def test_empty_worklist_says_who_is_due_next(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert "Nothing to review" in texts(client.get(address("worklist")))
    day = timezone.localdate() + timedelta(days=3)
    made("Fjord Messaging", "in_progress", due_on=day)
    assert f"Fjord Messaging is due next, on {day:%-d %B}." in texts(client.get(address("worklist")))
    late = timezone.localdate() - timedelta(days=3)
    Assessment.objects.update(due_on=late)
    assert f"Fjord Messaging was due on {late:%-d %B}." in texts(client.get(address("worklist")))


@pytest.mark.parametrize("rows", [1, 3])
def test_worklist_query_count(client: Client, ana: User, rows: int) -> None:
    for number in range(rows):
        made(f"Review {number}", "submitted", analyst=ana)
        made(f"Waiting {number}", "in_progress")
    client.force_login(ana)
    assert count_queries(client, address("worklist")) == 16


def test_worklist_is_narrowed_by_what_needs_a_look(client: Client, ana: User) -> None:
    first, again = made("First", "submitted", analyst=ana), made("Again", "submitted", analyst=ana)
    Assessment.objects.filter(pk=again.pk).update(round=2)
    old = made("Old", "in_progress", analyst=ana)
    hand_in_with(old, 13, REPORT, by=factories.lead_of(old.vendor))
    Evidence.objects.filter(assessment=old).update(
        effective_at=timezone.now() - timedelta(days=40), effective_source="stated"
    )
    client.force_login(ana)

    def rows(show: str) -> list[int]:
        return [row.assessment.pk for row in client.get(address("worklist"), {"show": show}).context["work"].mine]

    assert rows("") == rows("nonsense") == [first.pk, again.pk, old.pk]
    assert (rows("new"), rows("again"), rows("contradicted")) == ([first.pk, old.pk], [again.pk], [])
    assert rows("stale") == [old.pk]
    page = texts(client.get(address("worklist"), {"show": "again"}))
    assert "All 3 Submitted 2 Submitted again 1 Contradicted by evidence 0 Stale evidence 1" in page
    assert "Round 2" in page
    assert "1 stale file" in texts(client.get(address("worklist")))
    assert "No assessment that is yours to review is like this." in texts(
        client.get(address("worklist"), {"show": "contradicted"})
    )


def test_all_assessments_by_state_and_page(client: Client, ana: User, acme: Vendor) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    drafts = [made(f"Vendor {number}", "draft").pk for number in range(26)]
    client.force_login(ana)

    def rows(query: str) -> list[int]:
        return [row.assessment.pk for row in client.get(address("list") + query).context["sheet"].rows]

    assert rows("?state=closed") == [closed.pk]
    assert rows("?state=draft") == drafts[:0:-1]
    assert rows("?state=draft&page=2") == drafts[:1]
    assert rows("?page=99") == [drafts[0], closed.pk]
    assert rows("?state=nonsense") == drafts[:0:-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(client: Client, ana: User, rows: int) -> None:
    for number in range(rows):
        made(f"Vendor {number}", "draft")
    client.force_login(ana)
    assert count_queries(client, address("list")) == 4


def test_vendor_home_lists_what_was_sent_to_them(
    client: Client, rita: User, acme: Vendor, birch: Vendor, sam: User
) -> None:
    factories.make_assessment(vendor=birch, state="in_progress", period="theirs")
    closed = factories.make_assessment(vendor=acme, state="closed", period="2025")
    running = factories.make_assessment(vendor=acme, state="in_progress", period="2026")
    factories.make_assessment(vendor=acme, state="draft", period="2027")
    client.force_login(rita)
    page = client.get(address("list"))
    assert [row.assessment.pk for row in page.context["sheet"].rows] == [running.pk, closed.pk]
    words = texts(page)
    assert "0 of 33 questions completed" in words
    assert "Start answering : AWS assessment 2026" in words
    assert "Read your answers : AWS assessment 2025" in words
    assert f'href="{address("answer-list", running.pk)}"' in page.content.decode()
    for secret in ("Birch", "theirs", "2027", "10.0", "Grade", "Portfolio"):
        assert secret not in words


def test_vendor_home_without_assessments(client: Client, rita: User) -> None:
    client.force_login(rita)
    assert "Nothing to answer You will get an email when a customer asks." in texts(client.get(address("list")))
