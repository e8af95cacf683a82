"""Thin tasks: they take ids and call actions."""

from celery import shared_task

from assessments.actions import reports


@shared_task
def render_report(*, report_id: int) -> None:
    """Render one report."""
    reports.render_now(report_id=report_id)


@shared_task
def requeue_reports() -> None:
    """Every minute: what a lost message, a flushed broker or a killed worker left behind."""
    reports.requeue_lost()
