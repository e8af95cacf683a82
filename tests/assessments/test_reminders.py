"""Reminders of a due date: each once, none too many, none lost, and none to whom it does not concern."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.utils import timezone

from assessments import tasks
from assessments.actions import assignments, reminders, reviews, workflow
from assessments.models import Assessment
from assessments.schedule import step_on
from config.settings import base
from outbox.actions import deliver_due
from outbox.models import Mail
from tests import factories
from tests.servers import wait_for
from users.actions import mute_mail
from users.models import User
from vendors.actions.invitations import remove_member
from vendors.actions.vendors import archive_vendor
from vendors.models import MemberRole, Vendor

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)
REMINDERS = ("assessment.due", "assessment.overdue")
At = Callable[..., None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock, to noon of a day so many days from the due date."""

    def set_to(days: int, *, hour: int = 12) -> None:
        day = DUE + timedelta(days=days)
        now = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(-40)
    return set_to


@pytest.fixture
def asked(at: At, acme: Vendor, rita: User, tom: User) -> Assessment:
    """Acme's assessment, sent 40 days before it is due. Its mails have gone."""
    assessment = factories.make_assessment(vendor=acme, state="in_progress", due_on=DUE)
    deliver_due()
    mail.outbox.clear()
    return assessment


def put(*, kinds: tuple[str, ...] = REMINDERS) -> list[tuple[str, str]]:
    """The reminders of the outbox so far: kind and step."""
    found = Mail.objects.filter(kind__in=kinds).order_by("pk")
    return [(row.kind.partition(".")[2], row.occasion.rpartition("/")[2]) for row in found]


def sent() -> list[tuple[list[str], str, str]]:
    """What was really sent since the last look."""
    deliver_due()
    found = [(message.to, message.subject, message.body) for message in mail.outbox]
    mail.outbox.clear()
    return found


# --- What is sent when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "step"),
    [(-40, None), (-15, None), (-14, -14), (-13, -14), (-8, -14), (-7, -7), (-2, -7), (-1, -1), (0, -1)]
    + [(1, 1), (7, 1), (8, 8), (14, 8), (15, 15), (100, 99)],
)
def test_the_step_of_each_day(days: int, step: int | None) -> None:
    assert step_on(DUE + timedelta(days=days), DUE) == step


def test_the_schedule_is_a_setting(settings: LazySettings) -> None:
    settings.REMIND_DAYS_BEFORE, settings.OVERDUE_EVERY_DAYS = [10, 0], 3
    days = (-11, -10, -1, 0, 1, 3, 4)
    assert [step_on(DUE + timedelta(days=each), DUE) for each in days] == [None, -10, -10, 0, 1, 1, 4]
    settings.REMIND_DAYS_BEFORE, settings.OVERDUE_EVERY_DAYS = [], 0
    assert {step_on(DUE + timedelta(days=each), DUE) for each in range(-20, 20)} == {None}


def test_every_day_from_sending_to_long_overdue(asked: Assessment, at: At) -> None:
    happened = []
    for days in range(-40, 20):
        for hour in (9, 10, 23):
            at(days, hour=hour)
            if reminders.send_reminders():
                happened.append((days, hour))
    assert happened == [(-14, 9), (-7, 9), (-1, 9), (1, 9), (8, 9), (15, 9)]
    assert put() == [
        ("due", "-14"),
        ("due", "-7"),
        ("due", "-1"),
        ("overdue", "1"),
        ("overdue", "8"),
        ("overdue", "15"),
    ]
    assert set(Mail.objects.filter(kind__in=REMINDERS).values_list("to", flat=True)) == {"rita@acme.example"}


@pytest.mark.parametrize(
    ("days", "subject", "words"),
    [
        (-14, "Alder Mutual waits for your answers: due in 14 days", "They are due in 14 days, on 31 December 2026."),
        (-1, "Alder Mutual waits for your answers: due tomorrow", "They are due tomorrow, on 31 December 2026."),
        (0, "Alder Mutual waits for your answers: due today", "They are due today, on 31 December 2026."),
        (
            8,
            "Alder Mutual waits for your answers: overdue",
            "They were due on 31 December 2026. If you need more time, ask for a later date.",
        ),
    ],
)
def test_what_a_reminder_says(asked: Assessment, at: At, days: int, subject: str, words: str) -> None:
    at(days)
    assert reminders.send_reminders() == 1
    ((to, found, body),) = sent()
    said, _, end = body.partition("\n\n-- \n")
    assert (to, found) == (["rita@acme.example"], subject)
    assert said == (
        f"Alder Mutual waits for your answers about how you run AWS. {words} Open the questions:\n\n"
        f"http://localhost:8000/assessments/{asked.pk}/questions/"
    )
    assert end.startswith("To get no more mails like this, open:\nhttp://localhost:8000/accounts/mail/")


def test_the_hour_is_a_setting_of_the_sites_own_time(asked: Assessment, at: At, settings: LazySettings) -> None:
    settings.TIME_ZONE, settings.REMIND_AT = "Asia/Tokyo", 9
    assert timezone.get_current_timezone() == ZoneInfo("Asia/Tokyo")
    at(-15, hour=23)  # 08:30 of the next day there
    assert reminders.send_reminders() == 0
    at(-14, hour=0)  # 09:30
    assert reminders.send_reminders() == 1
    assert put() == [("due", "-14")]


# --- Once, and never lost ------------------------------------------------------------------------------------------


def test_asked_twice_it_is_sent_once(asked: Assessment, at: At) -> None:
    at(-7)
    for _ in range(3):
        tasks.send_reminders()
    assert put() == [("due", "-7")]
    assert len(sent()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_time_send_it_once(
    asked: Assessment, at: At, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        raise RuntimeError("Locks are those of PostgreSQL: run this with bin/test.")
    at(-7)
    monkeypatch.setattr("outbox.publish._publish", lambda task, ids: None)
    came_to, asked_for, others = [], [], []

    def second_worker() -> None:
        try:
            came_to.append(reminders.send_reminders())
        except Exception as error:
            came_to.append(error)
        finally:
            connection.close()

    def waits_for_a_lock() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone() != (0,)

    def leads(assessment: Assessment) -> list[User]:
        """Asked in the middle of the first worker's turn, who lets the second one come as far as it gets."""
        asked_for.append(assessment)
        if not others:
            others.append(Thread(target=second_worker))
            others[0].start()
            wait_for(lambda: len(asked_for) > 1 or waits_for_a_lock(), what="the second worker comes to the lock")
        return [rita]

    monkeypatch.setattr(reminders, "at_work_on", leads)
    came_to.append(reminders.send_reminders())
    others[0].join()
    assert sorted(came_to, key=str) == [0, 1]
    assert put() == [("due", "-7")]


def test_days_without_a_worker_bring_what_is_true_then_and_no_heap(asked: Assessment, at: At) -> None:
    at(-10)  # nobody worked on the fourteenth day before
    assert reminders.send_reminders() == 1
    assert sent()[0][1] == "Alder Mutual waits for your answers: due in 10 days"
    at(-9)
    assert reminders.send_reminders() == 0
    at(30)  # then for a month
    assert reminders.send_reminders() == 1
    assert put() == [("due", "-14"), ("overdue", "29")]


def test_a_clock_that_jumps_tells_nobody_twice(asked: Assessment, at: At) -> None:
    at(-7)
    reminders.send_reminders()
    at(-14)  # the clock was wrong, and goes back
    assert reminders.send_reminders() == 0
    at(-7)
    assert reminders.send_reminders() == 0
    at(-1)
    assert reminders.send_reminders() == 1


def test_what_waited_too_long_is_not_sent(asked: Assessment, at: At) -> None:
    at(-1)
    reminders.send_reminders()
    at(1)  # the mail server was down for two days
    reminders.send_reminders()
    assert [subject for _, subject, _ in sent()] == ["Alder Mutual waits for your answers: overdue"]
    assert list(Mail.objects.filter(kind__in=REMINDERS).order_by("pk").values_list("state", flat=True)) == [
        "dropped",
        "sent",
    ]


def test_a_changed_due_date_starts_anew(asked: Assessment, at: At, ana: User) -> None:
    at(-7)
    reminders.send_reminders()
    later = DUE + timedelta(days=7)
    workflow.edit_assessment(assessment=asked, period=asked.period, due_on=later, analyst=None, by=ana)
    assert sent() == []  # the reminder that still waited names a date that is none any more
    reminders.send_reminders()
    assert sent()[0][1] == "Alder Mutual waits for your answers: due in 14 days"
    at(0)
    reminders.send_reminders()
    assert put() == [("due", "-7"), ("due", "-14"), ("due", "-7")]


def test_who_was_just_sent_the_questions_is_not_reminded_at_once(at: At, acme: Vendor, rita: User, ana: User) -> None:
    at(-10)
    assessment = factories.make_assessment(vendor=acme, state="in_progress", due_on=DUE)
    assert reminders.send_reminders() == 0
    at(-7)
    assert reminders.send_reminders() == 1
    at(-3)
    assessment = submitted_by(rita, assessment)
    assert reminders.send_reminders() == 0
    at(-1)
    reviews.ask(answer=assessment.answers.first(), text="Which accounts?", by=ana)
    workflow.request_changes(assessment=assessment, by=ana)
    assert reminders.send_reminders() == 0  # the mail of what was sent back says tomorrow
    at(1)
    assert reminders.send_reminders() == 1
    assert put() == [("due", "-7"), ("overdue", "1")]


def submitted_by(lead: User, assessment: Assessment) -> Assessment:
    """The move alone: what was answered makes no difference to a reminder."""
    now = timezone.now()
    return workflow.move(assessment=assessment, name="submit", by=lead, submitted_at=now, submitted_by=lead)


# --- Who gets none -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "submitted", "closed", "cancelled"])
def test_who_has_nothing_to_do_is_not_reminded(at: At, acme: Vendor, rita: User, state: str) -> None:
    factories.make_assessment(vendor=acme, state=state, due_on=DUE)
    at(1)
    assert reminders.send_reminders() == 0


def test_what_was_sent_back_is_reminded_of(at: At, acme: Vendor, rita: User) -> None:
    factories.make_assessment(vendor=acme, state="changes_requested", due_on=DUE)
    at(1)
    assert reminders.send_reminders() == 1


def _submit(assessment: Assessment, rita: User, ana: User) -> None:
    submitted_by(rita, assessment)


def _cancel(assessment: Assessment, rita: User, ana: User) -> None:
    workflow.cancel(assessment=assessment, by=ana)


def _archive(assessment: Assessment, rita: User, ana: User) -> None:
    archive_vendor(vendor=assessment.vendor, by=ana)


def _remove(assessment: Assessment, rita: User, ana: User) -> None:
    factories.make_member(assessment.vendor)  # the only lead cannot be removed
    remove_member(member=rita.memberships.get(), by=ana)


def _make_respondent(assessment: Assessment, rita: User, ana: User) -> None:
    rita.memberships.update(role=MemberRole.RESPONDENT)


def _disable(assessment: Assessment, rita: User, ana: User) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)


def _mute(assessment: Assessment, rita: User, ana: User) -> None:
    mute_mail(user=rita, by=rita)


ENDS = [_submit, _cancel, _archive, _remove, _make_respondent, _disable, _mute]


@pytest.mark.parametrize("end", ENDS)
def test_who_is_not_to_be_reminded_gets_no_mail(
    asked: Assessment, at: At, rita: User, ana: User, end: Callable[..., None]
) -> None:
    end(asked, rita, ana)
    at(-7)
    reminders.send_reminders()
    assert not Mail.objects.filter(kind__in=REMINDERS, to=rita.email).exists()


@pytest.mark.parametrize("end", ENDS)
def test_a_reminder_on_its_way_is_stopped(
    asked: Assessment, at: At, rita: User, ana: User, end: Callable[..., None]
) -> None:
    at(-7)
    reminders.send_reminders()
    end(asked, rita, ana)
    deliver_due()
    row = Mail.objects.get(kind="assessment.due", to=rita.email)
    assert (row.state, row.sent_at) == ("dropped", None)


def test_the_other_vendor_is_reminded_of_its_own(asked: Assessment, at: At, birch: Vendor, sam: User) -> None:
    other = factories.make_assessment(vendor=birch, state="in_progress", due_on=DUE + timedelta(days=90))
    at(-1)
    reminders.send_reminders()
    ((to, _, body),) = [one for one in sent() if "waits" in one[1]]
    assert to == ["rita@acme.example"]
    assert f"/assessments/{other.pk}/" not in body


# --- The other letters ---------------------------------------------------------------------------------------------


def test_leads_are_told_that_their_answers_are_accepted_and_no_result(at: At, acme: Vendor, rita: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed", due_on=DUE)
    row = Mail.objects.get(kind="assessment.accepted")
    assert (row.to, row.params) == ("rita@acme.example", {"assessment": closed.pk, "user": rita.pk})
    ((subject, body),) = [(subject, body) for _, subject, body in sent() if "accepted" in subject]
    assert subject == "Alder Mutual has accepted your answers"
    assert body.partition("\n\n-- \n")[0] == (
        "Alder Mutual has accepted your answers about how you run AWS and finished its review. "
        "There is nothing more for you to do. You can still read them:\n\n"
        f"http://localhost:8000/assessments/{closed.pk}/questions/"
    )


def test_an_accepted_mail_is_dropped_when_the_assessment_was_opened_again(at: At, acme: Vendor, rita: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed", due_on=DUE)
    other = factories.make_staff("Mia Manager", "manager")
    workflow.reopen(assessment=closed, reason="New evidence", by=other)
    deliver_due()
    assert Mail.objects.get(kind="assessment.accepted").state == "dropped"


@pytest.mark.parametrize("optional", [True, False])
def test_a_colleague_is_told_of_questions_given_to_them(
    asked: Assessment, rita: User, tom: User, optional: bool
) -> None:
    tom.has_optional_mail = optional  # it is essential, so this makes no difference
    tom.save()
    assignments.assign(assessment=asked, numbers=[5, 13], to=tom, by=rita)
    assert sent() == [
        (
            ["tom@acme.example"],
            "Alder Mutual asks about your AWS security: some questions are for you",
            "Alder Mutual asks how you run AWS, and a colleague of yours has given some of its questions to you. "
            "The answers are due on 31 December 2026. Your work is saved as you go, and your lead submits it. "
            f"Open your questions:\n\nhttp://localhost:8000/assessments/{asked.pk}/questions/\n",
        )
    ]


def test_who_still_has_a_question_to_answer_is_reminded(asked: Assessment, at: At, rita: User, tom: User) -> None:
    assignments.assign(assessment=asked, numbers=[5, 13], to=tom, by=rita)
    at(-7)
    reminders.send_reminders()
    assert sorted(row.to for row in Mail.objects.filter(kind="assessment.due")) == ["rita@acme.example", tom.email]
    asked.answers.filter(assignee=tom).update(is_complete=True, kind="none_fits")
    deliver_due()
    assert Mail.objects.get(kind="assessment.due", to=tom.email).state == "dropped"
    at(-1)
    reminders.send_reminders()
    assert Mail.objects.filter(kind="assessment.due", to=tom.email).count() == 1


def test_a_colleague_who_was_relieved_of_them_meanwhile_is_not_told(asked: Assessment, rita: User, tom: User) -> None:
    assignments.assign(assessment=asked, numbers=[5], to=tom, by=rita)
    assignments.assign(assessment=asked, numbers=[5], to=rita, by=rita)
    assert sent() == []
    assert Mail.objects.get(kind="answers.assigned").state == "dropped"


def test_the_schedule_runs_every_hour() -> None:
    entry = base.CELERY_BEAT_SCHEDULE["send-reminders"]
    assert entry == {"task": tasks.send_reminders.name, "schedule": crontab(minute=7)}
