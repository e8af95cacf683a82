"""A result that is typed and not saved yet is not lost: asking the vendor, reloading, signing in again."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from assessments.models import Assessment, Query
from tests.browser.acts import at, focused, hand_in, result, words_of
from tests.browser.conftest import Console, OpenPage
from tests.factories import PASSWORD
from users.models import User

BACK = "Not saved yet. What you typed here before is back in the form."


@pytest.fixture
def submitted(in_progress: Assessment, rita: User) -> Assessment:
    return hand_in(in_progress, by=rita)


@pytest.fixture
def typed(open_page: OpenPage, submitted: Assessment, ana: User) -> Page:
    """Question 13 with a result, its statement and a note, none of it saved."""
    page = open_page(ana, at("score-edit", submitted, 13))
    page.get_by_label(words_of(submitted, 13)).check()
    result(page, "Met").check()
    page.get_by_label("Note for the report").fill("Nine keys looked at ")
    return page


def box(page: Page) -> Locator:
    """What says that something was put back."""
    return page.locator("form[data-score] .notice", has_text=BACK)


def expect_typed(page: Page) -> None:
    """Everything is in the form again."""
    expect(box(page)).to_be_visible()
    expect(result(page, "Met")).to_be_checked()
    expect(page.get_by_label("Note for the report")).to_have_value("Nine keys looked at ")


def test_asking_the_vendor_keeps_it(typed: Page, submitted: Assessment) -> None:
    typed.get_by_role("link", name="Ask vendor").click()
    assert focused(typed) == "ask-text"
    typed.keyboard.type("Who owns the ninth?")
    typed.get_by_role("button", name="Add to questions to send back").click()
    expect(typed.get_by_text("The question was added to the ones to send back.")).to_be_visible()
    assert Query.objects.get().text == "Who owns the ninth?"
    expect_typed(typed)


def test_it_survives_a_session_that_ended_and_is_stored_afterwards(
    typed: Page, submitted: Assessment, ana: User
) -> None:
    Session.objects.all().delete()
    typed.get_by_role("button", name="Save", exact=True).click()
    typed.get_by_label("Email").fill(ana.email)
    typed.get_by_label("Password", exact=True).fill(PASSWORD)
    typed.get_by_role("button", name="Sign in", exact=True).click()
    expect_typed(typed)
    typed.get_by_role("button", name="Save", exact=True).click()
    expect(typed.get_by_text("Question 13 was saved.")).to_be_visible()
    expect(box(typed)).to_be_hidden()
    expect(typed.get_by_label("Note for the report")).to_have_value("Nine keys looked at")
    typed.reload()
    expect(box(typed)).to_be_hidden()


def test_it_can_be_thrown_away(typed: Page) -> None:
    typed.on("dialog", lambda dialog: dialog.accept())
    typed.reload()
    expect_typed(typed)
    typed.get_by_role("button", name="Discard it").click()
    expect(typed.get_by_label("Note for the report")).to_have_value("")
    expect(result(typed, "Met")).not_to_be_checked()
    typed.reload()
    expect(box(typed)).to_be_hidden()


def test_what_was_stored_does_not_come_back(typed: Page, submitted: Assessment) -> None:
    typed.get_by_role("button", name="Save and next").click()
    typed.wait_for_url("**/score/14/")
    submitted.answers.get(criterion__number=13).review.delete()
    typed.goto(at("score-edit", submitted, 13))
    expect(box(typed)).to_be_hidden()
    expect(typed.get_by_label("Note for the report")).to_have_value("")


def test_the_other_window_is_chosen_for_good(typed: Page, console: Console, submitted: Assessment) -> None:
    console.expect("status of 409")
    other = typed.context.new_page()
    other.goto(at("score-edit", submitted, 13))
    other.get_by_label(words_of(submitted, 13)).check()
    result(other, "Met").check()
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Question 13 was saved.")).to_be_visible()
    typed.bring_to_front()
    typed.get_by_role("button", name="Save", exact=True).click()
    expect(typed.get_by_text("You changed this result in another window")).to_be_visible()
    typed.get_by_role("link", name="Use the other version").click()
    expect(typed.get_by_label("Note for the report")).to_have_value("")
    expect(box(typed)).to_be_hidden()
