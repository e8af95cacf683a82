"""Cells nobody thought of: reading ends with answers, with problems that have an address, or with a sentence."""

import hashlib
import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.spreadsheets.grid import Grid, GridCell, GridRow, GridSheet, letters
from assessments.spreadsheets.layout import Content, Question, Statement, cells_of, columns, row_code
from assessments.spreadsheets.read import WrongFile, read

STATEMENTS = [
    Statement("m1", "All keys are new."),
    Statement("m2", "'Some' are old."),
    Statement("m3", "None is there."),
]
QUESTIONS = [
    Question(
        answer=number,
        version=1,
        number=number,
        domain="Identity",
        title="Keys",
        text="Are keys new?",
        status="Not started",
        statements=STATEMENTS,
        takes_several=number % 2 == 0,
        may_not_apply=number == 3,
        is_open=number != 4,
        content=Content(kind="statements", statements=["m1"], notes="As it was") if number > 2 else Content(),
    )
    for number in range(1, 6)
]
HEADS = columns(3)
WORDS = st.sampled_from(
    ["", "Statement", "Not applicable", "None of these fits", "I do not know yet", "Yes", "no", "All keys are new.",
     "Some' are old.", "2027-01-31", "46000", "nan", "-1", "_x0000_", "\ud800", "\x00", "=1", "1e400", "x" * 2001]
)  # fmt: skip
CELLS = st.builds(
    GridCell,
    st.integers(1, len(HEADS) + 2),
    st.sampled_from(["text", "number", "day", "truth", "formula", "error"]),
    st.one_of(WORDS, st.text(max_size=40)),
)
AREAS = st.sampled_from(["D4:E9", "A1:XFD1048576", "nonsense", "E5", ":"])


def sign(text: str) -> str:
    """Good enough to tell texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sheet_of(changes: dict[tuple[int, int], GridCell], merged: list[str]) -> Grid:
    """The questionnaire as it went out, with some cells changed."""
    head = GridRow(3, [GridCell(place, "text", column.title) for place, column in enumerate(HEADS, 1)])
    rows = [head]
    for line, question in enumerate(QUESTIONS, 4):
        texts = {**cells_of(question), "number": str(question.number), "code": row_code(9, question, sign)}
        cells = {at: GridCell(at, "text", texts[each.key]) for at, each in enumerate(HEADS, 1) if each.key in texts}
        cells |= {at: cell for (row, at), cell in changes.items() if row == line}
        rows.append(GridRow(line, [cells[at] for at in sorted(cells)]))
    return Grid([GridSheet("Questions", rows, merged)])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(4, 8), CELLS), max_size=12), st.lists(AREAS, max_size=2))
def test_whatever_stands_in_the_cells(changes: list[tuple[int, GridCell]], merged: list[str]) -> None:
    grid = sheet_of({(line, cell.column): cell for line, cell in changes}, merged)
    try:
        reading = read(grid, QUESTIONS, assessment=9, sign=sign, same=str.__eq__, today=date(2026, 11, 25))
    except WrongFile:
        return
    assert all(re.fullmatch(r"[A-Z]{1,2}[4-8]", problem.address) for problem in reading.problems)
    for entry in reading.entries:
        content, question = entry.content, entry.question
        assert question.is_open
        assert content.kind in {"", *question.kinds()}
        assert set(content.statements) <= {statement.mark for statement in STATEMENTS}
        assert len(content.statements) <= (3 if question.takes_several else 1)
        assert bool(content.statements) <= (content.kind == "statements")
        assert len(content.notes) <= NOTES_LENGTH
        assert len(content.reason) <= REASON_LENGTH
        assert len(content.plan) <= PLAN_LENGTH
        assert "\x00" not in content.notes + content.reason + content.plan
    assert {entry.question.number for entry in reading.entries}.isdisjoint({each.number for each in reading.problems})


def test_what_was_not_touched_is_not_read_as_changed() -> None:
    reading = read(sheet_of({}, []), QUESTIONS, assessment=9, sign=sign, same=str.__eq__, today=date(2026, 11, 25))
    assert (reading.entries, reading.problems, reading.notices) == ([], [], [])


def test_a_statement_without_the_quote_a_program_took_away_is_known() -> None:
    at = next(place for place, column in enumerate(HEADS, 1) if column.key == "statement_1")
    grid = sheet_of({(4, at): GridCell(at, "text", "Some' are old.")}, [])
    (entry,) = read(grid, QUESTIONS, assessment=9, sign=sign, same=str.__eq__, today=date(2026, 11, 25)).entries
    assert entry.content.statements == ["m2"]


def test_columns_have_the_letters_of_every_program() -> None:
    assert [letters(column) for column in (1, 26, 27, 52, 53, 702, 703, 16384)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
