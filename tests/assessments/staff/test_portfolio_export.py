"""The portfolio as a table to take away."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessments.models import Assessment, Finding
from tests import factories
from tests.assessments.findings import closed_with
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def exported(client: Client, kind: str, **query: object) -> list[list[object]]:
    """The lines of the file, heading first."""
    reply = client.get(reverse("assessments:portfolio-export", args=[kind]), query)
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="portfolio-')
    if kind == "csv":
        return list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(reply.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def vendors(acme: Vendor, ana: User, client: Client) -> list[Vendor]:
    """Acme closed with an A, Birch never asked, and one whose name would be a formula."""
    factories.make_assessment(vendor=acme, state="closed", analyst=ana)
    client.force_login(ana)
    return [acme, factories.make_vendor("Birch Ltd"), factories.make_vendor("=1+1", tier="low")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_vendor_is_a_row_in_the_order_shown(client: Client, vendors: list[Vendor], kind: str) -> None:
    head, *rows = exported(client, kind, sort="vendor")
    assert head[:9] == [
        "Vendor", "Service", "Importance", "Assessment", "Status", "Due", "Grade", "Score", "Draft",
    ]  # fmt: skip
    acme = dict(zip(head, next(row for row in rows if row[0] == "Acme Payments"), strict=True))
    assert (acme["Status"], acme["Grade"], float(acme["Score"]), acme["Draft"]) == (
        "Closed",
        "A",
        10.0,
        "no",
    )
    assert (acme["Analyst"], str(acme["Questions not or partly met"])) == ("Ana Moreau", "0")
    assert [row[0] for row in rows][-2:] == ["Acme Payments", "Birch Ltd"]


def test_no_cell_is_a_formula(client: Client, vendors: list[Vendor]) -> None:
    assert ["'=1+1"] == [row[0] for row in exported(client, "csv", tier="low")[1:]]
    reply = client.get(reverse("assessments:portfolio-export", args=["xlsx"]), {"tier": "low"})
    cell = load_workbook(io.BytesIO(reply.content)).active["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_filters_narrow_the_file_as_they_narrow_the_page(client: Client, vendors: list[Vendor], ana: User) -> None:
    assert [row[0] for row in exported(client, "csv", q="birch")[1:]] == ["Birch Ltd"]
    assert [row[0] for row in exported(client, "csv", owner=ana.pk)[1:]] == ["Acme Payments"]
    assert len(exported(client, "csv", owner="x", grade="Z")) == 4


def test_queries_do_not_grow_with_the_vendors(
    client: Client, vendors: list[Vendor], django_assert_num_queries: object
) -> None:
    for number in range(40):  # more than a page of them
        factories.make_vendor(f"Vendor {number}")
    with django_assert_num_queries(8):
        assert len(exported(client, "csv")) == 44


def test_the_order_by_a_domain_is_that_of_its_scores(client: Client, vendors: list[Vendor]) -> None:
    birch, other = vendors[1], vendors[2]
    for vendor, score in ((birch, "6.5"), (other, "9.9")):
        made = factories.make_assessment(vendor=vendor, state="closed")
        scores = {**made.domain_scores, "encryption": score}
        Assessment.objects.filter(pk=made.pk).update(domain_scores=scores)
    unscored = factories.make_vendor("Cedar AG")

    def names(sort: str) -> list[str]:
        return [str(row[0]) for row in exported(client, "csv", sort=sort)[1:]]

    assert names("-encryption") == ["Acme Payments", "'=1+1", "Birch Ltd", unscored.name]  # 10.0, 9.9, 6.5 and none
    assert names("encryption") == ["Birch Ltd", "'=1+1", "Acme Payments", unscored.name]


def test_the_page_sorts_by_a_domain_and_shows_an_analysts_own(client: Client, vendors: list[Vendor], ana: User) -> None:
    page = client.get(reverse("assessments:portfolio"), {"sort": "-encryption", "owner": ana.pk}).content.decode()
    assert "Showing 1 to 1 of 1 vendor that matches" in page
    assert 'aria-sort="descending"><a href="?owner=' in page
    assert f'href="/portfolio/export.csv?owner={ana.pk}&amp;sort=-encryption"' in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_open_findings_have_a_column_for_each_priority(client: Client, birch: Vendor, ana: User, kind: str) -> None:
    for finding, priority in zip(closed_with(birch, 5, 13, 3, by=ana), ("P1", "P3", "P3"), strict=True):
        Finding.objects.filter(pk=finding.pk).update(priority=priority)
    client.force_login(ana)
    head, row = exported(client, kind)
    cells = dict(zip(head, map(str, row), strict=True))
    assert [cells[name] for name in ("Open findings", "P1", "P2", "P3", "P4")] == ["3", "1", "0", "2", "0"]
    assert cells["Questions not or partly met"] == "3"
