"""Muting reminders and news: from the profile, and by the link of a mail, which only asks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment
from audit.models import Event
from outbox import letters
from outbox.actions import deliver_due, enqueue
from tests import factories
from users.mail import mute_link
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
MUTE = "/accounts/mail/"


def path_of(user: User) -> str:
    return mute_link(user).removeprefix("http://localhost:8000")


def muted(user: User) -> bool:
    return not User.objects.get(pk=user.pk).has_optional_mail


def test_opening_the_link_changes_nothing_and_the_button_mutes(client: Client, rita: User) -> None:
    shown = client.get(path_of(rita), follow=True)
    assert shown.redirect_chain == [(MUTE, 302)]
    words = shown.content.decode()
    assert (
        "Assay would no longer write to rita@acme.example when answers fall due, are overdue or are accepted, and when "
        "findings are overdue or verified as fixed." in words
    )
    assert not muted(rita)
    done = client.post(MUTE, follow=True).content.decode()
    assert "Reminders and news are off" in done
    assert muted(rita)
    client.post(MUTE)  # a second click
    (event,) = Event.objects.filter(kind="mail.muted")
    assert (event.actor, event.target) == (rita.pk, f"user:{rita.pk}")


def test_staff_read_what_they_mute(client: Client, ana: User) -> None:
    shown = client.get(path_of(ana), follow=True).content.decode()
    assert (
        "when answers are submitted, a report is ready, a fix is to be checked or a condition is past its date."
        in shown
    )
    client.post(MUTE)
    assert muted(ana)


def test_the_link_speaks_for_its_person_whoever_is_signed_in(client: Client, rita: User, sam: User) -> None:
    client.force_login(sam)
    client.get(path_of(rita))
    client.post(MUTE)
    assert (muted(rita), muted(sam)) == (True, False)


def test_muting_needs_the_token_of_a_form(rita: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(path_of(rita), follow=True)
    assert client.post(MUTE).status_code == 403
    assert not muted(rita)


def _forged(user: User) -> str:
    head, _, _ = path_of(user).rstrip("/").rpartition(":")
    return f"{head}:{'A' * 43}/"


def _of_another_purpose(user: User) -> str:
    return f"{MUTE}{signing.dumps(user.pk, salt='something else')}/"


def _swapped(user: User) -> str:
    """The signature of one person's link under another person's id."""
    other = factories.make_user("Otto Other", email="otto@x.example")
    own, foreign = path_of(user).removeprefix(MUTE), path_of(other).removeprefix(MUTE)
    return MUTE + ":".join([foreign.split(":")[0], *own.split(":")[1:]])


@pytest.mark.parametrize("spoil", [_forged, _of_another_purpose, _swapped])
def test_a_link_that_is_not_ours_mutes_nobody(client: Client, rita: User, spoil: Callable[[User], str]) -> None:
    client.get(path_of(rita))  # what an earlier link allowed ends with it
    shown = client.get(spoil(rita), follow=True)
    assert shown.status_code == 410
    assert "This link does not work any more" in shown.content.decode()
    assert client.post(MUTE).status_code == 410
    assert not any(muted(user) for user in User.objects.all())


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 410)])
def test_a_link_is_good_for_ninety_days(
    client: Client, rita: User, monkeypatch: pytest.MonkeyPatch, days: int, status: int
) -> None:
    path = path_of(rita)
    later = (timezone.now() + timedelta(days=days)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.get(path, follow=True).status_code == status


def test_who_may_not_sign_in_any_more_has_no_link(client: Client, rita: User) -> None:
    path = path_of(rita)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert client.get(path, follow=True).status_code == 410


def test_the_session_holds_no_link(client: Client, rita: User) -> None:
    path = path_of(rita)
    client.get(path)
    assert dict(client.session) == {"mutes": rita.pk}


def test_the_profile_mutes_and_brings_back(client: Client, rita: User) -> None:
    client.force_login(rita)
    page = client.get(reverse("users:profile")).content.decode()
    assert "Send me reminders and news by email" in page
    assert "When answers fall due, are overdue or are accepted, and when findings are overdue or verified" in page
    look = {"name": rita.name, "theme": "light", "language": "en-gb", "has_single_keys": "on"}
    client.post(reverse("users:profile"), look)
    assert muted(rita)
    client.post(reverse("users:profile"), {**look, "has_optional_mail": "on"})
    assert not muted(rita)
    first, second = Event.objects.filter(kind="profile.changed").order_by("pk")
    assert [event.detail.data["after"]["has_optional_mail"] for event in (first, second)] == [False, True]


# Each kind of the product: whether a person who has muted reminders and news gets it. New kinds have to decide.
KINDS = {
    "account.confirm_address": True,
    "account.notice": True,
    "account.reset_password": True,
    "account.welcome": True,
    "answers.assigned": True,
    "assessment.accepted": False,
    "assessment.due": False,
    "assessment.overdue": False,
    "assessment.sent": True,
    "assessment.sent_back": True,
    "assessment.submitted": False,
    "condition.overdue": False,
    "finding.fixed": False,
    "finding.overdue": False,
    "finding.reopened": True,
    "finding.verified": False,
    "findings.raised": True,
    "report.ready": False,
    "reviewer.assigned": True,
    "second.asked": True,
    "trail.anchored": False,
    "vendor.invitation": True,
}


def test_what_is_essential_cannot_be_muted() -> None:
    assert {kind: not found.is_optional for kind, found in letters._kinds.items()} == KINDS


@pytest.mark.parametrize(
    ("kind", "state"), [("assessment.sent", "in_progress"), ("assessment.sent_back", "changes_requested")]
)
def test_who_has_muted_still_gets_questions(acme: Vendor, rita: User, kind: str, state: str) -> None:
    rita.has_optional_mail = False
    rita.save()
    factories.make_assessment(vendor=acme, state=state)
    deliver_due()
    (sent,) = [message for message in mail.outbox if message.to == [rita.email]]
    assert "List-Unsubscribe" not in sent.message()
    assert "/accounts/mail/" not in sent.body


def test_staff_who_have_muted_hear_of_no_report(submitted: Assessment, ana: User) -> None:
    ana.has_optional_mail = False
    ana.save()
    row = enqueue(kind="report.ready", to=ana.email, params={"assessment": submitted.pk})
    deliver_due()
    row.refresh_from_db()
    assert (row.state, row.problem) == ("dropped", "The person has muted mail of this kind.")


def test_every_mail_begins_with_who_sends_it(acme: Vendor, rita: User, ana: User) -> None:
    factories.make_assessment(vendor=acme, state="closed", by=ana)
    for template in ("account/email/password_changed", "mfa/email/webauthn_added"):
        enqueue(kind="account.notice", to=rita.email, params={"template": template})
    enqueue(kind="account.reset_password", to=rita.email, params={"user": rita.pk})
    deliver_due()
    assert len(mail.outbox) == 4
    assert [message.body for message in mail.outbox if not message.body.startswith("Alder Mutual ")] == []
    assert not any(acme.name in message.body + message.subject for message in mail.outbox)
