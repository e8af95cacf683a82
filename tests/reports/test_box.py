"""The box around the layout engine: what it gives back, and what it stops."""

import os
import socket
from pathlib import Path
from typing import BinaryIO

import pytest

from assessments.reports import box, isolation
from assessments.reports.box import TOO_LARGE, TOO_LONG, Crashed, OnPage, OnStep, boxed
from assessments.reports.material import RenderFailed


def quiet(*numbers: int) -> None:
    """Told, and not interested."""


def test_it_gives_back_what_was_written_and_tells_the_steps() -> None:
    told: list[tuple[int, int]] = []
    pages: list[int] = []

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        for step in (1, 2, 3):
            on_step(step, 3)
        on_page(17)
        out.write(str(os.getpid()).encode())

    with boxed(work, on_step=lambda *step: told.append(step), on_page=pages.append) as out:
        assert int(out.read()) != os.getpid()
    assert (told, pages) == ([(1, 3), (2, 3), (3, 3)], [17])


def test_a_sentence_for_people_comes_through() -> None:
    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        raise RenderFailed("Something in it points to a place outside the report.")

    with pytest.raises(RenderFailed, match="points to a place outside"):
        boxed(work, on_step=quiet, on_page=quiet)


def test_falling_over_is_told_apart(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Crashed):
        boxed(lambda out, on_step, on_page: None if out.closed else 1 / 0, on_step=quiet, on_page=quiet)  # type: ignore[arg-type,return-value]
    with pytest.raises(RenderFailed, match="more memory"):
        boxed(lambda out, on_step, on_page: os.kill(os.getpid(), 9), on_step=quiet, on_page=quiet)


def test_it_has_so_much_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        while True:
            pass

    monkeypatch.setattr(box, "REPORT_SECONDS", 1)
    with pytest.raises(RenderFailed) as failed:
        boxed(busy, on_step=quiet, on_page=quiet)
    assert str(failed.value) == TOO_LONG


def test_a_child_that_only_waits_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "REPORT_SECONDS", 0.01)
    monkeypatch.setattr(box, "_PATIENCE", 0)
    monkeypatch.setattr(box, "_limit", lambda: None)
    reading, _writing = os.pipe()
    with pytest.raises(RenderFailed) as failed:
        boxed(lambda out, on_step, on_page: os.read(reading, 1) and None, on_step=quiet, on_page=quiet)
    assert str(failed.value) == TOO_LONG


def test_it_has_so_much_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        held = []
        while True:
            held.append(bytearray(10_000_000))

    monkeypatch.setattr(box, "REPORT_MEMORY_BYTES", 100_000_000)
    with pytest.raises(RenderFailed) as failed:
        boxed(greedy, on_step=quiet, on_page=quiet)
    assert str(failed.value) == TOO_LARGE


def test_what_on_step_raises_ends_the_work() -> None:
    class Stop(Exception):
        pass

    def stop(step: int, steps: int) -> None:
        raise Stop

    reading, _writing = os.pipe()

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        on_step(1, 2)
        os.read(reading, 1)  # for ever

    with pytest.raises(Stop):
        boxed(work, on_step=stop, on_page=quiet)


@pytest.mark.skipif(not Path("/proc/self/ns/net").exists(), reason="this system has no network namespaces")
def test_it_has_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
            is_cut_off = os.readlink("/proc/self/ns/net") != here
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                out.write(b"reached" if is_cut_off else b"not allowed to leave")
            except OSError:
                out.write(b"refused")

        here = os.readlink("/proc/self/ns/net")
        with boxed(work, on_step=quiet, on_page=quiet) as out:
            found = out.read()
    if found == b"not allowed to leave":
        pytest.skip("the kernel does not let this process make a network of its own")
    assert found == b"refused"


def test_the_box_knows_no_database_and_no_settings() -> None:
    for module in (box, isolation):
        assert "django" not in Path(str(module.__file__)).read_text("utf-8")
