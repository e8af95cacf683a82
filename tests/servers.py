"""Start the product's own processes for a test: the web server and the worker, as they run in production."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.test_layering import ROOT

READY_WITHIN = 30  # seconds


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url(database: Mapping[str, object]) -> str:
    """The address of a test database, for another process."""
    if "postgresql" not in str(database["ENGINE"]):
        raise RuntimeError("Tests with a server of their own need PostgreSQL and Redis: run them with bin/test.")
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def wait_for(condition: Callable[[], bool], *, within: float = READY_WITHIN, what: str) -> None:
    """Until `condition` holds; an error that names `what` when the time is up."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} seconds")
        time.sleep(0.05)


def answers(url: str, status: int = 200) -> bool:
    """Whether a web server answers with this status at this address."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5) as response:
            return response.status == status
    except urllib.error.HTTPError as error:
        with error:
            return error.code == status
    except OSError:
        return False


@contextlib.contextmanager
def running(command: list[str], *, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which ends with the block; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                pass
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def web_server(
    *, env: Mapping[str, str], log: Path, port: int, ready_at: str = "/health", ready_status: int = 200
) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn with two workers, answering `ready_at` with `ready_status`."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    with running([*command, "--workers", "2", "--log-level", "warning"], env=env, log=log) as process:
        url = f"http://127.0.0.1:{port}{ready_at}"
        try:
            wait_for(lambda: process.poll() is not None or answers(url, ready_status), what="the web server answers")
        except TimeoutError as error:
            raise RuntimeError(f"{error}:\n{log.read_text()}") from error
        if process.poll() is not None:
            raise RuntimeError(f"The web server ended:\n{log.read_text()}")
        yield process


@contextlib.contextmanager
def celery_worker(*, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with one child, ready to take tasks."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", "mail,render,evaluate"]
    options = ["--concurrency", "1", "--pool", "prefork", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    with running([*command, *options], env=env, log=log) as process:
        wait_for(lambda: process.poll() is not None or " ready." in log.read_text(), what="the worker is ready")
        if process.poll() is not None:
            raise RuntimeError(f"The worker ended:\n{log.read_text()}")
        yield process
