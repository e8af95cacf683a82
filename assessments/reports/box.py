"""The layout engine in a child process that has so much time and memory, no network, and no more.

The child is forked, so it starts with everything loaded. It gets its input as values, asks no database and writes only
the file it is given; what it uses up is gone with it.
"""

import errno
import gc
import json
import logging
import os
import resource
import select
import signal
import tempfile
import time
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, NoReturn

from assessments.limits import REPORT_MEMORY_BYTES, REPORT_SECONDS
from assessments.reports.isolation import can_leave_network, close_all_but, die_with, leave_network
from assessments.reports.material import RenderFailed, ignore

OnStep = Callable[[int, int], None]
OnPage = Callable[[int], None]
Work = Callable[[BinaryIO, OnStep, OnPage], None]
"""Writes a document to the file, and tells each step that begins and each page."""

TOO_LONG = "It took longer than a document may take. There may be too much in it."
TOO_LARGE = "It needed more memory than a document may have. There may be too much in it."
_PAGE = 65_536
_FULL = 0.95
_PATIENCE = 5  # seconds of the clock beyond the seconds of the processor
_OF_GROUPS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_SIGNALS = _OF_GROUPS | {signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGQUIT, signal.SIGCHLD}
log = logging.getLogger("assay.reports")


class Crashed(Exception):
    """The work fell over; where is in the log."""


class _Confines(NamedTuple):
    """What the child is told: whose it is, its signal mask, and whether it may leave the network."""

    parent: int
    mask: set[signal.Signals]
    is_alone: bool


def boxed(work: Work, *, on_step: OnStep = ignore, on_page: OnPage = ignore) -> BinaryIO:
    """What `work` writes, as an open temporary file at its beginning.

    Raises RenderFailed where it ran out of time or memory or said so itself, Crashed, and OSError where the machine has
    no room for another process. What `on_step` and `on_page` raise ends the work and is raised again.
    """
    out = tempfile.TemporaryFile()
    try:
        said, code = _outcome(work, out, on_step, on_page)
        if said.get("done") and code == 0:
            out.seek(0)
            return out
        if said.get("failed"):
            raise RenderFailed(said["failed"])
        if code == -signal.SIGXCPU:
            raise RenderFailed(TOO_LONG)
        if code < 0:  # libraries in C end the process where they get no memory, and so does the kernel
            raise RenderFailed(TOO_LARGE)
        raise Crashed
    except BaseException:
        out.close()
        raise


def _outcome(work: Work, out: BinaryIO, on_step: OnStep, on_page: OnPage) -> tuple[dict[str, str], int]:
    """Run the child to its end, whatever that is: its last words, and how it ended (below 0: by which signal)."""
    is_alone = can_leave_network()
    parent = os.getpid()
    reading, writing = os.pipe()
    # A signal that comes before the child has its own way with it would run the parent's handler in the child.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(work, out, writing, _Confines(parent, mask, is_alone))
    except OSError:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(reading)
        raise
    finally:
        os.close(writing)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        said = _follow(reading, on_step, on_page)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(reading)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return said, code


def _follow(reading: int, on_step: OnStep, on_page: OnPage) -> dict[str, str]:
    """Pass on the steps until the child is done, and give its last words. Raises RenderFailed when time is up."""
    end = time.monotonic() + REPORT_SECONDS + _PATIENCE
    buffer, last = b"", {}
    while True:
        if not select.select([reading], [], [], max(0.0, end - time.monotonic()))[0]:
            raise RenderFailed(TOO_LONG)
        chunk = os.read(reading, _PAGE)
        if not chunk:
            return last
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "step" in said:
                on_step(*said["step"])
            elif "page" in said:
                on_page(said["page"])
            else:
                last = said


def _run(work: Work, out: BinaryIO, writing: int, confines: _Confines) -> NoReturn:
    """The child: never returns, and never runs what Python or a framework would do at the end of the parent."""

    def say(**words: object) -> None:
        os.write(writing, json.dumps(words).encode() + b"\n")

    code = 1
    try:
        die_with(confines.parent)
        _take_signals(confines.mask)
        close_all_but((out.fileno(), writing))
        if confines.is_alone:
            leave_network()
        _limit()
        gc.disable()  # it walks over every box that is laid out, and all of them are gone when this process is
        work(out, lambda step, steps: say(step=[step, steps]), lambda page: say(page=page))
        out.flush()
        say(done="yes")
        code = 0
    except RenderFailed as error:
        say(failed=str(error))
    except BaseException as error:  # whatever it is, nothing of the parent's may run in here
        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        _bound(resource.RLIMIT_AS, resource.RLIM_INFINITY)  # room to say what it is
        if _is_of_memory(error) or _was_full(most):
            say(failed=TOO_LARGE)
        else:
            log.exception("a document could not be made")
    finally:
        os._exit(code)


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether this came of having no more memory, which libraries report in words of their own."""
    while error is not None:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            return True
        error = error.__cause__ or error.__context__
    return False


def _was_full(most: int) -> bool:
    """Whether nearly all of this memory was in use at one time: libraries in C fall over there in many ways."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmPeak:"))
    except (FileNotFoundError, StopIteration):
        return False
    return most != resource.RLIM_INFINITY and peak > most * _FULL


def _take_signals(mask: set[signal.Signals]) -> None:
    """None of the parent's handlers. What stops a whole group is for the parent, which waits or ends its work."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN if number in _OF_GROUPS else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _limit() -> None:
    """Processor time, and memory beyond what came with the fork."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _bound(resource.RLIMIT_CPU, REPORT_SECONDS)  # a signal that can be told from all others
    held = _held()
    if held:
        _bound(resource.RLIMIT_AS, held + REPORT_MEMORY_BYTES)


def _bound(what: int, most: int) -> None:
    """At most so much, and never more than the machine allows its processes anyway."""
    _, hard = resource.getrlimit(what)
    bounds = [bound for bound in (most, hard) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(what, (min(bounds, default=resource.RLIM_INFINITY), hard))


def _held() -> int:
    """Bytes of address space in use, as Linux counts them; 0 where nobody counts them."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 0
