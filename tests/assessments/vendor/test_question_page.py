"""One question: what the page shows, what its buttons do, and that nothing typed is lost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import reviews, workflow
from assessments.actions.answers import AnswerContent, save
from assessments.models import Answer, Assessment
from playbook.models import Side
from tests.assessments.vendor.helpers import add, answer_to, at, bad, good, keys_of, png, report, sent
from tests.factories import answer_with, evaluate, make_assessment, option_key
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor

NOT_MULTI, MULTI, MAY_NOT_APPLY = 13, 31, 9


def page_of(client: Client, assessment: Assessment, number: int) -> str:
    return client.get(at("answer-edit", assessment, number)).content.decode()


def submitted_by(client: Client, answer: Answer, action: str, **fields: object) -> object:
    return client.post(
        at("answer-edit", answer.assessment, answer.criterion.number), sent(answer, **fields) | {"action": action}
    )


def test_page_explains_the_question(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = page_of(client, in_progress, NOT_MULTI)
    assert "Identity and Access Management · Question 4 of 9" in page
    assert "Why we ask." in page
    assert "Open IAM in the AWS Management Console and go to Users." in page
    assert "Repeat for every AWS account." in page
    assert "IAM credential report" in page
    assert "https://console.aws.amazon.com/iam/home?region=us-east-1#/users" in page
    assert "Reconstructed question" not in page
    assert "Reconstructed question: its heading is lost in the printed playbook" in page_of(client, in_progress, 14)


def test_commands_can_be_copied(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert "aws organizations list-accounts --output json" in page_of(client, in_progress, 1)


def test_the_reason_is_asked_for_in_words_that_fit(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert "What is the case instead?</label>" in page_of(client, in_progress, NOT_MULTI)
    assert "What is the case instead, or why does this not apply?" in page_of(client, in_progress, MAY_NOT_APPLY)
    assert "Say where the data is kept." in page_of(client, in_progress, MULTI)


def test_nothing_is_said_to_a_vendor_that_is_meant_for_the_assessor(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    pages = {number: unescape(page_of(client, in_progress, number)) for number in (17, 21, 27, 28, 33)}
    assert "No RDS (or Aurora) database is in use. An engine without IAM authentication is not" in pages[17]
    assert "is not a reason for not applicable.<" in pages[17]
    assert "The setting only makes IAM authentication possible.<" in pages[17]
    assert "check that they are private (see aws-core-20).<" in pages[21]
    for page in pages.values():
        for words in ("assessor", "The source", "the source's", "Ask who", "Ask for", "result of"):
            assert words not in page


@pytest.mark.parametrize(("number", "kind"), [(NOT_MULTI, "radio"), (MULTI, "checkbox")])
def test_one_or_several_statements(client: Client, rita: User, in_progress: Assessment, number: int, kind: str) -> None:
    client.force_login(rita)
    boxes = re.findall(
        r'<input class="form-check-input" type="(\w+)" name="choice"', page_of(client, in_progress, number)
    )
    answer = answer_to(in_progress, number)
    assert set(boxes) == {kind}
    statements = answer.criterion.options.count()
    assert len(boxes) == statements + 2 + answer.criterion.not_applicable_allowed


def test_not_applicable_is_offered_only_where_allowed(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert 'value="not_applicable"' not in page_of(client, in_progress, NOT_MULTI)
    page = page_of(client, in_progress, MAY_NOT_APPLY)
    assert 'value="not_applicable"' in page
    assert "No EC2 (EBS) volume or snapshot exists in any account" in page
    answer = answer_to(in_progress, NOT_MULTI)
    response = submitted_by(client, answer, "complete", choice="not_applicable", reason="No keys")
    assert response.status_code == 422
    assert "Choose one of the answers on the page" in response.content.decode()


def test_complete_goes_to_the_next_open_question(client: Client, rita: User, in_progress: Assessment) -> None:
    second = answer_to(in_progress, 2)
    answer_with(second, option_key(second.criterion), by=rita)
    client.force_login(rita)
    first = answer_to(in_progress, 1)
    response = submitted_by(client, first, "complete", choice=good(first), notes="All of them.")
    assert response.headers["Location"] == at("answer-edit", in_progress, 3)
    stored = answer_to(in_progress, 1)
    assert (stored.kind, stored.statements, stored.notes, stored.is_complete, stored.version, stored.updated_by) == (
        "statements",
        ["aws-core-1-a1"],
        "All of them.",
        True,
        1,
        rita,
    )


def test_completing_the_last_leads_to_the_check(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    last = answer_to(in_progress, 33)
    for answer in in_progress.answers.exclude(pk=last.pk).select_related("criterion"):
        answer_with(answer, option_key(answer.criterion), by=rita)
    response = submitted_by(client, last, "complete", choice=good(last), notes="Done.")
    assert response.headers["Location"] == at("submit-check", in_progress)


def test_after_the_last_number_comes_the_first_open_one(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    last = answer_to(in_progress, 33)
    response = submitted_by(client, last, "complete", choice=good(last), notes="Done.")
    assert response.headers["Location"] == at("answer-edit", in_progress, 1)


def test_save_keeps_a_draft_and_goes_back(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    response = submitted_by(client, answer_to(in_progress, 13), "save", notes="Not sure yet.\r\nAsk Tom.")
    assert response.headers["Location"] == at("answer-list", in_progress)
    stored = answer_to(in_progress, 13)
    assert (stored.kind, stored.notes, stored.is_complete) == ("", "Not sure yet.\nAsk Tom.", False)


@pytest.mark.parametrize(
    ("fields", "words", "place"),
    [
        ({}, "Choose an answer", "#id_choice_0"),
        ({"choice": "unknown"}, "Choose an answer", "#id_choice_0"),
        ({"choice": "none_fits"}, "Say what is the case instead", "#id_reason"),
    ],
)
def test_what_is_missing_is_said_twice_and_text_is_kept(
    client: Client, rita: User, in_progress: Assessment, fields: dict[str, str], words: str, place: str
) -> None:
    client.force_login(rita)
    response = submitted_by(client, answer_to(in_progress, 13), "complete", notes="Typed & kept", **fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(f'<a href="{place}">\\s*{words}\\s*</a>', page)
    assert page.count(words) == 2
    assert "<title>Error: 13. No unused access keys · Assay</title>" in page
    assert "Typed &amp; kept</textarea>" in page
    assert answer_to(in_progress, 13).version == 0


def test_evidence_or_a_reason_for_none_is_needed(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, 13)
    response = submitted_by(client, answer, "complete", choice=good(answer))
    page = response.content.decode()
    words = "Add at least one file, or explain in the notes why there is none"
    assert response.status_code == 422
    assert f'<a href="#evidence-file">{words}</a>' in page
    assert 'id="evidence-file"' in page
    assert page.count(words) == 2
    add(client, in_progress, png(), 13)
    assert submitted_by(client, answer, "complete", choice=good(answer)).status_code == 302


@pytest.mark.parametrize(
    ("field", "length", "words"),
    [
        ("notes", 2001, "Notes must be 2,000 characters or less"),
        ("plan", 1001, "The plan must be 1,000 characters or less"),
    ],
)
def test_too_long_text_is_kept_and_marked(
    client: Client, rita: User, in_progress: Assessment, field: str, length: int, words: str
) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, 13)
    response = submitted_by(client, answer, "save", choice=bad(answer), **{field: "x" * length})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "x" * length in response.content.decode()


def test_line_ends_count_once(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, 13)
    assert submitted_by(client, answer, "save", notes="a\r\n" * 999 + "ab").status_code == 302


def test_statements_do_not_mix_with_what_stands_alone(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, MULTI)
    response = submitted_by(client, answer, "complete", choice=[good(answer), "none_fits"], notes="x")
    assert response.status_code == 422
    assert "Choose either statements or “None of these fits”, not both" in response.content.decode()


def test_several_statements_are_stored(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, MULTI)
    submitted_by(client, answer, "complete", choice=[good(answer), bad(answer)], notes="x", plan="Soon")
    stored = answer_to(in_progress, MULTI)
    assert stored.statements == [keys_of(answer, Side.ACCEPTABLE)[0], keys_of(answer, Side.FAILURE)[0]]


def test_plan_appears_after_saving_without_script(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, 13)
    response = submitted_by(client, answer, "complete", choice=bad(answer), notes="Three keys.")
    assert response.headers["Location"] == at("answer-edit", in_progress, 13) + "#plan"
    page = page_of(client, in_progress, 13)
    assert '<div data-plan id="plan" class="mt-4">' in page
    answer = answer_to(in_progress, 13)
    day = timezone.localdate() + timedelta(days=30)
    response = submitted_by(
        client,
        answer,
        "complete",
        choice=bad(answer),
        notes="Three keys.",
        plan="Delete them",
        plan_due_on=day.isoformat(),
    )
    assert response.headers["Location"] == at("answer-edit", in_progress, 14)
    stored = answer_to(in_progress, 13)
    assert (stored.plan, stored.plan_due_on, stored.is_complete) == ("Delete them", day, True)


def test_plan_is_hidden_and_dropped_for_other_statements(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert '<div data-plan id="plan" class="mt-4" hidden>' in page_of(client, in_progress, 13)
    answer = answer_to(in_progress, 13)
    submitted_by(client, answer, "complete", choice=good(answer), notes="x", plan="Left over", reason="Left over")
    stored = answer_to(in_progress, 13)
    assert (stored.plan, stored.reason) == ("", "")


def test_plan_day_is_not_in_the_past(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    answer = answer_to(in_progress, 13)
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    response = submitted_by(client, answer, "save", choice=bad(answer), plan_due_on=day)
    assert response.status_code == 422
    assert "The day cannot be in the past" in response.content.decode()


def test_stale_form_shows_both_versions(client: Client, rita: User, tom: User, in_progress: Assessment) -> None:
    old = answer_to(in_progress, 13)
    theirs = AnswerContent(kind="statements", statements=[keys_of(old, Side.FAILURE)[0]], notes="Tom's words")
    save(answer=old, content=theirs, base_version=0, by=tom)
    client.force_login(rita)
    response = submitted_by(client, old, "complete", choice=good(old), notes="Rita's words")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Tom Adeyemi changed this answer at" in page
    assert "Tom&#x27;s words" in page
    assert "Rita&#x27;s words" in page
    assert "Every access key has been used within the last 90 days." in page
    assert "Some IAM access keys were never used" in page
    assert "Keep my version" in page
    assert "Use Tom’s version" in page
    assert '<input type="hidden" name="base_version" value="1">' in page
    assert answer_to(in_progress, 13).notes == "Tom's words"
    kept = dict(re.findall(r'<textarea name="(\w+)" hidden[^>]*>\n([^<]*)</textarea>', page))
    assert kept["choice"] == good(old)
    again = submitted_by(client, answer_to(in_progress, 13), "complete", choice=kept["choice"], notes="Rita's words")
    assert again.status_code == 302
    stored = answer_to(in_progress, 13)
    assert (stored.notes, stored.is_complete) == ("Rita's words", True)
    assert [version.content["notes"] for version in stored.versions.all()] == ["Rita's words", "Tom's words"]


def test_another_window_of_the_same_person_is_named(client: Client, rita: User, in_progress: Assessment) -> None:
    old = answer_to(in_progress, 13)
    save(answer=old, content=AnswerContent(notes="In the other window"), base_version=0, by=rita)
    client.force_login(rita)
    page = submitted_by(client, old, "save", notes="In this window").content.decode()
    assert "You changed this answer in another window at" in page
    assert "Use the other version" in page
    assert "Rita’s version" not in page


def test_locked_meanwhile_keeps_the_text_to_copy(
    client: Client, rita: User, in_progress: Assessment, max: User
) -> None:
    answer = answer_to(in_progress, 13)
    workflow.cancel(assessment=in_progress, by=max)
    client.force_login(rita)
    response = submitted_by(client, answer, "complete", choice=good(answer), notes="An hour of typing")
    page = response.content.decode()
    assert response.status_code == 403
    assert "This answer is closed for changes." in page
    assert "An hour of typing</pre>" in page
    assert "answer-form" not in page
    assert answer_to(in_progress, 13).version == 0


@pytest.mark.parametrize("state", ["submitted", "closed"])
def test_after_submitting_the_page_is_read_only(client: Client, acme: Vendor, rita: User, state: str) -> None:
    assessment = make_assessment(vendor=acme, state=state)
    client.force_login(rita)
    page = page_of(client, assessment, 1)
    assert "AWS Organizations manages every account." in page
    for control in ("answer-form", "data-autosave", 'name="choice"', "data-upload", "Complete and next"):
        assert control not in page


def test_only_what_was_sent_back_is_open(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    asked = page_of(client, assessment, 1)
    assert "Alder Mutual asks:</strong> Which accounts does this cover?" in asked
    assert "Complete and next" in asked
    other = page_of(client, assessment, 2)
    assert "This question was not sent back" in other
    assert "Complete and next" not in other
    answer = answer_to(assessment, 2)
    response = submitted_by(client, answer, "save", choice=bad(answer), notes="Changed my mind")
    assert response.status_code == 403
    assert "Changed my mind</pre>" in response.content.decode()
    assert answer_to(assessment, 2).statements == [keys_of(answer, Side.ACCEPTABLE)[0]]


def test_scope_is_named(client: Client, rita: User, in_progress: Assessment) -> None:
    accounts = [DeclaredAccount(number, "", "production") for number in ("111122223333", "444455556666")]
    declare_accounts(vendor=in_progress.vendor, accounts=accounts, by=rita)
    client.force_login(rita)
    assert "Choose one for all 2 accounts in scope" in page_of(client, in_progress, 13)


def test_files_used_elsewhere_can_be_used_here(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    add(client, in_progress, png("org.png"), 1)
    add(client, in_progress, report())
    evaluate(in_progress)
    page = page_of(client, in_progress, 13)
    assert "2 rows read" in page
    assert "also used in questions 5, 6, 10, 11, 12 and 14" in page
    assert "Use a file you have already added" in page
    assert "org.png" in page


def test_what_was_asked_stays_at_the_question_after_it_was_answered(
    client: Client, acme: Vendor, rita: User, ana: User
) -> None:
    back = make_assessment(vendor=acme, state="changes_requested")
    answer = Answer.objects.filter(assessment=back, queries__round=back.round).get()
    answer_with(answer, option_key(answer.criterion), by=rita)
    workflow.move(assessment=back, name="submit", by=rita, submitted_at=timezone.now(), submitted_by=rita)
    reviews.ask(answer=answer, text="And in Frankfurt?", by=ana)
    client.force_login(rita)
    page = page_of(client, back, answer.criterion.number)
    assert ("Asked before" in page, "And in Frankfurt?" in page) == (True, False)
    assert "Alder Mutual asked:</strong> Which accounts does this cover?" in page
    back.refresh_from_db()
    workflow.request_changes(assessment=back, by=ana)
    page = page_of(client, back, answer.criterion.number)
    assert "Alder Mutual asks:</strong> And in Frankfurt?" in page
    assert "Alder Mutual asked:</strong> Which accounts does this cover?" in page


def test_neighbours_and_the_last_change(client: Client, rita: User, tom: User, in_progress: Assessment) -> None:
    answer = answer_to(in_progress, 13)
    save(answer=answer, content=AnswerContent(notes="x"), base_version=0, by=tom)
    client.force_login(rita)
    page = page_of(client, in_progress, 13)
    assert "Previous question: IAM roles instead of access keys" in page
    assert "Next question: Access keys rotated within 90 days" in page
    assert "Last changed by Tom Adeyemi on" in page


@pytest.mark.parametrize("files", [1, 4])
def test_page_costs_the_same_however_many_files(
    client: Client, rita: User, in_progress: Assessment, django_assert_num_queries: object, files: int
) -> None:
    client.force_login(rita)
    for number in range(files):
        add(client, in_progress, png(f"{number}.png"), 13)
    with django_assert_num_queries(13):
        client.get(at("answer-edit", in_progress, 13))


def test_sent_back_page_stays_in_its_budget(
    client: Client, acme: Vendor, rita: User, django_assert_max_num_queries: object
) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    with django_assert_max_num_queries(15):
        client.get(at("answer-edit", assessment, 1))


def test_strangers_get_404(client: Client, sam: User, in_progress: Assessment) -> None:
    client.force_login(sam)
    assert client.get(at("answer-edit", in_progress, 1)).status_code == 404
    assert client.post(at("answer-edit", in_progress, 1), {"action": "save"}).status_code == 404


def test_unknown_numbers_get_404(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    assert client.get(at("answer-edit", in_progress, 34)).status_code == 404
