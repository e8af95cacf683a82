"""Evidence that a program reads, for the tests of what staff see of it."""

import io
import zipfile
from pathlib import Path
from uuid import uuid4

from assessments import intake
from assessments.actions import evidence
from assessments.models import Assessment
from tests.browser.acts import hand_in
from users.models import User

FIXTURES = Path(__file__).resolve().parents[2] / "evaluators" / "fixtures"


def zipped(name: str) -> bytes:
    """A folder of the examples as the ZIP that the collector makes."""
    out, folder = io.BytesIO(), FIXTURES / name
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in {"expected.json", "MANIFEST.md"}:
                archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


BUNDLE = ("acme-bad.zip", zipped("acme-bad"))
REPORT = ("credential-report.csv", (FIXTURES / "acme-bad/999999999999/global/credential-report.csv").read_bytes())


def hand_in_with(assessment: Assessment, number: int, *files: tuple[str, bytes], by: User) -> Assessment:
    """Add files to one question, answer what is open, and submit."""
    for name, data in files:
        evidence.attach(
            assessment=assessment,
            accepted=intake.examine(io.BytesIO(data), name),
            upload_id=uuid4(),
            asked_at=assessment.answers.get(criterion__number=number),
            by=by,
        )
    return hand_in(assessment, by=by)
