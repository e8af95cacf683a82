"""The manager's list: search as you type, filters without a script, order, pages, and what happens when it fails."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Assessment
from tests import factories
from tests.browser.conftest import Console, OpenPage
from users.models import User

# What htmx writes to the console when a newer search takes the place of one that is on its way.
REPLACED = "htmx:(afterRequest|sendAbort)"
NAMES = ["Acme Payments", "Birch Analytics", "Cedar Freight", "Dune Hosting"]


@pytest.fixture
def vendors(db: None, max: User) -> None:
    """Four vendors: one closed, one in review, one late, one without an assessment."""
    acme, birch, cedar, _ = (
        factories.make_vendor(name, tier=tier, by=max)
        for name, tier in zip(NAMES, ("critical", "high", "medium", "low"), strict=True)
    )
    factories.make_assessment(vendor=acme, state="closed", by=factories.make_staff("Ana Moreau"))
    factories.make_assessment(vendor=birch, state="submitted")
    late = factories.make_assessment(vendor=cedar, state="in_progress")
    Assessment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=3))


def names(page: Page) -> list[str]:
    """Vendors in the table, from the top."""
    return page.locator("#vendors tbody .rowlink").all_inner_texts()


def shows(page: Page, *wanted: str) -> None:
    """Wait until the table holds these vendors in this order."""
    expect(page.locator("#vendors tbody .rowlink")).to_have_text(list(wanted))


def count(page: Page) -> object:
    """The line that says how many there are; it is read out when it changes."""
    return expect(page.locator("#vendors [role=status]"))


@pytest.mark.usefixtures("vendors")
def test_searching_narrows_the_rows_and_keeps_the_focus(open_page: OpenPage, console: Console, max: User) -> None:
    console.expect(REPLACED)
    page = open_page(max, "/portfolio/")
    shows(page, *NAMES)  # the most important first
    count(page).to_have_text("Showing 1 to 4 of 4 vendors")
    field = page.get_by_label("Find a vendor")
    field.press_sequentially("fr")
    shows(page, "Cedar Freight")
    count(page).to_have_text("Showing 1 to 1 of 1 vendor that matches")
    expect(field).to_be_focused()
    field.press_sequentially("ei")  # where the person was typing
    expect(field).to_have_value("frei")
    page.wait_for_url(re.compile(r"/portfolio/\?q=frei&"))
    field.fill("nobody")
    expect(page.locator("#vendors")).to_contain_text("No vendor matches “nobody”.")
    count(page).to_have_text("No vendors match")
    page.get_by_role("link", name="Clear filters").click()
    shows(page, *NAMES)


@pytest.mark.usefixtures("vendors")
def test_filters_act_at_once_and_the_address_can_be_shared(open_page: OpenPage, console: Console, max: User) -> None:
    console.expect(REPLACED)
    page = open_page(max, "/portfolio/")
    page.get_by_label("Status").select_option(label="In review")
    shows(page, "Birch Analytics")
    page.get_by_label("Status").select_option(label="No assessment")
    shows(page, "Dune Hosting")
    page.get_by_label("Status").select_option(label="Any status")
    page.get_by_label("Overdue only").check()
    shows(page, "Cedar Freight")
    expect(page.locator("#vendors tbody")).to_contain_text("3 days overdue")
    page.get_by_label("Overdue only").uncheck()
    page.get_by_label("Grade").select_option(label="A")
    shows(page, "Acme Payments")
    other = open_page(max, page.url)
    shows(other, "Acme Payments")
    expect(other.get_by_label("Grade")).to_have_value("A")


@pytest.mark.usefixtures("vendors")
def test_the_back_button_shows_the_list_as_it_was(open_page: OpenPage, max: User) -> None:
    page = open_page(max, "/portfolio/")
    page.get_by_label("Status").select_option(label="In review")
    shows(page, "Birch Analytics")
    page.go_back()
    shows(page, *NAMES)
    expect(page.get_by_label("Status")).to_have_value("")
    page.get_by_label("Find a vendor").press_sequentially("dune")  # it still works
    shows(page, "Dune Hosting")
    page.get_by_role("link", name="Dune Hosting", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dune Hosting")
    page.go_back()
    shows(page, "Dune Hosting")
    expect(page.get_by_label("Find a vendor")).to_have_value("dune")


@pytest.mark.usefixtures("vendors")
def test_without_a_script_a_button_filters(open_page: OpenPage, max: User) -> None:
    page = open_page(max, "/portfolio/", script=False)
    page.get_by_label("Find a vendor").fill("a")
    page.get_by_label("Importance").select_option(label="Critical")
    page.get_by_role("button", name="Filter").click()
    shows(page, "Acme Payments")
    expect(page.get_by_label("Find a vendor")).to_have_value("a")
    expect(page.get_by_label("Importance")).to_have_value("critical")


@pytest.mark.usefixtures("vendors")
def test_headings_sort_and_turn_round(open_page: OpenPage, max: User) -> None:
    page = open_page(max, "/portfolio/")
    vendor = page.get_by_role("columnheader").first
    vendor.get_by_role("link", name="Vendor").click()
    expect(vendor).to_have_attribute("aria-sort", "ascending")
    shows(page, *NAMES)
    vendor.get_by_role("link", name="Vendor").click()
    expect(vendor).to_have_attribute("aria-sort", "descending")
    shows(page, *reversed(NAMES))
    page.get_by_role("columnheader", name="Grade").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Grade")).to_have_attribute("aria-sort", "descending")
    assert names(page)[0] == "Acme Payments"
    expect(vendor).not_to_have_attribute("aria-sort", re.compile("ascending|descending"))


def test_pages_keep_the_filter(open_page: OpenPage, max: User) -> None:
    for number in range(1, 31):
        factories.make_vendor(f"Vendor {number:02}", by=max)
    factories.make_vendor("Somebody else", by=max)
    page = open_page(max, "/portfolio/?q=vendor&sort=vendor")
    count(page).to_have_text("Showing 1 to 25 of 30 vendors that match")
    pages = page.get_by_role("navigation", name="Pages of vendors")
    expect(pages).to_contain_text("Page 1 of 2")
    pages.get_by_role("link", name="Next").click()
    count(page).to_have_text("Showing 26 to 30 of 30 vendors that match")
    shows(page, *[f"Vendor {number}" for number in range(26, 31)])
    pages.get_by_role("link", name="Previous").click()
    assert names(page)[0] == "Vendor 01"


@pytest.mark.usefixtures("vendors")
def test_when_the_list_cannot_be_loaded_the_old_rows_stay(open_page: OpenPage, console: Console, max: User) -> None:
    console.expect("ERR_FAILED|htmx:")
    page = open_page(max, "/portfolio/")
    page.route("**/portfolio/?**", lambda route: route.abort())
    page.get_by_label("Find a vendor").press_sequentially("cedar")
    failed = page.locator(".notice").filter(has_text="We could not load the list. Try again.")
    expect(failed).to_be_visible()
    expect(page.locator("#live-assertive")).to_have_text("We could not load the list. Try again.")
    assert names(page) == NAMES
    page.unroute("**/portfolio/?**")
    page.get_by_role("button", name="Try again").click()
    shows(page, "Cedar Freight")
    expect(failed).to_have_count(0)


@pytest.mark.usefixtures("vendors")
def test_a_search_that_a_newer_one_replaced_is_no_failure(open_page: OpenPage, console: Console, max: User) -> None:
    console.expect(REPLACED)
    page = open_page(max, "/portfolio/")
    page.evaluate("""() => {
        window.saw = [];
        new MutationObserver(() => window.saw.push(document.getElementById("live-assertive").textContent))
            .observe(document.getElementById("live-assertive"), { childList: true });
    }""")
    page.route("**/portfolio/?q=birch**", lambda route: None)  # it hangs
    with page.expect_request("**/portfolio/?q=birch**"):
        page.get_by_label("Find a vendor").fill("birch")
    page.get_by_label("Find a vendor").fill("dune")
    shows(page, "Dune Hosting")
    expect(page.locator("#vendors")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-htmx-failed]")).to_have_count(0)
    assert page.evaluate("window.saw") == []


@pytest.mark.usefixtures("vendors")
def test_searching_after_the_session_ended_leads_to_signing_in(
    open_page: OpenPage, console: Console, max: User
) -> None:
    console.expect("status of 401|Response Status Error Code 401")
    page = open_page(max, "/portfolio/")
    Session.objects.all().delete()
    page.get_by_label("Find a vendor").press_sequentially("a")
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.usefixtures("vendors")
def test_cards_on_a_phone(open_page: OpenPage, max: User) -> None:
    page = open_page(max, "/portfolio/", width=390, height=844)
    expect(page.locator("#vendors table")).to_be_hidden()
    expect(page.locator(".vcard")).to_have_count(4)
    page.locator(".vcard").filter(has_text="Cedar Freight").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cedar Freight")
