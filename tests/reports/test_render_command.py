"""manage.py render_report ID --out FILE"""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Assessment, Report
from audit.models import Event
from tests.reports.test_render import flat, text_of

pytestmark = pytest.mark.django_db


def test_it_writes_a_pdf_and_nothing_else(
    submitted: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = Event.objects.count()
    out = tmp_path / "report.pdf"
    out.write_bytes(b"an older one")
    call_command("render_report", str(submitted.pk), "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
    said = capsys.readouterr().out
    digest = re.search(r"snapshot ([0-9a-f]{64})", said)
    assert digest is not None
    assert digest[1] in flat(text_of(out.read_bytes()))
    assert (Report.objects.count(), Event.objects.count()) == (0, events)


def test_an_unknown_assessment_is_a_clear_error(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^There is no assessment 4711\.$"):
        call_command("render_report", "4711", "--out", str(tmp_path / "x.pdf"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [".", "missing/x.pdf"])
def test_a_place_that_cannot_be_written_is_a_clear_error(submitted: Assessment, tmp_path: Path, place: str) -> None:
    with pytest.raises(CommandError, match="it must be a file in a folder that exists"):
        call_command("render_report", str(submitted.pk), "--out", str(tmp_path / place))


def test_a_number_is_needed(db: None) -> None:
    with pytest.raises(CommandError, match="invalid int value"):
        call_command("render_report", "abc", "--out", "x.pdf")
