"""Which part of the main navigation is marked, and the ways from page to page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Campaign
from tests import factories
from tests.assessments.staff.pages import address, make_report
from users.models import User

pytestmark = pytest.mark.django_db
MARKED = re.compile(r'<a href="[^"]*" aria-current="true">([^<]*)</a>')


def marked(client: Client, path: str) -> list[str]:
    """The entries of the bar at the top that are marked as the place where one is."""
    page = client.get(path)
    assert page.status_code == 200, path
    return MARKED.findall(page.content.decode().split('<nav class="topnav"')[1].split("</nav>")[0])


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("portfolio", "Portfolio"),
        ("portfolio-documents", "Portfolio"),
        ("compare", "Portfolio"),
        ("campaign-list", "Portfolio"),
        ("campaign-new", "Portfolio"),
        ("calendar", "Portfolio"),
        ("worklist", "My reviews"),
        ("list", "Assessments"),
        ("open", "Assessments"),
        ("finding-list", "Findings"),
    ],
)
def test_the_part_of_a_page_is_marked(client: Client, max: User, playbook: object, name: str, part: str) -> None:
    client.force_login(max)
    assert marked(client, address(name)) == [part]


def test_the_parts_of_one_assessment_and_one_vendor(client: Client, ana: User, submitted: Assessment) -> None:
    client.force_login(ana)
    assert marked(client, address("detail", submitted.pk)) == ["Assessments"]
    assert marked(client, address("documents", submitted.pk)) == ["Assessments"]
    assert marked(client, address("score-edit", submitted.pk, 1)) == ["My reviews"]
    assert marked(client, f"/vendors/{submitted.vendor_id}/") == ["Portfolio"]
    assert marked(client, "/criteria/") == ["Criteria"]


def test_checking_a_document_belongs_to_no_part(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert marked(client, address("verify")) == []


def test_assessment_links_to_its_campaign(client: Client, ana: User, max: User, submitted: Assessment) -> None:
    client.force_login(ana)
    assert "/campaigns/" not in client.get(address("detail", submitted.pk)).content.decode()
    campaign = Campaign.objects.create(
        name="Spring <2026>",
        playbook=submitted.playbook,
        period="2026",
        due_on=timezone.localdate() + timedelta(days=30),
        created_by=max,
    )
    Assessment.objects.filter(pk=submitted.pk).update(campaign=campaign)
    page = client.get(address("detail", submitted.pk)).content.decode()
    assert f'<dd><a href="/campaigns/{campaign.pk}/">Spring &lt;2026&gt;</a></dd>' in page


@pytest.mark.parametrize("name", ["calendar", "campaign-list", "compare", "portfolio-documents"])
def test_pages_of_the_portfolio_lead_back_to_it(client: Client, max: User, playbook: object, name: str) -> None:
    client.force_login(max)
    assert "</svg>Portfolio</a>" in client.get(address(name)).content.decode()


def test_vendor_page_leads_to_all_documents(client: Client, ana: User, submitted: Assessment) -> None:
    client.force_login(ana)
    page = client.get(f"/vendors/{submitted.vendor_id}/").content.decode()
    assert f'<a href="/assessments/{submitted.pk}/documents/">All documents' in page
    client.force_login(factories.make_staff("Ada Berg", "administrator"))
    make_report(submitted, ana)
    for path in (f"/vendors/{submitted.vendor_id}/", address("detail", submitted.pk)):
        assert "/documents/" not in client.get(path).content.decode()


def test_scores_that_can_still_change_say_so_in_words(client: Client, ana: User, submitted: Assessment) -> None:
    factories.review_with(submitted.answers.get(criterion__number=1), "met", by=ana)
    client.force_login(ana)
    for path in (address("list"), f"/vendors/{submitted.vendor_id}/"):
        assert '10.0<span class="meta d-block">draft</span>' in client.get(path).content.decode()
