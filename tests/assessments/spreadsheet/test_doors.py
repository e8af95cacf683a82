"""What a spreadsheet can never do: overwrite, reach another assessment, a review or a state, or trust the browser."""

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions import workflow
from assessments.actions.answers import AnswerContent, AnswerLocked
from assessments.actions.assignments import assign
from assessments.actions.spreadsheet import SheetChange, take_over
from assessments.limits import MB, SPREADSHEET_BYTES
from assessments.models import Answer, Assessment, Review
from assessments.states import State
from audit.models import Event
from playbook.models import Side
from tests import factories
from tests.assessments.spreadsheet.helpers import (
    changed,
    confirm,
    fetched,
    fill,
    opened,
    place,
    refusal,
    upload,
    would_change,
    wrong,
)
from tests.assessments.vendor.helpers import answer_to, at, keys_of
from tests.assessments.vendor.test_leaks import assert_neutral
from tests.factories import answer_all, answer_with, make_assessment, option_key
from users.models import User
from vendors.models import MemberRole, Vendor


def _another(lead: User) -> Assessment:
    """An assessment of another vendor that the same person leads."""
    vendor = factories.make_vendor("Birch Analytics")
    factories.make_member(vendor, lead)
    return make_assessment(vendor=vendor, state="in_progress")


PASSED = "Too much time has passed since you looked at the changes. Upload the file again."


def test_what_a_colleague_saved_meanwhile_is_shown_and_not_overwritten(
    client: Client, rita: User, tom: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    data = fill(fetched(client, in_progress), ("Notes", 13, "Rita's words"), ("Notes", 14, "More"))
    answer = answer_to(in_progress, 13)
    answer_with(answer, option_key(answer.criterion), by=tom, notes="Tom's words", complete=False)
    page = upload(client, in_progress, data)
    (conflict,) = page.context["proposal"].conflicts
    assert ("Notes", "Tom's words", "Rita's words") in [(d.label, d.now, d.wanted) for d in conflict.differences]
    text = page.content.decode()
    assert "Tom Adeyemi" in text
    assert "Tom&#x27;s words" in text
    assert list(would_change(page)) == [14]
    confirm(client, in_progress, page)
    assert (answer_to(in_progress, 13).notes, answer_to(in_progress, 14).notes) == ("Tom's words", "More")


def test_a_row_left_alone_is_no_conflict_whatever_was_saved_meanwhile(
    client: Client, rita: User, tom: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    data = fetched(client, in_progress)
    answer = answer_to(in_progress, 13)
    answer_with(answer, option_key(answer.criterion), by=tom, notes="Tom's words")
    page = upload(client, in_progress, data)
    assert "Nothing to change" in page.content.decode()
    assert (page.context["proposal"].conflicts, would_change(page)) == ([], {})


def test_what_is_saved_between_looking_and_confirming_is_not_overwritten(
    client: Client, rita: User, tom: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 13, "Mine"), ("Notes", 14, "More")))
    answer = answer_to(in_progress, 13)
    answer_with(answer, option_key(answer.criterion), by=tom, notes="Tom's words")
    late = confirm(client, in_progress, page)
    assert late.status_code == 409
    assert "Something changed here while you were looking at this page" in late.content.decode()
    assert answer_to(in_progress, 14).version == 0  # all or nothing
    assert confirm(client, in_progress, late).status_code == 200
    assert (answer_to(in_progress, 13).notes, answer_to(in_progress, 14).notes) == ("Tom's words", "More")


def test_confirming_twice_saves_once(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 13, "Once")))
    confirm(client, in_progress, page)
    again = confirm(client, in_progress, page)
    assert [str(message) for message in again.context["messages"]] == [
        "Nothing to change: the file says what is stored here already."
    ]
    assert (answer_to(in_progress, 13).version, Event.objects.filter(kind="answer.started").count()) == (1, 1)


def test_what_is_confirmed_is_signed_for_one_person_and_assessment(
    client: Client, rita: User, tom: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 13, "Mine")))
    packed = page.context["packed"]
    address = at("spreadsheet-confirm", in_progress)
    forged = signing.dumps([in_progress.pk, rita.pk, [[answer_to(in_progress, 13).pk, 0]]], salt="another")
    for changes in ("", "nonsense", packed[:-1] + "!", forged):
        assert refusal(client.post(address, {"changes": changes})) == PASSED
    client.force_login(tom)
    assert refusal(client.post(address, {"changes": packed})) == PASSED
    other = _another(rita)
    client.force_login(rita)
    assert refusal(client.post(at("spreadsheet-confirm", other), {"changes": packed})) == PASSED
    assert not Answer.objects.exclude(version=0).exists()


def test_a_file_of_another_assessment_is_refused(client: Client, rita: User, in_progress: Assessment) -> None:
    other = _another(rita)
    client.force_login(rita)
    data = fill(fetched(client, other), ("Notes", 13, "Astray"))
    sentence = "This file belongs to another assessment. Download the questionnaire of this one."
    assert refusal(upload(client, in_progress, data)) == sentence


def test_only_what_was_sent_back_can_be_changed(client: Client, rita: User, acme: Vendor) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    data = fetched(client, assessment)
    sheet = opened(data)["Questions"]
    assert sheet[place(sheet, "Status", 1)].value == ("Sent back\nAlder Mutual asks: Which accounts does this cover?")
    notes = [sheet[place(sheet, "Notes", number)] for number in (1, 2)]
    assert [cell.protection.locked for cell in notes] == [False, True]
    page = upload(client, assessment, fill(data, ("Notes", 1, "All of them"), ("Notes", 2, "Slipped in")))
    assert wrong(page) == [("K5", "Question 2 can only be read now")]
    assert list(would_change(page)) == [1]
    confirm(client, assessment, page)
    assert (answer_to(assessment, 1).notes, answer_to(assessment, 2).notes) == ("All of them", "See the console.")


def test_all_is_saved_or_nothing(rita: User, acme: Vendor) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    content = AnswerContent(kind="unknown", notes="Slipped in")
    changes = [SheetChange(answer_to(assessment, number), content, 1, complete=False) for number in (1, 2)]
    with pytest.raises(AnswerLocked):
        take_over(assessment=assessment, changes=changes, by=rita)  # question 2 was not sent back
    assert [answer_to(assessment, number).version for number in (1, 2)] == [1, 1]
    assert take_over(assessment=assessment, changes=changes[:1], by=rita) == 1


def test_an_answer_of_another_assessment_is_not_taken_over(rita: User, in_progress: Assessment) -> None:
    content = AnswerContent(kind="unknown")
    change = SheetChange(answer_to(_another(rita), 1), content, 0, complete=False)
    with pytest.raises(AnswerLocked):
        take_over(assessment=in_progress, changes=[change], by=rita)
    assert not Answer.objects.exclude(version=0).exists()


def test_nothing_comes_in_when_the_assessment_is_no_longer_with_the_vendor(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    data = fill(fetched(client, in_progress), ("Notes", 13, "Too late"))
    page = upload(client, in_progress, data)
    workflow.cancel(assessment=in_progress, by=factories.any_manager())
    assert upload(client, in_progress, data).status_code == 403
    assert confirm(client, in_progress, page).status_code == 403
    assert not Answer.objects.exclude(version=0).exists()


def test_columns_that_name_a_result_or_a_state_do_nothing(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)

    def add(sheet: object) -> None:
        for place_, title in enumerate(("Result", "Review", "State", "Score", "Assessment"), 16):
            for line in range(3, 37):
                sheet.cell(line, place_, title if line == 3 else "met")
        sheet["K16"] = "Words"

    confirm(client, in_progress, upload(client, in_progress, changed(fetched(client, in_progress), add)))
    in_progress.refresh_from_db()
    assert (in_progress.state, in_progress.score, Review.objects.count()) == (State.IN_PROGRESS, None, 0)
    assert list(Answer.objects.exclude(version=0).values_list("criterion__number", "notes")) == [(13, "Words")]


def test_a_helper_gets_the_questions_assigned_to_them_and_no_others(
    client: Client, rita: User, acme: Vendor, in_progress: Assessment
) -> None:
    helper = factories.make_user("Hal Brandt", email="hal@acme.example")
    factories.make_member(acme, helper, role=MemberRole.HELPER)
    assign(assessment=in_progress, numbers=[13], to=helper, by=rita)
    client.force_login(rita)
    whole = fill(fetched(client, in_progress), ("Notes", 13, "Mine"), ("Notes", 14, "Not mine"))
    client.force_login(helper)
    sheet = opened(fetched(client, in_progress))["Questions"]
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == [13]
    page = upload(client, in_progress, whole)
    assert wrong(page) == [("A17", "The question of this row is not yours to answer")]
    confirm(client, in_progress, page)
    assert (answer_to(in_progress, 13).notes, answer_to(in_progress, 14).notes) == ("Mine", "")


def test_nothing_in_the_file_can_be_a_formula(client: Client, rita: User, in_progress: Assessment) -> None:
    nasty = ['=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "#REF!", "TRUE", "'x"]
    for number, text in enumerate(nasty, 1):
        answer = answer_to(in_progress, number)
        answer_with(answer, option_key(answer.criterion), by=rita, notes=text)
    in_progress.vendor.name = '=HYPERLINK("x")'
    in_progress.vendor.save()
    client.force_login(rita)
    data = fetched(client, in_progress)
    sheet = opened(data)["Questions"]
    cells = [sheet[place(sheet, "Notes", number)] for number in range(1, len(nasty) + 1)]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", text.strip()) for text in nasty]
    assert [bool(cell.quotePrefix) for cell in cells] == [text != "TRUE" for text in nasty]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert "Nothing to change" in upload(client, in_progress, data).content.decode()


def test_nothing_in_the_file_tells_the_sides_apart(client: Client, rita: User, in_progress: Assessment) -> None:
    for number, side in ((13, Side.FAILURE), (31, Side.ACCEPTABLE)):
        answer = answer_to(in_progress, number)
        answer_with(answer, *keys_of(answer, side), by=rita)
    client.force_login(rita)
    book = opened(fetched(client, in_progress))
    for sheet in book.worksheets:
        text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
        assert_neutral(text)
    lines = [[cell.value for cell in row] for row in book["Statements"].iter_rows(min_row=2)]
    first_good = 0
    for number in range(1, 34):
        answer = answer_to(in_progress, number)
        sides = dict(answer.criterion.options.values_list("text", "side"))
        shown = [text for n, _, text in lines if n == number]
        assert sorted(shown) == sorted(sides)
        first_good += sides[shown[0]] == Side.ACCEPTABLE
    assert 10 <= first_good <= 23  # as on the pages: by chance about half of them
    page = upload(client, in_progress, fill(fetched(client, in_progress), ("Notes", 13, "x")))
    assert_neutral(str(signing.loads(page.context["packed"], salt="assessments.forms.spreadsheet")))


def test_the_file_is_protected_and_offers_its_choices(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    book = opened(fetched(client, in_progress))
    sheet = book["Questions"]
    assert book.sheetnames == ["Questions", "Statements", "Help"]
    assert all(each.protection.sheet and not each.protection.password for each in book.worksheets)
    assert sheet.freeze_panes == "D4"
    assert sheet.column_dimensions["O"].hidden
    assert sheet["O4"].protection.locked
    assert sheet["A1"].value == "Alder Mutual · AWS assessment 2026 · Acme Payments"

    def offered(cell: str) -> str:
        rules = [rule.formula1 for rule in sheet.data_validations.dataValidation if cell in rule.sqref]
        return rules[0] if rules else ""

    assert offered("E4") == '"Statement,None of these fits,I do not know yet"'
    assert offered("E5") == '"Statement,None of these fits,Not applicable,I do not know yet"'
    statements = opened(fetched(client, in_progress))["Statements"]
    area = offered("F16").partition("!")[2].replace("$", "")
    texts = sorted(cell.value for (cell,) in statements[area])
    assert texts == sorted(answer_to(in_progress, 13).criterion.options.values_list("text", flat=True))
    assert offered("G16") == ""
    assert not sheet["G34"].protection.locked  # question 31 takes several


def test_pages_and_downloads_need_the_same_few_queries(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    with CaptureQueriesContext(
        connection,
    ) as empty:
        fetched(client, in_progress)
    answer_all(in_progress, by=rita)
    with CaptureQueriesContext(connection) as full:
        fetched(client, in_progress)
    assert len(full) == len(empty) <= 9


def test_the_download_is_saved_and_never_opened_in_our_name(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    headers = client.get(at("spreadsheet-download", in_progress)).headers
    assert headers["Content-Disposition"] == 'attachment; filename="aws-assessment-2026-questions.xlsx"'
    assert headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_without_a_file_or_with_too_large_a_body(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    address = at("spreadsheet-upload", in_progress)
    assert refusal(client.post(address)) == "Choose a file first."
    much = client.generic(
        "POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=SPREADSHEET_BYTES + MB + 1
    )
    assert much.status_code == 413
    assert "The spreadsheet may have 5 MB" in much.content.decode()
