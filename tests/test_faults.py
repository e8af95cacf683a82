"""Services stop and processes are killed: nothing is lost, and people are told what happened to their work."""

import io
import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from assessments import intake
from assessments.actions import evaluations, evidence, reports
from assessments.models import Assessment, EvaluationRun, Report
from tests.factories import PASSWORD
from tests.http import Visitor
from tests.intake.samples import HEADER, root, user
from tests.servers import celery_worker, database_url, free_port, wait_for, web_server
from users.models import User


def environment(**changes: str) -> dict[str, str]:
    """Of processes that work on the test database."""
    return {
        "DATABASE_URL": database_url(connection.settings_dict),
        "DATA_DIR": str(settings.DATA_DIR),
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        **changes,
    }


def long_ago(report: Report) -> None:
    """As if nobody had touched the job for an hour."""
    Report.objects.filter(pk=report.pk).update(touched_at=timezone.now() - timedelta(hours=1))


def ready(report: Report) -> bool:
    return Report.objects.get(pk=report.pk).state == Report.State.READY


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_page_says_that_nothing_was_saved(static_files: Path, tmp_path: Path) -> None:
    """The server is up and its database is not: 503, our own words, no traceback."""
    port = free_port()
    env = environment(DATABASE_URL=f"postgres://assay@127.0.0.1:{free_port()}/nowhere")
    with web_server(env=env, log=tmp_path / "web", port=port, ready_status=503):
        answer = Visitor(f"http://localhost:{port}").sign_in("rita@acme.example", PASSWORD)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Nothing was saved" in answer.text
    assert "Traceback" not in answer.text
    assert "psycopg2" not in answer.text


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_report_asked_for_without_the_broker_is_rendered_later(
    static_files: Path, tmp_path: Path, submitted: Assessment, ana: User
) -> None:
    port = free_port()
    env = environment(CELERY_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0")
    with web_server(env=env, log=tmp_path / "web", port=port):
        visitor = Visitor(f"http://localhost:{port}")
        visitor.sign_in(ana.email, PASSWORD)
        visitor.get(f"/assessments/{submitted.pk}/")
        assert visitor.post(f"/assessments/{submitted.pk}/report").status == 200
    report = Report.objects.get()
    assert report.state == Report.State.QUEUED
    with celery_worker(env=environment(), log=tmp_path / "worker"):
        long_ago(report)
        reports.requeue_lost()
        wait_for(lambda: ready(report), what="the report is rendered")


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_rendering_loses_no_report(tmp_path: Path, submitted: Assessment, ana: User) -> None:
    with celery_worker(env=environment(), log=tmp_path / "first") as worker:
        report = reports.request(assessment=submitted, by=ana)
        wait_for(lambda: Report.objects.get().state != Report.State.QUEUED, what="the worker has taken it")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert Report.objects.get().state == Report.State.RENDERING
    long_ago(report)
    with celery_worker(env=environment(), log=tmp_path / "second"):
        reports.requeue_lost()
        wait_for(lambda: ready(report), what="the report is rendered")
    assert Report.objects.get().attempts == 2


def checked(assessment: Assessment) -> bool:
    assessment.refresh_from_db()
    return assessment.working_run is not None and assessment.working_run.state == EvaluationRun.State.READY


def add_report(assessment: Assessment, by: User, users: int) -> None:
    """A credential report; with many users, reading it takes a worker some seconds."""
    rows = [HEADER, root(), *(user(f"user-{number}") for number in range(users))]
    accepted = intake.examine(io.BytesIO("\n".join(rows).encode()), "report.csv")
    evidence.attach(assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=None, by=by)
    assessment.refresh_from_db()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_files_added_without_a_worker_are_checked_later(tmp_path: Path, in_progress: Assessment, rita: User) -> None:
    add_report(in_progress, rita, users=3)
    assert in_progress.working_run.state == EvaluationRun.State.QUEUED
    EvaluationRun.objects.update(touched_at=timezone.now() - timedelta(hours=1))
    with celery_worker(env=environment(), log=tmp_path / "worker"):
        evaluations.requeue_lost()
        wait_for(lambda: checked(in_progress), what="the file is checked")
    assert in_progress.evidence.get().links.count() == 7


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_checking_loses_no_file(tmp_path: Path, in_progress: Assessment, rita: User) -> None:
    with celery_worker(env=environment(), log=tmp_path / "first") as worker:
        add_report(in_progress, rita, users=60_000)
        busy = EvaluationRun.objects.filter(state=EvaluationRun.State.RUNNING)
        wait_for(busy.exists, what="the worker has taken it")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert EvaluationRun.objects.get().state == EvaluationRun.State.RUNNING
    EvaluationRun.objects.update(touched_at=timezone.now() - timedelta(hours=1))
    with celery_worker(env=environment(), log=tmp_path / "second"):
        evaluations.requeue_lost()
        wait_for(lambda: checked(in_progress), what="the file is checked")
    assert EvaluationRun.objects.get().attempts == 2
    assert in_progress.evidence.get().links.count() == 7
