"""Our page of one assessment, starting one, changing it, and its trail."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import answers, reviews, workflow
from assessments.actions.answers import AnswerContent
from assessments.models import Assessment, Report
from playbook.models import Playbook
from tests import factories
from tests.assessments.staff.pages import add_evidence, address, count_queries, make_report, said, texts
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_draft_says_what_is_missing(signed_in: Client, birch: Vendor) -> None:
    assessment = factories.make_assessment(vendor=birch)
    Assessment.objects.filter(pk=assessment.pk).update(due_on=None)
    page = signed_in.get(address("detail", assessment.pk))
    assert [(one.words.split(":")[0], one.is_done) for one in page.context["sheet"].to_do] == [
        ("Set a due date that is not past", False),
        ("Invite a lead at the vendor", False),
    ]
    assert "Send 33 questions to Birch Analytics" in texts(page)
    assert "Results by domain" not in texts(page)


def test_draft_that_can_be_sent(signed_in: Client, draft: Assessment) -> None:
    assert signed_in.get(address("detail", draft.pk)).context["sheet"].is_ready_to_send is True


def test_draft_waits_for_the_one_before(signed_in: Client, in_progress: Assessment, acme: Vendor) -> None:
    following = factories.make_assessment(vendor=acme, period="2027")
    sheet = signed_in.get(address("detail", following.pk)).context["sheet"]
    assert (len(sheet.to_do), sheet.is_ready_to_send) == (3, False)


def test_in_progress_shows_how_far_the_vendor_is_and_no_answer(
    signed_in: Client, in_progress: Assessment, rita: User
) -> None:
    answer = in_progress.answers.first()
    factories.answer_with(answer, factories.option_key(answer.criterion), by=rita, notes="Secret of the vendor")
    page = signed_in.get(address("detail", in_progress.pk))
    assert "1 of 33 questions completed" in texts(page)
    assert "Secret" not in texts(page)
    assert "score/" not in page.content.decode()


def test_results_findings_and_their_order(signed_in: Client, submitted: Assessment, ana: User) -> None:
    # Acme is critical, so a critical gap is P1; questions 19 (critical), 12 (high), 3 (high) and 26 (low or medium).
    for number, result in ((3, "partly_met"), (12, "not_met"), (19, "not_met"), (26, "not_verified"), (1, "met")):
        factories.review_with(submitted.answers.get(criterion__number=number), result, by=ana, note=f"Note {number}")
    page = signed_in.get(address("detail", submitted.pk))
    sheet = page.context["sheet"]
    assert [(one.priority, one.severity, one.number, one.result) for one in sheet.findings] == [
        ("P1", "critical", 19, "not_met"),
        ("P1", "high", 12, "not_met"),
        ("P2", "high", 3, "partly_met"),
        ("P3", "medium", 26, "not_verified"),
    ]
    first = sheet.domains[0]
    assert (first.name, first.bar.counts, first.bar.words) == (
        "AWS Account Management", (1, 1, 0, 0, 0, 5), "1 met, 1 partly met, 5 not scored"
    )  # fmt: skip
    assert sum(sum(domain.bar.counts) for domain in sheet.domains) == 33
    assert sheet.first_unscored == 2
    assert "Draft:" in texts(page)
    assert "from 5 of 33 questions, so it can still change." in texts(page)
    assert "Continue scoring" in texts(page)


def test_close_is_offered_once_everything_has_a_result(signed_in: Client, submitted: Assessment, ana: User) -> None:
    assert "Close the assessment" not in texts(signed_in.get(address("detail", submitted.pk)))
    factories.review_all(submitted, by=ana)
    assert "Close the assessment" in texts(signed_in.get(address("detail", submitted.pk)))
    reviews.ask(answer=submitted.answers.first(), text="Which accounts?", by=ana)
    page = texts(signed_in.get(address("detail", submitted.pk)))
    assert "Close the assessment" not in page
    assert "Send 1 question back" in page


def test_grade_that_is_held_back_says_why(signed_in: Client, submitted: Assessment, ana: User) -> None:
    held = "Held at C: a critical question is not met."
    for answer in submitted.answers.exclude(criterion__number=5).select_related("criterion"):
        factories.review_with(answer, by=ana)
    assert held not in texts(signed_in.get(address("detail", submitted.pk)))
    factories.review_with(submitted.answers.get(criterion__number=5), by=ana, result="not_met")
    page = signed_in.get(address("detail", submitted.pk))
    assert (page.context["assessment"].score, page.context["assessment"].grade) == (Decimal("9.3"), "C")
    assert held in texts(page)


def test_questions_that_are_back_with_the_vendor(signed_in: Client, submitted: Assessment, ana: User) -> None:
    reviews.ask(answer=submitted.answers.get(criterion__number=7), text="Which policies?", by=ana)
    workflow.request_changes(assessment=submitted, by=ana)
    page = signed_in.get(address("detail", submitted.pk))
    assert [query.text for query in page.context["sheet"].asked] == ["Which policies?"]
    assert "32 of 33 questions completed" in texts(page)


def test_score_of_the_time_before(signed_in: Client, acme: Vendor, rita: User) -> None:
    factories.make_assessment(vendor=acme, state="closed", period="2025")
    assessment = factories.make_assessment(vendor=acme, state="submitted", period="2026")
    assert "Last time (2025): 10.0, grade A." in texts(signed_in.get(address("detail", assessment.pk)))


def test_reopening_is_for_another_manager(client: Client, acme: Vendor, rita: User, max: User) -> None:
    assessment = factories.make_assessment(vendor=acme, state="closed", by=max)
    client.force_login(max)
    assert "Another manager can open it again" in texts(client.get(address("detail", assessment.pk)))
    client.force_login(factories.make_staff("Mona Diaz", "manager"))
    assert "Why is it opened again?" in texts(client.get(address("detail", assessment.pk)))


def test_stages_of_a_closed_assessment_of_another_year(signed_in: Client, acme: Vendor) -> None:
    assessment = factories.make_assessment(vendor=acme, state="closed")
    Assessment.objects.filter(pk=assessment.pk).update(
        sent_at=timezone.now().replace(year=2020, month=3, day=1),
        submitted_at=timezone.now().replace(year=2020, month=3, day=20),
        closed_at=timezone.now().replace(month=1, day=2),
        due_on=date(2020, 3, 15),
    )
    stages = signed_in.get(address("detail", assessment.pk)).context["sheet"].stages
    assert [(one.name, one.words) for one in stages] == [
        ("Sent", "1 March 2020"),
        ("Vendor answered", "20 March 2020, late"),
        ("In review", "33 of 33 scored"),
        ("Back with vendor", "Nothing was sent back"),
        ("Closed", "2 January"),
    ]


def test_activity_names_the_document_asked_for(client: Client, acme: Vendor, max: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    client.force_login(max)
    client.post(address("report-create", closed.pk), {"kind": "letter"})
    assert "Max Weber asked for a document: Letter to the vendor" in texts(client.get(address("detail", closed.pk)))


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(signed_in: Client, submitted: Assessment, ana: User, rita: User, rows: int) -> None:
    for number in range(1, rows + 1):
        answer = submitted.answers.get(criterion__number=number)
        factories.review_with(answer, "not_met", by=ana)
        reviews.ask(answer=answer, text="Which?", by=ana)
        add_evidence(submitted, number, rita)
        make_report(submitted, ana)
        factories.make_member(submitted.vendor)
    assert count_queries(signed_in, address("detail", submitted.pk)) == 18


def test_vendors_drafts_do_not_change_the_file_count(signed_in: Client, submitted: Assessment, rita: User) -> None:
    add_evidence(submitted, 1, rita)
    late = add_evidence(submitted, 1, rita)
    type(late).objects.filter(pk=late.pk).update(received_at=submitted.submitted_at + timedelta(minutes=1))
    assert signed_in.get(address("detail", submitted.pk)).context["sheet"].file_count == 1


# --- Starting and changing ------------------------------------------------------------------------------------


def opening(vendor: Vendor, /, **values: object) -> dict[str, object]:
    return {"vendor": vendor.pk, "period": "2026", "due_on": "2031-05-01", "analyst": "", "form_key": uuid4(), **values}


def test_start_form_is_filled_in(signed_in: Client, acme: Vendor, playbook: Playbook, ana: User) -> None:
    form = signed_in.get(f"{address('open')}?vendor={acme.pk}").context["form"]
    today = timezone.localdate()
    assert str(form["vendor"].value()) == str(acme.pk)
    assert form["period"].value() == str(today.year)
    assert form["due_on"].value() == today + timedelta(days=21)
    assert form["analyst"].value() == ana.pk


def test_start_an_assessment_once(signed_in: Client, acme: Vendor, playbook: Playbook, ana: User) -> None:
    data = opening(acme, analyst=ana.pk)
    for _ in range(2):
        response = signed_in.post(address("open"), data)
    made = Assessment.objects.get()
    assert response.url == address("detail", made.pk)
    assert (made.vendor, made.playbook, made.period, str(made.due_on), made.analyst, made.created_by, made.state) == (
        acme, playbook, "2026", "2031-05-01", ana, ana, "draft"
    )  # fmt: skip
    assert made.answers.count() == 33


def test_second_draft_is_refused_with_what_was_typed(signed_in: Client, draft: Assessment) -> None:
    response = signed_in.post(address("open"), opening(draft.vendor, period="Spring 2027"))
    assert response.status_code == 422
    assert "has an assessment that is not sent yet" in texts(response)
    assert 'value="Spring 2027"' in response.content.decode()
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"vendor": ""}, {"period": ""}, {"due_on": "soon"}, {"form_key": "x"}, {"analyst": 0}]
)
def test_start_form_with_errors_makes_nothing(
    signed_in: Client, acme: Vendor, playbook: Playbook, change: dict[str, object]
) -> None:
    response = signed_in.post(address("open"), opening(acme, **change))
    assert response.status_code == 422
    assert "There is a problem" in texts(response)
    assert Assessment.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due_on": "2020-01-31"}, "Choose a due date that is not past"),
        ({"due_on": "31.02.2027"}, "Enter a date with day, month and year"),
        ({"vendor": ""}, "Choose a vendor"),
    ],
)
def test_start_form_says_what_to_do(
    signed_in: Client, acme: Vendor, playbook: Playbook, change: dict[str, object], words: str
) -> None:
    (problem,) = signed_in.post(address("open"), opening(acme, **change)).context["form"].errors
    assert problem == next(iter(change))
    summary = texts(signed_in.post(address("open"), opening(acme, **change))).partition("There is a problem")[2]
    assert summary.lstrip().startswith(words)


def test_without_a_playbook_nothing_can_start(signed_in: Client, acme: Vendor) -> None:
    assert "No playbook yet" in texts(signed_in.get(address("open")))
    assert signed_in.post(address("open"), opening(acme)).status_code == 422
    assert Assessment.objects.count() == 0


def test_change_period_due_date_and_analyst(signed_in: Client, in_progress: Assessment, ana: User) -> None:
    data = {"period": "2026 second half", "due_on": "2031-05-01", "analyst": ana.pk}
    response = signed_in.post(address("edit", in_progress.pk), data, follow=True)
    assert said(response) == ["The changes were saved."]
    in_progress.refresh_from_db()
    assert (in_progress.period, str(in_progress.due_on), in_progress.analyst) == ("2026 second half", "2031-05-01", ana)


def test_due_date_that_is_past_may_stay_and_not_come(signed_in: Client, in_progress: Assessment, ana: User) -> None:
    past = timezone.localdate() - timedelta(days=3)
    Assessment.objects.filter(pk=in_progress.pk).update(due_on=past)
    refused = signed_in.post(address("edit", in_progress.pk), {"period": "2027", "due_on": past - timedelta(days=1)})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["due_on"])
    assert signed_in.post(address("edit", in_progress.pk), {"period": "2027", "due_on": past}).status_code == 302
    in_progress.refresh_from_db()
    assert (in_progress.period, in_progress.due_on) == ("2027", past)


def test_sending_back_after_the_due_date_asks_for_a_new_one(
    signed_in: Client, submitted: Assessment, ana: User
) -> None:
    words = "The vendor would be late at once"
    reviews.ask(answer=submitted.answers.get(criterion__number=13), text="Are you sure?", by=ana)
    assert words not in texts(signed_in.get(address("detail", submitted.pk)))
    Assessment.objects.filter(pk=submitted.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert words in texts(signed_in.get(address("detail", submitted.pk)))


def test_sent_assessment_keeps_a_due_date(signed_in: Client, in_progress: Assessment) -> None:
    before = in_progress.due_on
    response = signed_in.post(address("edit", in_progress.pk), {"period": "New", "due_on": "", "analyst": ""})
    assert response.status_code == 422
    assert "An assessment that was sent needs a due date." in texts(response)
    in_progress.refresh_from_db()
    assert (in_progress.period, in_progress.due_on) == ("2026", before)


def test_closed_assessment_cannot_be_changed(signed_in: Client, acme: Vendor, rita: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    assert signed_in.post(address("edit", closed.pk), {"period": "New"}).status_code == 403


# --- The trail ------------------------------------------------------------------------------------------------


def test_trail_in_words_without_contents(signed_in: Client, in_progress: Assessment, rita: User, ana: User) -> None:
    answer = in_progress.answers.get(criterion__number=4)
    content = AnswerContent(kind="none_fits", reason="Secret reason")
    answers.save(answer=answer, content=content, base_version=0, by=rita)
    other = factories.make_assessment(vendor=factories.make_vendor("Other"), state="in_progress")
    page = signed_in.get(address("event-list", in_progress.pk))
    assert [(line.who, line.words) for line in page.context["lines"]] == [
        ("Rita Lindqvist", "began to answer question 4"),
        ("Max Weber", "sent the questions to the vendor"),
        ("Max Weber", "started the assessment"),
    ]
    assert "Secret" not in texts(page)
    assert other.pk != in_progress.pk


def test_trail_in_pages(signed_in: Client, submitted: Assessment) -> None:
    first = signed_in.get(address("event-list", submitted.pk))
    assert (len(first.context["lines"]), first.context["page"].paginator.count) == (36, 36)
    assert signed_in.get(address("event-list", submitted.pk) + "?page=99").status_code == 200


def test_overview_shows_the_newest_report(signed_in: Client, submitted: Assessment, ana: User) -> None:
    make_report(submitted, ana, state=Report.State.FAILED, problem="Old.")
    make_report(submitted, ana, state=Report.State.RENDERING, step=5)
    page = texts(signed_in.get(address("detail", submitted.pk)))
    assert "Preparing the report, step 5 of 7" in page
    assert "Old." not in page
