"""bin/start itself, from nothing to a PDF, on SQLite and the embedded broker; and how it stops."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessments.demo.cast import MAX, PASSWORD
from tests.http import Visitor
from tests.servers import free_port, wait_for
from tests.test_layering import ROOT

pytestmark = pytest.mark.start
START_WITHIN = 180  # seconds; installing is done, loading the demo renders its reports


@dataclass
class Started:
    """A running bin/start."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def words(self) -> str:
        """What it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def children(self) -> dict[str, int]:
        """Process ids of the web server and the worker."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(re.search(r"\) \S (\d+)", (folder / "stat").read_text()).group(1))
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if parent == self.process.pid:
                found["web server" if "gunicorn" in command else "worker"] = int(folder.name)
        return found


def environment(data: Path, port: int) -> dict[str, str]:
    """Nothing of the test run's own servers and settings reaches it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATA_DIR": str(data), "PORT": str(port)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all tests here: what one start leaves, the next one finds."""
    return tmp_path_factory.mktemp("start") / "data"


@pytest.fixture
def started(data: Path, tmp_path: Path) -> Iterator[Started]:
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [ROOT / "bin" / "start"], env=environment(data, port), stdout=output, stderr=output, start_new_session=True
        )
        running = Started(process, port, log)
        try:
            wait_for(
                lambda: process.poll() is not None or "Stop with Ctrl-C" in running.words(),
                within=START_WITHIN,
                what="bin/start is ready",
            )
            assert process.poll() is None, running.words()
            yield running
        finally:
            process.terminate()
            process.wait(60)


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie that nobody has asked about has."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def test_from_nothing_to_a_pdf(started: Started) -> None:
    site = f"http://localhost:{started.port}"
    assert f"Assay is ready: {site}" in started.words()
    assert f"{MAX.email}" in started.words()
    manager = Visitor(site)
    assert manager.sign_in(MAX.email, PASSWORD).url == f"{site}/portfolio/"
    form = re.search(r'action="(/assessments/(\d+)/report)"', manager.get("/portfolio/").text)
    page = manager.post(form.group(1))
    assert page.status == 200
    number = re.search(r"/reports/(\d+)/", manager.get(f"/assessments/{form.group(2)}/").text).group(1)
    wait_for(
        lambda: "/download" in manager.get(f"/reports/{number}/status").text, within=90, what="the report is rendered"
    )
    report = manager.get(f"/reports/{number}/download")
    assert report.status == 200
    assert report.headers["Content-Type"] == "application/pdf"
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert report.body.startswith(b"%PDF-")


def test_started_again_it_keeps_the_data_and_ctrl_c_stops_everything(started: Started) -> None:
    assert "Loading the demo" not in started.words()
    children = started.children()
    assert set(children) == {"web server", "worker"}
    os.kill(started.process.pid, signal.SIGINT)
    assert started.process.wait(60) == 0
    assert started.words().rstrip().endswith("Stopped. The data is kept.")
    assert [name for name, pid in children.items() if not gone(pid)] == []


@pytest.mark.faults
@pytest.mark.parametrize("victim", ["web server", "worker"])
def test_one_dies_and_the_other_is_stopped_with_the_reason(started: Started, victim: str) -> None:
    children = started.children()
    os.kill(children[victim], signal.SIGKILL)
    assert started.process.wait(60) == 1
    assert f"bin/start: the {victim} has ended (SIGKILL)" in started.words()
    assert [name for name, pid in children.items() if not gone(pid)] == []


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("0", "PORT must be a number from 1 to 65535, not '0'"),
        ("65536", "PORT must be a number from 1 to 65535, not '65536'"),
        ("80a", "PORT must be a number from 1 to 65535, not '80a'"),
    ],
)
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str, words: str) -> None:
    env = {**environment(tmp_path / "data", 1), "PORT": port}
    done = subprocess.run([ROOT / "bin" / "start"], env=env, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"bin/start: {words}.\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_busy_port_is_said_before_anything_else(tmp_path: Path, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        env = environment(tmp_path / "data", port)
        done = subprocess.run([ROOT / "bin" / "start"], env=env, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"bin/start: port {port} is in use by another program.")
    assert not (tmp_path / "data").exists()
