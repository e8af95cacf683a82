"""A manager decides about a vendor and accepts a risk, and finds both again wherever they count."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Decision, Finding
from tests.browser.conftest import Console
from tests.browser.estate import Estate
from tests.browser.looking import WIDE, Axe, faults
from tests.factories import PASSWORD
from users.models import User


def test_approve_with_conditions_then_accept_a_risk(
    sign_in: Callable[[User], Page], console: Console, axe: Axe, estate: Estate
) -> None:
    console.expect("status of 422")
    page = sign_in(estate.max)
    day = timezone.localdate() + timedelta(days=30)

    # Decide: what is missing is said, the text stays, and the decision is read on the overview
    page.goto(f"/assessments/{estate.closed.pk}/")
    page.get_by_role("link", name="Decide again", exact=True).click()
    page.get_by_label("Why?").fill("Sound at heart. The keys are not.")
    page.get_by_role("region", name="Your decision").get_by_text("Approved with conditions").click()
    page.get_by_role("button", name="Store the decision").click()
    expect(page.locator(".error-summary")).to_contain_text("Write at least one condition")
    assert faults(page, axe) == []
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    expect(page.get_by_label("Why?")).to_have_value("Sound at heart. The keys are not.")
    page.get_by_role("button", name="One more condition").click()
    page.get_by_label("Condition 4", exact=True).fill("Remove the unused keys")
    page.get_by_label("Condition 4 is due").fill(f"{day}")
    page.get_by_role("button", name="Store the decision").click()
    shown = page.get_by_role("region", name="Decision")
    expect(shown).to_contain_text("Approved with conditions")
    expect(shown).to_contain_text(f"Remove the unused keys (by {day:%-d %B %Y})")
    assert Decision.objects.latest("pk").listed_conditions[0].due_on == day
    assert faults(page, axe) == []

    # The same in the portfolio, which can be narrowed to it, and on the vendor's page
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto("/portfolio/?decision=conditions")
    expect(page.locator("#vendors tbody .rowlink")).to_have_text(["Elm Insurance"])
    expect(page.locator("#vendors tbody")).to_contain_text("Approved with conditions")
    assert faults(page, axe) == []
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto(f"/vendors/{estate.closed.vendor_id}/")
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("Sound at heart.")
    expect(page.get_by_role("img", name="Score of closed assessments.")).to_be_visible()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("approved the vendor with conditions")
    assert faults(page, axe) == []

    # Accept a risk: the password first
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto(f"/findings/{estate.finding.pk}/")
    page.get_by_role("link", name="Accept the risk").click()
    expect(page.get_by_text("You are about to accept a risk.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Why is the risk accepted?").fill("The system is switched off in spring.")
    page.get_by_label("Accepted until").fill(f"{day}")
    assert faults(page, axe) == []
    page.get_by_role("button", name="Accept the risk").click()
    expect(page.get_by_text("The risk is accepted until the day you chose.")).to_be_visible()
    assert Finding.objects.get(pk=estate.finding.pk).accepted_until == day

    # Both come back to the worklist once they are over
    over = timezone.localdate() - timedelta(days=1)
    Decision.objects.update(expires_on=over)
    Finding.objects.filter(pk=estate.finding.pk).update(accepted_until=over)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto("/reviews/")
    expect(page.get_by_role("link", name="Decide again")).to_be_visible()
    expect(page.get_by_role("link", name="Accept it for longer")).to_be_visible()
    assert faults(page, axe) == []
