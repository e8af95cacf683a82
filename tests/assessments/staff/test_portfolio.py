"""The portfolio: one row a vendor, filters, order, pages."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Finding, Report
from tests import factories
from tests.assessments.findings import closed_with
from tests.assessments.staff.pages import address, count_queries, make_report, texts
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, max: User) -> Client:
    client.force_login(max)
    return client


def names(client: Client, **query: object) -> list[str]:
    """The vendors of the page, in order."""
    response = client.get(f"{address('portfolio')}?{urlencode(query)}")
    assert response.status_code == 200
    return [row.name for row in response.context["sheet"].rows]


@pytest.fixture
def several(max: User) -> None:
    """Four vendors: scored low, scored high, late, and without an assessment."""
    today = timezone.localdate()
    low = factories.make_vendor("Delta Freight", tier="critical", service="Haulage")
    assessment = factories.make_assessment(vendor=low, state="submitted", due_on=today + timedelta(days=5))
    factories.review_all(assessment, by=max, result="not_met")
    factories.make_assessment(vendor=factories.make_vendor("Alpine Bank", tier="high"), state="closed")
    late = factories.make_assessment(vendor=factories.make_vendor("Cobalt Cloud", tier="low"), state="in_progress")
    Assessment.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=10))
    factories.make_vendor("Birch Analytics", tier="medium", service="Freight statistics")


def test_row_shows_grade_score_domains_state_and_report(
    signed_in: Client, submitted: Assessment, ana: User, max: User
) -> None:
    factories.review_with(submitted.answers.get(criterion__number=1), "met", by=ana)
    row = signed_in.get(address("portfolio")).context["sheet"].rows[0]
    assert (row.name, row.tier, row.grade, str(row.score), row.is_provisional) == (
        "Acme Payments",
        "Critical",
        "A",
        "10.0",
        True,
    )
    assert [(cell.name, cell.score, cell.grade) for cell in row.heat] == [
        ("Accounts", "10.0", "A"), ("Encryption", "–", ""), ("Identity", "–", ""),
        ("Network", "–", ""), ("Detection", "–", ""), ("Processes", "–", ""),
    ]  # fmt: skip
    page = texts(signed_in.get(address("portfolio")))
    assert "Draft grade A 10.0 draft" in page
    assert "In review" in page
    assert "Prepare draft report for Acme Payments" in page


def test_figures_on_top(signed_in: Client, several: None) -> None:
    kpis = signed_in.get(address("portfolio")).context["sheet"].kpis
    assert (kpis.vendors, kpis.tiers) == (4, "1 critical, 1 high, 1 medium, 1 low")
    assert (kpis.below_c, kpis.below_c_critical) == (1, 1)
    assert (kpis.overdue, kpis.oldest_overdue) == (1, 10)
    assert (kpis.findings.total, kpis.findings.words) == (0, "")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Delta Freight", "Alpine Bank", "Birch Analytics", "Cobalt Cloud"]),
        ({"sort": "vendor"}, ["Alpine Bank", "Birch Analytics", "Cobalt Cloud", "Delta Freight"]),
        ({"sort": "-vendor"}, ["Delta Freight", "Cobalt Cloud", "Birch Analytics", "Alpine Bank"]),
        ({"sort": "-score"}, ["Alpine Bank", "Delta Freight", "Birch Analytics", "Cobalt Cloud"]),
        ({"sort": "score"}, ["Delta Freight", "Alpine Bank", "Birch Analytics", "Cobalt Cloud"]),
        ({"sort": "state"}, ["Cobalt Cloud", "Delta Freight", "Alpine Bank", "Birch Analytics"]),
        ({"sort": "due"}, ["Cobalt Cloud", "Delta Freight", "Alpine Bank", "Birch Analytics"]),
        ({"sort": "tier"}, ["Cobalt Cloud", "Birch Analytics", "Alpine Bank", "Delta Freight"]),
        ({"sort": "password"}, ["Delta Freight", "Alpine Bank", "Birch Analytics", "Cobalt Cloud"]),
        ({"q": "freight"}, ["Delta Freight", "Birch Analytics"]),
        ({"q": "freight birch"}, ["Birch Analytics"]),
        ({"q": "%"}, []),
        ({"q": "a\0b"}, ["Delta Freight", "Alpine Bank", "Birch Analytics", "Cobalt Cloud"]),
        ({"state": "closed"}, ["Alpine Bank"]),
        ({"state": "none"}, ["Birch Analytics"]),
        ({"state": "nonsense"}, ["Delta Freight", "Alpine Bank", "Birch Analytics", "Cobalt Cloud"]),
        ({"tier": "medium"}, ["Birch Analytics"]),
        ({"grade": "F"}, ["Delta Freight"]),
        ({"grade": "below_c"}, ["Delta Freight"]),
        ({"grade": "A", "tier": "high"}, ["Alpine Bank"]),
        ({"overdue": "on"}, ["Cobalt Cloud"]),
    ],
)
def test_filters_and_order(signed_in: Client, several: None, query: dict[str, str], expected: list[str]) -> None:
    assert names(signed_in, **query) == expected


def test_long_search_finds_nothing_instead_of_everything(signed_in: Client, acme: Vendor) -> None:
    assert signed_in.get(address("portfolio"), {"q": "x" * 5000}).context["sheet"].rows == []


def test_every_grade_has_its_range(signed_in: Client, acme: Vendor) -> None:
    assert signed_in.get(address("portfolio")).context["sheet"].legend == [
        ("A", "8.5 to 10"), ("B", "7 to 8.4"), ("C", "5.5 to 6.9"), ("D", "4 to 5.4"), ("F", "0 to 3.9")
    ]  # fmt: skip


def test_late_row_says_by_how_much(signed_in: Client, several: None) -> None:
    row = next(row for row in signed_in.get(address("portfolio")).context["sheet"].rows if row.name == "Cobalt Cloud")
    assert (row.due.words, row.due.is_overdue) == ("10 days overdue", True)


def test_pages_of_25_and_beyond_the_last(signed_in: Client, max: User) -> None:
    for number in range(27):
        factories.make_vendor(f"Vendor {number:02}", tier="low")
    assert names(signed_in) == [f"Vendor {number:02}" for number in range(25)]
    assert names(signed_in, page=2) == ["Vendor 25", "Vendor 26"]
    for page in ("99", "-1", "99999999999999999999"):
        assert names(signed_in, page=page) == ["Vendor 25", "Vendor 26"]
    assert names(signed_in, page="x") == [f"Vendor {number:02}" for number in range(25)]
    second = signed_in.get(address("portfolio") + "?q=Vendor&page=2").content.decode()
    assert "?q=Vendor&amp;sort=-tier&amp;page=1" in second


def test_archived_vendor_is_left_out(signed_in: Client, acme: Vendor, birch: Vendor, max: User) -> None:
    archive_vendor(vendor=acme, by=max)
    assert names(signed_in) == ["Birch Analytics"]


def test_latest_assessment_counts(signed_in: Client, acme: Vendor) -> None:
    factories.make_assessment(vendor=acme, state="closed", period="2025")
    newest = factories.make_assessment(vendor=acme, state="in_progress", period="2026")
    rows = signed_in.get(address("portfolio")).context["sheet"].rows
    assert [(row.assessment, row.state) for row in rows] == [(newest.pk, "in_progress")]


def test_without_vendors_the_page_says_what_to_do(signed_in: Client) -> None:
    page = texts(signed_in.get(address("portfolio")))
    assert "No vendors yet" in page
    assert "Add a vendor" in page


def test_without_a_match_the_page_offers_to_clear(signed_in: Client, acme: Vendor) -> None:
    page = texts(signed_in.get(address("portfolio") + "?q=halverson"))
    assert "No vendor matches “halverson”" in page
    assert "Clear filters" in page


def test_vendor_without_assessment_gets_one(signed_in: Client, birch: Vendor) -> None:
    assert f'href="{address("open")}?vendor={birch.pk}"' in signed_in.get(address("portfolio")).content.decode()


def test_htmx_gets_the_rows_alone(signed_in: Client, acme: Vendor) -> None:
    part = signed_in.get(address("portfolio"), headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="vendors"')
    assert "HX-Request" in part.headers["Vary"]
    again = signed_in.get(address("portfolio"), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<!doctype html>" in again.content


@pytest.mark.parametrize(
    ("state", "values", "words"),
    [
        (Report.State.RENDERING, {"step": 5}, "Preparing, step 5 of 7"),
        (Report.State.READY, {"file": "reports/x.pdf", "sha256": "0" * 64, "size": 10}, "PDF report for Acme Payments"),
        (Report.State.FAILED, {"problem": "No."}, "Try again report for Acme Payments"),
    ],
)
def test_report_of_a_row(
    signed_in: Client, submitted: Assessment, max: User, state: str, values: dict[str, object], words: str
) -> None:
    make_report(submitted, max, state=state, **values)
    assert words in texts(signed_in.get(address("portfolio")))


def test_administrator_sees_no_reports(client: Client, submitted: Assessment, max: User, ada: User) -> None:
    make_report(submitted, max)
    client.force_login(ada)
    page = client.get(address("portfolio"))
    assert page.context["sheet"].rows[0].report is None
    assert b"New assessment" not in page.content


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(signed_in: Client, max: User, rows: int) -> None:
    for number in range(rows):
        factories.make_assessment(vendor=factories.make_vendor(f"Vendor {number}"), state="draft")
    assert count_queries(signed_in, address("portfolio")) == 14


def test_a_row_draws_the_scores_so_far_and_says_them(client: Client, acme: Vendor, ana: User) -> None:
    for period, score in (("2024", "4.0"), ("2025", "10.0")):
        made = factories.make_assessment(vendor=acme, state="closed", period=period)
        Assessment.objects.filter(pk=made.pk).update(score=score)
    client.force_login(ana)
    page = client.get(address("portfolio")).content.decode()
    assert 'aria-label="Scores so far: 2024: 4.0, 2025: 10.0"' in page
    assert 'points="2.0,11.6 62.0,2.0"' in page
    assert '<use href="#i-up-arrow"/></svg>+6.0 in 2025</span>' in page
    assert '<span class="d-block meta num">10.0 of 10 · +6.0 in 2025</span>' in page  # on the card of a narrow screen
    factories.make_assessment(vendor=factories.make_vendor("Once Ltd"), state="closed")
    assert client.get(address("portfolio")).content.decode().count('class="spark"') == 1


# --- Open findings by priority ----------------------------------------------------------------------------------


@pytest.fixture
def found(acme: Vendor, birch: Vendor, ana: User) -> Vendor:
    """Acme has three findings left to fix and one that is verified, Birch has one that is left."""
    one, two, three, four = closed_with(acme, 5, 13, 3, 4, by=ana)
    for finding, priority in ((one, "P1"), (two, "P1"), (three, "P3"), (four, "P1")):
        Finding.objects.filter(pk=finding.pk).update(priority=priority)
    Finding.objects.filter(pk=four.pk).update(state="verified", verified_at=timezone.now())
    Finding.objects.filter(pk=closed_with(birch, 5, by=ana).pk).update(priority="P2")
    return acme


def test_open_findings_are_counted_by_priority(signed_in: Client, found: Vendor) -> None:
    sheet = signed_in.get(address("portfolio")).context["sheet"]
    rows = {row.name: (row.findings.total, row.findings.words) for row in sheet.rows}
    assert rows == {"Acme Payments": (3, "P1 2 · P3 1"), "Birch Analytics": (1, "P2 1")}
    assert (sheet.kpis.findings.total, sheet.kpis.findings.words) == (4, "P1 2 · P2 1 · P3 1")
    page = texts(signed_in.get(address("portfolio")))
    assert "Open findings 4 P1 2 · P2 1 · P3 1" in page
    assert "3 P1 2 · P3 1" in page
    assert "Open findings: P2 1" in page  # the card of a small screen


def test_vendors_are_sorted_by_open_findings(signed_in: Client, found: Vendor) -> None:
    assert names(signed_in, sort="-findings") == ["Acme Payments", "Birch Analytics"]
    assert names(signed_in, sort="findings") == ["Birch Analytics", "Acme Payments"]


def test_findings_take_no_more_queries(signed_in: Client, found: Vendor, ana: User) -> None:
    before = count_queries(signed_in, address("portfolio"))
    for number in range(3):
        closed_with(factories.make_vendor(f"Vendor {number}"), 5, 13, by=ana)
    assert count_queries(signed_in, address("portfolio")) == before


def test_the_last_report_stays_in_reach_while_the_next_assessment_runs(
    signed_in: Client, acme: Vendor, max: User
) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed", period="2025")
    done = make_report(closed, max, state=Report.State.READY, file="reports/x.pdf", sha256="0" * 64, size=10)
    factories.make_assessment(vendor=acme, state="in_progress", period="2026")
    page = signed_in.get(address("portfolio"))
    assert page.context["sheet"].rows[0].report is None
    assert "PDF 2025 report for Acme Payments" in texts(page)
    assert address("report-download", done.pk) in page.content.decode()
