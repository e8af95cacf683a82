"""What is on a page only for a moment keeps nobody out either: mistakes, boxes, menus, dialogs, the second factor."""

import re

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from playwright.sync_api import Page, expect

from assessments.models import Assessment
from playbook.models import Side
from tests import factories
from tests.browser.acts import answer_to, at, hand_in, result, words_of
from tests.browser.conftest import Console, OpenPage
from tests.browser.estate import Estate
from tests.browser.looking import PHONE, WIDE, Address, Axe, faults, visit
from tests.factories import PASSWORD
from users.models import User


class Inspector:
    """Goes through pages by pressing buttons, and collects what is wrong with each."""

    def __init__(self, page: Page, axe: Axe) -> None:
        self.page, self.axe = page, axe
        self.found: dict[str, list[str]] = {}

    def press(self, name: str) -> None:
        """Press a button at the width of a desk."""
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        self.page.get_by_role("button", name=name, exact=True).click()

    def look(self, title: str, words: str) -> None:
        """Wait for the page with this title and these words, and look at it."""
        expect(self.page).to_have_title(re.compile(f"^{title}"))
        expect(self.page.get_by_role("main")).to_contain_text(words)
        if wrong := faults(self.page, self.axe):
            self.found[title] = wrong


def vendor_makes_mistakes(at_work: Inspector, estate: Estate) -> None:
    """An unknown address, missing and wrong values, a colleague who was faster, a round that is over, an old form."""
    page = at_work.page
    page.goto("/no/such/page/")
    at_work.look("Page not found", "Check the address")
    page.goto(at("answer-edit", estate.answering, 3))
    at_work.press("Complete and next")
    at_work.look("Error: 3", "Choose an answer")
    page.goto(at("submit-check", estate.answering))
    at_work.press("Submit 33 answers to Alder Mutual")
    at_work.look("Error: Check and submit", "Confirm that the answers and files are complete and true")
    page.goto(at("accounts", estate.answering))
    page.get_by_label("Account ID, row 1").fill("12")
    at_work.press("Save accounts")
    at_work.look("Error: AWS accounts in scope", "An AWS account ID has 12 digits")
    page.goto(at("answer-edit", estate.answering, 4))
    factories.answer_with(answer_to(estate.answering, 4), by=estate.tom, notes="Meanwhile", complete=False)
    at_work.press("Save for later")
    at_work.look("Choose which version to keep", "Tom Adeyemi changed this answer")
    page.goto(at("answer-edit", estate.returned, 1))
    hand_in(estate.returned, by=estate.rita)
    at_work.press("Save for later")
    at_work.look("1", "This answer is closed for changes.")
    page.goto("/accounts/profile/")
    page.context.clear_cookies(name="csrftoken")
    at_work.press("Save profile")
    at_work.look("This page is too old to send", "Nothing was changed.")


def analyst_makes_mistakes(at_work: Inspector, estate: Estate) -> None:
    """Somebody else's page, missing values, a colleague who was faster."""
    page = at_work.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/accounts/staff/")
    at_work.look("You cannot do this", "Only an administrator can do this.")
    page.goto("/vendors/new/")
    at_work.press("Add vendor")
    at_work.look("Error: Add a vendor", "Name of the vendor")
    page.goto("/assessments/new/")
    at_work.press("Start the assessment")
    at_work.look("Error: New assessment", "There is a problem")
    page.goto(at("score-edit", estate.submitted, 5))
    at_work.press("Save and next")
    at_work.look("Error: Score question 5", "Choose a result")
    factories.review_with(answer_to(estate.submitted, 5), by=factories.make_staff("Ben Asante"))
    at_work.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    result(page, "Not met").check()
    page.get_by_label(words_of(estate.submitted, 5, Side.FAILURE)).check()
    at_work.press("Save and next")
    at_work.look("Choose a version", "Keep my version")


def test_pages_after_a_mistake(open_page: OpenPage, console: Console, axe: Axe, estate: Estate) -> None:
    console.expect("status of 4(03|04|09|22)")
    vendor, analyst = (Inspector(open_page(person), axe) for person in (estate.rita, estate.ana))
    vendor_makes_mistakes(vendor, estate)
    analyst_makes_mistakes(analyst, estate)
    assert (vendor.found, analyst.found) == ({}, {})


def test_what_opens_on_a_page(open_page: OpenPage, axe: Axe, estate: Estate) -> None:
    page = open_page(estate.rita, at("answer-edit", estate.answering, 1))
    page.evaluate("""() => {
        for (const box of document.querySelectorAll("template[id^=box-]")) {
            const copy = box.content.firstElementChild.cloneNode(true);
            for (const slot of copy.querySelectorAll("[data-text]")) slot.textContent = "Tom Adeyemi, 14:30";
            document.querySelector("[data-boxes]").append(copy);
        }
        for (const fold of document.querySelectorAll("details")) fold.open = true;
    }""")
    assert faults(page, axe) == []
    page = open_page(estate.ana, at("score-edit", estate.submitted, 1))
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    page.get_by_role("button", name=re.compile("^Shortcuts")).click()
    assert faults(page, axe) == []
    page.goto(at("detail", estate.submitted), wait_until="load")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.locator("summary").filter(has_text="Account menu").click()
    expect(page.get_by_role("link", name="Your profile")).to_be_visible()
    assert faults(page, axe, sizes=[PHONE]) == []


def test_pages_of_the_second_factor(open_page: OpenPage, axe: Axe, in_progress: Assessment, tom: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(tom, secret)
    codes = RecoveryCodes.activate(tom)
    page = open_page(None, "/accounts/login/")
    page.get_by_label("Email").fill(tom.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/2fa/authenticate/")
    assert faults(page, axe) == []
    page.get_by_label("Code").fill(codes.get_unused_codes()[0])
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/assessments/")
    key = WebAuthn.add(tom, "Key on the ring", {}).instance
    pages = [
        Address("mfa_index"),
        Address("mfa_reauthenticate"),
        Address("mfa_deactivate_totp"),
        Address("mfa_view_recovery_codes"),
        Address("mfa_generate_recovery_codes"),
        Address("mfa_list_webauthn"),
        Address("mfa_edit_webauthn", lambda _: (key.pk,)),
        Address("mfa_remove_webauthn", lambda _: (key.pk,)),
    ]
    assert visit(page, axe, None, pages) == {}
