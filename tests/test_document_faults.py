"""Processes are killed while a document is laid out: another makes it, or people read why not; none is ever half."""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from assessments.actions import reports
from assessments.models import Assessment, Report
from assessments.reports.box import TOO_LARGE, TOO_LONG
from tests.servers import celery_worker, wait_for
from tests.test_faults import environment, long_ago, ready
from users.models import User

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
Blow = Callable[[int], object]


def children_of(process: int) -> list[int]:
    """Ids of the processes that this one started and that are not gone, nor dead and waiting to be asked about."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == process and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_alive(process: int) -> bool:
    """Neither gone nor dead and waiting to be asked about."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def held_in_the_middle(worker: int) -> tuple[int, int]:
    """The worker's child that has the job, and the process that lays it out, which is stopped there."""
    wait_for(Report.objects.filter(state=Report.State.RENDERING, step__gte=2).exists, what="it is being laid out")
    (child,) = children_of(worker)
    (renderer,) = children_of(child)
    os.kill(renderer, signal.SIGSTOP)
    return child, renderer


def stored() -> list[Path]:
    """Every document in the store."""
    return [path for path in (Path(settings.DATA_DIR) / "files" / "reports").glob("*") if path.is_file()]


def out_of_memory(process: int) -> None:
    """As if it held all that it may have."""
    resource.prlimit(process, resource.RLIMIT_AS, (1, resource.RLIM_INFINITY))


def out_of_time(process: int) -> None:
    """What the kernel sends when the seconds of the processor are used up."""
    os.kill(process, signal.SIGXCPU)


def end(process: int) -> None:
    """At once."""
    os.kill(process, signal.SIGKILL)


def test_a_renderer_that_ends_fails_its_job_with_a_reason_and_nothing_else(
    tmp_path: Path, submitted: Assessment, ana: User
) -> None:
    """By the kernel's hand, beyond its memory, beyond its time: the page says which, and the next one is made."""
    blows = ((end, TOO_LARGE), (out_of_memory, TOO_LARGE), (out_of_time, TOO_LONG))
    before = set(stored())
    with celery_worker(env=environment(), log=tmp_path / "worker") as worker:
        seen = set()
        for blow, words in blows:
            report = reports.request(assessment=submitted, by=ana)
            child, renderer = held_in_the_middle(worker.pid)
            seen.add(child)
            blow(renderer)
            os.kill(renderer, signal.SIGCONT)
            wait_for(Report.objects.filter(state=Report.State.FAILED).exists, what="the job has failed")
            report.refresh_from_db()
            assert (report.problem, report.file.name) == (words, "")
        reports.request(assessment=submitted, by=ana)
        wait_for(lambda: ready(report), what="the report is rendered")
        assert children_of(worker.pid) == list(seen)  # one child did all of it, and lives
    assert len(set(stored()) - before) == 1


@pytest.mark.parametrize("who", ["child", "parent"])
def test_a_worker_killed_in_the_middle_takes_its_renderer_with_it_and_another_makes_one_file(
    tmp_path: Path, submitted: Assessment, ana: User, who: str
) -> None:
    before = set(stored())
    with celery_worker(env=environment(), log=tmp_path / "first") as worker:
        report = reports.request(assessment=submitted, by=ana)
        child, renderer = held_in_the_middle(worker.pid)
        end(child if who == "child" else worker.pid)
        wait_for(lambda: not is_alive(renderer), what="the renderer is gone")
        assert set(stored()) == before
        assert Report.objects.get().state == Report.State.RENDERING
        long_ago(report)
        with celery_worker(env=environment(), log=tmp_path / "second"):
            reports.requeue_lost()
            wait_for(lambda: ready(report), what="the report is rendered")
    report.refresh_from_db()
    assert (report.state, report.attempts) == (Report.State.READY, 2)
    (file,) = set(stored()) - before
    assert (file.stat().st_size, file.name) == (report.size, report.file.name.rpartition("/")[2])
