"""`bin/bench report`: how long a report takes to be laid out, what each screenshot adds, and in how much memory.

The report is that of an assessment with 33 questions, a dozen findings and 60 screenshots of a screen of 1920 x 1080,
made smaller as at the upload. Beside each time stands the floor: the same words in plain paragraphs, by the same layout
engine, in the same run and in turn. Both are made as the worker makes them, in a child process that is forked for it.
"""

import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pikepdf

from assessments import limits
from assessments.reports.material import Material
from assessments.reports.snapshot import Snapshot
from tests.bench import paper
from tests.bench.measure import in_seconds, paired, peak_of, table

MIB = 1 << 20  # bytes


class Plan(NamedTuple):
    """How much is measured."""

    screenshots: tuple[int, ...] = (0, 60)  # of the reports; the last is the one that counts
    runs: int = 5


QUICK = Plan((0, 2), 1)


def lines(*, is_quick: bool) -> Iterator[str]:
    """The tables, line by line."""
    plan = QUICK if is_quick else Plan()
    with tempfile.TemporaryDirectory() as folder:
        yield from table(
            "Report: laying it out against its words in plain paragraphs",
            ("screenshots", "bytes", "pages", "plain", "report", "report / plain", "pages for a second"),
            _reports(plan, Path(folder)),
        )
        yield from table(
            "What each screenshot adds",
            ("screenshots", "without", "with", "with / without", "for each", "of the report"),
            _each(plan, Path(folder)),
        )
        yield from table(
            "Memory: the most a worker's child held at once",
            ("screenshots", "net", "with the interpreter and all that is loaded"),
            _memory(plan, Path(folder)),
        )


def _made(folder: Path, screenshots: int) -> tuple[Snapshot, Material]:
    """What a report is made from; written down once."""
    place = folder / f"{screenshots}"
    if not place.exists():
        paper.keep(paper.assessment(screenshots), place)
    return paper.kept(place)


def _reports(plan: Plan, folder: Path) -> Iterator[Sequence[str]]:
    for screenshots in plan.screenshots:
        snapshot, material = _made(folder, screenshots)
        words = paper.paragraphs(snapshot, material)
        pdf = paper.report(snapshot, material)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            pages = len(opened.pages)
        took = paired(
            lambda words=words: paper.plain(words),
            lambda snapshot=snapshot, material=material: paper.report(snapshot, material),
            plan.runs,
        )
        yield (
            f"{screenshots}",
            f"{len(pdf) / limits.MB:.2f} MB",
            f"{pages}",
            in_seconds(took.plain),
            in_seconds(took.ours),
            f"{took.ratio:.2f}",
            f"{pages / took.ours:.1f}",
        )


def _each(plan: Plan, folder: Path) -> Iterator[Sequence[str]]:
    none, most = plan.screenshots[0], plan.screenshots[-1]
    bare, full = _made(folder, none), _made(folder, most)
    took = paired(lambda: paper.report(*bare), lambda: paper.report(*full), plan.runs)
    added = (took.ours - took.plain) / (most - none)
    yield (
        f"{none}, then {most}",
        in_seconds(took.plain),
        in_seconds(took.ours),
        f"{took.ratio:.2f}",
        f"{added * 1_000:.1f} ms",
        f"{(took.ratio - 1) / (most - none):.2%}",
    )


def _memory(plan: Plan, folder: Path) -> Iterator[Sequence[str]]:
    for screenshots in plan.screenshots:
        _made(folder, screenshots)
        taken = peak_of("report", folder / f"{screenshots}")
        yield f"{screenshots}", f"{taken.net * limits.MB / MIB:.0f} MiB", f"{taken.gross * limits.MB / MIB:.0f} MiB"
