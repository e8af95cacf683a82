"""The outbox: a row first; what fails is tried again and never lost; nothing is sent twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError
from django.utils import timezone

from outbox import actions, letters, publish
from outbox.letters import Kind, Letter
from outbox.models import Mail
from outbox.tasks import send_mail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three kinds of mail: essential, optional, and one that is never needed."""

    def hello(params: dict[str, object]) -> Letter:
        return Letter("Hello", f"Number {params['n']}\n")

    known = {
        "test.hello": Kind(hello, "Hello"),
        "test.news": Kind(hello, "News", is_optional=True),
        "test.late": Kind(lambda params: None, "Late"),
    }
    monkeypatch.setattr(letters, "_kinds", known)


def hello(kind: str = "test.hello", to: str = "rita@acme.example") -> Mail:
    return actions.enqueue(kind=kind, to=to, params={"n": 7}, vendor=1)


def delivered(row: Mail) -> Mail:
    """The row after one try."""
    actions.deliver(mail_id=row.pk)
    row.refresh_from_db()
    return row


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no")


def test_a_mail_is_sent_once() -> None:
    row = hello()
    for _ in range(2):  # the message was delivered twice
        actions.deliver(mail_id=row.pk)
    assert [(m.subject, m.body, m.to) for m in mail.outbox] == [("Hello", "Number 7\n", ["rita@acme.example"])]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.sent_at is not None) == ("sent", 1, True)


def test_a_second_worker_leaves_a_mail_alone_that_is_being_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    row = hello()
    later = timezone.now() + timedelta(minutes=5)  # the longest time a task may last

    def send(self: object) -> None:
        with pytest.MonkeyPatch.context() as clock:
            clock.setattr(timezone, "now", lambda: later)
            actions.deliver(mail_id=row.pk)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    assert (delivered(row).state, row.attempts) == ("sent", 1)


def test_a_server_that_refuses_is_tried_again_later(settings: object) -> None:
    row = hello()
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Refusing"
    assert (delivered(row).state, row.attempts) == ("queued", 1)
    assert row.problem == "ConnectionRefusedError: the mail server did not take it"
    assert timedelta(seconds=50) < row.due_at - timezone.now() <= timedelta(minutes=1)
    settings.EMAIL_BACKEND = backend
    actions.deliver_due()
    assert len(mail.outbox) == 0  # not due yet
    Mail.objects.update(due_at=timezone.now())
    actions.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.problem, len(mail.outbox)) == ("sent", "", 1)


def test_the_waits_grow_to_a_day_before_a_mail_counts_as_not_sent(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = hello()
    now = row.due_at
    monkeypatch.setattr(timezone, "now", lambda: now)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    waited = []
    while delivered(row).state == "queued":
        waited.append(row.due_at - now)
        now = row.due_at
    assert [wait.total_seconds() / 60 for wait in waited] == [1, 5, 30, 120, 480, 1440]
    assert (row.state, row.attempts) == ("failed", 7)


def test_a_mail_nobody_needs_any_more_is_dropped_and_says_why() -> None:
    row = delivered(hello("test.late"))
    assert (row.state, row.problem) == ("dropped", "It was no longer true when its turn came.")
    assert mail.outbox == []


def test_a_kind_that_cannot_be_written_does_not_stop_the_others() -> None:
    bad = hello("test.unheard-of")
    good = hello()
    actions.deliver_due()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.problem, good.state) == ("queued", "KeyError: it could not be written", "sent")


def test_an_occasion_has_one_mail() -> None:
    words = {"kind": "test.hello", "to": "rita@acme.example", "params": {"n": 7}}
    actions.enqueue(**words, occasion="due/1")
    with pytest.raises(IntegrityError):
        actions.enqueue(**words, occasion="due/1")


def test_a_mail_says_that_a_machine_wrote_it_and_is_known_again_at_every_try(settings: object) -> None:
    settings.SITE_URL = "https://assay.example:8443"
    row, other = hello(), hello()
    for _ in range(2):
        Mail.objects.filter(pk=row.pk).update(state="queued", sent_at=None, due_at=timezone.now())
        actions.deliver(mail_id=row.pk)
    actions.deliver(mail_id=other.pk)
    first, again, second = (message.message() for message in mail.outbox)
    assert first["Message-ID"] == again["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"].endswith("@assay.example>")
    assert (first["Auto-Submitted"], first["From"], first["List-Unsubscribe"]) == (
        "auto-generated",
        settings.DEFAULT_FROM_EMAIL,
        None,
    )
    assert first.get_content_type() == "text/plain"


def test_a_mail_that_can_be_muted_says_how() -> None:
    user = factories.make_user("Rita Lindqvist", email="rita@acme.example")
    delivered(hello("test.news", to="Rita@acme.example"))
    (sent,) = mail.outbox
    link = sent.body.splitlines()[-1]
    assert sent.body == f"Number 7\n\n-- \nTo get no more mails like this, open:\n{link}\n"
    assert link.startswith("http://localhost:8000/accounts/mail/")
    assert sent.message()["List-Unsubscribe"] == f"<{link}>"
    assert link not in repr(list(Mail.objects.values()))
    user.has_optional_mail = False
    user.save()
    row = delivered(hello("test.news"))
    assert (row.state, row.problem) == ("dropped", "The person has muted mail of this kind.")
    assert delivered(hello()).state == "sent"  # what is essential comes all the same


def test_who_may_not_sign_in_any_more_gets_no_mail() -> None:
    user = factories.make_user("Rita Lindqvist", email="rita@acme.example")
    user.is_active = False
    user.save()
    row = delivered(hello())
    assert (row.state, row.problem, mail.outbox) == ("dropped", "The person may not sign in any more.", [])


def test_news_for_an_address_nobody_has_any_more_is_dropped() -> None:
    row = delivered(hello("test.news"))
    assert (row.state, row.problem) == ("dropped", "Nobody with an account has this address any more.")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionError("broker is down")

    monkeypatch.setattr(send_mail, "apply_async", down)
    row = hello()
    assert Mail.objects.get(pk=row.pk).state == "queued"
    actions.deliver_due()
    assert Mail.objects.get(pk=row.pk).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_told_after_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(send_mail, "apply_async", lambda kwargs: told.append(kwargs))
    row = hello()
    assert told == [{"mail_id": row.pk}]
    publish.after_commit(send_mail, mail_id=3)
    assert told[-1] == {"mail_id": 3}
