"""Pages that a few odd bytes in an address, a form or a file would stop."""

import json
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Evidence
from assessments.queries.marked_text import MOST_LINES, MOST_READABLE, marked_text, readable_json
from tests import factories
from tests.assessments.vendor.helpers import add, at
from users.models import User


def test_json_that_would_grow_without_end_is_shown_as_it_stands() -> None:
    deep = "[" * 900 + "1," * 100_000 + "1" + "]" * 900
    tracemalloc.start()
    text = readable_json(deep)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text == deep
    assert most < 8 * MOST_READABLE  # indented, it would be 180 MB
    plain = {"users": [{"name": "bob"}] * 1_000}
    assert readable_json(json.dumps(plain)) == json.dumps(plain, indent=2)


def test_of_many_marked_lines_the_first_are_kept() -> None:
    found = marked_text("web\nother\n" * 100_000, "web")
    assert (found.line_count, found.marked_count, len(found.lines)) == (200_000, 100_000, MOST_LINES)
    assert [line.number for line in found.lines] == list(range(1, MOST_LINES + 1))
    lines = ["-"] * 10_000
    lines[5_000] = lines[9_000] = "web"
    kept = [line.number for line in marked_text("\n".join(lines), "web").lines]
    assert kept == [*range(4_981, 5_022), *range(8_981, 9_022)]


@pytest.mark.parametrize("question", ["٣", "३", "1" * 4, "1" * 5_000, "-1", "³", "13\x00"])
def test_the_number_in_an_address_may_be_anything(
    client: Client, submitted: Assessment, ana: User, rita: User, question: str
) -> None:
    with_vendor = factories.make_assessment(vendor=submitted.vendor, state="in_progress", period="2027")
    client.force_login(rita)
    assert add(client, with_vendor, SimpleUploadedFile("a.txt", b"Seen.\n"), 13)["status"] == 201
    factories.answer_all(with_vendor, by=rita)
    item = Evidence.objects.get()
    assert client.get(at("evidence-view", with_vendor, item.pk), {"question": question}).status_code == 200
    Assessment.objects.filter(pk=with_vendor.pk).update(
        state="submitted", submitted_at=item.received_at, submitted_by=rita, round=1
    )
    client.force_login(ana)
    page = client.get(at("evidence-view", with_vendor, item.pk), {"question": question, "mark": "\x00"})
    assert page.status_code == 200


@pytest.mark.parametrize("number", ["9" * 5_000, "٣", "1\x00"])
def test_the_numbers_in_a_form_may_be_anything(
    client: Client, in_progress: Assessment, rita: User, number: str
) -> None:
    client.force_login(rita)
    assert client.post(at("assign", in_progress), {"questions": [number], "who": "nobody"}).status_code == 422
    assert client.post(at("confirm", in_progress), {"number": [number]}).status_code == 302
    upload = client.post(reverse("assessments:evidence-upload", args=[in_progress.pk]), {"number": number})
    assert upload.status_code in {302, 404}
