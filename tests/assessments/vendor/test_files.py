"""Evidence: add, show, download, date, use elsewhere, withdraw; and what is refused keeps the page."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from assessments.actions import evidence as actions
from assessments.actions import workflow
from assessments.intake import boxes
from assessments.models import Assessment, Evidence
from assessments.queries.files import size_of
from assessments.views import uploads
from assessments.views.bodies import UPLOAD_BODY_BYTES
from assessments.wording import listed
from tests.assessments.vendor.helpers import HEADER, JSON, add, at, png, report
from tests.factories import answer_all, evaluate, make_assessment
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor


def linked(evidence: Evidence) -> list[int]:
    """Numbers of the questions it is evidence for."""
    return list(evidence.answers.order_by("criterion__number").values_list("criterion__number", flat=True))


def only_file(assessment: Assessment) -> Evidence:
    return Evidence.objects.get(assessment=assessment)


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 byte"), (999, "999 bytes"), (184_000, "184 kB"), (1_400_000, "1.4 MB")]
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size_of(count) == words


def test_lists_in_words() -> None:
    assert [listed([5]), listed([5, 6]), listed([5, 6, 14])] == ["5", "5 and 6", "5, 6 and 14"]


# --- Adding -----------------------------------------------------------------------------------------------------


def test_a_script_gets_the_row_back(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    reply = add(client, in_progress, png(), 13)
    item = only_file(in_progress)
    assert (reply["status"], reply["warnings"]) == (201, [])
    assert reply["html"].startswith(f'<li class="file" id="file-{item.pk}" data-upload-id="{item.upload_id}">')
    assert "users.png" in reply["html"]
    assert (item.kind, item.name, item.received_by, linked(item)) == ("image", "users.png", rita, [13])


def test_a_report_serves_every_question_that_asks_for_one(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    reply = add(client, in_progress, report(users=8), 13)
    assert linked(only_file(in_progress)) == [13]
    assert "9 rows read" in reply["html"]
    evaluate(in_progress)
    assert linked(only_file(in_progress)) == [5, 6, 10, 11, 12, 13, 14]
    page = client.get(at("answer-edit", in_progress, 13)).content.decode()
    assert "also used in questions 5, 6, 10, 11, 12 and 14" in page


def test_trying_again_stores_one_file_once(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    upload_id = str(uuid4())
    for _ in range(2):
        fields = {"file": png(), "upload_id": upload_id}
        assert client.post(at("evidence-upload", in_progress), fields, **JSON).status_code == 201
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.png", b"", "The file is empty. Check it and add it again."),
        ("page.html", b"<html><script>alert(1)</script></html>", None),
        ("program.exe", b"MZ\x90\x00\x03", None),
    ],
)
def test_a_bad_file_is_refused_in_words(
    client: Client, rita: User, in_progress: Assessment, name: str, data: bytes, words: str | None
) -> None:
    client.force_login(rita)
    reply = add(client, in_progress, SimpleUploadedFile(name, data), 13)
    assert reply["status"] == 422
    assert reply["error"].endswith(".")
    assert words is None or reply["error"] == words
    assert Evidence.objects.count() == 0


def test_a_plain_form_keeps_the_good_files_and_names_the_bad(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    sent = {"file": [png("one.png"), SimpleUploadedFile("empty.png", b""), png("two.png")], "number": 13}
    response = client.post(at("evidence-upload", in_progress), sent, follow=True)
    assert response.redirect_chain == [(at("answer-edit", in_progress, 13) + "#evidence", 302)]
    page = response.content.decode()
    assert "empty.png: The file is empty. Check it and add it again." in page
    assert "one.png was added." in page
    assert "two.png was added." in page
    assert sorted(Evidence.objects.values_list("name", flat=True)) == ["one.png", "two.png"]


def test_a_file_that_takes_too_long_is_refused_in_words(
    client: Client, rita: User, in_progress: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "TEXT_MEMORY_BYTES", 1)
    client.force_login(rita)
    reply = add(client, in_progress, SimpleUploadedFile("out.json", b"[" + b"0," * 600_000 + b"0]"), 13)
    assert (reply["status"], reply["error"]) == (
        422,
        "This file takes too long to read. Split it, or add the output of single commands.",
    )
    assert Evidence.objects.count() == 0


def test_files_for_which_no_time_is_left_are_named_and_the_first_never_is(
    client: Client, rita: User, in_progress: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_SECONDS", -1)
    client.force_login(rita)
    sent = {"file": [png("one.png"), png("two.png")], "number": 13}
    page = client.post(at("evidence-upload", in_progress), sent, follow=True).content.decode()
    assert "one.png was added." in page
    late = "There was no time left for this file, because those before it took long. Add it again by itself."
    assert f"two.png: {late}" in page
    assert [item.name for item in Evidence.objects.all()] == ["one.png"]


def test_no_file_chosen_is_said(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = client.post(at("evidence-upload", in_progress), {"number": 13}, follow=True)
    assert "Choose a file first." in response.content.decode()


@pytest.mark.parametrize("number", ["abc", "99", "-1"])
def test_an_unknown_question_is_404(client: Client, rita: User, in_progress: Assessment, number: str) -> None:
    client.force_login(rita)
    fields = {"file": png(), "upload_id": str(uuid4()), "number": number}
    assert client.post(at("evidence-upload", in_progress), fields, **JSON).status_code == 404
    assert Evidence.objects.count() == 0


def test_an_upload_id_that_is_none_is_refused(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = client.post(at("evidence-upload", in_progress), {"file": png(), "upload_id": "1"}, **JSON)
    assert response.status_code == 422


class Unread:
    """A body that must not be touched."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def unread(client: Client, assessment: Assessment, size: int) -> object:
    """An upload that announces `size` bytes and has none to give."""
    extra = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(size), "wsgi.input": Unread()}
    return client.generic("POST", at("evidence-upload", assessment), headers={"accept": "application/json"}, **extra)


def test_too_large_a_body_is_refused_unread(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = unread(client, in_progress, UPLOAD_BODY_BYTES + 1)
    assert response.status_code == 413
    assert response.json()["error"].startswith("That is too much at once.")


def test_a_strangers_body_is_not_read(client: Client, sam: User, in_progress: Assessment) -> None:
    client.force_login(sam)
    assert unread(client, in_progress, 1000).status_code == 404


def test_after_submitting_nothing_can_be_added(client: Client, rita: User, submitted: Assessment) -> None:
    client.force_login(rita)
    reply = add(client, submitted, png(), 1)
    assert reply["status"] == 423
    assert "Nothing was changed." in reply["error"]
    response = client.post(at("evidence-upload", submitted), {"file": png()}, follow=True)
    assert "Nothing was changed." in response.content.decode()
    assert Evidence.objects.count() == 0


def test_only_a_question_that_was_sent_back_takes_files(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    assert add(client, assessment, png(), 2)["status"] == 423
    assert add(client, assessment, png(), 1)["status"] == 201


def test_the_token_of_the_form_is_checked(rita: User, in_progress: Assessment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    fields = {"file": png(), "upload_id": str(uuid4())}
    assert client.post(at("evidence-upload", in_progress), fields, **JSON).status_code == 403
    assert Evidence.objects.count() == 0


def test_queries_of_an_upload(
    client: Client, rita: User, in_progress: Assessment, django_assert_num_queries: object
) -> None:
    """20, and a savepoint where a request outside a test has its transaction."""
    client.force_login(rita)
    add(client, in_progress, png(), 13)
    with django_assert_num_queries(23):
        add(client, in_progress, png("two.png"), 13)


# --- Showing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def evidence(client: Client, rita: User, in_progress: Assessment) -> Evidence:
    client.force_login(rita)
    add(client, in_progress, png(), 13)
    return only_file(in_progress)


def view_of(client: Client, evidence: Evidence, query: str = "") -> object:
    return client.get(at("evidence-view", evidence.assessment, evidence.pk) + query)


def test_an_image_is_shown_as_a_preview_of_ours(client: Client, evidence: Evidence) -> None:
    page = view_of(client, evidence).content.decode()
    assert f'src="{at("evidence-preview", evidence.assessment, evidence.pk)}" alt="Preview of users.png"' in page
    response = client.get(at("evidence-preview", evidence.assessment, evidence.pk))
    picture = Image.open(BytesIO(b"".join(response.streaming_content)))
    assert (response.headers["Content-Type"], picture.format, picture.size) == ("image/jpeg", "JPEG", (40, 30))
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_report_is_a_table(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report(users=2))
    response = view_of(client, only_file(in_progress))
    rows = response.context["content"].page.object_list
    made = timezone.now() - timedelta(days=30)
    assert [
        (row.user, row.password, row.mfa, row.keys[0].active, row.keys[0].rotated, row.keys[0].used) for row in rows
    ] == [
        ("<root_account>", "–", "Yes", "No", "–", "–"),
        ("user0", "No", "No", "Yes", f"{made:%-d %b %Y}", "Never"),
        ("user1", "No", "No", "Yes", f"{made:%-d %b %Y}", "Never"),
    ]
    assert "&lt;root_account&gt;" in response.content.decode()


def test_a_long_report_is_paged(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report(users=250))
    item = only_file(in_progress)
    assert len(view_of(client, item).context["content"].page.object_list) == 100
    last = view_of(client, item, "?page=3").context["content"].page
    assert (len(last.object_list), last.object_list[-1].user) == (51, "user249")
    assert view_of(client, item, "?page=nonsense").context["content"].page.number == 1


def test_text_is_escaped_and_cut(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    text = "Copied by hand: <script>alert(1)</script>\n" + "0123456789 \n" * 20_000
    add(client, in_progress, SimpleUploadedFile("notes.txt", text.encode()))
    page = view_of(client, only_file(in_progress)).content.decode()
    assert "Copied by hand: &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "Only the beginning is shown." in page


def test_cut_text_does_not_break_a_letter(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("notes.txt", ("x" + "é" * 110_000).encode()))
    text = view_of(client, only_file(in_progress)).context["content"].text
    assert text[:3] == "xéé"
    assert "Ã" not in text


def test_json_is_shown_as_text(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("out.json", json.dumps({"Accounts": ["<b>"]}).encode()))
    assert "{&quot;Accounts&quot;: [&quot;&lt;b&gt;&quot;]}" in view_of(client, only_file(in_progress)).content.decode()


def test_a_lost_file_says_so(client: Client, evidence: Evidence, rita: User) -> None:
    add(client, evidence.assessment, report(), 13)
    item = Evidence.objects.get(kind="csv")
    item.file.storage.delete(item.file.name)
    response = view_of(client, item)
    assert response.status_code == 200
    assert "The file could not be read. Download it, or add it again." in response.content.decode()


def test_a_download_is_the_file_as_it_came_and_harmless(client: Client, evidence: Evidence) -> None:
    response = client.get(at("evidence-download", evidence.assessment, evidence.pk))
    assert b"".join(response.streaming_content) == png().read()
    assert {
        name: response.headers[name] for name in ("Content-Disposition", "Content-Type", "X-Content-Type-Options")
    } == {
        "Content-Disposition": 'attachment; filename="users.png"',
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
    }
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("name", ["evidence-view", "evidence-preview", "evidence-download"])
def test_another_vendors_files_do_not_exist(client: Client, evidence: Evidence, sam: User, name: str) -> None:
    client.force_login(sam)
    assert client.get(at(name, evidence.assessment, evidence.pk)).status_code == 404


@pytest.mark.parametrize("name", ["evidence-link", "evidence-unlink", "evidence-withdraw", "evidence-date"])
def test_another_vendors_files_cannot_be_changed(client: Client, evidence: Evidence, sam: User, name: str) -> None:
    client.force_login(sam)
    fields = {"number": 13, "day": "2026-01-01"}
    assert client.post(at(name, evidence.assessment, evidence.pk), fields).status_code == 404
    evidence.refresh_from_db()
    assert (linked(evidence), evidence.withdrawn_at, evidence.effective_at) == ([13], None, None)


def test_a_file_belongs_to_its_own_assessment(client: Client, evidence: Evidence, birch: Vendor) -> None:
    other = make_assessment(vendor=birch, state="in_progress")
    assert client.get(at("evidence-download", other, evidence.pk)).status_code == 404


def test_staff_see_files_once_they_are_submitted(
    client: Client, evidence: Evidence, rita: User, ana: User, ada: User
) -> None:
    address = at("evidence-download", evidence.assessment, evidence.pk)
    client.force_login(ana)
    assert client.get(address).status_code == 404
    account = DeclaredAccount("111122223333", "", "production")
    declare_accounts(vendor=evidence.assessment.vendor, accounts=[account], by=rita)
    workflow.submit(assessment=answer_all(evidence.assessment, by=rita), attested_name=rita.name, by=rita)
    response = client.get(address)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, png().read())
    assert client.get(at("evidence-view", evidence.assessment, evidence.pk)).status_code == 200
    client.force_login(ada)
    assert client.get(address).status_code == 403


# --- Using, dating, taking back ---------------------------------------------------------------------------------


def test_a_file_is_used_for_one_more_question(client: Client, evidence: Evidence) -> None:
    fields = {"number": 1, "back": at("answer-edit", evidence.assessment, 1)}
    response = client.post(at("evidence-link", evidence.assessment, evidence.pk), fields, follow=True)
    assert response.redirect_chain == [(at("answer-edit", evidence.assessment, 1), 302)]
    assert "users.png is used for question 1." in response.content.decode()
    assert linked(evidence) == [1, 13]


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_way_back_stays_on_this_site(client: Client, evidence: Evidence, back: str) -> None:
    response = client.post(at("evidence-link", evidence.assessment, evidence.pk), {"number": 1, "back": back})
    assert response.headers["Location"] == at("evidence-list", evidence.assessment)


def test_a_file_is_no_longer_used_for_one_question(client: Client, evidence: Evidence) -> None:
    client.post(at("evidence-link", evidence.assessment, evidence.pk), {"number": 1})
    response = client.post(at("evidence-unlink", evidence.assessment, evidence.pk), {"number": 13}, **JSON)
    assert response.status_code == 200
    assert linked(evidence) == [1]


def test_a_withdrawn_file_is_no_evidence_and_stays_in_the_history(
    client: Client, evidence: Evidence, rita: User
) -> None:
    response = client.post(at("evidence-withdraw", evidence.assessment, evidence.pk), follow=True)
    page = response.content.decode()
    assert "users.png was withdrawn. It is not evidence any more." in page
    assert "1 withdrawn" in page
    evidence.refresh_from_db()
    assert evidence.withdrawn_by == rita
    assert evidence.pk not in [row.pk for row in client.get(at("answer-edit", evidence.assessment, 13)).context["used"]]


def test_what_was_submitted_stays(client: Client, acme: Vendor, rita: User, max: User) -> None:
    assessment = make_assessment(vendor=acme, state="in_progress")
    client.force_login(rita)
    add(client, assessment, png(), 1)
    declare_accounts(vendor=acme, accounts=[DeclaredAccount("111122223333", "", "production")], by=rita)
    assessment = workflow.submit(assessment=answer_all(assessment, by=rita), attested_name=rita.name, by=rita)
    from assessments.actions import reviews  # noqa: PLC0415 -- beside its only use

    reviews.ask(answer=assessment.answers.get(criterion__number=1), text="Newer, please", by=max)
    assessment = workflow.request_changes(assessment=assessment, by=max)
    item = only_file(assessment)
    for name in ("evidence-withdraw", "evidence-unlink"):
        response = client.post(at(name, assessment, item.pk), {"number": 1}, **JSON)
        assert response.json() == {"error": "This file was submitted, so it stays. Add a newer one beside it."}
    assert "evidence-withdraw" not in client.get(at("answer-edit", assessment, 1)).content.decode()
    item.refresh_from_db()
    assert (item.withdrawn_at, linked(item)) == (None, [1])


def test_the_vendor_says_of_what_day_a_file_is(client: Client, evidence: Evidence) -> None:
    assert "When was this made?" in client.get(at("evidence-list", evidence.assessment)).content.decode()
    client.post(at("evidence-date", evidence.assessment, evidence.pk), {"day": "2026-03-02"})
    evidence.refresh_from_db()
    assert (evidence.effective_at, evidence.effective_source) == (datetime(2026, 3, 2, 12, tzinfo=UTC), "stated")
    page = client.get(at("evidence-list", evidence.assessment)).content.decode()
    assert "taken 2 Mar 2026" in page
    assert 'value="2026-03-02"' in page


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Enter the day the file shows"),
        ("soon", "Enter the day as year-month-day"),
        ("2999-01-01", "cannot be in the future"),
    ],
)
def test_a_day_that_cannot_be_is_refused(client: Client, evidence: Evidence, day: str, words: str) -> None:
    response = client.post(at("evidence-date", evidence.assessment, evidence.pk), {"day": day}, follow=True)
    assert words in response.content.decode()
    evidence.refresh_from_db()
    assert evidence.effective_at is None


def test_today_is_a_day_that_can_be(client: Client, evidence: Evidence) -> None:
    client.post(at("evidence-date", evidence.assessment, evidence.pk), {"day": timezone.now().date().isoformat()})
    evidence.refresh_from_db()
    assert evidence.effective_source == "stated"
    assert evidence.effective_at <= timezone.now()


def test_old_evidence_says_so(client: Client, evidence: Evidence, rita: User) -> None:
    actions.state_date(evidence=evidence, day=timezone.now() - timedelta(days=100), by=rita)
    page = client.get(at("answer-edit", evidence.assessment, 13)).content.decode()
    assert "This file is 100 days old." in page
    page = client.get(at("submit-check", evidence.assessment)).content.decode()
    assert "Some evidence is old." in page


def test_after_submitting_its_age_is_a_fact_and_no_advice(client: Client, evidence: Evidence, rita: User) -> None:
    actions.state_date(evidence=evidence, day=timezone.now() - timedelta(days=100), by=rita)
    account = DeclaredAccount("111122223333", "", "production")
    declare_accounts(vendor=evidence.assessment.vendor, accounts=[account], by=rita)
    workflow.submit(assessment=answer_all(evidence.assessment, by=rita), attested_name=rita.name, by=rita)
    page = client.get(at("evidence-list", evidence.assessment)).content.decode()
    assert '<div class="file-state file-bad">This file was 100 days old when it was submitted.</div>' in page


def test_an_old_report_says_what_to_do(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report())
    item = only_file(in_progress)
    actions.state_date(evidence=item, day=timezone.now() - timedelta(days=8), by=rita)
    page = client.get(at("evidence-list", in_progress)).content.decode()
    assert "This report is 8 days old. Add one made in the last 7 days." in page


def test_the_library_names_every_use(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, report())
    add(client, in_progress, png())
    evaluate(in_progress)
    page = client.get(at("evidence-list", in_progress)).content.decode()
    assert re.findall(r'questions/(\d+)/#shown">', page) == ["5", "6", "10", "11", "12", "13", "14"]
    assert "not used for any question yet" in page


@pytest.mark.parametrize("files", [1, 4])
def test_the_library_costs_the_same_however_many_files(
    client: Client, rita: User, in_progress: Assessment, django_assert_num_queries: object, files: int
) -> None:
    client.force_login(rita)
    for number in range(files):
        add(client, in_progress, png(f"{number}.png"))
    with django_assert_num_queries(7):
        client.get(at("evidence-list", in_progress))


def test_a_csv_that_is_no_report_is_plain_text(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, SimpleUploadedFile("list.csv", b"name,owner\nledger,Rita\n"))
    content = view_of(client, only_file(in_progress)).context["content"]
    assert (content.kind, content.text) == ("text", "name,owner\nledger,Rita\n")
    assert "user,arn" in HEADER
