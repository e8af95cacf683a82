"""The page of the collector: its files are copied with one press."""

import json

from playwright.sync_api import expect

from collector.published import FOLDER, POLICY
from tests.browser.conftest import OpenPage
from tests.browser.estate import Estate


def test_the_policy_is_copied(open_page: OpenPage, estate: Estate) -> None:
    page = open_page(estate.rita)
    page.goto("/collector/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy policy.json").click()
    expect(page.locator("#live-polite")).to_have_text("Copied policy.json.")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied == json.loads((FOLDER / POLICY).read_bytes())
