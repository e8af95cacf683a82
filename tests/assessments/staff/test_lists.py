"""My reviews, all assessments, and a vendor's home."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment
from tests import factories
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
    assert count_queries(client, address("worklist")) == 11


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
