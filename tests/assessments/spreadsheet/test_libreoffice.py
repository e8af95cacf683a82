"""The questionnaire through LibreOffice itself: it reads the file without a word, saves it, and nothing is lost."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment
from playbook.models import Side
from tests.assessments.spreadsheet.helpers import confirm, fetched, fill, opened, place, upload, would_change, wrong
from tests.assessments.vendor.helpers import answer_to, keys_of
from tests.factories import answer_with
from users.models import User

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice Calc is not installed")
SECONDS = 120
# What LibreOffice says of itself, wherever it runs; Java is for macros and databases.
KNOWN = ("failed to launch javaldx",)


def saved_by_libreoffice(folder: Path, **files: bytes) -> dict[str, bytes]:
    """Each file opened and saved again. Whatever LibreOffice complains of fails the test."""
    sources, out = [], folder / "out"
    for name, data in files.items():
        sources.append(folder / f"{name}.xlsx")
        sources[-1].write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    as_xlsx = ["--headless", "--norestore", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    done = subprocess.run(
        [SOFFICE, profile, *as_xlsx, *map(str, sources)], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    said = [line for line in done.stderr.splitlines() if line and not any(known in line for known in KNOWN)]
    assert said == []
    assert done.stdout.count("convert ") == len(files)
    return {name: (out / f"{name}.xlsx").read_bytes() for name in files}


def test_the_round_trip_through_libreoffice(
    client: Client, rita: User, in_progress: Assessment, tmp_path: Path
) -> None:
    answer = answer_to(in_progress, 31)
    answer_with(answer, *keys_of(answer, Side.ACCEPTABLE), by=rita, notes='=1+1\n\n+2 "quoted" <b> _x0041_ ü')
    client.force_login(rita)
    day = timezone.localdate() + timedelta(days=60)
    chosen = answer_to(in_progress, 13).criterion.options.get(key=keys_of(answer_to(in_progress, 13), Side.FAILURE)[0])
    untouched = fetched(client, in_progress)
    filled = fill(
        untouched,
        ("Kind of answer", 13, "Statement"),
        ("Statement", 13, chosen.text),
        ("Notes", 13, "First line\nsecond line"),
        ("Plan to fix", 13, "Roll it out"),
        ("By when", 13, day),
        ("Kind of answer", 2, "Not applicable"),
        ("Reason", 2, "One stage only"),
        ("Notes", 5, "=SUM(A1:A9)"),
    )
    by_libreoffice = saved_by_libreoffice(tmp_path, untouched=untouched, filled=filled)

    page = upload(client, in_progress, by_libreoffice["untouched"])
    assert "Nothing to change" in page.content.decode()
    assert (wrong(page), would_change(page), page.context["proposal"].notices) == ([], {}, [])

    page = upload(client, in_progress, by_libreoffice["filled"])
    assert wrong(page) == [("K8", "This cell holds a formula. Formulas are not evaluated; type the text itself")]
    assert would_change(page) == {
        2: [("Answer", "", "Not applicable"), ("Reason", "", "One stage only")],
        13: [
            ("Answer", "", chosen.text),
            ("Notes", "", "First line\nsecond line"),
            ("Plan to fix", "", "Roll it out"),
            ("By when", "", f"{day.day} {day:%B %Y}"),
        ],
    }
    confirm(client, in_progress, page)
    stored = answer_to(in_progress, 13)
    assert (stored.statements, stored.plan_due_on) == ([chosen.key], day)


def test_libreoffice_keeps_what_guides_and_protects(
    client: Client, rita: User, in_progress: Assessment, tmp_path: Path
) -> None:
    client.force_login(rita)
    book = opened(saved_by_libreoffice(tmp_path, sheet=fetched(client, in_progress))["sheet"])
    sheet = book["Questions"]
    assert [each.protection.sheet for each in book.worksheets] == [True, True, True]
    assert sheet.column_dimensions["O"].hidden
    locked = [sheet[place(sheet, title, 13)].protection.locked for title in ("Question", "Notes", "Row code")]
    assert locked == [True, False, True]
    offered = [rule.formula1 for rule in sheet.data_validations.dataValidation if "F16" in rule.sqref]
    assert len(offered) == 1
    assert offered[0].startswith("Statements!$C$")
