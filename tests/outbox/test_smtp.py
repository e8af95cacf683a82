"""Real mail servers, good and bad: the settings that EMAIL_URL makes, and what the outbox does about each."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone

from config import env
from outbox import actions, letters
from outbox.letters import Kind, Letter
from outbox.models import Mail
from tests.outbox.stub_smtp import CUT, GOOD, HANGS, Stub, stub_smtp

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Mail:
    """A mail that waits."""
    monkeypatch.setattr(letters, "_kinds", {"test.hello": Kind(lambda params: Letter("Hello", "Text\n"), "Hello")})
    return actions.enqueue(kind="test.hello", to="rita@acme.example", params={})


def use(settings: LazySettings, stub: Stub, scheme: str = "smtp", timeout: float = 5) -> None:
    """Send through the stub, with the settings the product makes of an EMAIL_URL."""
    for name, value in env.email(f"{scheme}://127.0.0.1:{stub.port}").items():
        setattr(settings, name, value)
    settings.EMAIL_TIMEOUT = timeout


def tried(row: Mail) -> tuple[str, int, str]:
    """One try, when it is due."""
    Mail.objects.update(due_at=timezone.now())
    actions.deliver(mail_id=row.pk)
    row.refresh_from_db()
    return row.state, row.attempts, row.problem


def test_every_mail_server_gets_a_time_limit() -> None:
    plain, secure = env.email("smtp://mail.example"), env.email("smtps://user:w%40rd@mail.example:1465")
    assert plain == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": 25,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": 20,
    }
    assert secure == {
        **plain,
        "EMAIL_PORT": 1465,
        "EMAIL_HOST_USER": "user",
        "EMAIL_HOST_PASSWORD": "w@rd",
        "EMAIL_USE_SSL": True,
    }


def test_a_mail_reaches_the_server_as_it_was_written(settings: LazySettings, row: Mail) -> None:
    with stub_smtp() as stub:
        use(settings, stub)
        assert tried(row) == ("sent", 1, "")
    (text,) = stub.messages
    assert b"\r\nTo: rita@acme.example\r\n" in text
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in text
    assert text.endswith(b"\r\n\r\nText\r\n")


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ("421 too busy", "SMTPRecipientsRefused"),
        ("451 come back later", "SMTPRecipientsRefused"),
        ("550 no such user", "SMTPRecipientsRefused"),
        (CUT, "SMTPServerDisconnected"),
    ],
)
def test_what_a_server_refuses_is_sent_when_it_has_changed_its_mind(
    settings: LazySettings, row: Mail, behaviour: str, problem: str
) -> None:
    with stub_smtp(behaviour) as stub:
        use(settings, stub)
        assert tried(row) == ("queued", 1, f"{problem}: the mail server did not take it")
        assert row.due_at - timezone.now() > timedelta(seconds=30)
        stub.behaviour = GOOD
        stub.messages.clear()
        assert tried(row) == ("sent", 2, "")
    assert len(stub.messages) == 1


def test_a_server_that_hangs_holds_nobody_up_for_ever(settings: LazySettings, row: Mail) -> None:
    with stub_smtp(HANGS) as stub:
        use(settings, stub, timeout=0.2)
        assert tried(row) == ("queued", 1, "SMTPServerDisconnected: the mail server did not take it")
        assert stub.connections == 1


def test_a_server_that_is_not_there_is_tried_again(settings: LazySettings, row: Mail) -> None:
    with stub_smtp() as stub:
        pass
    use(settings, stub)
    assert tried(row) == ("queued", 1, "ConnectionRefusedError: the mail server did not take it")


def test_a_certificate_is_checked(settings: LazySettings) -> None:
    for name, value in env.email("smtps://127.0.0.1").items():
        setattr(settings, name, value)
    context = mail.get_connection().ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_demo_writes_mails_into_a_folder(settings: LazySettings, row: Mail, tmp_path: Path) -> None:
    for name, value in env.email(f"file://{tmp_path}").items():
        setattr(settings, name, value)
    assert tried(row) == ("sent", 1, "")
    (letter,) = tmp_path.glob("*.log")
    assert "\nSubject: Hello\n" in letter.read_text()
