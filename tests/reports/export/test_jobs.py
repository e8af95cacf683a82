"""Each document for programs on its whole way: asked for, made, downloaded, and the same when made again."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from jsonschema import Draft202012Validator
from trestle.oscal.assessment_results import AssessmentResults

from assessments.actions import reports
from assessments.models import Assessment, Report
from assessments.reports import manifest
from assessments.reports.export import record
from assessments.reports.kinds import Kind
from tests import oscal as reader
from tests.assessments.staff.pages import address
from tests.reports.test_build import add_evidence
from users.models import User

pytestmark = pytest.mark.django_db

USERS = b"user,arn\n<root_account>,arn:aws:iam::111122223333:root\n"


@pytest.fixture
def submitted_with_file(submitted: Assessment, rita: User) -> Assessment:
    """An assessment with one file for question 13."""
    sha256 = hashlib.sha256(USERS).hexdigest()
    add_evidence(submitted, rita, 13, name="users.csv", kind="csv", content=USERS, sha256=sha256)
    return submitted


def made(assessment: Assessment, by: User, kind: Kind) -> Report:
    job = reports.request(assessment=assessment, by=by, kind=kind)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("ready", "")
    return job


def read_workbook(content: bytes, assessment: Assessment) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Results", "Findings", "Evidence", "About"]
    assert [row[1].value for row in book["Evidence"].iter_rows(min_row=2)][-1] == "users.csv"


def read_table(content: bytes, assessment: Assessment) -> None:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["No."] for row in rows] == [str(number) for number in range(1, 34)]
    assert {row["Vendor"] for row in rows} == {assessment.vendor.name}


def read_data(content: bytes, assessment: Assessment) -> None:
    found = json.loads(content)
    Draft202012Validator(record.schema()).validate(found)
    assert found["snapshot"]["assessment"] == assessment.pk
    assert found["audit"]["position"] > 0


def read_oscal(content: bytes, assessment: Assessment) -> None:
    model = reader.read(AssessmentResults, content.decode("ascii"))
    hashes = [one.rlinks[0].hashes[0].value for one in model.back_matter.resources[2:]]
    assert hashes[-1] == hashlib.sha256(USERS).hexdigest()


def read_archive(content: bytes, assessment: Assessment) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("users.csv")]
        assert archive.read(name) == USERS
        proof = manifest.read(archive.read("manifest.json"))
    assert proof.data["document"] == "archive"
    assert proof.files[-1].sha256 == hashlib.sha256(USERS).hexdigest()


@pytest.mark.parametrize(
    ("kind", "name", "media_type", "check"),
    [
        (
            Kind.WORKBOOK,
            "results-{}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            read_workbook,
        ),
        (Kind.TABLE, "results-{}.csv", "text/csv", read_table),
        (Kind.DATA, "record-{}.json", "application/json", read_data),
        (Kind.OSCAL, "oscal-{}.json", "application/json", read_oscal),
        (Kind.ARCHIVE, "evidence-{}.zip", "application/zip", read_archive),
    ],
)
def test_from_the_click_to_the_file(
    kind: Kind,
    name: str,
    media_type: str,
    check: Callable[[bytes, Assessment], None],
    client: Client,
    submitted_with_file: Assessment,
    max: User,
) -> None:
    job = made(submitted_with_file, max, kind)
    client.force_login(max)
    response = client.get(address("report-download", job.pk))
    content = b"".join(response.streaming_content)
    check(content, submitted_with_file)
    assert response.headers["Content-Disposition"] == f'attachment; filename="aws-assessment-{name.format(job.pk)}"'
    assert response.headers["Content-Type"].split(";")[0] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    # After a restart, from the same row.
    Report.objects.filter(pk=job.pk).update(state="queued", attempts=0)
    reports.render_now(report_id=job.pk)
    again = Report.objects.get(pk=job.pk)
    assert (again.sha256, again.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_file_that_is_gone_is_named_in_the_archive(submitted: Assessment, rita: User, max: User) -> None:
    lost = add_evidence(submitted, rita, 13, name="users.csv", kind="csv", content=USERS)
    default_storage.delete(lost.file.name)
    job = made(submitted, max, Kind.ARCHIVE)
    with job.file.open() as file, zipfile.ZipFile(file) as archive:
        assert "users.csv" in archive.read("MISSING.txt").decode()
        assert [name for name in archive.namelist() if "users.csv" in name] == []
    assert [name.partition(" ")[2] for name in job.missing] == ["users.csv"]
