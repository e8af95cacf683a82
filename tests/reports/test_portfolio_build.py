"""The portfolio as its report freezes it: what is in it, for whom, and in how many queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.models import Assessment
from assessments.queries.portfolio import PortfolioFilter
from assessments.reports.portfolio_build import build_portfolio
from assessments.reports.portfolio_snapshot import PortfolioSnapshot, PriorityCount
from tests import factories
from tests.assessments.findings import closed_with, late
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(max: User, ana: User) -> None:
    """One closed with two findings, one of them overdue; one late with its answers; one without an assessment."""
    first, second = closed_with(
        factories.make_vendor("Delta Freight", tier="critical", service="Haulage"), 5, 13, by=ana
    )
    late(first)
    assert second.pk
    slow = factories.make_assessment(vendor=factories.make_vendor("Cobalt Cloud", tier="low"), state="in_progress")
    Assessment.objects.filter(pk=slow.pk).update(due_on=timezone.localdate() - timedelta(days=10))
    factories.make_vendor("Birch Analytics", tier="medium")


def built(user: User, **chosen: object) -> PortfolioSnapshot:
    """The snapshot of today."""
    return build_portfolio(user, PortfolioFilter(**chosen), made_on=timezone.localdate())  # type: ignore[arg-type]  # its fields


def test_every_vendor_is_there_as_it_stands(several: None, max: User) -> None:
    snapshot = built(max)
    assert [(one.name, one.tier, one.status, one.grade) for one in snapshot.vendors] == [
        ("Delta Freight", "critical", "Closed", snapshot.vendors[0].grade),
        ("Birch Analytics", "medium", "No assessment", ""),
        ("Cobalt Cloud", "low", "Vendor answering", ""),
    ]
    delta, birch, cobalt = snapshot.vendors
    assert (delta.is_draft, delta.findings, delta.answers_due_on) == (False, 2, None)
    assert delta.domain_scores[1] == Decimal("10.0")
    assert birch.domain_scores == (None,) * 6
    assert cobalt.answers_due_on == timezone.localdate() - timedelta(days=10)
    assert [one.short for one in snapshot.domains][:2] == ["Accounts", "Encryption"]
    assert (snapshot.organisation, snapshot.made_by, snapshot.filters) == ("Alder Mutual", max.name, ())


def test_findings_are_counted_and_the_most_serious_come_first(several: None, max: User) -> None:
    snapshot = built(max)
    assert [(one.vendor, one.number, one.is_overdue) for one in snapshot.findings] == [
        ("Delta Freight", 5, True),
        ("Delta Freight", 13, False),
    ]
    first, second = snapshot.findings
    assert first.priority == "P1"
    counts = {one.priority: one for one in snapshot.priorities}
    assert counts["P1"] == PriorityCount("P1", 1 if second.priority != "P1" else 2, 1)
    assert sum(one.unsettled for one in snapshot.priorities) == 2


def test_a_filter_narrows_vendors_and_findings_and_is_said_in_words(several: None, max: User, ana: User) -> None:
    snapshot = built(max, tier="low", overdue=True, q="cloud")
    assert [one.name for one in snapshot.vendors] == ["Cobalt Cloud"]
    assert snapshot.findings == ()
    assert snapshot.filters == ("Name or service contains “cloud”", "Importance: low", "Answers are overdue")
    others = built(max, state="none", grade="below_c", decision="renew", owner=ana.pk)
    assert others.filters == ("Status: no assessment", "Grade: below C", "Decision: to renew", f"Analyst: {ana.name}")
    assert built(max, state="submitted").filters == ("Status: in review",)


def test_it_is_english_whatever_the_person_reads(several: None, max: User) -> None:
    english = built(max)
    with translation.override("de"):
        assert built(max) == english


def test_a_vendors_person_sees_nothing_of_others(several: None, max: User) -> None:
    stranger = factories.lead_of(factories.make_vendor("Quill Logistics"))
    assert {one.name for one in built(stranger).vendors} <= {"Quill Logistics"}
    assert built(stranger).findings == ()


def test_the_number_of_queries_does_not_depend_on_the_vendors(several: None, max: User) -> None:
    with CaptureQueriesContext(connection) as few:
        built(max)
    for number in range(4):
        factories.make_assessment(vendor=factories.make_vendor(f"Vendor {number}"), state="in_progress")
    with CaptureQueriesContext(connection) as more:
        assert len(built(max).vendors) == 7
    assert len(few) == len(more) == 7


def test_the_same_day_gives_the_same_digest(several: None, max: User) -> None:
    day = date(2026, 12, 17)
    one, two = (build_portfolio(max, PortfolioFilter(), made_on=day) for _ in range(2))
    assert one.digest() == two.digest()
