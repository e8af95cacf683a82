"""Thin tasks of the mail queue."""

from celery import shared_task

from outbox import actions


@shared_task
def send_mail(*, mail_id: int) -> None:
    """Send one mail."""
    actions.deliver(mail_id=mail_id)


@shared_task
def send_due() -> None:
    """Every minute: send what is due."""
    actions.deliver_due()
