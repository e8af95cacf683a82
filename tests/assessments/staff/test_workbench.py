"""The workbench: what it shows, and what it stores."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from assessments.actions import answers, reviews, workflow
from assessments.actions.answers import AnswerContent
from assessments.actions.reviews import ReviewContent
from assessments.models import Assessment, EvidenceLink, Review
from tests import factories
from tests.assessments.staff.pages import add_evidence, address, count_queries, said, texts
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

NUMBER = 13  # unused access keys: one statement; not applicable is not allowed
ACCEPTABLE, FAILURE = "aws-core-13-a1", "aws-core-13-f1"


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def result(**values: object) -> dict[str, object]:
    """What the form sends; without more, a result that can be stored."""
    return {"result": "met", "matched": [ACCEPTABLE], "deviation": "", "note": "", "base_version": 0, **values}


def stored(assessment: Assessment, number: int = NUMBER) -> tuple[object, ...] | None:
    review = Review.objects.filter(answer__assessment=assessment, answer__criterion__number=number).first()
    return review and (review.result, review.matched, review.deviation, review.note, review.version)


def test_page_shows_question_answer_and_statements(signed_in: Client, submitted: Assessment) -> None:
    page = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    sheet = page.context["sheet"]
    assert [(one.key, one.is_chosen) for one in sheet.acceptable] == [(ACCEPTABLE, True), ("aws-core-13-a2", False)]
    assert [(one.key, one.is_chosen) for one in sheet.failures] == [(FAILURE, False)]
    assert (sheet.said.by, sheet.said.notes, sheet.said.words) == ("Rita Lindqvist", "See the console.", "")
    assert [(domain.name, len(domain.items)) for domain in sheet.rail] == [
        ("Accounts", 7), ("Encryption", 2), ("Identity", 9), ("Network", 6), ("Detection", 3), ("Processes", 6)
    ]  # fmt: skip
    assert (sheet.previous.number, sheet.next.number, sheet.scored) == (12, 14, 0)
    words = texts(page)
    for expected in (
        "aws-core-13",
        "Medium",
        "Vendor says this is true",
        "The vendor added no evidence.",
        "Save and next",
    ):
        assert expected in words


def test_first_and_last_question_have_one_neighbour(signed_in: Client, submitted: Assessment) -> None:
    first = signed_in.get(address("score-edit", submitted.pk, 1)).context["sheet"]
    last = signed_in.get(address("score-edit", submitted.pk, 33)).context["sheet"]
    assert (first.previous, first.next.number) == (None, 2)
    assert (last.previous.number, last.next) == (32, None)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (AnswerContent(kind="none_fits", reason="We rent no servers."), ("None of these fits", "We rent no servers.")),
        (AnswerContent(kind="not_applicable", reason="No keys at all."), ("Not applicable", "No keys at all.")),
    ],
)
def test_answer_without_a_statement_is_shown_in_words(
    signed_in: Client, in_progress: Assessment, rita: User, content: AnswerContent, shown: tuple[str, str]
) -> None:
    answer = in_progress.answers.get(criterion__number=NUMBER)
    answers.save(answer=answer, content=content, base_version=0, complete=True, by=rita)
    factories.answer_all(in_progress, by=rita)
    account = factories.DeclaredAccount(account_id="111122223333", name="", stage="production")
    factories.declare_accounts(vendor=in_progress.vendor, accounts=[account], by=rita)
    workflow.submit(assessment=Assessment.objects.get(pk=in_progress.pk), attested_name=rita.name, by=rita)
    words = texts(signed_in.get(address("score-edit", in_progress.pk, NUMBER)))
    assert all(part in words for part in shown)


# --- Storing --------------------------------------------------------------------------------------------------


def test_save_and_next_goes_to_the_next_without_a_result(signed_in: Client, submitted: Assessment, ana: User) -> None:
    factories.review_with(submitted.answers.get(criterion__number=14), by=ana)
    response = signed_in.post(
        address("score-edit", submitted.pk, NUMBER), result(action="next", note=" Fine.\r\nYes. ")
    )
    assert response.url == address("score-edit", submitted.pk, 15)
    assert stored(submitted) == ("met", [ACCEPTABLE], "", "Fine.\nYes.", 1)
    submitted.refresh_from_db()
    assert (submitted.reviewed_count, submitted.grade) == (2, "A")


def test_after_the_last_it_starts_again_at_the_first_open_one(signed_in: Client, submitted: Assessment) -> None:
    response = signed_in.post(
        address("score-edit", submitted.pk, 33), {"result": "not_applicable", "deviation": "No.", "base_version": 0}
    )
    assert response.url == address("score-edit", submitted.pk, 1)


def test_when_all_are_scored_it_goes_to_the_overview(signed_in: Client, submitted: Assessment, ana: User) -> None:
    for answer in submitted.answers.exclude(criterion__number=NUMBER).select_related("criterion"):
        factories.review_with(answer, by=ana)
    response = signed_in.post(address("score-edit", submitted.pk, NUMBER), result(), follow=True)
    assert response.redirect_chain == [(address("detail", submitted.pk), 302)]
    assert said(response) == ["Every question has a result. Send questions back, or close the assessment."]


def test_save_stays(signed_in: Client, submitted: Assessment) -> None:
    response = signed_in.post(address("score-edit", submitted.pk, NUMBER), result(action="stay"), follow=True)
    assert response.redirect_chain == [(address("score-edit", submitted.pk, NUMBER), 302)]
    assert said(response) == ["Question 13 was saved."]
    form = response.context["form"]
    assert (form["result"].value(), form.chosen(), form["base_version"].value()) == ("met", [ACCEPTABLE], 1)


def test_matched_statements_are_kept_in_the_playbooks_order(signed_in: Client, submitted: Assessment) -> None:
    for _ in range(2):
        signed_in.post(
            address("score-edit", submitted.pk, NUMBER),
            result(result="not_met", matched=[FAILURE, ACCEPTABLE], base_version=0),
        )
    assert stored(submitted) == ("not_met", [ACCEPTABLE, FAILURE], "", "", 1)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"result": ""}, "Choose a result"),
        ({"result": "perfect"}, "Select a valid choice"),
        ({"matched": []}, "Choose a statement, or write what you saw"),
        ({"result": "not_met", "matched": []}, "Choose a statement, or write what you saw"),
        ({"result": "not_verified", "matched": []}, "Choose a statement, or write what you saw"),
        ({"result": "partly_met"}, "Write what you saw: partly met is in neither list"),
        ({"result": "not_applicable"}, "The playbook says this question always applies. Write why it does not here"),
        ({"matched": ["aws-core-1-a1"]}, "Select a valid choice"),
        ({"deviation": "x" * 4001}, "What you saw instead must be 4,000 characters or less"),
        ({"base_version": ""}, "Reload it and score again"),
        ({"base_version": "-1"}, "Reload it and score again"),
    ],
)
def test_result_that_breaks_a_rule_is_refused_with_what_was_typed(
    signed_in: Client, submitted: Assessment, values: dict[str, object], problem: str
) -> None:
    response = signed_in.post(address("score-edit", submitted.pk, NUMBER), result(note="Typed by Ana", **values))
    assert response.status_code == 422
    assert problem in texts(response)
    assert "There is a problem" in texts(response)
    assert "Typed by Ana" in texts(response)
    assert stored(submitted) is None


@pytest.mark.parametrize(
    "values",
    [
        {"result": "partly_met", "matched": [], "deviation": "Half of it."},
        {"result": "not_met", "matched": [], "deviation": "Neither."},
        {"result": "not_applicable", "matched": [], "deviation": "They hold no keys."},
    ],
)
def test_written_deviation_stands_for_a_statement(
    signed_in: Client, submitted: Assessment, values: dict[str, object]
) -> None:
    assert signed_in.post(address("score-edit", submitted.pk, NUMBER), result(**values)).status_code == 302
    assert stored(submitted) == (values["result"], [], values["deviation"], "", 1)


def test_not_applicable_needs_nothing_where_the_playbook_allows_it(signed_in: Client, submitted: Assessment) -> None:
    answer = submitted.answers.filter(criterion__not_applicable_allowed=True).select_related("criterion").first()
    number = answer.criterion.number
    data = {"result": "not_applicable", "base_version": 0}
    assert signed_in.post(address("score-edit", submitted.pk, number), data).status_code == 302
    assert stored(submitted, number) == ("not_applicable", [], "", "", 1)


# --- Two people at once ---------------------------------------------------------------------------------------


def test_stale_result_shows_both_and_changes_nothing(signed_in: Client, submitted: Assessment) -> None:
    bo = factories.make_staff("Bo Tanaka")
    answer = submitted.answers.get(criterion__number=NUMBER)
    theirs = ReviewContent(result="not_met", matched=[FAILURE], note="Bo's note")
    reviews.review_answer(answer=answer, content=theirs, base_version=0, by=bo)
    response = signed_in.post(address("score-edit", submitted.pk, NUMBER), result(note="Ana's note"))
    assert response.status_code == 409
    words = texts(response)
    for part in ("Bo Tanaka changed this result", "Ana&#x27;s note", "Bo&#x27;s note", "Use Bo Tanaka’s version"):
        assert part in words
    assert stored(submitted) == ("not_met", [FAILURE], "", "Bo's note", 1)
    # "Keep my version" sends the same again, from the version that was shown.
    kept = signed_in.post(
        address("score-edit", submitted.pk, NUMBER),
        result(note="Ana's note", base_version=response.context["base_version"]),
    )
    assert kept.status_code == 302
    assert stored(submitted) == ("met", [ACCEPTABLE], "", "Ana's note", 2)


def test_version_of_a_result_that_never_was_is_stale(signed_in: Client, submitted: Assessment) -> None:
    response = signed_in.post(address("score-edit", submitted.pk, NUMBER), result(base_version=7))
    assert response.status_code == 409
    assert stored(submitted) is None


def test_own_result_of_another_window_is_called_so(signed_in: Client, submitted: Assessment, ana: User) -> None:
    factories.review_with(submitted.answers.get(criterion__number=NUMBER), by=ana)
    words = texts(signed_in.post(address("score-edit", submitted.pk, NUMBER), result(note="Late window")))
    for part in ("You changed this result in another window", "The other window", "Keep this version", "Late window"):
        assert part in words
    assert "Use Ana" not in words


def test_list_says_which_results_are_the_readers_own(signed_in: Client, submitted: Assessment, ana: User) -> None:
    bo = factories.make_staff("Bo Tanaka")
    for number, by in ((1, ana), (2, bo)):
        factories.review_with(submitted.answers.get(criterion__number=number), by=by)
    sheet = signed_in.get(address("score-edit", submitted.pk, 3)).context["sheet"]
    assert [item.own_version for item in sheet.rail[0].items] == [1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("state", ["closed", "changes_requested"])
def test_result_outside_a_review_is_refused(signed_in: Client, state: str, acme: Vendor, rita: User) -> None:
    assessment = factories.make_assessment(vendor=acme, state=state)
    before = stored(assessment)
    page = texts(signed_in.get(address("score-edit", assessment.pk, NUMBER)))
    assert "Save and next" not in page
    typed = result(result="not_met", note="Typed while it was closed")
    response = signed_in.post(address("score-edit", assessment.pk, NUMBER), typed)
    assert response.status_code == 403
    words = texts(response)
    assert "What you typed was not saved" in words
    assert "Typed while it was closed" in words
    assert "Nothing was changed." in words
    assert "There is a problem" not in words
    assert stored(assessment) == before


# --- What was submitted, and nothing after it -----------------------------------------------------------------


def test_drafts_of_the_next_round_are_not_shown(
    signed_in: Client, submitted: Assessment, rita: User, ana: User
) -> None:
    answer = submitted.answers.get(criterion__number=NUMBER)
    first = add_evidence(submitted, 1, rita, name="used-elsewhere.json")
    reviews.ask(answer=answer, text="Are you sure?", by=ana)
    workflow.request_changes(assessment=submitted, by=ana)
    answer.refresh_from_db()
    for complete in (False, True):
        content = AnswerContent(kind="statements", statements=[FAILURE], notes="Quokka draft", plan="Quokka plan")
        answer = answers.save(answer=answer, content=content, base_version=answer.version, complete=complete, by=rita)
    late = add_evidence(submitted, NUMBER, rita, name="quokka-file.json")
    type(late).objects.filter(pk=late.pk).update(received_at=submitted.submitted_at + timedelta(minutes=1))
    EvidenceLink.objects.create(evidence=first, answer=answer, by=rita)
    page = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    sheet = page.context["sheet"]
    assert ([one.key for one in sheet.said.statements], sheet.said.notes) == ([ACCEPTABLE], "See the console.")
    assert [one.key for one in sheet.statements if one.is_chosen] == [ACCEPTABLE]
    assert (len(sheet.history), [file.evidence.name for file in sheet.files]) == (1, [])
    assert "uokka" not in texts(page)


def test_second_submission_is_shown_with_the_first_in_the_history(
    signed_in: Client, submitted: Assessment, rita: User, ana: User
) -> None:
    answer = submitted.answers.get(criterion__number=NUMBER)
    reviews.ask(answer=answer, text="Are you sure?", by=ana)
    returned = workflow.request_changes(assessment=submitted, by=ana)
    answer.refresh_from_db()
    factories.answer_with(answer, FAILURE, by=rita, notes="We found three.")
    workflow.submit(assessment=returned, attested_name=rita.name, by=rita)
    sheet = signed_in.get(address("score-edit", submitted.pk, NUMBER)).context["sheet"]
    assert ([one.key for one in sheet.said.statements], sheet.said.notes) == ([FAILURE], "We found three.")
    assert [one.notes for one in sheet.history] == ["We found three.", "See the console."]
    assert [(query.text, query.round) for query in sheet.queries] == [("Are you sure?", 2)]


def test_result_of_the_time_before(signed_in: Client, acme: Vendor, rita: User) -> None:
    factories.make_assessment(vendor=acme, state="closed", period="2024")
    factories.make_assessment(vendor=acme, state="closed", period="2025")
    assessment = factories.make_assessment(vendor=acme, state="submitted", period="2026")
    assert "Last time (2025): Met" in texts(signed_in.get(address("score-edit", assessment.pk, NUMBER)))


# --- Evidence -------------------------------------------------------------------------------------------------

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
ROW = (
    "lea,arn:aws:iam::111122223333:user/lea,2021-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,"
    "2023-05-11T00:00:00+00:00,2026-04-20T00:00:00+00:00,eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
)


def keep(evidence: object, data: bytes) -> None:
    evidence.size = len(data)
    evidence.file.save("x", ContentFile(data))


def test_credential_report_as_a_table(signed_in: Client, submitted: Assessment, rita: User) -> None:
    report = add_evidence(
        submitted,
        NUMBER,
        rita,
        name="report.csv",
        kind="csv",
        format="iam-credential-report",
        accounts=["111122223333"],
        effective_at=submitted.submitted_at - timedelta(days=31),
        effective_source="read",
    )
    keep(report, "\n".join([HEADER, ROW, ""]).encode())
    page = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    (file,) = page.context["sheet"].files
    (row,) = file.excerpt.rows
    assert (row.user, row.password, row.mfa) == ("lea", "No password", "no")
    assert row.keys == (("yes", "11 May 2023", "20 Apr 2026"), ("no", "–", "–"))
    assert file.stale == "This report was 31 days old"
    assert "abababababab" in texts(page)


def test_text_is_shown_as_text(signed_in: Client, submitted: Assessment, rita: User) -> None:
    keep(add_evidence(submitted, NUMBER, rita), b'{"a": "<script>alert(1)</script>"}' + b" " * 3000)
    page = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    assert "&lt;script&gt;alert(1)" in page.content.decode()
    assert "Only the beginning is shown" in texts(page)


def test_image_has_a_preview_and_more_files_become_tabs(signed_in: Client, submitted: Assessment, rita: User) -> None:
    picture = add_evidence(
        submitted,
        NUMBER,
        rita,
        name="users.png",
        kind="image",
        preview="previews/x.jpg",
        preview_width=9,
        preview_height=4,
    )
    one = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    assert f'src="{address("evidence-preview", submitted.pk, picture.pk)}"' in one.content.decode()
    assert 'role="tablist"' not in one.content.decode()
    keep(add_evidence(submitted, NUMBER, rita), b"{}")
    assert 'role="tablist"' in signed_in.get(address("score-edit", submitted.pk, NUMBER)).content.decode()


def test_file_that_cannot_be_read_leaves_the_page_usable(signed_in: Client, submitted: Assessment, rita: User) -> None:
    add_evidence(submitted, NUMBER, rita, file="evidence/gone")
    page = texts(signed_in.get(address("score-edit", submitted.pk, NUMBER)))
    assert "We could not load this file." in page
    assert "Save and next" in page


def test_broken_and_huge_reports_are_named(signed_in: Client, submitted: Assessment, rita: User) -> None:
    keep(add_evidence(submitted, NUMBER, rita, kind="csv", format="iam-credential-report"), b"nonsense\n")
    add_evidence(submitted, NUMBER, rita, kind="csv", format="iam-credential-report", size=1_000_001)
    page = signed_in.get(address("score-edit", submitted.pk, NUMBER))
    problems = [file.excerpt.problem for file in page.context["sheet"].files]
    assert all(problems)
    assert problems[1] == "The file is too large to show here. Download it to read it."


def test_withdrawn_file_is_not_shown(signed_in: Client, submitted: Assessment, rita: User) -> None:
    gone = add_evidence(submitted, NUMBER, rita)
    type(gone).objects.filter(pk=gone.pk).update(withdrawn_at=datetime.now(UTC), withdrawn_by=rita)
    assert signed_in.get(address("score-edit", submitted.pk, NUMBER)).context["sheet"].files == []


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(signed_in: Client, submitted: Assessment, rita: User, ana: User, rows: int) -> None:
    answer = submitted.answers.get(criterion__number=NUMBER)
    factories.review_with(answer, "not_met", by=ana)
    for number in range(rows):
        keep(add_evidence(submitted, NUMBER, rita), b"{}")
        reviews.ask(answer=answer, text=f"Which {number}?", by=ana)
    assert count_queries(signed_in, address("score-edit", submitted.pk, NUMBER)) == 17
