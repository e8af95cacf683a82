"""The box around the layout engine: what it gives back, and what it stops."""

import errno
import os
import resource
import signal
import socket
from collections.abc import Iterator
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


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, "no memory")])
def test_no_more_memory_in_a_librarys_own_words_is_no_more_memory(error: Exception) -> None:
    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        try:
            raise error
        except Exception:
            raise ValueError("This picture cannot be loaded.")  # noqa: B904 -- as libraries do

    with pytest.raises(RenderFailed) as failed:
        boxed(work, on_step=quiet, on_page=quiet)
    assert str(failed.value) == TOO_LARGE


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not count address space")
def test_falling_over_at_the_end_of_the_memory_is_no_more_memory() -> None:
    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (box._held(), resource.getrlimit(resource.RLIMIT_AS)[1]))
        raise SystemError("error return without exception set")

    with pytest.raises(RenderFailed) as failed:
        boxed(work, on_step=quiet, on_page=quiet)
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


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """Whether the kernel allows a network of its own is found out again, in the test and after it."""
    isolation.can_leave_network.cache_clear()
    yield
    isolation.can_leave_network.cache_clear()


def open_files() -> set[str]:
    """What this process has open beside input, output and errors."""
    found = set()
    for number in os.listdir("/dev/fd"):
        if int(number) > 2:
            try:
                found.add(os.readlink(f"/dev/fd/{number}"))
            except OSError:  # the one by which the list was read
                continue
    return found


def test_nothing_that_was_open_in_the_worker_is_open_in_it() -> None:
    """Neither the connections to the database and the broker nor any file."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as there:
        reading, writing = os.pipe()
        numbers = (server.fileno(), there.fileno(), reading, writing)

        def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
            own = {os.readlink(f"/dev/fd/{number}") for number in numbers}
            out.write("\n".join([*own, "", *open_files()]).encode())

        with boxed(work, on_step=quiet, on_page=quiet) as out:
            own, others = out.read().decode().split("\n\n")
        os.close(reading)
        os.close(writing)
    assert own == os.devnull  # the numbers stay taken
    assert not [name for name in others.split("\n") if name.startswith("socket:")]
    assert len([name for name in others.split("\n") if name.startswith("pipe:")]) == 1  # its last words


def test_a_signal_to_the_whole_group_leaves_its_work_alone() -> None:
    """Ctrl-C and a service manager reach the child as well; the worker alone decides what becomes of its work."""

    def work(out: BinaryIO, on_step: OnStep, on_page: OnPage) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(os.getpid(), number)
        out.write(b"whole")

    with boxed(work, on_step=quiet, on_page=quiet) as out:
        assert out.read() == b"whole"


def test_no_handler_of_the_workers_runs_in_it() -> None:
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        with pytest.raises(RenderFailed):
            boxed(lambda out, on_step, on_page: os.kill(os.getpid(), signal.SIGUSR1), on_step=quiet, on_page=quiet)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert signal.SIGUSR1 not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_machine_that_allows_less_than_the_box_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to = {}
    monkeypatch.setattr(resource, "getrlimit", lambda what: (100, 100))
    monkeypatch.setattr(resource, "setrlimit", lambda what, bounds: set_to.update({what: bounds}))
    box._limit()
    assert (set_to[resource.RLIMIT_AS], set_to[resource.RLIMIT_CPU]) == ((100, 100), (100, 100))
    monkeypatch.setattr(resource, "getrlimit", lambda what: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    box._limit()
    assert set_to[resource.RLIMIT_CPU] == (box.REPORT_SECONDS, resource.RLIM_INFINITY)


def test_it_works_where_a_namespace_is_allowed_and_its_names_are_not(
    monkeypatch: pytest.MonkeyPatch, asked_anew: None
) -> None:
    def half() -> bool:
        raise PermissionError("uid_map")

    monkeypatch.setattr(isolation, "_leave_network", half)
    with boxed(lambda out, on_step, on_page: out.write(b"whole") and None, on_step=quiet, on_page=quiet) as out:
        assert out.read() == b"whole"
    assert isolation.can_leave_network() is False


def test_it_works_where_there_is_no_linux(monkeypatch: pytest.MonkeyPatch, asked_anew: None) -> None:
    monkeypatch.setattr(isolation, "_libc", object)
    monkeypatch.setattr(box, "_held", lambda: 0)
    with boxed(lambda out, on_step, on_page: out.write(b"whole") and None, on_step=quiet, on_page=quiet) as out:
        assert out.read() == b"whole"


def test_a_child_whose_parent_went_before_it_was_told_ends() -> None:
    child = os.fork()
    if child == 0:
        try:
            isolation.die_with(os.getpid())
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_where_there_is_no_room_for_another_process_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("no more processes")

    isolation.can_leave_network()
    before, mask = open_files(), signal.pthread_sigmask(signal.SIG_BLOCK, [])
    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(BlockingIOError):
        boxed(lambda out, on_step, on_page: None, on_step=quiet, on_page=quiet)
    assert open_files() == before
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask


def test_the_box_knows_no_database_and_no_settings() -> None:
    for module in (box, isolation):
        assert "django" not in Path(str(module.__file__)).read_text("utf-8")
