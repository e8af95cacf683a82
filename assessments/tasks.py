"""Thin tasks: they take ids and call actions."""

from celery import shared_task

from assessments.actions import erasure, evaluations, page_images, receipts, recurrence, reminders, reports, retention


@shared_task
def render_report(*, report_id: int) -> None:
    """Render one report."""
    reports.render_now(report_id=report_id)


@shared_task
def render_receipt(*, submission_id: int) -> None:
    """Render the receipt of one submission."""
    receipts.render_now(submission_id=submission_id)


@shared_task
def draw_pages(*, pages_id: int) -> None:
    """Draw the pages of one PDF."""
    page_images.draw_now(pages_id=pages_id)


@shared_task
def requeue_reports() -> None:
    """Every minute: what a lost message, a flushed broker or a killed worker left of reports, receipts and pages."""
    reports.requeue_lost()
    receipts.requeue_lost()
    page_images.requeue_lost()


@shared_task
def evaluate(*, run_id: int) -> None:
    """Evaluate the evidence of one run."""
    evaluations.evaluate_now(run_id=run_id)


@shared_task
def requeue_evaluations() -> None:
    """The same for evaluations."""
    evaluations.requeue_lost()


@shared_task
def send_reminders() -> None:
    """Every hour: remind leads of due dates and overdue findings, managers of conditions past their date."""
    reminders.send_reminders()
    reminders.chase_findings()
    reminders.chase_conditions()


@shared_task
def open_next() -> None:
    """Every hour: open the next assessment, as a draft, of vendors that are due again."""
    recurrence.open_next()


@shared_task
def delete_files(*, tombstone_id: int) -> None:
    """Delete the files of one erased vendor."""
    erasure.delete_files(tombstone_id=tombstone_id)


@shared_task
def finish_erasures() -> None:
    """Every ten minutes: what a lost message, a killed worker or a silent store left of the files of erased vendors."""
    erasure.finish()


@shared_task
def apply_retention() -> None:
    """Every night: delete data that served its purpose."""
    retention.apply()
