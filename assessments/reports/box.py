"""The layout engine in a child process that has so much time and memory, no network, and no more.

The child is forked, so it starts with everything loaded. It gets its input as values, asks no database and writes only
the file it is given; what it uses up is gone with it.
"""

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
from typing import BinaryIO, NoReturn

from assessments.limits import REPORT_MEMORY_BYTES, REPORT_SECONDS
from assessments.reports.isolation import die_with_parent, leave_network
from assessments.reports.material import RenderFailed

OnStep = Callable[[int, int], None]
OnPage = Callable[[int], None]
Work = Callable[[BinaryIO, OnStep, OnPage], None]
"""Writes a document to the file, and tells each step that begins and each page."""

TOO_LONG = "It took longer than a document may take. There may be too much in it."
TOO_LARGE = "It needed more memory than a document may have. There may be too much in it."
_PAGE = 65_536
_PATIENCE = 5  # seconds of the clock beyond the seconds of the processor
log = logging.getLogger("assay.reports")


class Crashed(Exception):
    """The work fell over; where is in the log."""


def boxed(work: Work, *, on_step: OnStep, on_page: OnPage) -> BinaryIO:
    """What `work` writes, as an open temporary file at its beginning.

    Raises RenderFailed where it ran out of time or memory or said so itself, and Crashed. What `on_step` and `on_page`
    raise ends the work and is raised again.
    """
    out = tempfile.TemporaryFile()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(work, out, writing)
    os.close(writing)
    try:
        said = _follow(reading, on_step, on_page)
    except BaseException:
        out.close()
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(reading)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if said.get("done") and code == 0:
        out.seek(0)
        return out
    out.close()
    if said.get("failed"):
        raise RenderFailed(said["failed"])
    if code == -signal.SIGXCPU:
        raise RenderFailed(TOO_LONG)
    if code < 0:  # libraries in C end the process where they get no memory, and so does the kernel
        raise RenderFailed(TOO_LARGE)
    raise Crashed


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


def _run(work: Work, out: BinaryIO, writing: int) -> NoReturn:
    """The child: never returns, and never runs what Python or a framework would do at the end of the parent."""

    def say(**words: object) -> None:
        os.write(writing, json.dumps(words).encode() + b"\n")

    code = 1
    try:
        die_with_parent()
        leave_network()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        _limit()
        gc.disable()  # it walks over every box that is laid out, and all of them are gone when this process is
        work(out, lambda step, steps: say(step=[step, steps]), lambda page: say(page=page))
        out.flush()
        say(done="yes")
        code = 0
    except RenderFailed as error:
        say(failed=str(error))
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        say(failed=TOO_LARGE)
    except BaseException:  # whatever it is, nothing of the parent's may run in here
        log.exception("a document could not be made")
    finally:
        os._exit(code)


def _limit() -> None:
    """Processor time, and memory beyond what came with the fork."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (REPORT_SECONDS, REPORT_SECONDS + 1))  # a signal first, which tells why
    most = _held() + REPORT_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _held() -> int:
    """Bytes of address space in use, as Linux counts them."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
