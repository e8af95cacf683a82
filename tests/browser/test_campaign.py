"""A manager sends the questions to a list of vendors: a mistake, the preview, the act, and where it shows."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Assessment, Campaign
from playbook.models import Playbook
from tests.browser.acts import focused, headline
from tests.browser.conftest import Console, OpenPage, Site
from tests.browser.looking import Axe, faults
from tests.servers import wait_for
from users.models import User
from vendors.models import Vendor

LIST = "vendor;tier;service;lead name;lead email\n{rows}"
ACME = "Acme Payments;;;;\n"


def give(page: Page, rows: str) -> None:
    """Choose a file as Excel writes it, and check it."""
    data = LIST.format(rows=rows).encode("cp1252")
    page.get_by_label("List of vendors, as a CSV file").set_input_files(
        {"name": "vendors.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_role("button", name="Check the list").click()


def test_a_campaign_from_the_list_to_the_calendar(
    open_page: OpenPage,
    console: Console,
    axe: Axe,
    site: Site,
    playbook: Playbook,
    acme: Vendor,
    rita: User,
    max: User,
) -> None:
    console.expect("status of 422")
    page = open_page(max, "/portfolio/")
    page.get_by_role("link", name="Campaigns").click()
    page.get_by_role("link", name="New campaign").click()
    assert headline(page) == "New campaign"
    page.get_by_label("Name of the campaign").fill("Spring round")
    give(page, ACME + "Brøndby Hosting;urgent;Web hosting;Kim Larsen;kim.example\n")
    assert "2 cells of the list are wrong" in focused(page)
    expect(page.get_by_role("row", name="3 tier Write one of these: critical, high, medium, low")).to_be_visible()
    expect(page.get_by_role("row", name="3 lead email This is not an email address")).to_be_visible()
    assert faults(page, axe) == []

    pasted = page.get_by_label("Or paste the list")
    mended = pasted.input_value().replace("urgent", "high").replace("kim.example", "kim@brondby.example")
    pasted.fill(mended)
    page.get_by_role("button", name="Check the list").click()
    assert headline(page) == "Check the campaign"
    expect(page.get_by_text("An invitation goes to kim@brondby.example")).to_be_visible()
    assert faults(page, axe) == []
    assert not Campaign.objects.exists()

    page.get_by_role("button", name="Change the list").click()
    expect(page.get_by_label("Name of the campaign")).to_have_value("Spring round")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name="Send to 2 vendors").dblclick()
    expect(page.get_by_text("Sent to 2 vendors.")).to_be_visible()
    assert headline(page) == "Spring round"
    assert faults(page, axe) == []
    assert (Campaign.objects.count(), Vendor.objects.count(), Assessment.objects.count()) == (1, 2, 2)
    wait_for(lambda: site.mails("kim@brondby.example") and site.mails(rita.email), within=60, what="both mails")

    page.get_by_role("link", name="Vendor answering 2").click()
    expect(page.get_by_role("link", name="Brøndby Hosting")).to_be_visible()
    page.goto(page.url.partition("/campaigns/")[0] + "/calendar/")
    due = timezone.localdate() + timedelta(days=21)
    month = page.get_by_role("region", name=f"{due:%B %Y}")
    expect(month.get_by_role("listitem")).to_have_count(2)
    expect(month).to_contain_text("Acme Payments")
    assert faults(page, axe) == []
