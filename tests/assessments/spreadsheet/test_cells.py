"""Every cell that cannot be used is named by its address, with the reason; the rest can be saved without it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from assessments.models import Answer, Assessment
from playbook.models import Side
from tests.assessments.spreadsheet.helpers import (
    changed,
    confirm,
    fetched,
    fill,
    opened,
    place,
    refusal,
    saved,
    upload,
    would_change,
    wrong,
)
from tests.assessments.vendor.helpers import answer_to, keys_of
from tests.factories import answer_with, option_key
from users.models import User

LATER = timezone.localdate() + timedelta(days=100)
STATEMENT = "Choose “Statement”, “None of these fits” or “I do not know yet”"
NOT_ONE = (
    "This is not one of the statements of question 13. Choose it from the list of the cell, or copy it exactly from "
    "the sheet “Statements”"
)
ENTER_DAY = "Enter the day as year-month-day, for example 2027-01-31"
FORMULA = "This cell holds a formula. Formulas are not evaluated; type the text itself"


def texts(assessment: Assessment, number: int, side: str) -> list[str]:
    options = answer_to(assessment, number).criterion.options.filter(side=side)
    return list(options.order_by("order").values_list("text", flat=True))


@pytest.fixture
def sheet(client: Client, rita: User, in_progress: Assessment) -> bytes:
    """The file as Rita, who is signed in, downloads it."""
    client.force_login(rita)
    return fetched(client, in_progress)


NO_PLAN = "The answer chosen needs no plan. Clear this cell, or move its text to the notes"
# What is written (head of the column, question, value), the address that is named, and the sentence.
BAD = [
    ([("Kind of answer", 13, "Yes")], "E16", STATEMENT),
    ([("Kind of answer", 13, "Not applicable")], "E16", "“Not applicable” cannot be chosen for question 13"),
    ([("Statement", 13, "Every key is fine")], "F16", NOT_ONE),
    ([("Statement", 13, 42)], "F16", NOT_ONE),
    ([("Notes", 13, "x" * 2001)], "K16", "Notes must be 2,000 characters or less"),
    ([("Plan to fix", 13, "x" * 1001)], "L16", "The plan must be 1,000 characters or less"),
    ([("Plan to fix", 13, "We will see")], "L16", NO_PLAN),
    ([("By when", 13, LATER)], "M16", NO_PLAN),
    ([("By when", 13, "31.01.2027")], "M16", ENTER_DAY),
    ([("By when", 13, "01/02/2027")], "M16", ENTER_DAY),
    ([("By when", 13, "12")], "M16", ENTER_DAY),
    ([("By when", 13, "20000")], "M16", ENTER_DAY),
    ([("By when", 13, "2026-02-30")], "M16", ENTER_DAY),
    ([("By when", 13, date(2020, 1, 1))], "M16", "The day cannot be in the past"),
    ([("By when", 13, 1e300)], "M16", "This cell holds an error value. Type the text itself"),
    ([("Completed", 13, "perhaps")], "N16", "Choose Yes or No"),
    ([("Completed", 13, "Yes")], "E16", "Choose an answer"),
    ([("Notes", 13, "=1+1")], "K16", FORMULA),
    ([("Kind of answer", 13, '=HYPERLINK("http://x.example","y")')], "E16", FORMULA),
    ([("By when", 13, "=TODAY()+100")], "M16", FORMULA),
    ([("Notes", 13, "#N/A")], "K16", "This cell holds an error value. Type the text itself"),
    (
        [("Reason", 13, "x" * 2001), ("Kind of answer", 13, "None of these fits")],
        "J16",
        "The reason must be 2,000 characters or less",
    ),
    (
        [("Reason", 13, "Because")],
        "J16",
        "A reason goes with “None of these fits”. Clear this cell, or move its text to the notes",
    ),
    (
        [("Reason", 2, "Because")],
        "J5",
        "A reason goes with “None of these fits” or “Not applicable”. Clear this cell, or move its text to the notes",
    ),
]


def test_a_bad_cell_is_listed_and_nothing_is_written(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    pages = [upload(client, in_progress, fill(sheet, *cells)) for cells, _, _ in BAD]
    assert [wrong(page) for page in pages] == [[(address, reason)] for _, address, reason in BAD]
    assert [page.context["packed"] for page in pages] == [""] * len(BAD)
    assert all(f">{address}</th>" in page.content.decode() for page, (_, address, _) in zip(pages, BAD, strict=True))
    assert not Answer.objects.exclude(version=0).exists()


def test_a_completed_answer_needs_what_it_needs_on_its_page(
    client: Client, in_progress: Assessment, sheet: bytes
) -> None:
    good = texts(in_progress, 13, Side.ACCEPTABLE)[0]
    cells = [
        ("Statement", 13, good),
        ("Completed", 13, "Yes"),
        ("Kind of answer", 14, "None of these fits"),
        ("Completed", 14, "Yes"),
        ("Kind of answer", 15, "I do not know yet"),
        ("Completed", 15, "Yes"),
    ]
    assert wrong(upload(client, in_progress, fill(sheet, *cells))) == [
        ("N16", "Add at least one file, or explain in the notes why there is none"),
        ("J17", "Say what is the case instead"),
        ("E18", "Choose an answer"),
    ]


def test_the_valid_part_is_saved_when_the_rest_is_left_out(
    client: Client, in_progress: Assessment, sheet: bytes
) -> None:
    page = upload(client, in_progress, fill(sheet, ("Notes", 13, "Fine."), ("Completed", 14, "perhaps")))
    assert wrong(page) == [("N17", "Choose Yes or No")]
    assert "Save 1 answer and leave out the rest" in page.content.decode()
    assert answer_to(in_progress, 13).version == 0
    confirm(client, in_progress, page)
    assert (answer_to(in_progress, 13).notes, answer_to(in_progress, 14).version) == ("Fine.", 0)


def test_statements_that_do_not_go_together(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    one, two = texts(in_progress, 13, Side.ACCEPTABLE)[0], texts(in_progress, 13, Side.FAILURE)[0]
    page = upload(client, in_progress, fill(sheet, ("Statement", 13, one), ("Statement 2", 13, two)))
    assert wrong(page) == [("G16", "Question 13 takes one statement only. Clear this cell")]
    page = upload(client, in_progress, fill(sheet, ("Kind of answer", 13, "I do not know yet"), ("Statement", 13, one)))
    assert wrong(page) == [
        ("F16", "Choose either statements or “I do not know yet”, not both. Clear one of the two cells")
    ]


def test_several_statements_where_several_may_hold(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    one, two = texts(in_progress, 31, Side.ACCEPTABLE)
    page = upload(
        client, in_progress, fill(sheet, ("Statement 3", 31, one), ("Statement", 31, two), ("Notes", 31, "x"))
    )
    confirm(client, in_progress, page)
    answer = answer_to(in_progress, 31)
    assert (answer.kind, answer.statements) == ("statements", sorted(keys_of(answer, Side.ACCEPTABLE)))


def test_a_day_in_every_form(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    serial = (LATER - date(1899, 12, 30)).days
    for number, written in enumerate(
        (LATER, LATER.isoformat(), f"{LATER.isoformat()}T00:00:00", serial, str(serial)), 8
    ):
        bad = texts(in_progress, number, Side.FAILURE)[0]

        def write(page: Worksheet, number: int = number, written: object = written, bad: str = bad) -> None:
            page[place(page, "Statement", number)] = bad
            cell = page[place(page, "By when", number)]
            cell.value = written
            if isinstance(written, int):
                cell.number_format = "General"

        sheet = changed(sheet, write)
    confirm(client, in_progress, upload(client, in_progress, sheet))
    assert [answer_to(in_progress, number).plan_due_on for number in range(8, 13)] == [LATER] * 5


TYPED = [
    (2026, "2026"),
    (1.5, "1.5"),
    (3.0, "3"),
    (True, "Yes"),
    (date(2026, 11, 25), "2026-11-25T00:00:00"),
    (" outer blanks \r\n and lines ", "outer blanks \n and lines"),
    (CellRichText("One ", TextBlock(InlineFont(b=True), "bold"), " word"), "One bold word"),
    ("https://acme.example/a?b=c", "https://acme.example/a?b=c"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("_x0041_ and _x000D_", "_x0041_ and"),
    ("_x0000_zero _x005F_x000D_", "zero _x000D_"),
]


def test_whatever_is_typed_becomes_text(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    cells = [("Notes", number, written) for number, (written, _) in enumerate(TYPED, 1)]
    page = upload(client, in_progress, fill(sheet, *cells))
    assert "<script>alert" not in page.content.decode()
    confirm(client, in_progress, page)
    stored = [answer_to(in_progress, number).notes for number in range(1, len(TYPED) + 1)]
    assert stored == [text for _, text in TYPED]


def test_merged_cells_are_named(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    page = upload(client, in_progress, changed(sheet, lambda page: page.merge_cells("K16:K17")))
    reason = "The cells K16:K17 are merged. Unmerge them"
    assert wrong(page) == [("K16", reason), ("K17", reason)]


def test_deleted_rows_leave_their_answers_alone(
    client: Client, rita: User, in_progress: Assessment, sheet: bytes
) -> None:
    answer = answer_to(in_progress, 5)
    answer_with(answer, option_key(answer.criterion), by=rita)
    page = upload(client, in_progress, changed(sheet, lambda page: page.delete_rows(7, 3)))
    assert page.context["proposal"].notices == [
        "Questions 4, 5 and 6 are not in the file. Their answers stay as they are."
    ]
    assert (wrong(page), would_change(page)) == ([], {})
    page = upload(client, in_progress, changed(sheet, lambda page: page.delete_rows(7)))
    assert page.context["proposal"].notices == ["Question 4 is not in the file. Its answer stays as it is."]


def test_rows_and_columns_may_stand_anywhere(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def turn(page: Worksheet) -> None:
        page[place(page, "Notes", 13)] = "Thirteen"
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
        page.delete_rows(3, len(rows))
        for row in [rows[0], *reversed(rows[1:])]:
            page.append([*reversed(row), None])

    page = upload(client, in_progress, changed(sheet, turn))
    assert (wrong(page), would_change(page)) == ([], {13: [("Notes", "", "Thirteen")]})


def test_added_columns_are_not_read(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def add(page: Worksheet) -> None:
        page.insert_cols(5)
        page["E3"], page["E16"] = "My comments", "=1/0"

    page = upload(client, in_progress, changed(sheet, add))
    assert page.context["proposal"].notices == [
        "The column “My comments” is not part of the questionnaire and is not read."
    ]
    assert (wrong(page), would_change(page)) == ([], {})


def test_a_doubled_row_is_not_guessed_at(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def double(page: Worksheet) -> None:
        page.append([cell.value for cell in page[8]])

    reason = "Question 5 stands in rows 8 and 37. Delete all of them but one"
    assert wrong(upload(client, in_progress, changed(sheet, double))) == [("A8", reason), ("A37", reason)]


def test_a_row_without_its_code_is_named(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def lose(page: Worksheet) -> None:
        page[place(page, "Row code", 13)] = None
        page["C40"] = "A remark below the table"

    reason = "The hidden code of this row is missing or was changed. Type your answer into the row of its question"
    page = upload(client, in_progress, changed(sheet, lose))
    assert wrong(page) == [("A16", reason), ("C40", reason)]
    assert page.context["proposal"].notices == ["Question 13 is not in the file. Its answer stays as it is."]


def test_a_code_that_was_made_up_is_worth_nothing(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def forge(page: Worksheet) -> None:
        cell = page[place(page, "Row code", 13)]
        parts = cell.value.split("-")
        cell.value = "-".join([*parts[:2], "5", *parts[3:]])
        page[place(page, "Notes", 13)] = "Forged"

    page = upload(client, in_progress, changed(sheet, forge))
    assert [address for address, _ in wrong(page)] == ["A16"]
    assert would_change(page) == {}


def test_columns_sorted_apart_are_noticed(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    def mix(page: Worksheet) -> None:
        page["A8"], page["A9"] = page["A9"].value, page["A8"].value

    wanted = (
        "This row's hidden code is that of question {}. The columns were sorted apart from each other; "
        "download the questionnaire again"
    )
    page = upload(client, in_progress, changed(sheet, mix))
    assert wrong(page) == [("A8", wanted.format(5)), ("A9", wanted.format(6))]


AGAIN = "Download the questionnaire again, copy your answers into it and upload that."
UNUSABLE = [
    (lambda page: page.delete_cols(11), f"The column “Notes” is missing. {AGAIN}"),
    (lambda page: page.delete_cols(8), f"The column “Statement 3” is missing. {AGAIN}"),
    (lambda page: page.delete_cols(15), f"The column “Row code” is missing. {AGAIN}"),
    (lambda page: page.__setitem__("J3", "Notes"), "There are two columns “Notes”. Delete one of them."),
    (lambda page: page.delete_rows(3), f"This is not the questionnaire: no sheet has its columns. {AGAIN}"),
    (
        lambda page: [page.__setitem__(f"O{line}", None) for line in range(4, 37)],
        f"No row of this file can be matched with a question: the hidden row codes are gone. {AGAIN}",
    ),
]


def test_a_sheet_without_what_it_needs_is_refused(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    said = [refusal(upload(client, in_progress, changed(sheet, change))) for change, _ in UNUSABLE]
    assert said == [sentence for _, sentence in UNUSABLE]


def test_a_renamed_or_moved_sheet_is_found(client: Client, in_progress: Assessment, sheet: bytes) -> None:
    book = opened(fill(sheet, ("Notes", 13, "Found")))
    book.move_sheet("Questions", 2)
    book["Questions"].title = "Tabelle1"
    assert would_change(upload(client, in_progress, saved(book))) == {13: [("Notes", "", "Found")]}
