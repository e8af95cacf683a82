"""Files that come with the form of the answer, where no script sends them: neither text nor file is lost."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from assessments.actions import workflow
from assessments.models import Answer, Assessment, Evidence
from assessments.views.bodies import UPLOAD_BODY_BYTES
from playbook.models import Side
from tests.assessments.vendor.helpers import answer_to, at, good, png, sent
from tests.factories import answer_all, answer_with, make_assessment, option_key
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor

NUMBER = 13
PROGRAM = b"MZ\x90\x00\x03\x00"


def posted(client: Client, answer: Answer, action: str, *files: SimpleUploadedFile, **fields: object) -> HttpResponse:
    """The form sent with a button and files, and the page that follows."""
    address = at("answer-edit", answer.assessment, answer.criterion.number)
    return client.post(address, sent(answer, **fields) | {"action": action, "file": list(files)}, follow=True)


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def names(assessment: Assessment) -> list[str]:
    return sorted(Evidence.objects.filter(assessment=assessment).values_list("name", flat=True))


def test_uploading_keeps_what_was_typed_and_stays_on_the_question(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, NUMBER)
    page = posted(client, answer, "upload", png("one.png"), png("two.png"), choice=good(answer), notes="As typed")
    assert page.redirect_chain == [(at("answer-edit", in_progress, NUMBER) + "#evidence", 302)]
    assert said(page) == ["one.png was added.", "two.png was added."]
    stored = answer_to(in_progress, NUMBER)
    assert (stored.notes, stored.kind, stored.is_complete, stored.links.count()) == ("As typed", "statements", False, 2)


def test_uploading_without_a_file_keeps_what_was_typed(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = posted(client, answer_to(in_progress, NUMBER), "upload", notes="As typed")
    assert said(page) == ["Choose a file first."]
    assert (answer_to(in_progress, NUMBER).notes, names(in_progress)) == ("As typed", [])


def test_completing_takes_the_chosen_files_along(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, NUMBER)
    page = posted(client, answer, "complete", png(), choice=good(answer))
    assert page.redirect_chain == [(at("answer-edit", in_progress, NUMBER + 1), 302)]
    assert (answer_to(in_progress, NUMBER).is_complete, names(in_progress)) == (True, ["users.png"])


def test_a_refused_file_keeps_the_answer_open_on_its_page(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, NUMBER)
    fields = {"choice": good(answer), "notes": "As typed"}
    page = posted(client, answer, "complete", SimpleUploadedFile("run.exe", PROGRAM), png("good.png"), **fields)
    assert page.redirect_chain == [(at("answer-edit", in_progress, NUMBER), 302)]  # not past what is said at the top
    assert said(page) == [
        "run.exe: The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. A program is no evidence.",
        "good.png was added.",
    ]
    stored = answer_to(in_progress, NUMBER)
    assert (stored.notes, stored.is_complete, names(in_progress)) == ("As typed", False, ["good.png"])


def test_files_are_kept_where_the_text_is_too_long(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = posted(client, answer_to(in_progress, NUMBER), "upload", png(), notes="x" * 2001)
    assert (page.status_code, said(page)) == (422, ["users.png was added."])
    assert "Notes must be 2,000 characters or less" in page.content.decode()
    assert "x" * 2001 in page.content.decode()
    assert names(in_progress) == ["users.png"]


def test_files_are_kept_where_somebody_saved_meanwhile(
    client: Client, rita: User, tom: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, NUMBER)
    answer_with(answer_to(in_progress, NUMBER), option_key(answer.criterion, Side.FAILURE), by=tom, notes="Tom's")
    page = posted(client, answer, "upload", png(), notes="Rita's")
    assert (page.status_code, names(in_progress)) == (409, ["users.png"])
    assert "Rita&#x27;s" in page.content.decode()


def test_nothing_comes_in_after_submitting(client: Client, rita: User, in_progress: Assessment) -> None:
    answer = answer_to(in_progress, NUMBER)
    declare_accounts(vendor=in_progress.vendor, accounts=[DeclaredAccount("111122223333", "", "production")], by=rita)
    workflow.submit(assessment=answer_all(in_progress, by=rita), attested_name=rita.name, by=rita)
    client.force_login(rita)
    page = posted(client, answer, "upload", png(), notes="Typed too late")
    assert (page.status_code, names(in_progress)) == (403, [])
    assert "Typed too late" in page.content.decode()


def test_too_much_at_once_is_refused_unread(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    address = at("answer-edit", in_progress, NUMBER)
    size = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(UPLOAD_BODY_BYTES + 1)}
    assert client.generic("POST", address, **size, **{"wsgi.input": BytesIO()}).headers["Location"] == address
    (sentence,) = said(client.get(address))
    assert sentence.startswith("That is too much at once. Add the files one by one;")
    assert sentence.endswith("Nothing was stored; go back in your browser to find what you typed.")


def test_a_stranger_finds_nothing(client: Client, rita: User, birch: Vendor) -> None:
    client.force_login(rita)
    theirs = answer_to(make_assessment(vendor=birch, state="in_progress"), NUMBER)
    assert posted(client, theirs, "upload", png()).status_code == 404
    assert not Evidence.objects.exists()
