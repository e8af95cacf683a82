"""Thin tasks about people."""

from celery import shared_task

from users import anchors


@shared_task
def mail_anchor() -> None:
    """Every day: send the last anchor of the audit trail to the administrators."""
    anchors.mail_anchor()
