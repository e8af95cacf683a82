"""The page of one vendor: its history, findings, decisions, documents and timeline."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment, Finding, Report
from assessments.queries.vendor_page import trend
from tests import factories
from tests.assessments.staff.pages import add_evidence, count_queries, make_report, texts
from tests.assessments.test_decisions import content, decided
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, max: User) -> Client:
    client.force_login(max)
    return client


def page_of(vendor: Vendor, query: str = "") -> str:
    return reverse("vendors:detail", args=[vendor.pk]) + query


def finding(assessment: Assessment, number: int, by: User, priority: str, **values: object) -> Finding:
    """A finding in one state, as a row: how it comes there is tested elsewhere."""
    return Finding.objects.create(
        answer=assessment.answers.get(criterion__number=number),
        title="Keys are old",
        severity="high",
        priority=priority,
        raised_at=timezone.now(),
        raised_by=by,
        **values,
    )


@pytest.fixture
def years(acme: Vendor, rita: User) -> list[Assessment]:
    """Three closed assessments with falling scores, and one that the vendor answers."""
    closed = [factories.make_assessment(vendor=acme, state="closed", period=f"{year}") for year in (2023, 2024, 2025)]
    for one, score in zip(closed, ("9.1", "7.0", "5.0"), strict=True):
        Assessment.objects.filter(pk=one.pk).update(score=score)
    return [*closed, factories.make_assessment(vendor=acme, state="in_progress", period="2026")]


def test_history_with_scores_as_a_line_and_as_a_table(signed_in: Client, years: list[Assessment], acme: Vendor) -> None:
    page = signed_in.get(page_of(acme))
    assert [one.period for one in page.context["assessments"]] == ["2026", "2025", "2024", "2023"]
    line = page.context["trend"]
    assert [(one.x, one.y, one.period, one.score) for one in line.points] == [
        ("40.0", "34.3", "2023", "9.1"),
        ("280.0", "53.6", "2024", "7.0"),
        ("520.0", "72.0", "2025", "5.0"),
    ]
    assert line.line == "40.0,34.3 280.0,53.6 520.0,72.0"
    assert 'aria-label="Score of closed assessments. 2023: 9.1 of 10; 2024: 7.0 of 10; 2025: 5.0 of 10"' in (
        page.content.decode()
    )
    assert 'points="40.0,34.3 280.0,53.6 520.0,72.0"' in page.content.decode()


def test_one_score_is_a_point_in_the_middle_and_none_is_no_line(draft: Assessment) -> None:
    assert trend([draft]) is None
    draft.state, draft.score = "closed", Decimal("10.0")
    line = trend([draft])
    assert line is not None
    assert [(one.x, one.y) for one in line.points] == [("280.0", "26.0")]


def test_findings_by_priority(signed_in: Client, years: list[Assessment], acme: Vendor, ana: User, max: User) -> None:
    past = timezone.localdate() - timedelta(days=1)
    closed = years[2]
    finding(closed, 1, ana, "P2")
    finding(closed, 2, ana, "P1", due_on=past)
    finding(closed, 3, ana, "P1", due_on=past, state="fixed")
    until = timezone.localdate() + timedelta(days=9)
    finding(closed, 4, ana, "P1", state="accepted", accepted_reason="x", accepted_until=until, accepted_by=max)
    finding(closed, 5, ana, "P1", state="verified")
    page = signed_in.get(page_of(acme))
    rows = [(one.priority, one.unsettled, one.late, one.accepted) for one in page.context["findings"]]
    assert rows == [("P1", 2, 1, 1), ("P2", 1, 0, 0)]
    assert "P1 2 1 1 P2 1 0 0" in texts(page)


def test_decisions_of_all_years_the_newest_first(
    signed_in: Client, years: list[Assessment], acme: Vendor, max: User
) -> None:
    later = years[2]
    decided(later, max, content("rejected", expires=None))
    decided(later, max)
    page = signed_in.get(page_of(acme))
    assert [one.decision.kind for one in page.context["decisions"]] == ["approved", "rejected"]
    assert "AWS assessment 2025" in texts(page)


def test_documents_of_what_was_submitted(
    signed_in: Client, client: Client, years: list[Assessment], acme: Vendor, rita: User, max: User, ada: User
) -> None:
    closed = years[2]
    add_evidence(closed, 1, rita)
    done = {"file": "reports/one.pdf", "size": 200_000, "sha256": "ab" * 32, "finished_at": timezone.now()}
    report = make_report(closed, max, state=Report.State.READY, **done)
    make_report(closed, max)
    page = signed_in.get(page_of(acme))
    rows = page.context["documents"]
    assert [(one.assessment.period, one.files, one.has_receipt) for one in rows] == [
        ("2025", 1, True),
        ("2024", 0, True),
        ("2023", 0, True),
    ]
    assert [one.report and one.report["id"] for one in rows] == [report.pk, None, None]
    assert f'href="{reverse("assessments:report-download", args=[report.pk])}"' in page.content.decode()
    client.force_login(ada)  # who reads neither
    rows = client.get(page_of(acme)).context["documents"]
    assert [(one.has_receipt, one.report) for one in rows] == [(False, None)] * 3


def test_timeline_in_words_by_pages(signed_in: Client, years: list[Assessment], acme: Vendor) -> None:
    page = signed_in.get(page_of(acme))
    words = [f"{line.who} {line.words}" for line in page.context["lines"]]
    assert len(words) == 15
    assert words[:2] == ["Max Weber sent the questions to the vendor", "Max Weber started the assessment"]
    last = page.context["page"].paginator.num_pages
    oldest = signed_in.get(page_of(acme, f"?page={last}")).context["lines"]
    assert [f"{line.who} {line.words}" for line in oldest][-1] == "Max Weber added the vendor"
    everything = [
        f"{line.who} {line.words}"
        for number in range(1, last + 1)
        for line in signed_in.get(page_of(acme, f"?page={number}")).context["lines"]
    ]
    assert "Rita Lindqvist completed question 33" in everything
    assert "Rita Lindqvist declared the AWS accounts in scope" in everything


def test_nothing_of_another_vendor(signed_in: Client, years: list[Assessment], birch: Vendor) -> None:
    page = signed_in.get(page_of(birch))
    assert (page.context["assessments"], page.context["documents"], page.context["findings"]) == ([], [], [])
    assert [line.words for line in page.context["lines"]] == ["added the vendor"]


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(signed_in: Client, years: list[Assessment], acme: Vendor, ana: User, max: User, rows: int) -> None:
    for number in range(1, rows + 1):
        finding(years[2], number, ana, f"P{number}")
        decided(years[2], max)
        add_evidence(years[number - 1], 1, ana)
        make_report(years[2], max)
    assert count_queries(signed_in, page_of(acme)) == 17
