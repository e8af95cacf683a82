"""Put a mail into the outbox, and send it."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from outbox import letters
from outbox.models import Mail
from outbox.publish import after_commit

log = logging.getLogger("assay.mail")

# One try more than waits: after the last one the mail counts as not sent, and administrators see it in the log.
WAITS = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
]
# While one worker talks to the mail server no other takes the mail; above the longest time a task may last.
CLAIMED_FOR = timedelta(minutes=6)


def enqueue(
    *, kind: str, to: str, params: Mapping[str, object], vendor: int | None = None, occasion: str | None = None
) -> Mail:
    """Store one mail, in the transaction of the write it tells about, and wake the worker after commit.

    Raises IntegrityError where the occasion has its mail already.
    """
    from outbox.tasks import send_mail  # noqa: PLC0415 -- tasks are leaves

    mail = Mail.objects.create(
        kind=kind,
        to=to,
        params=dict(params),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        vendor=vendor,
        occasion=occasion,
        due_at=timezone.now(),
    )
    after_commit(send_mail, mail_id=mail.pk)
    return mail


def message_id(mail: Mail) -> str:
    """The same at every try, so that a mail that arrived twice is known to be one; it tells nothing of our numbers."""
    mark = salted_hmac("assay.mail", f"{mail.pk} {mail.created_at.isoformat()}").hexdigest()[:32]
    return f"<{mark}@{urlsplit(settings.SITE_URL).hostname}>"


def _compose(mail: Mail) -> EmailMessage:
    letter, headers = letters.write(mail.kind, mail.to, mail.params, language=mail.language)
    headers["Message-ID"] = message_id(mail)
    return EmailMessage(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers)


def _claim(mail_id: int) -> Mail | None:
    """The mail, if it is due; another worker that gets the same message finds it not due."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id, state=Mail.State.QUEUED).first()
        if mail is None or mail.due_at > timezone.now():
            return None
        mail.attempts += 1
        mail.due_at = timezone.now() + CLAIMED_FOR
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def deliver(*, mail_id: int) -> None:
    """Send one mail if it is due. Safe to call twice; a failure is tried again later and never raised."""
    mail = _claim(mail_id)
    if mail is None:
        return
    words = "it could not be written"
    try:
        message = _compose(mail)
        words = "the mail server did not take it"
        message.send()
    except letters.NotNeeded as reason:
        mail.state, mail.problem = Mail.State.DROPPED, str(reason)
    except Exception as error:  # refused, hanging, cut off: all of them mean "not sent", and the row says so
        log.warning("mail not sent", extra={"mail": mail.pk, "error": type(error).__name__})
        mail.problem = f"{type(error).__name__}: {words}"[:200]
        if mail.attempts > len(WAITS):
            mail.state = Mail.State.FAILED
        else:
            mail.due_at = timezone.now() + WAITS[mail.attempts - 1]
    else:
        mail.state, mail.problem, mail.sent_at = Mail.State.SENT, "", timezone.now()
    said = {name: getattr(mail, name) for name in ("state", "problem", "sent_at", "due_at")}
    Mail.objects.filter(pk=mail.pk).update(**said)  # its vendor may have been erased while it was sent


def deliver_due() -> None:
    """Send everything that is due: what a lost message or a stopped worker left behind, and second tries."""
    due = Mail.objects.filter(state=Mail.State.QUEUED, due_at__lte=timezone.now()).order_by("due_at")
    for mail_id in list(due.values_list("pk", flat=True)[:200]):
        deliver(mail_id=mail_id)
