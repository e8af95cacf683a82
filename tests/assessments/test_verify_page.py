"""The page that checks a receipt: whole, changed, ours or not, and nothing for strangers."""

import io
import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments import intake, limits
from assessments.actions import evidence, receipts, workflow
from assessments.models import Assessment, Evidence, Submission
from assessments.queries import receipts as queries
from assessments.reports import manifest
from tests.assessments.vendor.helpers import answer_to, png
from tests.factories import answer_all
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts

OURS = "This receipt was issued here and is unchanged."
WHOLE = "Whether it was issued here cannot be said to you."
SAME = "The stored file is the same"
UNSEEN = "No file that you may see has this SHA-256"


@pytest.fixture
def issued(in_progress: Assessment, rita: User) -> Submission:
    """A submission with one file."""
    accepted = intake.examine(io.BytesIO(png().read()), "users.png")
    asked = answer_to(in_progress, 13)
    evidence.attach(assessment=in_progress, accepted=accepted, upload_id=uuid4(), asked_at=asked, by=rita)
    declare_accounts(vendor=in_progress.vendor, accounts=[DeclaredAccount("111122223333", "", "production")], by=rita)
    workflow.submit(assessment=answer_all(in_progress, by=rita), attested_name="Rita L.", by=rita)
    return Submission.objects.get()


def checked(client: Client, user: User, data: bytes, name: str = "manifest.json", status: int = 200) -> str:
    """The page's main part after uploading this."""
    client.force_login(user)
    response = client.post(reverse("assessments:verify"), {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == status
    return response.content.decode().split("<main", 1)[1].split("<footer", 1)[0]


@pytest.mark.parametrize("who", ["rita", "tom", "ana"])
def test_ours_and_unchanged(client: Client, issued: Submission, who: str, request: pytest.FixtureRequest) -> None:
    page = checked(client, request.getfixturevalue(who), issued.manifest.encode())
    assert OURS in page
    assert "Acme Payments, AWS assessment 2026, round 1: submitted on" in page
    assert "by Rita Lindqvist, signed as Rita L." in page
    assert page.count(SAME) == 1
    assert Evidence.objects.count() == 1


def test_the_pdf_does_as_well_and_one_byte_of_it_is_noticed(client: Client, issued: Submission, rita: User) -> None:
    receipts.render_now(submission_id=issued.pk)
    issued.refresh_from_db()
    with issued.file.open() as file:
        pdf = file.read()
    assert OURS in checked(client, rita, pdf, "receipt.pdf")
    page = checked(client, rita, pdf[:12] + bytes([pdf[12] ^ 1]) + pdf[13:], "receipt.pdf")
    assert OURS not in page
    assert "This PDF was changed, or saved again by another program." in page
    assert "The manifest was issued here and is unchanged." in page


def test_a_changed_manifest_is_said(client: Client, issued: Submission, rita: User) -> None:
    page = checked(client, rita, issued.manifest.replace("See the console.", "See the record.", 1).encode())
    assert "This manifest was changed." in page
    assert OURS not in page
    assert issued.manifest_sha256 not in page


def test_a_stranger_learns_nothing(client: Client, issued: Submission, sam: User, ada: User, tom: User) -> None:
    """A real manifest and an invented one give a stranger the same words."""
    facts = json.loads(issued.manifest)
    facts["round"] = 7
    invented = manifest.seal(kind="submission", files=facts["files"], facts=facts)
    for user in (sam, ada):
        pages = []
        for text in (issued.manifest, invented):
            page = checked(client, user, text.encode())
            assert OURS not in page
            assert WHOLE in page
            assert (page.count(UNSEEN), page.count(SAME)) == (1, 0) if user == sam else True
            pages.append(page.replace(json.loads(text)["sha256"], ""))
        assert _without_token(pages[0]) == _without_token(pages[1])


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_a_helper_is_a_stranger_to_the_receipt(client: Client, issued: Submission, tom: User) -> None:
    tom.memberships.update(role="helper")
    assert WHOLE in checked(client, tom, issued.manifest.encode())


def test_a_stored_file_that_changed_or_went_is_named(client: Client, issued: Submission, rita: User) -> None:
    item = Evidence.objects.get()
    path = item.file.path
    data = bytearray(png().read())
    data[-1] ^= 1
    with open(path, "wb") as file:
        file.write(data)
    page = checked(client, rita, issued.manifest.encode())
    assert "The stored file has changed" in page
    assert OURS not in page
    assert "The manifest was issued here and is unchanged." in page
    item.file.storage.delete(item.file.name)
    assert "The stored file could not be read" in checked(client, rita, issued.manifest.encode())


def test_what_is_too_large_to_read_again_is_told_from_the_record(
    client: Client, issued: Submission, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "VERIFY_BYTES", 10)
    assert "Our record has the same SHA-256" in checked(client, rita, issued.manifest.encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"hello", "This is neither a PDF nor a manifest."),
        (b'{"a": 1}', "This is not a manifest of Assay."),
        (b"{", "The JSON is damaged at line 1"),
        (b"%PDF-1.7 nothing", "The PDF is damaged or incomplete."),
        (b"{" + b" " * limits.MANIFEST_BYTES, "The file is 10.1 MB. It may have 10 MB."),
    ],
)
def test_something_else_is_refused_with_a_sentence(client: Client, rita: User, data: bytes, words: str) -> None:
    client.force_login(rita)
    if data:
        assert words in checked(client, rita, data, status=422)
    assert "Choose a file first." in client.post(reverse("assessments:verify")).content.decode()


def test_a_body_that_is_too_large_is_not_read(client: Client, rita: User) -> None:
    client.force_login(rita)
    response = client.post(reverse("assessments:verify"), {}, headers={"Content-Length": str(106 * limits.MB)})
    assert response.status_code == 413
    assert "may have 100 MB together." in response.content.decode()


def test_the_page_costs_the_same(
    client: Client, issued: Submission, rita: User, django_assert_num_queries: object
) -> None:
    checked(client, rita, issued.manifest.encode())
    client.force_login(rita)
    with django_assert_num_queries(5):
        client.post(reverse("assessments:verify"), {"file": SimpleUploadedFile("m.json", issued.manifest.encode())})
