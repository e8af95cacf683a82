"""The outbox: a row first; what fails is tried again and never lost; nothing is sent twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from outbox import actions, letters, publish
from outbox.letters import Letter
from outbox.models import Mail
from outbox.tasks import send_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of mail, one of which is never needed."""
    writers = {"test.hello": lambda params: Letter("Hello", f"Number {params['n']}"), "test.late": lambda params: None}
    monkeypatch.setattr(letters, "_writers", writers)


def hello() -> Mail:
    return actions.enqueue(kind="test.hello", to="rita@acme.example", params={"n": 7}, vendor=1)


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no")


def test_a_mail_is_sent_once() -> None:
    row = hello()
    for _ in range(2):  # the message was delivered twice
        actions.deliver(mail_id=row.pk)
    assert [(m.subject, m.body, m.to) for m in mail.outbox] == [("Hello", "Number 7", ["rita@acme.example"])]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.sent_at is not None) == ("sent", 1, True)


def test_a_server_that_refuses_is_tried_again_later(settings: object) -> None:
    row = hello()
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Refusing"
    actions.deliver(mail_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 1)
    assert row.problem == "ConnectionRefusedError: the mail server did not take it"
    assert timedelta(seconds=50) < row.due_at - timezone.now() <= timedelta(minutes=1)
    settings.EMAIL_BACKEND = backend
    actions.deliver_due()
    assert len(mail.outbox) == 0  # not due yet
    Mail.objects.update(due_at=timezone.now())
    actions.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.problem, len(mail.outbox)) == ("sent", "", 1)


def test_after_the_last_try_it_counts_as_not_sent(settings: object) -> None:
    row = hello()
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    for _ in actions.WAITS:
        Mail.objects.update(due_at=timezone.now())
        actions.deliver(mail_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 6)


def test_a_mail_nobody_needs_any_more_is_dropped() -> None:
    row = actions.enqueue(kind="test.late", to="rita@acme.example", params={})
    actions.deliver(mail_id=row.pk)
    row.refresh_from_db()
    assert (row.state, len(mail.outbox)) == ("dropped", 0)


def test_a_kind_that_cannot_be_written_does_not_stop_the_others() -> None:
    bad = actions.enqueue(kind="test.unheard-of", to="rita@acme.example", params={})
    good = hello()
    actions.deliver_due()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("queued", "sent")


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
