"""Vendors are chased for overdue findings: all in one mail, once a week, and none to whom it does not concern."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone

from assessments.actions import findings, reminders
from assessments.models import Finding
from outbox.actions import deliver_due
from outbox.models import Mail
from tests import factories
from tests.assessments.findings import closed_with
from tests.assessments.test_reminders import At
from users.actions import mute_mail
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import MemberRole, Vendor

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)
SUBJECT = "Alder Mutual waits for a fix: overdue"


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
def two(at: At, acme: Vendor, rita: User, tom: User, ana: User) -> tuple[Finding, ...]:
    """Acme's findings, both to be fixed by the same day. Their mails have gone."""
    made = closed_with(acme, 12, 13, by=ana)
    Finding.objects.update(due_on=DUE)
    deliver_due()
    mail.outbox.clear()
    return made


def sent() -> list[tuple[str, str]]:
    """To whom and with which subject mails were really sent since the last look."""
    deliver_due()
    found = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_one_mail_about_all_of_them_and_one_each_week(two: tuple[Finding, ...], at: At, rita: User) -> None:
    told = []
    for days in range(-2, 17):
        at(days)
        for _ in range(2):  # the task runs each hour
            if reminders.chase_findings():
                told.append(days)
    assert told == [1, 8, 15]
    assert sent() == [(rita.email, SUBJECT)] * 3


def test_it_is_too_early_before_the_hour(two: tuple[Finding, ...], at: At, settings: LazySettings) -> None:
    settings.REMIND_AT = 9
    at(1, hour=8)
    assert reminders.chase_findings() == 0
    at(1, hour=9)
    assert reminders.chase_findings() == 1


def test_the_days_between_are_a_setting(two: tuple[Finding, ...], at: At, settings: LazySettings) -> None:
    settings.FINDINGS_EVERY_DAYS = 0
    at(30)
    assert reminders.chase_findings() == 0
    settings.FINDINGS_EVERY_DAYS = 3
    assert reminders.chase_findings() == 1
    at(33)
    assert reminders.chase_findings() == 1


def test_only_what_is_left_to_the_vendor_is_chased(
    two: tuple[Finding, ...], at: At, rita: User, ana: User, max: User
) -> None:
    at(1)
    one, other = two
    findings.mark_fixed(finding=one, words="Done.", by=rita)
    assert reminders.chase_findings() == 1
    at(8)
    findings.verify(finding=other, words="Seen.", base_version=1, by=ana)
    assert reminders.chase_findings() == 0
    Finding.objects.filter(pk=other.pk).update(
        state="accepted", accepted_by=max, accepted_until=DUE + timedelta(days=99), accepted_reason="Small."
    )
    assert reminders.chase_findings() == 0


def test_leads_alone_are_told_and_not_who_has_muted_it(
    two: tuple[Finding, ...], at: At, acme: Vendor, rita: User
) -> None:
    lena = factories.make_user("Lena Roth", email="lena@acme.example")
    factories.make_member(acme, lena, role=MemberRole.LEAD)
    mute_mail(user=lena, by=lena)
    at(1)
    assert reminders.chase_findings() == 1
    assert sent() == [(rita.email, SUBJECT)]


def test_a_vendor_out_of_use_is_left_alone(two: tuple[Finding, ...], at: At, acme: Vendor, max: User) -> None:
    archive_vendor(vendor=acme, by=max)
    at(1)
    assert reminders.chase_findings() == 0


def test_a_mail_is_not_sent_once_it_is_fixed(two: tuple[Finding, ...], at: At, rita: User) -> None:
    at(1)
    assert reminders.chase_findings() == 1
    for finding in two:
        findings.mark_fixed(finding=finding, words="Done.", by=rita)
    assert (rita.email, SUBJECT) not in sent()
    assert Mail.objects.get(kind="finding.overdue").state == Mail.State.DROPPED


def test_findings_carried_over_are_chased_once(
    two: tuple[Finding, ...], at: At, acme: Vendor, ana: User, rita: User
) -> None:
    new = closed_with(acme, 12, 13, by=ana, period="2027")
    assert [one.carried_from for one in new] == list(two)
    Finding.objects.filter(pk__in=[one.pk for one in new]).update(due_on=DUE + timedelta(days=60))
    at(30)
    assert reminders.chase_findings() == 0
    at(61)
    assert reminders.chase_findings() == 1
