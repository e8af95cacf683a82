"""What the evidence shows, on the analyst's screen: one key accepts it, one click leads to the row that caused it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.models import Assessment, EvaluationRun
from tests import factories
from tests.assessments.staff.machine import BUNDLE, REPORT, hand_in_with
from tests.browser.acts import answer_to, at, focused, result
from tests.browser.conftest import Console, OpenPage
from tests.browser.looking import Axe
from tests.servers import wait_for
from users.models import User


@pytest.fixture
def failing(in_progress: Assessment, rita: User) -> Assessment:
    """In review with a credential report and a bundle that break much; all was answered as acceptable."""
    assessment = factories.evaluate(hand_in_with(in_progress, 13, REPORT, BUNDLE, by=rita))
    run = assessment.submitted_run
    # The worker may have been quicker, and be at it still.
    wait_for(lambda: EvaluationRun.objects.get(pk=run.pk).state == "ready", what="the evidence is evaluated")
    return assessment


def part(page: Page) -> Locator:
    """The part "What the evidence shows"."""
    return page.get_by_role("region", name="What the evidence shows")


def test_one_key_accepts_the_proposal_and_goes_on(open_page: OpenPage, failing: Assessment, ana: User) -> None:
    page = open_page(ana, at("score-edit", failing, 13))
    expect(page.get_by_role("button", name="Accept Not met")).to_be_visible()
    expect(result(page, "Not met")).not_to_be_checked()
    page.get_by_label("Note for the report").fill("a is text here")
    page.get_by_label("Note for the report").blur()
    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"/score/14/$"))
    review = answer_to(failing, 13).review
    assert (review.result, review.matched, review.note) == ("not_met", ["aws-core-13-f1"], "a is text here")
    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"/score/15/$"))
    assert answer_to(failing, 14).review.result == "not_met"
    # What was typed is stored, so it does not come back as unsaved.
    page.goto(at("score-edit", failing, 13))
    expect(page.get_by_text("Not saved yet.")).to_have_count(0)
    expect(page.get_by_text("Resolved as Not met")).to_be_visible()


def test_enter_in_the_form_is_no_acceptance(
    open_page: OpenPage, console: Console, failing: Assessment, ana: User
) -> None:
    console.expect("status of 422")
    page = open_page(ana, at("score-edit", failing, 13))
    page.get_by_label("The AWS account contains no IAM access keys.").press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Choose a result")
    assert not hasattr(answer_to(failing, 13), "review")


def test_from_the_offender_to_its_row_and_back(open_page: OpenPage, failing: Assessment, ana: User) -> None:
    page = open_page(ana, at("score-edit", failing, 13))
    page.get_by_role("tab", name="acme-bad.zip").click()
    part(page).get_by_role("link", name="Row of bob (access key 1)").click()
    row = page.get_by_role("row", name=re.compile("^bob "))
    expect(row.and_(page.locator("tr.bad[data-quote-text]"))).to_be_focused()
    expect(page.get_by_role("tab", name=re.compile("^Credential report"))).to_have_attribute("aria-selected", "true")
    page.get_by_role("link", name=re.compile("^Access key 1: The key was never used.")).click()
    expect(page).to_have_url(re.compile("#offender-2$"))
    expect(page.locator("#offender-2")).to_be_in_viewport()


def test_only_the_rows_that_break_it_and_into_the_note(open_page: OpenPage, failing: Assessment, ana: User) -> None:
    page = open_page(ana, at("score-edit", failing, 13))
    rows = page.get_by_role("region", name="Credential report rows").locator("tbody tr")
    expect(rows.filter(visible=True)).to_have_count(5)
    page.get_by_label("Only these rows").check()
    expect(rows.filter(visible=True)).to_have_count(3)
    page.get_by_role("button", name="Add rows to note").click()
    note = page.get_by_label("Note for the report")
    expect(note).to_have_value(re.compile(r"^<root_account>, access key 1: The key was last used (at least )?\d+ days"))
    expect(note).to_have_value(re.compile(r"bob, access key 1: The key was never used\. It is .*39 days old\."))


def test_from_the_offender_into_the_file_of_the_bundle(
    open_page: OpenPage, axe: Axe, failing: Assessment, ana: User
) -> None:
    page = open_page(ana, at("score-edit", failing, 20))
    part(page).get_by_role("link", name="Source of orders-db").click()
    expect(page.locator("#lines")).to_have_text("999999999999/us-east-1/rds.describe-db-instances.json")
    marked = page.locator(".code-lines .is-marked")
    expect(marked.first).to_contain_text('"DBInstanceIdentifier": "orders-db"')
    expect(marked.first).to_be_in_viewport()
    assert axe(page) == []
    page.get_by_role("link", name="All files of the bundle").click()
    page.get_by_role("link", name="manifest.json").click()
    expect(page.locator(".code-lines li").first).to_have_text(re.compile(r"\{$"))
    page.get_by_role("link", name=re.compile("^Question 20")).click()
    page.wait_for_url(re.compile(r"/score/20/#shows$"))


def test_waiting_asks_again_by_itself(open_page: OpenPage, failing: Assessment, ana: User) -> None:
    EvaluationRun.objects.update(state="running")
    page = open_page(ana, at("score-edit", failing, 13))
    expect(part(page)).to_contain_text("The evidence is being evaluated. You can score meanwhile.")
    page.get_by_label("Note for the report").fill("Typed while waiting")
    EvaluationRun.objects.update(state="ready")
    expect(part(page)).to_contain_text("The evidence was evaluated. Show what it shows")
    expect(page.get_by_label("Note for the report")).to_have_value("Typed while waiting")
    assert focused(page) == "id_note"


@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_is_kept_out(open_page: OpenPage, axe: Axe, failing: Assessment, ana: User, width: int) -> None:
    page = open_page(ana, width=width)
    for number in (4, 8, 13, 20):  # undetermined, many gaps, rows, a bundle
        page.goto(at("score-edit", failing, number))
        for fold in page.locator("#shows details").all():
            fold.evaluate("fold => { fold.open = true; }")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
