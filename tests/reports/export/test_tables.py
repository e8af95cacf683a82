"""The workbook and the table, as a spreadsheet program reads them."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.reports.export import table, workbook
from assessments.reports.snapshot import Snapshot
from tests.reports import samples
from tests.reports.export.samples import AWKWARD, TRAIL, made, spoilt
from tests.test_layering import ROOT

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MOST = 32_767


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def column(rows: list[list[Any]], heading: str) -> list[Any]:
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_workbook_has_four_sheets() -> None:
    found = sheets(made(workbook.write, samples.full()))
    assert {title: len(rows) - 1 for title, rows in found.items()} == {
        "Results": 33,
        "Findings": 12,
        "Evidence": 7,
        "About": 30,
    }


def test_a_result_in_full() -> None:
    rows = sheets(made(workbook.write, samples.full()))["Results"]
    one = dict(zip(rows[0], rows[13], strict=True))
    question = samples.full().criteria[12]
    assert one == {
        "No.": 13,
        "Code": "aws-core-13",
        "Domain": "Identity and Access Management",
        "Title": "No unused access keys",
        "Question": question.question,
        "Severity": "Medium",
        "Result": "Not met",
        "Assurance": "Documented",
        "Answer": question.statements[0],
        "Reason": None,
        "Notes": None,
        "Plan to fix": "Removal of svc-legacy-sftp is change CHG-4821.",
        "Plan by": datetime.fromisoformat("2027-01-08"),
        "Responses found true": f"Failure response: {question.matched[0].text}",
        "Deviation": None,
        "Note": samples.NOTES[13],
        "Evidence": "E1, E2",
        "Files say otherwise": "Yes",
        "Verdict of the files": "Failure",
        "What the files show": "3 of 7 active keys had no use in 90 days.",
        "Offending resources": "111122223333/global/user/j.moreau#access_key_1: active and never used\n"
        "111122223333/global/user/svc-legacy-sftp#access_key_1: last used 214 days before the report\n"
        "111122223333/global/user/t.lind#access_key_2: active and never used",
        "Gaps": "444455556666: no credential report of this account\nand 1 more",
        "Accounts with files": 1,
        "Accounts required": 3,
    }


def test_findings_and_evidence_in_full() -> None:
    found = sheets(made(workbook.write, samples.full(), missing=frozenset({2})))
    finding = dict(zip(found["Findings"][0], found["Findings"][1], strict=True))
    first = samples.full().findings[0]
    assert finding["No."] == 1
    assert (finding["Title"], finding["Priority"], finding["Fix by"].date()) == (first.title, "P1", date(2027, 1, 16))
    assert column(found["Findings"], "Question") == [one.question for one in samples.full().findings]
    assert column(found["Evidence"], "SHA-256") == [one.sha256 for one in samples.full().evidence]
    assert column(found["Evidence"], "Stored") == ["Yes", "Missing", *["Yes"] * 5]
    file = dict(zip(found["Evidence"][0], found["Evidence"][1], strict=True))
    assert (file["No."], file["Size in bytes"], file["AWS accounts"]) == ("E1", 12_345, "111122223333")
    assert (file["Shows the state of"].date(), file["Known from"]) == (date(2026, 11, 20), "Read from the file")
    assert file["Questions"] == "5, 6, 12, 13, 14"


def test_the_workbook_says_what_it_is_of() -> None:
    snapshot = samples.full()
    found = dict(sheets(made(workbook.write, snapshot))["About"][1:])
    assert found["SHA-256 of the snapshot"] == snapshot.digest()
    assert (found["Audit trail, events"], found["Audit trail, last hash"]) == (TRAIL.position, TRAIL.hash)
    assert (found["Score, from 0 to 10"], found["Grade"], found["State"]) == (7.7, "B", "Closed")
    assert found["Source"] == snapshot.playbook.attribution
    assert found["Licence of its texts"] == f"{snapshot.playbook.licence}, {snapshot.playbook.licence_url}"
    assert found["AWS account in the files, not in scope"] == "999999999999"


def test_the_table_holds_the_results_of_the_workbook() -> None:
    rows = lines(made(table.write, samples.full()))
    book = sheets(made(workbook.write, samples.full()))["Results"]
    assert rows[0] == ["Vendor", "Period", *book[0], "Playbook", "Licence"]
    playbook = samples.full().playbook
    assert {(*row[:2], *row[-2:]) for row in rows[1:]} == {
        (
            "Halvorsen Payments",
            "2026",
            "RiskRecon AWS Assessment Playbook 2020-06",
            f"{playbook.licence}. {playbook.attribution}",
        )
    }
    for heading in ("Result", "Severity", "Question", "Evidence", "Offending resources"):
        assert column(rows, heading) == ["" if value is None else value for value in column(book, heading)]
    assert column(rows, "Plan by")[12] == "2027-01-08"


def test_one_can_read_it_as_it_opens() -> None:
    """Headings and titles stay, and a row has room for its texts, which not every program finds out by itself."""
    book = openpyxl.load_workbook(io.BytesIO(made(workbook.write, samples.full())))
    assert [sheet.freeze_panes for sheet in book] == ["E2", "E2", "C2", "A2"]
    # Question 13 names three resources, each of which takes two lines.
    assert book["Results"].row_dimensions[14].height == 6 * 15 + 4
    assert book["About"].row_dimensions[2].height == 19
    assert book["Results"].auto_filter.ref == "A1:X34"
    assert {sheet.page_setup.orientation for sheet in book} == {"landscape"}
    assert [sheet.page_setup.fitToWidth for sheet in book] == [5, 3, 2, 1]


@pytest.mark.parametrize("make", [samples.draft, samples.empty])
def test_an_unfinished_assessment(make: Any) -> None:
    found = sheets(made(workbook.write, make()))
    assert column(found["Results"], "Result").count("Not reviewed") == (16 if make is samples.draft else 33)
    assert dict(found["About"][1:])["State"] == "Draft"
    assert len(lines(made(table.write, make()))) == 34


@pytest.mark.parametrize("name", AWKWARD)
def test_no_text_becomes_a_formula_or_breaks_the_file(name: str) -> None:
    check(spoilt(AWKWARD[name]))


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40))
def test_nor_does_any_other(text: str) -> None:
    check(spoilt(text))


def check(snapshot: Snapshot) -> None:
    content = made(workbook.write, snapshot)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            fromstring(archive.read(name))  # is XML
            assert b"<f>" not in archive.read(name)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "snd"
                if isinstance(cell.value, str):
                    assert len(cell.value.encode("utf-16-le")) // 2 <= MOST
                    assert cell.value[0].isalnum() or cell.quotePrefix
    for cells in lines(made(table.write, snapshot)):
        for text in cells:
            assert not text.lstrip(" ").startswith(FORMULA)
            assert len(text.encode("utf-16-le")) // 2 <= MOST


def test_a_long_text_says_that_it_is_cut() -> None:
    rows = lines(made(table.write, spoilt(AWKWARD["long"])))
    book = sheets(made(workbook.write, spoilt(AWKWARD["long"])))["Results"]
    for text in (column(rows, "Note")[1], column(book, "Note")[1]):
        assert text == "x" * 32_707 + " … [cut: 167,293 more characters]"


def test_texts_are_literal() -> None:
    rows = lines(made(table.write, spoilt(AWKWARD["markup"])))
    assert column(rows, "Note")[1] == AWKWARD["markup"].strip()
    assert column(lines(made(table.write, spoilt("=1+1"))), "Note")[1] == "'=1+1"
    assert column(sheets(made(workbook.write, spoilt("=1+1")))["Results"], "Note")[1] == "=1+1"
    assert column(lines(made(table.write, spoilt(AWKWARD["reordering"]))), "Note")[1] == "gnp.exe abc"


def test_the_same_snapshot_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, json; from assessments.reports.export import table, workbook;"
        "from tests.reports import samples; from tests.reports.export.samples import made;"
        "print(json.dumps([hashlib.sha256(made(one.write, samples.full())).hexdigest() for one in (table, workbook)]))"
    )
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", script],
                cwd=ROOT,
                env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
                capture_output=True,
                check=True,
            ).stdout
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert found[0] == found[1]
    properties = openpyxl.load_workbook(io.BytesIO(made(workbook.write, samples.full()))).properties
    assert (properties.created, properties.modified) == (datetime.fromisoformat("2026-12-17"),) * 2
    assert properties.title == "Halvorsen Payments: AWS assessment 2026"


def test_nothing_of_the_store_is_told() -> None:
    for write in (table.write, workbook.write):
        content = made(write, samples.full())
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"previews/" not in content
        assert b"evidence/" not in content
