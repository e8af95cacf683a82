"""A finding on both screens: raised with one click, read once the assessment is closed, fixed, checked, verified."""

import re

from playwright.sync_api import Page, expect

from assessments.models import Assessment, Finding
from assessments.scoring import Result
from tests import factories
from tests.browser.acts import answer_to, at, headline, screenshot
from tests.browser.conftest import OpenPage
from tests.browser.looking import Axe, faults
from users.models import User

DAY = "2027-03-01"


def said(page: Page) -> str:
    """What the page says about the last act."""
    return page.locator("#main .notice[role=status]").inner_text().strip()


def raise_on_the_workbench(page: Page) -> Finding:
    """One click beside the result, then better words."""
    page.get_by_role("button", name="Raise a finding").click()
    page.wait_for_url(re.compile(r"/findings/\d+/$"))
    page.get_by_label("Title").fill("Access keys nobody uses")
    page.get_by_role("button", name="Save the finding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Access keys nobody uses")
    assert said(page) == "The finding was saved."
    return Finding.objects.get()


def test_a_finding_goes_to_the_vendor_and_back_until_it_is_fixed(
    open_page: OpenPage, axe: Axe, submitted: Assessment, rita: User, ana: User
) -> None:
    factories.review_with(answer_to(submitted, 13), Result.NOT_MET, by=ana, note="Three keys.")
    factories.review_all(submitted, by=ana)
    analyst = open_page(ana, at("score-edit", submitted, 13))
    finding = raise_on_the_workbench(analyst)
    assert faults(analyst, axe) == []
    analyst.goto(at("detail", submitted))
    expect(analyst.get_by_role("link", name=re.compile("^Open the finding"))).to_be_visible()
    analyst.get_by_role("button", name=re.compile("Close")).first.click()
    expect(analyst.get_by_text("Closed", exact=True).first).to_be_visible()

    vendor = open_page(rita, at("answer-list", submitted))
    vendor.get_by_role("link", name="Read the findings").click()
    assert headline(vendor) == "Findings"
    vendor.get_by_role("link", name="Access keys nobody uses").click()
    vendor.get_by_label("What will you do?").fill("We delete them.")
    vendor.get_by_label("By when?").fill(DAY)
    vendor.get_by_role("button", name="Save the plan").click()
    assert said(vendor) == "Your plan was saved."
    vendor.get_by_label("Add files that show the fix").set_input_files(screenshot("none-left.png"))
    vendor.get_by_role("button", name="Upload").click()
    assert said(vendor) == "none-left.png was added."
    assert faults(vendor, axe) == []
    vendor.get_by_role("button", name="Mark as fixed").click()
    expect(vendor.get_by_text("Alder Mutual checks it and writes to you.")).to_be_visible()

    analyst.goto("/reviews/")
    analyst.get_by_role("region", name="Fixes to check").get_by_role("link", name="Access keys nobody uses").click()
    expect(analyst.get_by_text("none-left.png").first).to_be_visible()
    analyst.get_by_label("What did you see?").fill("One is left.")
    analyst.get_by_role("button", name="Not fixed: back to the vendor").click()
    assert said(analyst) == "Saved."

    vendor.reload()
    expect(vendor.get_by_text("One is left.")).to_be_visible()
    vendor.get_by_label("What was done?").fill("The last one too.")
    vendor.get_by_role("button", name="Mark as fixed").click()
    expect(vendor.get_by_text("Alder Mutual checks it and writes to you.")).to_be_visible()
    analyst.goto(f"/findings/{finding.pk}/")
    analyst.get_by_role("button", name="Verified: it is fixed").click()
    assert said(analyst) == "Saved."
    vendor.reload()
    expect(vendor.get_by_text("Verified. Nothing more is to be done.")).to_be_visible()
    assert Finding.objects.get().state == "verified"
