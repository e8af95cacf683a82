"""The list of questions: progress, filters, and what happens now."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import reviews, workflow
from assessments.actions.answers import AnswerContent, save
from assessments.models import Assessment
from assessments.queries.vendor_pages import distance
from tests.assessments.vendor.helpers import add, answer_to, at, png, report
from tests.factories import answer_all, answer_with, make_assessment, option_key
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor


@pytest.mark.parametrize(
    ("days", "words"),
    [(18, "18 days left"), (1, "1 day left"), (0, "due today"), (-1, "1 day overdue"), (-10, "10 days overdue")],
)
def test_distance_to_the_due_date(days: int, words: str) -> None:
    today = date(2026, 11, 23)
    assert distance(today + timedelta(days=days), today) == words


def test_distance_without_a_due_date_is_empty() -> None:
    assert distance(None) == ""


def sheet_of(client: Client, assessment: Assessment, query: str = "") -> object:
    return client.get(at("answer-list", assessment) + query).context["sheet"]


def test_progress_counts_questions_and_domains(client: Client, rita: User, in_progress: Assessment) -> None:
    first = answer_to(in_progress, 1)
    answer_with(first, option_key(first.criterion), by=rita)
    client.force_login(rita)
    sheet = sheet_of(client, in_progress)
    assert (sheet.done, sheet.total, sheet.next_number) == (1, 33, 2)
    assert [(one.done, one.total) for one in sheet.domains] == [(1, 7), (0, 2), (0, 9), (0, 6), (0, 3), (0, 6)]
    assert [(one.key, one.count) for one in sheet.filters] == [("all", 33), ("todo", 32), ("evidence", 33)]


def test_filter_shows_only_what_it_names(client: Client, rita: User, in_progress: Assessment) -> None:
    first = answer_to(in_progress, 1)
    answer_with(first, option_key(first.criterion), by=rita)
    client.force_login(rita)
    add(client, in_progress, png(), 3)
    shown = [row.number for one in sheet_of(client, in_progress, "?show=todo").domains for row in one.rows]
    assert shown == list(range(2, 34))
    without = [row.number for one in sheet_of(client, in_progress, "?show=evidence").domains for row in one.rows]
    assert without == [1, 2, *range(4, 34)]


def test_unknown_filter_shows_all(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert sheet_of(client, in_progress, "?show=nonsense").show == "all"


def test_statuses_and_hints(client: Client, rita: User, in_progress: Assessment) -> None:
    one, two = answer_to(in_progress, 1), answer_to(in_progress, 2)
    save(answer=one, content=AnswerContent(kind="unknown"), base_version=0, by=rita)
    statements = AnswerContent(kind="statements", statements=[option_key(two.criterion)])
    save(answer=two, content=statements, base_version=0, by=rita)
    client.force_login(rita)
    rows = sheet_of(client, in_progress).domains[0].rows
    assert [(row.label, row.hint) for row in rows[:3]] == [
        ("In progress", "Answered “I do not know yet”"),
        ("In progress", "Draft answer saved, no evidence yet"),
        ("Not started", ""),
    ]


def test_accounts_are_the_first_step(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = client.get(at("answer-list", in_progress)).content.decode()
    assert "Begin here: every answer is about these accounts" in page


def test_credential_report_tip_counts_accounts(client: Client, rita: User, in_progress: Assessment) -> None:
    accounts = [DeclaredAccount(number, "", "production") for number in ("111122223333", "444455556666")]
    declare_accounts(vendor=in_progress.vendor, accounts=accounts, by=rita)
    client.force_login(rita)
    add(client, in_progress, report())
    page = client.get(at("answer-list", in_progress)).content.decode()
    assert "one IAM credential report is evidence for 6 questions" in page
    assert "attached to questions 5, 6, 11, 12, 13 and 14 by itself" in page
    assert "1 of 2 accounts added" in page


def test_who_submits_is_named(client: Client, tom: User, in_progress: Assessment) -> None:
    client.force_login(tom)
    sheet = sheet_of(client, in_progress)
    assert (sheet.leads, sheet.helpers) == (["Rita Lindqvist"], ["Tom Adeyemi"])


def test_overdue_says_what_happens_now(client: Client, rita: User, in_progress: Assessment, max: User) -> None:
    workflow.edit_assessment(
        assessment=in_progress,
        period="2026",
        due_on=timezone.localdate() - timedelta(days=3),
        analyst=None,
        by=max,
    )
    client.force_login(rita)
    page = client.get(at("answer-list", in_progress)).content.decode()
    assert "3 days overdue" in page
    assert "You can still answer and submit." in page


def test_submitted_says_that_answers_are_closed(client: Client, rita: User, submitted: Assessment) -> None:
    client.force_login(rita)
    page = client.get(at("answer-list", submitted)).content.decode()
    assert f"Submitted on {timezone.localdate():%-d %B %Y}." in page
    assert "You cannot change answers unless one is sent back." in page


@pytest.mark.parametrize(
    ("state", "words"), [("closed", "finished this assessment"), ("cancelled", "cancelled this assessment")]
)
def test_finished_says_so(client: Client, acme: Vendor, rita: User, state: str, words: str) -> None:
    assessment = make_assessment(vendor=acme, state="in_progress" if state == "cancelled" else state)
    if state == "cancelled":
        workflow.cancel(assessment=assessment, by=assessment.created_by)
    client.force_login(rita)
    assert words in client.get(at("answer-list", assessment)).content.decode()


def test_sent_back_opens_on_what_is_asked(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    response = client.get(at("answer-list", assessment))
    sheet = response.context["sheet"]
    assert sheet.show == "sent-back"
    assert [(row.number, row.label, list(row.asked)) for one in sheet.domains for row in one.rows] == [
        (1, "Sent back", ["Which accounts does this cover?"])
    ]
    assert "Which accounts does this cover?" in response.content.decode()


def test_words_not_sent_yet_stay_with_us(client: Client, rita: User, submitted: Assessment, ana: User) -> None:
    reviews.ask(answer=answer_to(submitted, 4), text="Draft words of the analyst", by=ana)
    client.force_login(rita)
    for page in (at("answer-list", submitted), at("answer-edit", submitted, 4)):
        assert "Draft words of the analyst" not in client.get(page).content.decode()


@pytest.mark.parametrize("files", [0, 3])
def test_list_costs_the_same_however_much_there_is(
    client: Client, rita: User, in_progress: Assessment, django_assert_num_queries: object, files: int
) -> None:
    client.force_login(rita)
    for number in range(files):
        add(client, in_progress, png(f"{number}.png"), number + 1)
    if files:
        answer_all(in_progress, by=rita)
    with django_assert_num_queries(11):
        client.get(at("answer-list", in_progress))


def test_strangers_get_404_and_staff_403(
    client: Client, sam: User, ana: User, in_progress: Assessment, draft_of_acme: Assessment
) -> None:
    client.force_login(sam)
    assert client.get(at("answer-list", in_progress)).status_code == 404
    client.force_login(ana)
    assert client.get(at("answer-list", in_progress)).status_code == 403


@pytest.fixture
def draft_of_acme(in_progress: Assessment) -> Assessment:
    return in_progress
