"""A report that comes back to be checked: ours to the byte or not, its files, who signed; strangers learn nothing."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments import intake
from assessments.actions import evidence, reports, workflow
from assessments.models import Assessment, Evidence, Report
from assessments.reports import manifest
from assessments.reports.kinds import Kind
from tests.assessments.vendor.helpers import answer_to, png
from tests.factories import answer_all
from tests.reports import signing
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts

OURS = "This document was issued here and is unchanged."
MANIFEST_OURS = "The manifest was issued here and is unchanged."
UNKNOWN = "Whether it was issued here cannot be said to you."


CONTENT = png().read()


@pytest.fixture
def handed_in(in_progress: Assessment, rita: User) -> Assessment:
    """An assessment in review with one file."""
    accepted = intake.examine(io.BytesIO(CONTENT), "users.png")
    asked = answer_to(in_progress, 13)
    evidence.attach(assessment=in_progress, accepted=accepted, upload_id=uuid4(), asked_at=asked, by=rita)
    declare_accounts(vendor=in_progress.vendor, accounts=[DeclaredAccount("111122223333", "", "production")], by=rita)
    return workflow.submit(assessment=answer_all(in_progress, by=rita), attested_name="Rita L.", by=rita)


@pytest.fixture
def pdf(handed_in: Assessment, ana: User) -> bytes:
    """The report as it was made and stored."""
    return made(handed_in, ana)


def made(assessment: Assessment, by: User, kind: Kind = Kind.REPORT) -> bytes:
    job = reports.request(assessment=assessment, by=by, kind=kind)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    assert job.problem == ""
    with job.file.open() as file:
        return bytes(file.read())


def carried(pdf: bytes) -> bytes:
    """The manifest inside."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return opened.attachments["manifest.json"].get_file().read_bytes()


def page(client: Client, user: User, data: bytes, *files: tuple[str, bytes]) -> str:
    """The page's main part after uploading this, and files to be compared."""
    client.force_login(user)
    copies = [SimpleUploadedFile(name, content) for name, content in files]
    response = client.post(
        reverse("assessments:verify"), {"file": SimpleUploadedFile("kept.pdf", data), "files": copies}
    )
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1].split("<footer", 1)[0]


def test_a_report_carries_its_manifest(pdf: bytes, handed_in: Assessment) -> None:
    facts = manifest.read(carried(pdf)).data
    report = Report.objects.get()
    assert facts["assessment"]["id"] == handed_in.pk
    assert facts["snapshot_sha256"] == report.snapshot_sha256
    assert facts["audit"] == {"position": report.trail_position, "hash": report.trail_hash}
    assert [file["sha256"] for file in facts["files"]] == [hashlib.sha256(CONTENT).hexdigest()]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.attachments["manifest.json"].get_file().mime_type == "application/json"


def test_ours_and_unchanged(client: Client, pdf: bytes, ana: User) -> None:
    seen = page(client, ana, pdf)
    assert OURS in seen
    assert "Acme Payments, AWS assessment 2026: Assessment report, asked for on" in seen
    assert seen.count("The stored file is the same") == 1
    assert OURS in page(client, ana, carried(pdf))


def test_one_changed_byte_is_noticed(client: Client, pdf: bytes, ana: User) -> None:
    seen = page(client, ana, pdf[:12] + bytes([pdf[12] ^ 1]) + pdf[13:])
    assert "This PDF was changed, or saved again by another program." in seen
    assert MANIFEST_OURS in seen
    assert OURS not in seen


def test_other_pages_around_our_manifest_are_not_ours(client: Client, pdf: bytes, ana: User) -> None:
    """Anybody can seal a PDF; what is stored here decides."""
    seen = page(client, ana, signing.small_pdf(carried(pdf).decode("ascii")))
    assert "This PDF is not the file that is stored here." in seen
    assert OURS not in seen


def test_who_may_not_see_the_assessment_learns_nothing(client: Client, pdf: bytes, rita: User, sam: User) -> None:
    """Neither the vendor it is about nor another: a real manifest and an invented one look the same to them."""
    text = carried(pdf)
    facts = dict(manifest.read(text).data)
    invented = manifest.seal(kind="report", files=facts["files"], facts={**facts, "made_on": "2026-01-01"})
    for user in (rita, sam):
        seen = [page(client, user, one) for one in (text, invented.encode("ascii"))]
        assert UNKNOWN in seen[0]
        for words, one in zip(seen, (text, invented.encode("ascii")), strict=True):
            assert manifest.read(one).sha256 in words
            assert OURS not in words
            assert "Assessment report" not in words
        assert [line for line in seen[0].splitlines() if "csrf" not in line and "SHA-256 of" not in line] == [
            line for line in seen[1].splitlines() if "csrf" not in line and "SHA-256 of" not in line
        ]


def test_a_manifest_with_another_answer_is_not_ours(client: Client, pdf: bytes, ana: User) -> None:
    facts = dict(manifest.read(carried(pdf)).data)
    better = manifest.seal(kind="report", files=facts["files"], facts={**facts, "score": {"value": "10.0"}})
    seen = page(client, ana, better.encode("ascii"))
    assert UNKNOWN in seen
    assert MANIFEST_OURS not in seen


@pytest.mark.parametrize("wrong", [{"snapshot_sha256": 7}, {"document": "portfolio"}, {"document": "none"}])
def test_what_a_stranger_writes_into_a_manifest_is_no_error(
    client: Client, pdf: bytes, ana: User, wrong: dict[str, object]
) -> None:
    facts = dict(manifest.read(carried(pdf)).data)
    text = manifest.seal(kind="report", files=facts["files"], facts={**facts, **wrong})
    assert UNKNOWN in page(client, ana, text.encode("ascii"))


def test_copies_of_the_files_are_compared(client: Client, pdf: bytes, ana: User) -> None:
    seen = page(client, ana, pdf, ("users (1).png", CONTENT))
    assert OURS in seen
    assert "Your file is the same" in seen
    seen = page(client, ana, pdf, ("users.png", CONTENT + b"x"), ("new.txt", b"new"))
    assert "Your file has changed" in seen
    assert "Your file is not named in the manifest" in seen
    assert OURS not in seen
    assert "Not among your files" in page(client, ana, pdf, ("new.txt", b"new"))
    assert Evidence.objects.count() == 1


def test_a_file_that_was_added_since_is_named(client: Client, pdf: bytes, ana: User) -> None:
    later = Evidence.objects.get()
    later.pk, later.name, later.sha256, later.upload_id = None, "later.png", "0" * 64, uuid4()
    later.save(force_insert=True)
    seen = page(client, ana, pdf)
    assert OURS in seen
    assert "later.png" in seen
    assert "Stored here and not named in the manifest" in seen


def signing_key(folder: Path, settings: Any, days: tuple[int, int] = (-1, 1)) -> str:
    """Set a key of the organisation's, valid for these days around today; its fingerprint."""
    today = datetime.now(UTC) - signing.NOW
    key = signing.new_key()
    own = signing.certificate(key, days=(today.days + days[0], today.days + days[1]))
    settings.REPORT_SIGNING_KEY = signing.key_file(folder, key, own)
    settings.REPORT_SIGNING_PASSWORD = signing.PASSWORD
    return signing.fingerprint(own)


def test_with_a_key_the_report_is_signed(
    client: Client, submitted: Assessment, ana: User, tmp_path: Path, settings: Any
) -> None:
    fingerprint = signing_key(tmp_path, settings)
    pdf = made(submitted, ana)
    seen = page(client, ana, pdf)
    assert OURS in seen
    assert f"Signed by {signing.NAME}, over the whole file." in seen
    assert fingerprint in seen
    assert Report.objects.get().size == len(pdf)
    assert "Signed by" not in page(client, ana, pdf[:12] + bytes([pdf[12] ^ 1]) + pdf[13:])


def test_an_expired_key_ends_the_job_with_a_sentence(
    submitted: Assessment, ana: User, tmp_path: Path, settings: Any
) -> None:
    signing_key(tmp_path, settings, days=(-9, -2))
    job = reports.request(assessment=submitted, by=ana)
    reports.render_now(report_id=job.pk)
    job.refresh_from_db()
    expired = (datetime.now(UTC) - timedelta(days=2)).date()
    assert job.state == Report.State.FAILED
    assert job.problem.startswith("It could not be signed. The certificate expired on ")
    assert f"{expired:%Y-%m}" in job.problem
    assert str(tmp_path) not in job.problem


def test_the_page_costs_the_same(client: Client, pdf: bytes, ana: User, django_assert_num_queries: object) -> None:
    client.force_login(ana)
    kept = SimpleUploadedFile("kept.pdf", pdf)
    with django_assert_num_queries(6):
        client.post(reverse("assessments:verify"), {"file": kept})
