"""What is on a page only for a moment keeps nobody out either: mistakes, boxes, menus, dialogs, the second factor."""

import re

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from playwright.sync_api import expect

from playbook.models import Side
from tests import factories
from tests.browser.acts import answer_to, at, hand_in, result, words_of
from tests.browser.conftest import Console, OpenPage
from tests.browser.estate import Estate
from tests.browser.looking import PHONE, WIDE, Address, Axe, faults, visit
from tests.factories import PASSWORD


def test_pages_after_a_mistake(open_page: OpenPage, console: Console, axe: Axe, estate: Estate) -> None:
    console.expect("status of 4(03|04|09|22)")
    page = open_page(estate.rita)
    found: dict[str, list[str]] = {}

    def look(title: str) -> None:
        expect(page).to_have_title(re.compile(title))
        if wrong := faults(page, axe):
            found[title] = wrong

    def press(name: str) -> None:
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.get_by_role("button", name=name).click()

    page.goto("/no/such/page/")
    look("^Page not found")
    page.goto(at("answer-edit", estate.answering, 3))
    press("Complete and next")
    look("^Error: 3")
    page.goto(at("submit-check", estate.answering))
    press("Submit 33 answers to Alder Mutual")
    look("Check and submit")
    page.goto(at("accounts", estate.answering))
    page.get_by_label("Account ID, row 1").fill("12")
    press("Save accounts")
    look("AWS accounts in scope")
    page.goto(at("answer-edit", estate.answering, 4))
    factories.answer_with(answer_to(estate.answering, 4), by=estate.tom, notes="Meanwhile", complete=False)
    press("Save for later")
    look("^Choose which version to keep")
    page.goto(at("answer-edit", estate.returned, 1))
    hand_in(estate.returned, by=estate.rita)
    press("Save for later")
    look("^1")
    page.goto("/accounts/profile/")
    page.context.clear_cookies(name="csrftoken")
    press("Save profile")
    look("^This page is too old to send")
    assert found == {}


def test_pages_of_staff_after_a_mistake(open_page: OpenPage, console: Console, axe: Axe, estate: Estate) -> None:
    console.expect("status of 4(03|09|22)")
    page = open_page(estate.ana)
    page.on("dialog", lambda dialog: dialog.accept())
    found: dict[str, list[str]] = {}

    def look(title: str) -> None:
        expect(page).to_have_title(re.compile(title))
        if wrong := faults(page, axe):
            found[title] = wrong
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    page.goto("/accounts/staff/")
    look("^You cannot do this")
    page.goto("/vendors/new/")
    page.get_by_role("button", name="Add vendor").click()
    look("^Error: Add a vendor")
    page.goto("/assessments/new/")
    page.get_by_role("button", name="Start the assessment").click()
    look("^Error: New assessment")
    page.goto(at("score-edit", estate.submitted, 5))
    page.get_by_role("button", name="Save and next").click()
    look("^Error: Score question 5")
    factories.review_with(answer_to(estate.submitted, 5), by=estate.ana)
    result(page, "Not met").check()
    page.get_by_label(words_of(estate.submitted, 5, Side.FAILURE)).check()
    page.get_by_role("button", name="Save and next").click()
    look("^Choose a version")
    assert found == {}


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


def test_pages_of_the_second_factor(open_page: OpenPage, axe: Axe, estate: Estate) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(estate.tom, secret)
    codes = RecoveryCodes.activate(estate.tom)
    page = open_page(None, "/accounts/login/")
    page.get_by_label("Email").fill(estate.tom.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/2fa/authenticate/")
    assert faults(page, axe) == []
    page.get_by_label("Code").fill(codes.get_unused_codes()[0])
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/assessments/")
    key = WebAuthn.add(estate.tom, "Key on the ring", {}).instance
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
    assert visit(page, axe, estate, pages) == {}
