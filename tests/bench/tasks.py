"""What is done in a process of its own, to see how much memory it takes: `python -m tests.bench.tasks TASK PATH`.

Prints the peak before and after, in MB. The file is read as part of the task.
"""

import csv
import gc
import importlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from assessments.evaluators import Outcome, Source, evaluate
from assessments.evaluators.formats import credential_report, json_text
from assessments.evaluators.formats.errors import Unreadable
from tests.bench.credential_reports import MADE_AT
from tests.bench.measure import peak_so_far


def sources(folder: Path) -> list[Source]:
    """The files of a bundle in a folder, read when their turn comes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Source(path.relative_to(folder).as_posix(), path.read_bytes) for path in files]


def read_csv(data: bytes) -> None:
    """All rows with nothing but the csv module, none of them kept."""
    for _ in csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")):
        pass


def load_folder(folder: Path) -> None:
    """All files with nothing but the json module, none of them kept."""
    for source in sources(folder):
        json.loads(source.read())


def load_zip(path: Path) -> None:
    """The same of a ZIP."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            json.loads(archive.read(name))


def evaluate_file(path: Path) -> object:
    """All criteria of one file."""
    return _whole(evaluate([Source(path.name, path.read_bytes)], as_of=MADE_AT))


def evaluate_folder(path: Path) -> object:
    """All criteria of a bundle in a folder."""
    return _whole(evaluate(sources(path)))


def _whole(outcome: Outcome) -> Outcome:
    """A figure of something that was not read would say nothing."""
    if refused := [file for file in outcome.files if file.status not in ("read", "partial")]:
        raise RuntimeError(f"{refused[0].path}: {refused[0].problem}")
    return outcome


def load_strangers(path: Path) -> object:
    """A JSON that wants to fill the memory, as we read it."""
    try:
        return json_text.load(path.read_bytes())
    except Unreadable as refused:
        return refused


def render_report(path: Path) -> object:
    """The report of what `tests.bench.paper` kept in this folder, as the worker's child makes it."""
    paper = importlib.import_module("tests.bench.paper")  # with Django, which the other tasks do without
    gc.disable()
    out = io.BytesIO()
    paper.rendering.write(*paper.kept(path), out)
    return out


TASKS: dict[str, Callable[[Path], object]] = {
    "csv": lambda path: read_csv(path.read_bytes()),
    "json": lambda path: json.loads(path.read_bytes()),
    "load-folder": load_folder,
    "parse": lambda path: credential_report.parse(path.read_bytes()),
    "load": load_strangers,
    "evaluate-file": evaluate_file,
    "evaluate-folder": evaluate_folder,
    "report": render_report,
}


def main(task: str, path: Path) -> None:
    """Do it, and print the peak before and after."""
    before = peak_so_far()
    kept = TASKS[task](path)
    sys.stdout.write(f"{before} {peak_so_far()}\n")
    del kept


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
