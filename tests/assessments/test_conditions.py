"""Conditions of an approval come back once their day is over, and are chased until a manager has seen them met."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone

from assessments.actions import reminders
from assessments.actions.decisions import DecisionContent, DecisionRefused, decide, meet_condition
from assessments.models import Assessment, Condition, ConditionMet, Decision
from assessments.queries import decisions as queries
from audit.models import Event
from outbox.actions import deliver_due
from outbox.models import Mail
from tests import factories
from tests.assessments.staff.pages import address, count_queries, said, texts
from tests.assessments.test_reminders import At
from users.actions import mute_mail
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)
KEYS, PLAN = "Remove the unused keys.", "Write a plan for incidents."
SUBJECT = "Assay: a condition is past its date"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock, to noon of a day so many days from the day of the first condition."""

    def set_to(days: int, *, hour: int = 12) -> None:
        moment = DUE + timedelta(days=days)
        now = datetime(moment.year, moment.month, moment.day, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(-40)
    return set_to


def approved(assessment: Assessment, by: User) -> Decision:
    """For a year, under two conditions: one due on DUE, one two months later."""
    conditions = (Condition(KEYS, DUE), Condition(PLAN, DUE + timedelta(days=60)))
    content = DecisionContent("conditions", "Nearly there.", DUE + timedelta(days=300), conditions)
    return decide(assessment=assessment, content=content, form_key=uuid4(), by=by)


@pytest.fixture
def decision(at: At, acme: Vendor, rita: User, ana: User, max: User) -> Decision:
    """Max has approved Acme, which Ana reviewed. Mails of all that have gone."""
    made = approved(factories.make_assessment(vendor=acme, state="closed", analyst=ana), max)
    deliver_due()
    mail.outbox.clear()
    return made


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(user: User) -> bool:
    """Whether the first condition stands on this person's worklist."""
    return KEYS in texts(client_of(user).get(address("worklist")))


# --- The worklist and the calendar ------------------------------------------------------------------------------


def test_it_comes_back_to_who_decided_and_who_reviewed(decision: Decision, at: At, ana: User, max: User) -> None:
    other = factories.make_staff("Olga Brandt", "manager")
    at(0)
    assert not any(map(listed, (max, ana, other)))
    at(1)
    assert [listed(user) for user in (max, ana, other)] == [True, True, False]
    page = texts(client_of(max).get(address("worklist")))
    assert "Conditions past their date" in page
    assert PLAN not in page
    assert "Is it met?" in page
    assert "Is it met?" not in texts(client_of(ana).get(address("worklist")))


@pytest.mark.parametrize("change", [{"is_active": False}, {"staff_role": "analyst"}])
def test_where_the_manager_has_left_every_manager_sees_it(
    decision: Decision, at: At, max: User, change: dict[str, object]
) -> None:
    other = factories.make_staff("Olga Brandt", "manager")
    User.objects.filter(pk=max.pk).update(**change)
    at(1)
    assert listed(other)
    assert reminders.chase_conditions() == 0


def test_what_was_decided_anew_or_expired_is_not_asked_for(decision: Decision, at: At, max: User) -> None:
    at(301)
    assert queries.conditions_for(max) == []
    at(1)
    assert [one.text for one in queries.conditions_for(max)] == [KEYS]
    again = DecisionContent("approved", "All done.", DUE + timedelta(days=300))
    decide(assessment=decision.assessment, content=again, form_key=uuid4(), by=max)
    assert queries.conditions_for(max) == []


def test_a_vendor_no_longer_in_use_is_not_asked(decision: Decision, at: At, max: User, acme: Vendor) -> None:
    at(1)
    archive_vendor(vendor=acme, by=max)
    assert queries.conditions_for(max) == []
    assert reminders.chase_conditions() == 0


def test_the_calendar_shows_when_it_is_due(decision: Decision, at: At, ana: User, max: User) -> None:
    def months() -> list[tuple[str, bool]]:
        sheet = client_of(max).get(address("calendar")).context["sheet"]
        entries = [*sheet.overdue, *(one for month in sheet.months for one in month.entries)]
        return [(f"{one.on}", one.is_overdue) for one in entries if "condition" in str(one.kind.words)]

    assert months() == [("2026-12-31", False), ("2027-03-01", False)]
    at(1)
    assert months() == [("2026-12-31", True), ("2027-03-01", False)]
    meet_condition(decision=decision, place=1, note="Seen.", by=max)
    assert months() == [("2027-03-01", False)]


def test_more_conditions_take_no_more_queries(decision: Decision, at: At, max: User) -> None:
    at(1)
    client = client_of(max)
    pages = address("worklist"), address("calendar")
    before = [count_queries(client, page) for page in pages]
    at(-40)
    for number in range(3):
        vendor = factories.make_vendor(f"Vendor {number}")
        approved(factories.make_assessment(vendor=vendor, state="closed"), max)
    at(1)
    assert [count_queries(client, page) for page in pages] == before


# --- Mail -------------------------------------------------------------------------------------------------------


def test_the_manager_is_told_at_once_and_every_week_until_it_is_met(decision: Decision, at: At, max: User) -> None:
    told = []
    for days in range(-2, 20):
        at(days)
        if days == 16:
            meet_condition(decision=decision, place=1, note="Seen in a call.", by=max)
        for _ in range(2):  # the task runs each hour
            if reminders.chase_conditions():
                told.append(days)
    assert told == [1, 8, 15]
    at(15)
    ConditionMet.objects.all().delete()  # a mail whose turn comes after it was met would be dropped
    deliver_due()
    assert [(message.to, message.subject) for message in mail.outbox] == [([max.email], SUBJECT)] * 3
    assert "Acme" not in mail.outbox[0].body
    assert address("worklist") in mail.outbox[0].body


def test_a_mail_whose_turn_comes_after_it_was_met_is_dropped(decision: Decision, at: At, max: User) -> None:
    at(1)
    assert reminders.chase_conditions() == 1
    meet_condition(decision=decision, place=1, note="Seen.", by=max)
    deliver_due()
    assert mail.outbox == []
    assert Mail.objects.get(kind="condition.overdue").state == "dropped"


def test_it_is_not_told_before_the_hour_nor_to_who_has_muted(
    decision: Decision, at: At, max: User, settings: LazySettings
) -> None:
    at(1, hour=3)
    assert reminders.chase_conditions() == 0
    at(1)
    settings.FINDINGS_EVERY_DAYS = 0
    assert reminders.chase_conditions() == 0
    settings.FINDINGS_EVERY_DAYS = 7
    mute_mail(user=max, by=max)
    assert reminders.chase_conditions() == 0


# --- Seen met ---------------------------------------------------------------------------------------------------


def test_a_manager_keeps_what_was_seen(decision: Decision, at: At, max: User, ana: User) -> None:
    at(1)
    client = client_of(max)
    page = address("condition", decision.assessment_id, decision.pk, 1)
    assert KEYS in texts(client.get(page))
    reply = client.post(page, {"note": "Two keys were removed on Monday."}, follow=True)
    assert said(reply) == ["The condition is kept as met."]
    met = ConditionMet.objects.get()
    assert (met.decision, met.place, met.note, met.by) == (decision, 1, "Two keys were removed on Monday.", max)
    event = Event.objects.get(kind="condition.met")
    assert (event.actor, event.target) == (max.pk, f"assessment:{decision.assessment_id}")
    assert event.detail.data == {"decision": decision.pk, "condition": 1}
    shown = texts(client_of(ana).get(address("detail", decision.assessment_id)))
    assert "Met, says Max" in shown
    assert "Two keys were removed on Monday." in shown
    assert not listed(max)
    client.post(page, {"note": "Again."})
    assert ConditionMet.objects.get().note == "Two keys were removed on Monday."


def test_without_a_note_it_asks_for_one(decision: Decision, max: User) -> None:
    reply = client_of(max).post(address("condition", decision.assessment_id, decision.pk, 1), {"note": " \n"})
    assert reply.status_code == 422
    assert "Write what you have seen" in texts(reply)
    assert not ConditionMet.objects.exists()


def test_what_was_typed_stays_where_it_cannot_be_stored(decision: Decision, max: User) -> None:
    again = DecisionContent("approved", "All done.", DUE + timedelta(days=300))
    decide(assessment=decision.assessment, content=again, form_key=uuid4(), by=max)
    reply = client_of(max).post(address("condition", decision.assessment_id, decision.pk, 1), {"note": "My words"})
    assert reply.status_code == 422
    assert "This vendor was decided about again meanwhile. Nothing was stored." in texts(reply)
    assert "My words" in reply.content.decode()
    with pytest.raises(DecisionRefused):
        meet_condition(decision=decision, place=1, note="x", by=max)


def test_an_assessment_opened_again_keeps_what_was_typed(decision: Decision, max: User) -> None:
    Assessment.objects.filter(pk=decision.assessment_id).update(state="submitted")
    reply = client_of(max).post(address("condition", decision.assessment_id, decision.pk, 1), {"note": "My words"})
    assert reply.status_code == 403
    assert "My words" in reply.content.decode()
    assert not ConditionMet.objects.exists()


def test_only_a_manager_and_only_what_there_is(decision: Decision, max: User, ana: User, rita: User) -> None:
    page = address("condition", decision.assessment_id, decision.pk, 1)
    assert [client_of(user).post(page, {"note": "x"}).status_code for user in (ana, rita)] == [403, 404]
    other = factories.make_assessment(vendor=factories.make_vendor("Birch"), state="closed")
    for wrong in ((decision.assessment_id, decision.pk, 3), (decision.assessment_id, decision.pk, 0),
                  (other.pk, decision.pk, 1), (decision.assessment_id, 999, 1)):  # fmt: skip
        assert client_of(max).post(address("condition", *wrong), {"note": "x"}).status_code == 404
    assert not ConditionMet.objects.exists()
