"""Report jobs: one a snapshot, rendered once, and never lost."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.actions import jobs, reports
from assessments.actions.reviews import ReviewContent, review_answer
from assessments.models import Answer, Assessment, Report
from assessments.reports.render import RenderFailed
from assessments.tasks import render_report, requeue_reports
from audit.models import Event
from outbox.models import Mail
from users.models import User


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the reports the worker was told about."""
    ids: list[int] = []
    monkeypatch.setattr(render_report, "apply_async", lambda kwargs: ids.append(kwargs["report_id"]))
    return ids


@pytest.fixture
def job(submitted: Assessment, max: User) -> Report:
    """A draft report, asked for and not rendered."""
    return reports.request(assessment=submitted, by=max)


def quick_pdf(monkeypatch: pytest.MonkeyPatch, pdf: bytes = b"%PDF-1.7 tiny") -> list[object]:
    """Rendering takes no time; gives back what was rendered."""
    rendered: list[object] = []

    def render(snapshot: object, *, open_image: object, on_step: object) -> bytes:
        on_step(5, 7)
        rendered.append(snapshot)
        return pdf

    monkeypatch.setattr(reports, "render", render)
    return rendered


def test_asking_twice_is_one_job(submitted: Assessment, job: Report, ana: User) -> None:
    assert reports.request(assessment=submitted, by=ana).pk == job.pk
    assert Report.objects.count() == 1
    assert Event.objects.filter(kind="report.requested").count() == 1


def test_a_changed_result_is_another_report(submitted: Assessment, job: Report, ana: User) -> None:
    answer = Answer.objects.select_related("criterion").get(assessment=submitted, criterion__number=13)
    content = ReviewContent(result="not_met", matched=["aws-core-13-f1"])
    review_answer(answer=answer, content=content, base_version=0, by=ana)
    assert reports.request(assessment=submitted, by=ana).pk != job.pk


def test_a_rendered_report_is_kept_with_its_hash_and_told_once(
    job: Report, max: User, monkeypatch: pytest.MonkeyPatch, submitted: Assessment
) -> None:
    rendered = quick_pdf(monkeypatch)
    for _ in range(2):  # the message was delivered twice
        reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.step, job.attempts, len(rendered)) == ("ready", 7, 1, 1)
    with job.file.open() as file:
        assert file.read() == b"%PDF-1.7 tiny"
    assert job.sha256 == hashlib.sha256(b"%PDF-1.7 tiny").hexdigest()
    submitted.refresh_from_db()
    assert submitted.last_report == job
    assert [(m.to, m.params) for m in Mail.objects.filter(kind="report.ready")] == [
        (max.email, {"assessment": submitted.pk})
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RenderFailed("One evidence image could not be read (E7)."), "One evidence image could not be read (E7)."),
        (ZeroDivisionError(), "Something in it could not be laid out."),
    ],
)
def test_a_failure_says_why_and_can_be_tried_again(
    job: Report, submitted: Assessment, max: User, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*args: object, **kwargs: object) -> bytes:
        raise error

    monkeypatch.setattr(reports, "render", fail)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem, len(job.reference)) == ("failed", words, 4)
    again = reports.request(assessment=submitted, by=max)
    assert (again.pk, again.state, again.problem, again.attempts) == (job.pk, "queued", "", 0)
    quick_pdf(monkeypatch)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert job.state == "ready"


def test_a_job_in_another_workers_hands_is_left_alone(job: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = quick_pdf(monkeypatch)
    Report.objects.filter(pk=job.pk).update(state="rendering", attempts=1, touched_at=timezone.now())
    reports.render_now(report_id=job.pk)
    assert rendered == []


def test_a_killed_workers_job_is_taken_up_and_given_up_after_three_times(
    job: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = quick_pdf(monkeypatch)
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Report.objects.filter(pk=job.pk).update(state="rendering", attempts=3, touched_at=long_ago)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, rendered) == ("failed", [])
    Report.objects.filter(pk=job.pk).update(state="rendering", attempts=2, touched_at=long_ago)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, len(rendered)) == ("ready", 3, 1)


def test_lost_messages_are_published_again(
    submitted: Assessment, max: User, told: list[int], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    def requeued(state: str, minutes: int) -> list[int]:
        """What is published again for a job in this state that nobody touched for so long."""
        Report.objects.update(state=state, touched_at=timezone.now() - timedelta(minutes=minutes))
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            requeue_reports()
        return list(told)

    with django_capture_on_commit_callbacks(execute=True):
        job = reports.request(assessment=submitted, by=max)
    assert told == [job.pk]
    assert requeued("queued", 0) == []  # its message is on the way
    assert requeued("queued", 2) == [job.pk]
    assert requeued("rendering", 2) == []
    assert requeued("rendering", 7) == [job.pk]
    assert requeued("failed", 60) == []


def test_a_report_that_was_deleted_meanwhile_is_no_error(job: Report) -> None:
    Report.objects.all().delete()
    reports.render_now(report_id=job.pk)


def test_the_trail_holds_after_all_this(job: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_pdf(monkeypatch)
    reports.render_now(report_id=job.pk)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().endswith("events verified.\n")
