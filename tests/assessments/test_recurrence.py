"""The next assessment opens by itself: in time, once, as a draft, and not against what a person decided."""

from datetime import UTC, date, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from assessments import tasks
from assessments.actions import recurrence, workflow
from assessments.models import Assessment
from assessments.queries import events
from assessments.queries.recurrence import Next, coming, months_after
from assessments.states import State
from audit.models import Event
from config.settings import base
from tests import factories
from tests.assessments.staff.pages import address, count_queries, texts
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chosen(settings: LazySettings) -> None:
    settings.RECURRENCE = {"critical": 12, "medium": 24}
    settings.RECURRENCE_DAYS_BEFORE = 30


def closed_on(vendor: Vendor, day: date, *, analyst: User | None = None) -> Assessment:
    """A vendor's assessment that was opened ten days before this day and closed on it, at noon."""
    made = factories.make_assessment(vendor=vendor, state="closed", period="2025", analyst=analyst)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    Assessment.objects.filter(pk=made.pk).update(closed_at=noon, created_at=noon - timedelta(days=10))
    return Assessment.objects.get(pk=made.pk)


def due_in(days: int, months: int = 12) -> date:
    """A day of closing after which the next is due so many days from today."""
    return months_after(timezone.localdate() + timedelta(days=days), -months)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 6, 30), 24, date(2028, 6, 30)),
    ],
)
def test_months_after(day: date, months: int, result: date) -> None:
    assert months_after(day, months) == result


def test_the_next_one_opens_as_a_draft_with_the_system_as_actor(acme: Vendor, ana: User) -> None:
    last = closed_on(acme, due_in(30), analyst=ana)
    assert recurrence.open_next() == 1
    made = Assessment.objects.exclude(pk=last.pk).get()
    due_on = timezone.localdate() + timedelta(days=30)
    assert (made.state, made.due_on, made.period, made.analyst, made.created_by, made.sent_at) == (
        "draft", due_on, str(due_on.year), ana, None, None,
    )  # fmt: skip
    assert made.answers.count() == 33
    assert not made.is_latest  # the portfolio shows the last one until it is sent
    event = Event.objects.filter(kind="assessment.opened").latest("pk")
    assert (event.actor, event.target) == (None, f"assessment:{made.pk}")
    assert [(line.who, line.words) for line in events.recent(made, 5)] == [("Assay", "started the assessment")]


def test_it_opens_once_whoever_comes(acme: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_on(acme, due_in(5))
    stale = coming(timezone.localdate() + timedelta(days=30))
    assert recurrence.open_next() == 1
    assert recurrence.open_next() == 0

    def seen_before(until: date, *, vendor: int | None = None) -> list[Next]:
        return stale if vendor is None else coming(until, vendor=vendor)

    monkeypatch.setattr(recurrence, "coming", seen_before)  # another worker, that looked before the first one wrote
    assert recurrence.open_next() == 0
    assert Assessment.objects.filter(state=State.DRAFT).count() == 1


def test_not_before_its_time_and_late_rather_than_never(acme: Vendor) -> None:
    closed_on(acme, due_in(31))
    assert recurrence.open_next() == 0
    Assessment.objects.update(closed_at=timezone.now() - timedelta(days=500))
    Assessment.objects.update(created_at=timezone.now() - timedelta(days=510))
    assert recurrence.open_next() == 1
    assert Assessment.objects.get(state=State.DRAFT).due_on is None  # that day is past: a person sets one


def test_the_tier_says_how_often(acme: Vendor, birch: Vendor) -> None:
    rare = factories.make_vendor("Cedar", tier="low")
    for vendor in (acme, birch, rare):
        closed_on(vendor, due_in(10))
    found = coming(timezone.localdate() + timedelta(days=10**4))
    soon = timezone.localdate() + timedelta(days=10)
    assert [(one.vendor, one.due_on) for one in found] == [(acme, soon), (birch, months_after(soon, 12))]


def test_nothing_is_opened_without_the_setting(acme: Vendor, settings: LazySettings) -> None:
    settings.RECURRENCE = {}
    closed_on(acme, due_in(5))
    assert recurrence.open_next() == 0


def test_what_runs_already_or_was_decided_against_stays_as_it_is(acme: Vendor, max: User) -> None:
    closed_on(acme, due_in(5))
    running = factories.make_assessment(vendor=acme, state="submitted")
    assert recurrence.open_next() == 0
    workflow.cancel(assessment=running, by=max)
    assert recurrence.open_next() == 0  # somebody began the next one, and gave it up
    Assessment.objects.filter(pk=running.pk).update(created_at=timezone.now() - timedelta(days=900))
    assert recurrence.open_next() == 1  # cancelled before the last one was closed: that says nothing about the next
    workflow.cancel(assessment=Assessment.objects.get(state=State.DRAFT), by=max)
    assert recurrence.open_next() == 0


def test_an_archived_vendor_is_left_alone_and_an_analyst_who_left_is_not_assigned(
    acme: Vendor, birch: Vendor, ana: User, max: User
) -> None:
    closed_on(acme, due_in(5))
    archive_vendor(vendor=acme, by=max)
    closed_on(birch, due_in(5, 24), analyst=ana)
    ana.is_active = False
    ana.save()
    assert recurrence.open_next() == 1
    made = Assessment.objects.get(state=State.DRAFT)
    assert (made.vendor, made.analyst) == (birch, None)


def test_the_work_list_shows_it_to_who_may_send(client: Client, acme: Vendor, ana: User, ada: User) -> None:
    closed_on(acme, due_in(5))
    client.force_login(ana)
    assert "To send" not in texts(client.get(address("worklist")))
    tasks.open_next()
    words = texts(client.get(address("worklist")))
    year = (timezone.localdate() + timedelta(days=5)).year
    assert f"To send Acme Payments Critical AWS assessment {year} · opened by itself" in words
    few = count_queries(client, address("worklist"))
    factories.make_assessment(vendor=factories.make_vendor("Cedar"))
    assert count_queries(client, address("worklist")) == few
    client.force_login(ada)
    assert "To send" not in texts(client.get(address("worklist")))


def test_a_person_sends_it_with_the_answers_of_last_time(acme: Vendor, max: User) -> None:
    closed_on(acme, due_in(20))
    recurrence.open_next()
    sent = workflow.send(assessment=Assessment.objects.get(state=State.DRAFT), by=max)
    assert sent.answers.exclude(carried_from=None).count() == 33


def test_the_schedule_runs_every_hour() -> None:
    entry = base.CELERY_BEAT_SCHEDULE["open-next-assessments"]
    assert entry == {"task": tasks.open_next.name, "schedule": crontab(minute=17)}
    assert (base.RECURRENCE, base.RECURRENCE_DAYS_BEFORE) == ({"critical": 12, "high": 24}, 30)
