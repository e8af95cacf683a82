"""The browser, the web server and the fixtures work together: the sign-in page, by form and by cookie."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from users.models import User


@pytest.mark.parametrize("width", [1440, 390])
def test_sign_in_page_keeps_nobody_out(open_page: OpenPage, axe: Callable[[Page], list[str]], width: int) -> None:
    page = open_page(None, "/accounts/login/", width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_signing_in_by_the_form(sign_in: Callable[..., Page], rita: User) -> None:
    page = sign_in(rita)
    assert page.url.endswith("/assessments/")


def test_signed_in_by_the_fixture(open_page: OpenPage, rita: User) -> None:
    page = open_page(rita, "/assessments/")
    assert page.url.endswith("/assessments/")


def test_a_wrong_password_says_the_same_as_an_unknown_address(open_page: OpenPage, rita: User) -> None:
    words = []
    for address in (rita.email, "nobody@vendor.example"):
        page = open_page(None, "/accounts/login/")
        page.get_by_label("Email").fill(address)
        page.get_by_label("Password", exact=True).fill("not the password at all")
        page.get_by_role("button", name="Sign in", exact=True).click()
        words.append(page.locator(".error-summary").inner_text())
    assert words[0] == words[1] != ""
