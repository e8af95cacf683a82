"""`bin/bench evaluators`: how long evidence takes to be read and evaluated, and in how much memory.

Every time stands beside a plain reading of the same bytes with Python's own csv or json module, taken in the same run
and in turn. The files are made anew each time, and always the same.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assessments import limits
from assessments.evaluators import Source, evaluate
from assessments.evaluators.formats import credential_report
from assessments.evaluators.formats.times import DateOrder
from tests.bench import bundles, credential_reports, tasks
from tests.bench.credential_reports import MADE_AT
from tests.bench.measure import in_seconds, paired, peak_of, seconds, table


class Plan(NamedTuple):
    """How much is measured."""

    rows: tuple[int, ...] = (5_000, 100_000)  # of credential reports
    paged: int = 95_000  # rows of the report whose page is shown
    accounts: tuple[int, ...] = (25, 50, 100, 200)
    weighed: int = 100  # accounts of the bundle whose memory is taken
    size: bundles.Size = bundles.Size()
    values: int = limits.JSON_VALUES
    report_runs: int = 5
    bundle_runs: int = 2


QUICK = Plan((50, 200), 200, (1, 2), 2, bundles.TINY, 1_000, 1, 1)


def lines(*, is_quick: bool) -> Iterator[str]:
    """The tables, line by line."""
    plan = QUICK if is_quick else Plan()
    with tempfile.TemporaryDirectory() as folder:
        yield from table(
            "Credential report: reading it against csv.reader, and evaluating all criteria",
            ("rows", "bytes", "csv.reader", "read", "read / csv.reader", "evaluate", "evaluate / csv.reader"),
            _reports(plan),
        )
        yield from table(
            "Page of a stored credential report with dates that read in two ways",
            ("page", "rows stored", "rows shown", "read"),
            _pages(plan),
        )
        yield from table(
            "Bundle: evaluating all criteria against json.loads of each file",
            ("accounts", "as", "files", "bytes", "json.loads", "evaluate", "evaluate / json.loads", "for an account"),
            _bundles(plan, Path(folder)),
        )
        yield from table(
            "Memory: the most a process held at once",
            ("what", "bytes", "csv or json alone, net", "ours, net", "ours, with the interpreter"),
            _memory(plan, Path(folder)),
        )


def _reports(plan: Plan) -> Iterator[Sequence[str]]:
    for written, name, sizes in (
        (None, "", plan.rows),
        (credential_reports.ambiguous, ", dates in two ways", plan.rows[:1]),
    ):
        for rows in sizes:
            data = credential_reports.credential_report(rows - 1, written=written)
            read = paired(
                lambda data=data: tasks.read_csv(data),
                lambda data=data: credential_report.parse(data),
                plan.report_runs,
            )
            judged = paired(
                lambda data=data: tasks.read_csv(data),
                lambda data=data: evaluate([Source("report.csv", data)], as_of=MADE_AT),
                plan.report_runs,
            )
            yield (
                f"{rows:,}{name}",
                _megabytes(len(data)),
                in_seconds(read.plain),
                in_seconds(read.ours),
                f"{read.ratio:.1f}",
                in_seconds(judged.ours),
                f"{judged.ratio:.1f}",
            )


def _pages(plan: Plan) -> Iterator[Sequence[str]]:
    """The rows of one page of a hundred, as the page of a file reads them."""
    data = credential_reports.credential_report(plan.paged - 1, written=credential_reports.ambiguous)
    shown = 100
    last = (plan.paged - 1) // shown
    for name, page in (("first", 0), ("last", last)):
        start = page * shown
        took = seconds(
            lambda start=start: credential_report.rows_between(data, DateOrder.AMBIGUOUS, start, start + shown),
            plan.report_runs,
        )
        yield name, f"{plan.paged:,}", f"{min(shown, plan.paged - start)}", in_seconds(took)


def _bundles(plan: Plan, folder: Path) -> Iterator[Sequence[str]]:
    for accounts in plan.accounts:
        unpacked, packed = _bundle(folder, accounts, plan)
        files = tasks.sources(unpacked)
        size = sum(len(file.read()) for file in files)
        for name, plain, ours in (
            (
                "folder",
                lambda unpacked=unpacked: tasks.load_folder(unpacked),
                lambda unpacked=unpacked: tasks.evaluate_folder(unpacked),
            ),
            ("ZIP", lambda packed=packed: tasks.load_zip(packed), lambda packed=packed: tasks.evaluate_file(packed)),
        ):
            took = paired(plain, ours, plan.bundle_runs)
            yield (
                f"{accounts}",
                name,
                f"{len(files):,}",
                _megabytes(size),
                in_seconds(took.plain),
                in_seconds(took.ours),
                f"{took.ratio:.1f}",
                f"{took.ours / accounts * 1_000:.1f} ms",
            )


def _bundle(folder: Path, accounts: int, plan: Plan) -> tuple[Path, Path]:
    """A bundle as a folder and as a ZIP; made once."""
    unpacked, packed = folder / f"{accounts}", folder / f"{accounts}.zip"
    if not packed.exists():
        for file in bundles.bundle(accounts, plan.size):
            path = unpacked / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        packed.write_bytes(bundles.zipped(bundles.bundle(accounts, plan.size)))
    return unpacked, packed


def _memory(plan: Plan, folder: Path) -> Iterator[Sequence[str]]:
    rows = plan.rows[-1]
    report = folder / "report.csv"
    report.write_bytes(credential_reports.credential_report(rows - 1))
    unpacked, packed = _bundle(folder, plan.weighed, plan)
    strangers = [_hostile(folder, name, item, plan.values) for name, item in HOSTILE.items()]
    for what, path, plain, ours in (
        (f"credential report of {rows:,} rows, read", report, "csv", "parse"),
        (f"credential report of {rows:,} rows, evaluated", report, "csv", "evaluate-file"),
        (f"bundle of {plan.weighed} accounts, folder", unpacked, "load-folder", "evaluate-folder"),
        (f"bundle of {plan.weighed} accounts, ZIP", packed, "load-folder", "evaluate-file"),
        *((f"JSON at the limit: {path.stem}", path, "json", "load") for path in strangers),
    ):
        alone, taken = peak_of(plain, unpacked if path == packed else path), peak_of(ours, path)
        size = path.stat().st_size if path.is_file() else sum(len(file.read()) for file in tasks.sources(path))
        yield what, _megabytes(size), f"{alone.net:.0f} MB", f"{taken.net:.0f} MB", f"{taken.gross:.0f} MB"


HOSTILE = {"empty lists": b"[]", "lists in lists": b"[[[[]]]]", "small objects": b'{"a":{}}', "texts": b'"abcdef"'}
"""What a hostile JSON is full of."""


def _hostile(folder: Path, name: str, item: bytes, values: int) -> Path:
    """A list of as many of these items as are accepted, so that they hold `values` values by our count."""
    each = sum(map(item.count, (b"[", b"{"))) + 1
    path = folder / f"{name}.json"
    path.write_bytes(b"[" + b",".join([item] * ((values - 2) // each)) + b"]")
    return path


def _megabytes(size: int) -> str:
    return f"{size / limits.MB:.2f} MB"
