"""Report jobs: one a snapshot, rendered once, and never lost."""

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any, BinaryIO

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from assessments.actions import jobs, reports
from assessments.actions.reviews import ReviewContent, review_answer
from assessments.models import Answer, Assessment, Report
from assessments.reports import makers
from assessments.reports.box import TOO_LARGE, TOO_LONG
from assessments.reports.kinds import Kind
from assessments.reports.material import Material, RenderFailed, Trail
from assessments.tasks import render_report, requeue_reports
from audit.models import Event
from audit.trail import head_of
from outbox.models import Mail
from tests.reports.test_build import add_evidence
from tests.reports.test_render import flat, text_of
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


def quick_pdf(monkeypatch: pytest.MonkeyPatch, pdf: bytes = b"%PDF-1.7 tiny") -> Callable[[], int]:
    """Laying out takes no time. Gives back how often it was done, in whatever process."""
    counter, path = tempfile.mkstemp()
    os.close(counter)

    def write(snapshot: object, material: Material, out: BinaryIO) -> None:
        material.on_step(5, 7)
        with open(path, "ab") as file:
            file.write(b".")
        out.write(pdf)

    monkeypatch.setitem(makers.MAKERS, Kind.REPORT, write)
    return lambda: os.stat(path).st_size


def content_of(report: Report) -> bytes:
    """What is stored of it."""
    with report.file.open() as file:
        return bytes(file.read())


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
    assert (job.state, job.step, job.attempts, rendered()) == ("ready", 7, 1, 1)
    assert content_of(job) == b"%PDF-1.7 tiny"
    assert job.sha256 == hashlib.sha256(b"%PDF-1.7 tiny").hexdigest()
    submitted.refresh_from_db()
    assert submitted.last_report == job
    assert [(m.to, m.params) for m in Mail.objects.filter(kind="report.ready")] == [(max.email, {"report": job.pk})]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RenderFailed("One evidence image could not be read (E7)."), "One evidence image could not be read (E7)."),
        (ZeroDivisionError(), "Something in it could not be laid out."),
        (MemoryError(), TOO_LARGE),
    ],
)
def test_a_failure_says_why_and_can_be_tried_again(
    job: Report, submitted: Assessment, max: User, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*args: object, **kwargs: object) -> bytes:
        raise error

    monkeypatch.setitem(makers.MAKERS, Kind.REPORT, fail)
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
    assert rendered() == 0


def test_a_table_that_takes_too_long_says_so_as_well(
    submitted: Assessment, max: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not laid out is written by the worker itself, which Celery tells that time is up."""

    def slow(*args: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setitem(makers.MAKERS, Kind.TABLE, slow)
    job = reports.request(assessment=submitted, by=max, kind=Kind.TABLE)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", TOO_LONG)


def test_a_store_without_room_fails_in_words_and_leaves_nothing_half(
    job: Report, submitted: Assessment, max: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    quick_pdf(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", full)
        reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem, job.file.name) == (
        "failed",
        "The store of the files did not answer, or has no room. Try again, or tell whoever runs Assay.",
        "",
    )
    reports.render_now(report_id=reports.request(assessment=submitted, by=max).pk)
    job.refresh_from_db()
    assert (job.state, content_of(job)) == ("ready", b"%PDF-1.7 tiny")


@pytest.mark.parametrize("end", ["ready", "rendering"])
def test_a_worker_that_was_taken_for_dead_does_not_undo_what_another_did(
    job: Report, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """It comes back late, and fails; the job is done by then, or in the hands of the next."""

    def overtaken() -> None:
        with monkeypatch.context() as patch:
            rendered = quick_pdf(patch)
            long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
            Report.objects.filter(pk=job.pk).update(touched_at=long_ago)
            if end == "ready":
                reports.render_now(report_id=job.pk)
                assert rendered() == 1
            else:
                assert jobs.claim(Report, job.pk, reports.log) is not None
        raise RenderFailed("Too late.")

    as_ever, first = reports.make, [overtaken]
    monkeypatch.setattr(reports, "make", lambda *args, **values: first.pop()() if first else as_ever(*args, **values))
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.problem) == (end, 2, "")


def test_a_killed_workers_job_is_taken_up_and_given_up_after_three_times(
    job: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = quick_pdf(monkeypatch)
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(seconds=1)
    Report.objects.filter(pk=job.pk).update(state="rendering", attempts=3, touched_at=long_ago)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, rendered()) == ("failed", 0)
    Report.objects.filter(pk=job.pk).update(state="rendering", attempts=2, touched_at=long_ago)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, rendered()) == ("ready", 3, 1)


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


def test_each_kind_is_a_job_of_its_own_and_the_last_report_is_the_full_one(
    submitted: Assessment, job: Report, max: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_pdf(monkeypatch)
    monkeypatch.setitem(makers.MAKERS, Kind.TABLE, lambda snapshot, material, out: out.write(material.kind.encode()))
    table = reports.request(assessment=submitted, by=max, kind=Kind.TABLE)
    assert (table.pk != job.pk, table.snapshot_sha256) == (True, job.snapshot_sha256)
    reports.render_now(report_id=job.pk)
    reports.render_now(report_id=table.pk)
    table.refresh_from_db()
    assert (table.state, content_of(table), table.file.name[-4:]) == ("ready", b"table", ".csv")
    submitted.refresh_from_db()
    assert submitted.last_report == job


def test_where_the_trail_stood_is_kept_and_the_same_when_made_again(
    submitted: Assessment, max: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    position, head = head_of(submitted.vendor_id)
    monkeypatch.setitem(
        makers.MAKERS, Kind.DATA, lambda snapshot, material, out: out.write(repr(material.trail).encode())
    )
    job = reports.request(assessment=submitted, by=max, kind=Kind.DATA)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert content_of(job) == repr(Trail(position, head)).encode()
    assert head_of(submitted.vendor_id)[0] > position


def test_evidence_that_is_gone_is_named_and_raises_the_alarm(
    submitted: Assessment, max: User, rita: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = add_evidence(submitted, rita, 13, name="users.csv")
    default_storage.delete(lost.file.name)
    job = reports.request(assessment=submitted, by=max)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    numbers = [item["number"] for item in json.loads(job.snapshot)["evidence"] if item["name"] == "users.csv"]
    assert (job.state, job.missing) == ("ready", [f"E{numbers[0]} users.csv"])
    assert "Missing: the stored file was not there when this report was made." in flat(text_of(content_of(job)))
    assert Event.objects.get(kind="evidence.missing").detail.data == {"files": job.missing}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == ["evidence is missing"]


def test_a_logo_that_is_gone_is_told_in_its_own_words(job: Report, settings: Any) -> None:
    settings.ORGANISATION_LOGO = "nowhere.png"
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (
        "failed",
        "ORGANISATION_LOGO names nowhere.png, which cannot be read: No such file or directory.",
    )


def test_a_snapshot_of_another_version_is_refused_in_words(job: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    Report.objects.update(snapshot=json.dumps({"schema_version": 99}))
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (
        "failed",
        "It was asked for by another version of Assay, which wrote it down in another way.",
    )


def test_the_trail_holds_after_all_this(job: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_pdf(monkeypatch)
    reports.render_now(report_id=job.pk)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().endswith(" events and 0 anchors verified.\n")
