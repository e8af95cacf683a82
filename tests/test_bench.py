"""`bin/bench` starts, says what there is, and prints its tables; what the figures are is no test's business."""

import re
import subprocess

from tests.bench import bundles, credential_reports, paper
from tests.bench.__main__ import NAMES
from tests.test_layering import ROOT


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "bin" / "bench", *arguments], capture_output=True, text=True, check=False)


def test_without_a_name_it_lists_the_names() -> None:
    done = bench()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: bin/bench [-h] [--quick] [NAME]")
    assert [line for line in done.stdout.splitlines() if re.match(r"  (evaluators|report) ", line)] == [
        "  evaluators   reading and evaluating evidence: credential reports, bundles, hostile files",
        "  report       laying out a report with many screenshots",
    ]


def test_a_wrong_name_is_refused() -> None:
    done = bench("evaluator")
    assert (done.returncode, done.stdout) == (2, "")
    assert "invalid choice: 'evaluator'" in done.stderr
    assert all(name in done.stderr.rpartition("choose from")[2] for name in NAMES)


def test_the_evaluators_get_their_tables() -> None:
    done = bench("evaluators", "--quick")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"\d+ cores, \w+ \w+, CPython 3\.\d+\.\d+\n\n\*\*Credential report", done.stdout)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]
    assert [row[0] for row in cells if not row[0].startswith("---")] == [
        "rows",
        "50",
        "200",
        "50, dates in two ways",
        "page",
        "first",
        "last",
        "accounts",
        "1",
        "1",
        "2",
        "2",
        "what",
        "credential report of 200 rows, read",
        "credential report of 200 rows, evaluated",
        "bundle of 2 accounts, folder",
        "bundle of 2 accounts, ZIP",
        "JSON at the limit: empty lists",
        "JSON at the limit: lists in lists",
        "JSON at the limit: small objects",
        "JSON at the limit: texts",
    ]
    by_name = {tuple(row[:2]): row for row in cells}
    assert re.fullmatch(r"[\d.]+ s", by_name["200", "0.04 MB"][2])
    assert by_name["first", "200"][2] == "100"
    assert re.fullmatch(r"[\d.]+ ms", by_name["2", "ZIP"][7])
    assert {len(row) for row in cells} == {7, 4, 8, 5}


def test_the_report_gets_its_tables() -> None:
    done = bench("report", "--quick")
    assert (done.returncode, done.stderr) == (0, "")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]
    assert [row[0] for row in cells if not row[0].startswith("---")] == [
        *("screenshots", "0", "2"),
        *("screenshots", "0, then 2"),
        *("screenshots", "0", "2"),
    ]
    laid_out, each, memory = cells[3], cells[6], cells[10]
    assert int(laid_out[2]) > 20
    assert re.fullmatch(r"[\d.]+ s", laid_out[4])
    assert re.fullmatch(r"-?[\d.]+%", each[5])
    assert re.fullmatch(r"\d+ MiB", memory[2])


def test_what_is_measured_is_always_the_same() -> None:
    assert paper.assessment(2).digest() == paper.assessment(2).digest()
    assert paper.preview("previews/5.jpg") == paper.preview.__wrapped__("previews/5.jpg")
    report = credential_reports.credential_report(3)
    assert report == credential_reports.credential_report(3)
    assert [line.split(b",")[0] for line in report.splitlines()][:2] == [b"user", b"<root_account>"]
    assert len(report.splitlines()) == 5
    assert list(bundles.bundle(2, bundles.TINY)) == list(bundles.bundle(2, bundles.TINY))
