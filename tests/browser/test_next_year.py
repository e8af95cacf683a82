"""A year later the vendor finds last time's answers, to be confirmed or changed."""

import re

import pytest
from playwright.sync_api import expect

from assessments.models import Assessment
from playbook.models import Side
from tests import factories
from tests.browser.acts import answer_to, at, draft, statement, words_of
from tests.browser.conftest import OpenPage
from users.models import User
from vendors.models import Vendor


@pytest.fixture
def again(acme: Vendor, rita: User) -> Assessment:
    """This year's assessment with the vendor, after last year's was closed."""
    factories.make_assessment(vendor=acme, state="closed", period="2025")
    return factories.make_assessment(vendor=acme, state="in_progress", period="2026")


def test_last_times_answers_are_confirmed_by_domain_and_changed_where_they_are_not_true(
    open_page: OpenPage, again: Assessment, rita: User
) -> None:
    page = open_page(rita, at("answer-list", again))
    filters = page.get_by_role("navigation", name="Filter questions")
    filters.get_by_role("link", name="To confirm 33").click()
    expect(page.locator("#q8")).to_contain_text("To confirm")
    page.get_by_role("button", name="Confirm both answers of last time in Encryption").click()
    expect(page.get_by_role("main")).to_contain_text("Questions 8 and 9 confirmed and completed.")
    expect(page.locator("#q8 .tag, #q9 .tag")).to_have_text(["Completed", "Completed"])
    expect(page.locator("#q9")).to_contain_text("Answered by Rita Lindqvist")
    expect(filters.get_by_role("link", name="To confirm 31")).to_be_visible()

    page.locator("#q13").get_by_role("link").click()
    before, now = words_of(again, 13), words_of(again, 13, Side.FAILURE)
    expect(statement(page, before)).to_be_checked()
    expect(page.get_by_label("Notes")).to_have_value("See the console.")
    with draft(page):
        statement(page, now).check()
    if statement(page, before).is_checked():
        with draft(page):
            statement(page, before).uncheck()
    page.get_by_role("button", name="Complete and next").click()
    page.wait_for_url(re.compile(r"/questions/\d+/$"))
    page.goto(at("answer-list", again))
    expect(page.locator("#q13 .tag")).to_have_text("Completed")
    expect(filters.get_by_role("link", name="To confirm 30")).to_be_visible()
    expect(page.get_by_role("complementary")).to_contain_text("3 of 33 complete")

    changed, confirmed = answer_to(again, 13), answer_to(again, 8)
    assert changed.statements == [factories.option_key(changed.criterion, Side.FAILURE)]
    assert confirmed.statements == [factories.option_key(confirmed.criterion)]
    assert confirmed.carried_from.assessment.period == "2025"
