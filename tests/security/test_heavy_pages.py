"""Pages that a few odd bytes in an address, a form or a file would stop."""

import json
import re
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.limits import EVALUATION_TEXT
from assessments.models import Assessment, Evaluation, Evidence
from assessments.queries.marked_text import MOST_LINES, MOST_READABLE, marked_text, readable_json
from tests import factories
from tests.assessments.vendor.helpers import add, at, report
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts


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


def test_names_longer_than_any_real_one_do_not_fill_the_store_or_a_page(
    client: Client, in_progress: Assessment, rita: User
) -> None:
    account = DeclaredAccount("111122223333", "payments", "production")
    declare_accounts(vendor=in_progress.vendor, accounts=[account], by=rita)
    client.force_login(rita)
    file = report(users=20)
    long = re.sub(rb"(?m)^user(\d+)", rb"user\1" + b"u" * 40_000, file.read())
    assert add(client, in_progress, SimpleUploadedFile("report.csv", long), 13)["status"] == 201
    factories.evaluate(in_progress)
    rows = Evaluation.objects.filter(answer__assessment=in_progress)
    refs = [one["ref"] for row in rows for one in row.resources]
    assert refs
    assert max(map(len, refs)) <= EVALUATION_TEXT
    assert max(len(row.summary) for row in rows) <= EVALUATION_TEXT
    for row in rows:
        page = client.get(at("answer-shown", in_progress, row.answer.criterion.number))
        assert len(page.content) < 400_000
