"""What is due, month by month."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, Decision, Finding
from assessments.queries.calendar import Calendar, calendar
from assessments.queries.recurrence import months_after
from tests import factories
from tests.assessments.findings import closed_with
from tests.assessments.staff.pages import address, count_queries, texts
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chosen(settings: LazySettings) -> None:
    settings.RECURRENCE = {"critical": 12}


def month(months: int) -> date:
    """The tenth of the month so many months from now."""
    return months_after(timezone.localdate().replace(day=1), months) + timedelta(days=9)


def shown(sheet: Calendar) -> list[tuple[str, str, str, int]]:
    """Every entry of the months: the month, what is due, whose, and how many."""
    return [
        (f"{each.first:%Y-%m}", str(one.kind.words), one.vendor, one.count)
        for each in sheet.months
        for one in each.entries
    ]


def estate(acme: Vendor, ana: User, max: User) -> None:
    """Something of every kind in different months."""
    closed = closed_with(acme, 1, 2, 3, by=ana)[0].assessment
    noon = timezone.make_aware(datetime.combine(month(-5), time(12)))
    Assessment.objects.filter(pk=closed.pk).update(closed_at=noon, created_at=noon - timedelta(days=1))
    ids = list(Finding.objects.order_by("pk").values_list("pk", flat=True))
    Finding.objects.filter(pk__in=ids[:2]).update(due_on=month(2))
    accepted = {"state": "accepted", "accepted_until": month(3), "accepted_by": max, "accepted_reason": "Retired soon"}
    Finding.objects.filter(pk=ids[2]).update(**accepted)
    for days in (400, 4):  # the newest one counts
        Decision.objects.create(
            assessment=closed,
            kind="approved",
            reason="Good",
            expires_on=month(4 if days == 4 else 6),
            at=timezone.now() - timedelta(days=days),
            by=max,
            form_key=uuid4(),
        )
    factories.make_assessment(vendor=factories.make_vendor("Dune"), state="in_progress", due_on=month(1))
    factories.make_assessment(vendor=factories.make_vendor("Elm"), due_on=month(12))
    late = factories.make_assessment(vendor=factories.make_vendor("Fir"), state="in_progress")
    Assessment.objects.filter(pk=late.pk).update(due_on=month(-2))
    gone = factories.make_vendor("Gone")
    factories.make_assessment(vendor=gone, due_on=month(1))
    archive_vendor(vendor=gone, by=max)


def test_each_kind_stands_in_its_month(acme: Vendor, ana: User, max: User) -> None:
    estate(acme, ana, max)
    sheet = calendar(ana, "", with_findings=True)
    said = [
        (1, "Answers are due", "Dune", 0),
        (2, "Findings are due", "Acme Payments", 2),
        (3, "The risk is accepted until then", "Acme Payments", 1),
        (4, "The decision expires", "Acme Payments", 0),
        (7, "To be assessed again", "Acme Payments", 0),
    ]
    assert shown(sheet) == [(f"{month(place):%Y-%m}", *rest) for place, *rest in said]
    assert [(one.vendor, one.is_overdue) for one in sheet.overdue] == [("Fir", True)]
    later = calendar(ana, f"{sheet.later:%Y-%m}", with_findings=True)
    assert shown(later) == [(f"{month(12):%Y-%m}", "Answers are due, not sent yet", "Elm", 0)]
    assert (later.earlier, later.overdue) == (timezone.localdate().replace(day=1), [])


def test_the_page_in_words(client: Client, acme: Vendor, ana: User, max: User) -> None:
    estate(acme, ana, max)
    client.force_login(ana)
    words = texts(client.get(address("calendar")))
    missed = f"Fir Answers are due AWS assessment 2026 {month(-2):%-d %b %Y} Overdue"
    assert f"Still open from earlier months {missed}" in words
    due = month(2)
    assert f"{due:%B %Y} Acme Payments Findings are due: 2 AWS assessment 2026 {due:%-d %b %Y}" in words
    assert f"{month(5):%B %Y} Nothing is due." in words


def test_an_administrator_sees_no_findings(client: Client, acme: Vendor, ana: User, max: User, ada: User) -> None:
    estate(acme, ana, max)
    client.force_login(ada)
    words = texts(client.get(address("calendar")))
    assert "Answers are due" in words
    assert "Findings are due" not in words
    assert "accepted" not in words


@pytest.mark.parametrize("asked", ["nonsense", "2026-13", "9999-12", "0001-01", "2026-01-01", ""])
def test_an_address_that_names_no_near_month_shows_this_one(ana: User, asked: str) -> None:
    sheet = calendar(ana, asked, with_findings=True)
    assert [each.first for each in sheet.months][:2] == [month(0).replace(day=1), month(1).replace(day=1)]
    assert len(sheet.months) == 12


def test_the_pages_end_after_ten_years(ana: User) -> None:
    far = calendar(ana, f"{month(120):%Y-%m}", with_findings=True)
    assert (far.later, far.earlier) == (None, month(108).replace(day=1))


def test_constant_queries(client: Client, acme: Vendor, ana: User, max: User) -> None:
    client.force_login(ana)
    few = count_queries(client, address("calendar"))
    estate(acme, ana, max)
    assert count_queries(client, address("calendar")) == few


def test_what_does_not_fit_is_said(ana: User, acme: Vendor, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr("assessments.queries.calendar.MOST_ROWS", 1)
    factories.make_assessment(vendor=acme, due_on=month(1))
    client.force_login(ana)
    assert "There is more than fits on this page" in texts(client.get(address("calendar")))
