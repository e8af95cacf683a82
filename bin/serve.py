#!/usr/bin/env python3
"""Prepare the data folder, then run web server and worker together until one of them ends or we are told to stop.

Called by bin/start, with its environment: PORT, BIND, DATA_DIR, DJANGO_SETTINGS_MODULE.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

DATA_DIR = Path(os.environ["DATA_DIR"])
PORT = os.environ["PORT"]
BIND = os.environ["BIND"]

GUNICORN = [
    "gunicorn", "config.wsgi:application", "--bind", f"{BIND}:{PORT}",
    # Sync workers beat threads here, and two of them keep a page answering while the other writes.
    "--worker-class", "sync", "--workers", "2", "--timeout", "60", "--graceful-timeout", "10",
    "--max-requests", "2000", "--max-requests-jitter", "200", "--log-level", "warning",
]  # fmt: skip
CELERY = [
    "celery", "--quiet", "-A", "config", "worker", "--beat", "--schedule", str(DATA_DIR / "beat-schedule"),
    "--queues", "mail,render,evaluate", "--concurrency", "1", "--pool", "prefork", "--loglevel", "WARNING",
    # One worker has nobody to gossip with, and the embedded broker would write a file for every heartbeat.
    "--without-gossip", "--without-mingle", "--without-heartbeat",
]  # fmt: skip
STOP_WITHIN = 20  # seconds, then they are killed
READY_WITHIN = 60  # seconds


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, or a signal."""


def say(words: str) -> None:
    print(words, flush=True)


def stop(number: int, _frame: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # stopping is under way; a second Ctrl-C changes nothing
    raise Stopped(signal.Signals(number).name)


def hold_data_folder() -> IO[str]:
    """Two of us on one folder would run every periodic task twice. The children inherit the lock and keep it."""
    lock = (DATA_DIR / "running").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        sys.exit(
            f"bin/start: Assay already runs with the data folder {DATA_DIR} (processes {lock.read().strip()}).\n"
            "Stop it, or name another folder: DATA_DIR=... bin/start"
        )
    os.set_inheritable(lock.fileno(), True)
    return lock


def run(*command: str) -> None:
    """Run one of our programs to its end; when it fails, so do we, with its own message above ours."""
    child = subprocess.Popen([sys.executable, *command], start_new_session=True)
    try:
        code = child.wait()
    except Stopped:
        child.terminate()  # it takes back what it has begun
        child.wait()
        raise
    if code:
        raise RuntimeError(f"{' '.join(command)} failed; see above")


def prepare() -> None:
    """Whatever a killed run has left behind goes; then database and demo are brought up to date."""
    # The schedule is in the settings; this file only remembers the last runs, and a killed beat leaves it locked.
    for stale in DATA_DIR.glob("beat-schedule*"):
        stale.unlink()
    for folder in ("messages", "processed", "control"):
        (DATA_DIR / "broker" / folder).mkdir(parents=True, exist_ok=True)
    run("bin/prepare.py")


def start(lock: IO[str], *command: str) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches us alone and we stop the children in order."""
    # A container has no other user than root, and the warning about it is for brokers that strangers can write to.
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m"]
    return subprocess.Popen([*python, *command], start_new_session=True, pass_fds=[lock.fileno()])


def wait_until_ready(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Until /health answers. Raises RuntimeError when a child ends first or the time is up."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the environment names
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        raise_if_ended(children)
        try:
            with direct.open(f"http://127.0.0.1:{PORT}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the web server did not answer within {READY_WITHIN} seconds")


def raise_if_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            how = f"exit status {child.returncode}" if child.returncode >= 0 else signal.Signals(-child.returncode).name
            raise RuntimeError(f"the {name} has ended ({how})")


def stop_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each to end, which lets a running task finish, and kill what does not."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)  # also what a child that died left behind
        except ProcessLookupError:
            pass
        child.wait()


def main() -> int:
    children: dict[str, subprocess.Popen[bytes]] = {}
    lock = hold_data_folder()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        prepare()
        children["web server"] = start(lock, *GUNICORN)
        children["worker"] = start(lock, *CELERY)
        lock.truncate(0)
        lock.write(" ".join(str(each) for each in (os.getpid(), *(child.pid for child in children.values()))))
        lock.flush()
        wait_until_ready(children)
        say(f"\nAssay is ready: http://localhost:{PORT}\n")
        run("manage.py", "load_demo", "--print-logins")
        say("\nThe demo asks for no second factor; production does. Stop with Ctrl-C.\n")
        while True:
            raise_if_ended(children)
            time.sleep(0.5)
    except Stopped as reason:
        say(f"\nStopping ({reason}) ...")
        code = 0
    except RuntimeError as reason:
        print(f"bin/start: {reason}.", file=sys.stderr, flush=True)
        code = 1
    finally:
        stop_all(children)
    say("Stopped. The data is kept.")
    return code


if __name__ == "__main__":
    sys.exit(main())
