"""Times taken in pairs, memory of a process of its own, and tables to print them in."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]
_KB = 1_024  # bytes; both sources of the peak count so
_MB = 1_000_000  # bytes


class Pair(NamedTuple):
    """Medians in seconds of processor time, and the median of what one took for a second of the other, run by run."""

    plain: float
    ours: float
    ratio: float


def paired(plain: Work, ours: Work, runs: int) -> Pair:
    """Time both in turn, so that a machine that becomes slower is slower for both."""
    times = [(_seconds(plain), _seconds(ours)) for _ in range(runs)]
    ratios = [second / first for first, second in times]
    return Pair(median(first for first, _ in times), median(second for _, second in times), median(ratios))


def seconds(work: Work, runs: int) -> float:
    """The median, in seconds of processor time."""
    return median(_seconds(work) for _ in range(runs))


def _seconds(work: Work) -> float:
    """Of processor time, so that what else the machine does counts little; with that of processes it waited for."""
    start = _processor_time()
    work()
    return _processor_time() - start


def _processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class Peak(NamedTuple):
    """The most memory a process held at once, in MB: at all, and above what it held before its work."""

    gross: float
    net: float


def peak_of(task: str, path: Path) -> Peak:
    """Run a task of `tests.bench.tasks` in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.tasks", task, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    before, after = map(float, printed.split())
    return Peak(after, after - before)


def peak_so_far() -> float:
    """The most memory this process has held, in MB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # not Linux
        scale = 1 if sys.platform == "darwin" else _KB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / _MB
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * _KB / _MB


def machine() -> str:
    """What the figures were made on, in a line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores} cores, {platform.system()} {platform.machine()}, {python}"


def table(title: str, head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """Lines of a table in Markdown, each as soon as its row is there."""
    yield ""
    yield f"**{title}**"
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def in_seconds(value: float) -> str:
    """ "0.0123 s", "1.23 s": three digits that say something."""
    return f"{value:.2f} s" if value >= 1 else f"{value:.3f} s" if value >= 0.1 else f"{value:.4f} s"
