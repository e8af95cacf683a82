"""Pages of a PDF beside the answer: drawn once by the worker, behind the door of their file, gone when it is."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from assessments import intake
from assessments.actions import evidence as actions
from assessments.actions import page_images
from assessments.intake import pages
from assessments.models import Assessment, Evidence, PageImages
from assessments.tasks import draw_pages
from tests.assessments.staff.pages import add_evidence, address, count_queries, texts
from tests.assessments.vendor.helpers import answer_to
from tests.intake.test_pages import with_pages
from users.models import User

NUMBER = 13
WAITING = "The pages are being drawn. Load this page again in a moment."


def keep(assessment: Assessment, by: User, data: bytes) -> Evidence:
    """One file, as an upload stores it."""
    accepted = intake.examine(io.BytesIO(data), "policy.pdf")
    return actions.attach(
        assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=answer_to(assessment, NUMBER), by=by
    )


@pytest.fixture
def stored(in_progress: Assessment, rita: User) -> Evidence:
    """A PDF of three pages that waits for the worker."""
    return keep(in_progress, rita, with_pages(3))


def job(item: Evidence) -> PageImages:
    return PageImages.objects.get(evidence=item)


def drawn(item: Evidence) -> list[str]:
    """Let the worker do its part; the keys of the pictures."""
    draw_pages(pages_id=job(item).pk)
    return [key for key, _width, _height in job(item).pages]


def view(client: Client, item: Evidence, name: str = "evidence-view", query: str = "") -> object:
    return client.get(address(name, item.assessment_id, item.pk) + query)


def test_the_vendor_sees_the_pages_once_they_are_drawn(client: Client, stored: Evidence, rita: User) -> None:
    client.force_login(rita)
    assert WAITING in texts(view(client, stored))
    keys = drawn(stored)
    assert len(set(keys)) == 3
    html = view(client, stored).content.decode()
    preview = address("evidence-preview", stored.assessment_id, stored.pk)
    for page in (1, 2, 3):
        assert (
            f'<img src="{preview}?page={page}" width="1082" height="1400" alt="Page {page} of 3 of policy.pdf"' in html
        )
    assert "pages are shown" not in html


def test_a_page_is_a_jpeg_that_runs_nothing(client: Client, stored: Evidence, rita: User) -> None:
    client.force_login(rita)
    assert view(client, stored, "evidence-preview", "?page=1").status_code == 404
    drawn(stored)
    answer = view(client, stored, "evidence-preview", "?page=2")
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as image:
        assert (image.format, image.size) == ("JPEG", (1082, 1400))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    for query in ("", "?page=", "?page=0", "?page=4", "?page=-1", "?page=٢", "?page=x"):
        assert view(client, stored, "evidence-preview", query).status_code == 404


def test_another_vendor_gets_no_page(client: Client, stored: Evidence, sam: User) -> None:
    drawn(stored)
    client.force_login(sam)
    assert view(client, stored, "evidence-preview", "?page=1").status_code == 404


def test_staff_get_no_page_before_it_is_submitted(client: Client, stored: Evidence, ana: User) -> None:
    drawn(stored)
    client.force_login(ana)
    assert view(client, stored, "evidence-preview", "?page=1").status_code == 404


def test_more_pages_than_are_drawn_are_counted(
    client: Client, stored: Evidence, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PDF_PAGES", 1)
    drawn(stored)
    client.force_login(rita)
    assert "The first 1 of 3 pages are shown. Download the file for the rest." in texts(view(client, stored))


def test_a_withdrawn_file_takes_its_pages_with_it(
    client: Client, stored: Evidence, rita: User, django_capture_on_commit_callbacks: object
) -> None:
    keys = drawn(stored)
    assert all(default_storage.exists(key) for key in keys)
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(evidence=stored, by=rita)
    assert [default_storage.exists(key) for key in keys] == [False, False, False]
    assert not PageImages.objects.exists()
    client.force_login(rita)
    assert view(client, stored, "evidence-preview", "?page=1").status_code == 404


def test_a_file_withdrawn_while_it_is_drawn_leaves_no_picture(
    stored: Evidence, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []

    def save(name: str, content: object) -> str:
        PageImages.objects.all().delete()  # what withdrawing does, in the middle of it
        saved.append(real(name, content))
        return saved[-1]

    real = default_storage.save
    pk = job(stored).pk
    monkeypatch.setattr(default_storage, "save", save)
    draw_pages(pages_id=pk)
    assert len(saved) == 3
    assert not any(default_storage.exists(key) for key in saved)


def test_a_second_message_draws_nothing_again(stored: Evidence) -> None:
    assert drawn(stored) == drawn(stored)


def test_without_the_program_the_page_says_what_to_do(
    client: Client, stored: Evidence, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.shutil, "which", lambda program: None)
    drawn(stored)
    client.force_login(rita)
    assert page_images.NO_PROGRAM in texts(view(client, stored))


def test_pages_that_cannot_be_drawn_are_said_so(
    client: Client, stored: Evidence, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "draw", lambda data, count: [])
    drawn(stored)
    client.force_login(rita)
    assert page_images.NOT_DRAWN in texts(view(client, stored))
    assert job(stored).state == PageImages.State.FAILED


def test_a_lost_message_is_sent_again(stored: Evidence, django_capture_on_commit_callbacks: object) -> None:
    assert page_images.requeue_lost() == 0
    PageImages.objects.update(touched_at=timezone.now() - timedelta(minutes=2))
    assert page_images.requeue_lost() == 1


def test_other_files_have_no_pages(in_progress: Assessment, rita: User) -> None:
    keep(in_progress, rita, b"just a text\n")
    assert not PageImages.objects.exists()


# --- Beside the answer ------------------------------------------------------------------------------------------


def pdf_of(assessment: Assessment, by: User, count: int) -> Evidence:
    """A submitted PDF whose pages are drawn."""
    item = add_evidence(assessment, NUMBER, by, name="policy.pdf", kind="pdf", facts={"pages": count})
    rows = [[f"pages/{number}.jpg", 900, 1400] for number in range(count)]
    PageImages.objects.create(evidence=item, state="ready", pages=rows, touched_at=timezone.now())
    return item


def test_the_analyst_sees_the_pages_with_tools(client: Client, submitted: Assessment, rita: User, ana: User) -> None:
    client.force_login(ana)
    item = pdf_of(submitted, rita, 2)
    html = client.get(address("score-edit", submitted.pk, NUMBER)).content.decode()
    preview = address("evidence-preview", submitted.pk, item.pk)
    for page in (1, 2):
        assert (
            f'<img src="{preview}?page={page}" width="900" height="1400" alt="Page {page} of 2 of policy.pdf"' in html
        )
    assert 'data-zoom="fit"' in html
    assert 'data-viewer data-key="e"' in html


def test_more_pdfs_take_no_more_queries(client: Client, submitted: Assessment, rita: User, ana: User) -> None:
    client.force_login(ana)
    pdf_of(submitted, rita, 2)
    page = address("score-edit", submitted.pk, NUMBER)
    client.get(page)
    one = count_queries(client, page)
    for _ in range(3):
        pdf_of(submitted, rita, 2)
    assert count_queries(client, page) == one
