"""Put a mail into the outbox, and send it."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from outbox import letters
from outbox.models import Mail
from outbox.publish import after_commit

log = logging.getLogger("assay.mail")

# After the last wait the mail counts as not sent, and staff see it.
WAITS = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
]


def enqueue(*, kind: str, to: str, params: Mapping[str, object], vendor: int | None = None) -> Mail:
    """Store one mail, in the transaction of the write it tells about, and wake the worker after commit."""
    from outbox.tasks import send_mail  # noqa: PLC0415 -- tasks are leaves

    mail = Mail.objects.create(kind=kind, to=to, params=dict(params), vendor=vendor, due_at=timezone.now())
    after_commit(send_mail, mail_id=mail.pk)
    return mail


def deliver(*, mail_id: int) -> None:
    """Send one mail if it is due. Safe to call twice; a failure is tried again later and never raised."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id, state=Mail.State.QUEUED).first()
        if mail is None or mail.due_at > timezone.now():
            return
        # Claimed: another worker that gets the same message finds it not due.
        mail.attempts += 1
        mail.due_at = timezone.now() + WAITS[min(mail.attempts, len(WAITS)) - 1]
        mail.save(update_fields=["attempts", "due_at"])
    try:
        letter = letters.write(mail.kind, mail.params)
        if letter is not None:
            EmailMessage(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
    except Exception as error:  # refused, hanging, cut off: all of them mean "not sent", and the row says so
        log.warning("mail not sent", extra={"mail": mail.pk, "error": type(error).__name__})
        mail.problem = f"{type(error).__name__}: the mail server did not take it"[:200]
        mail.state = Mail.State.FAILED if mail.attempts >= len(WAITS) else Mail.State.QUEUED
        mail.save(update_fields=["problem", "state"])
        return
    mail.problem = ""
    mail.state = Mail.State.SENT if letter else Mail.State.DROPPED
    mail.sent_at = timezone.now() if letter else None
    mail.save(update_fields=["problem", "state", "sent_at"])


def deliver_due() -> None:
    """Send everything that is due: what a lost message or a stopped worker left behind, and second tries."""
    due = Mail.objects.filter(state=Mail.State.QUEUED, due_at__lte=timezone.now()).order_by("due_at")
    for mail_id in list(due.values_list("pk", flat=True)[:200]):
        deliver(mail_id=mail_id)
