"""From the cells of a file that came back to answers, and a sentence with its address for every cell that is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.marking import Said
from assessments.marking import said as _
from assessments.spreadsheets.grid import Grid, GridCell, GridRow, GridSheet, letters
from assessments.spreadsheets.layout import (
    FIELDS,
    KINDS,
    NO,
    STATEMENTS,
    YES,
    Content,
    Question,
    RowCode,
    Signer,
    cells_of,
    clean,
    columns,
    fingerprint,
    key_of,
    read_code,
    room_for,
)

_AGAIN = _("Download the questionnaire again, copy your answers into it and upload that.")
_ENTER_DAY = _("Enter the day as year-month-day, for example 2027-01-31")
_TOO_LONG = {
    "reason": (_("The reason"), REASON_LENGTH),
    "notes": (_("Notes"), NOTES_LENGTH),
    "plan": (_("The plan"), PLAN_LENGTH),
}
_FOR_READING = {"domain", "question", "status"}  # columns that tell us nothing when they come back
_HEADER_WITHIN = 30  # rows in which the head is looked for
# What stands for a control character, and for the underscore of what only looks like one. Others stay: openpyxl has
# taken that underscore away already where a text comes from the table of shared ones.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")


class WrongFile(Exception):
    """The file as a whole cannot be used. The message is a marked sentence for the person who sent it."""


@dataclass(frozen=True)
class Problem:
    """One cell that is wrong. `number` is the question's, or None where the row is none of the questions.

    `reason` is marked, and translated by who shows it.
    """

    address: str
    number: int | None
    reason: str


@dataclass(frozen=True)
class Entry:
    """What one row says, where it was changed since the download. `addresses` are by key of the column."""

    question: Question
    version: int  # which the person started from
    content: Content
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a file says: rows that were changed and are right, cells that are wrong, and what is good to know."""

    entries: Sequence[Entry]
    problems: Sequence[Problem]
    notices: Sequence[str]


@dataclass(frozen=True)
class _Row:
    line: int
    cells: Mapping[str, GridCell]  # by key of the column
    places: Mapping[str, int]  # every column of the sheet

    def text(self, key: str) -> str:
        """The cell as text, as it was written or typed."""
        cell = self.cells.get(key)
        return clean(unescaped(cell.value)) if cell else ""

    def address(self, key: str) -> str:
        """D14."""
        return f"{letters(self.places[key])}{self.line}"


def unescaped(text: str) -> str:
    """_x000D_ as the character it stands for, as every spreadsheet program reads it."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def read(
    grid: Grid,
    questions: Sequence[Question],
    *,
    assessment: int,
    sign: Signer,
    same: Callable[[str, str], bool],
    today: date,
) -> Reading:
    """Match every row with its question by the signed row code, wherever it stands. Raises WrongFile."""
    sheet, rows, others = _table(grid, room_for(questions))
    known = {question.answer: question for question in questions}
    problems: list[Problem] = []
    matched: dict[int, list[tuple[_Row, RowCode]]] = {}
    for row in rows:
        code = read_code(row.text("code"), sign, same)
        if code is not None and code.assessment != assessment:
            raise WrongFile(_("This file belongs to another assessment. Download the questionnaire of this one."))
        if code is not None and code.answer in known:
            matched.setdefault(code.answer, []).append((row, code))
        elif code is None or fingerprint(_cells(grid, row)[0], sign) != code.fingerprint:
            problems.append(_stray(row, is_ours=code is not None))
    if not matched:
        gone = _("No row of this file can be matched with a question: the hidden row codes are gone.")
        raise WrongFile(gone.then(_AGAIN))
    entries = []
    for answer, found in matched.items():
        question = known[answer]
        if len(found) > 1:
            lines = _and([str(row.line) for row, _code in found])
            reason = _(
                "Question %(number)s stands in rows %(rows)s. Delete all of them but one",
                number=question.number,
                rows=lines,
            )
            problems += [Problem(row.address("number"), question.number, reason) for row, _code in found]
            continue
        row, code = found[0]
        entry, wrong = _entry(grid, sheet, row, code, question, sign, today)
        problems += wrong
        entries += [entry] if entry else []
    missing = [str(question.number) for question in questions if question.answer not in matched]
    problems.sort(key=_place)
    notices = _notices(others, missing, has_pictures=grid.has_pictures)
    return Reading(sorted(entries, key=lambda entry: entry.question.number), problems, notices)


def _notices(others: Sequence[str], missing: Sequence[str], *, has_pictures: bool) -> list[str]:
    """What is good to know: columns that are none of ours, pictures, questions that are not in the file."""
    notices: list[str] = [
        _("The column “%(title)s” is not part of the questionnaire and is not read.", title=title) for title in others
    ]
    if has_pictures:
        notices.append(_("Pictures in the file are not taken. Add them as evidence on the page of their question."))
    if missing:
        notices.append(_missing(missing))
    return notices


def _place(problem: Problem) -> tuple[int, int, str]:
    """By row, then by column."""
    column = problem.address.rstrip("0123456789")
    return int(problem.address[len(column) :]), len(column), column


def _missing(numbers: Sequence[str]) -> Said:
    if len(numbers) == 1:
        return _("Question %(number)s is not in the file. Its answer stays as it is.", number=numbers[0])
    return _("Questions %(numbers)s are not in the file. Their answers stay as they are.", numbers=_and(numbers))


def _and(words: Sequence[str]) -> Said:
    """5, 6 and 14; of two at least."""
    return _("%(most)s and %(last)s", most=", ".join(words[:-1]), last=words[-1])


def _stray(row: _Row, *, is_ours: bool) -> Problem:
    """A row with text that is none of this person's questions: what was typed there must not vanish unseen."""
    key = next(key for key in row.places if key in row.cells)
    if is_ours:
        return Problem(row.address(key), None, _("The question of this row is not yours to answer"))
    reason = _("The hidden code of this row is missing or was changed. Type your answer into the row of its question")
    return Problem(row.address(key), None, reason)


def _table(grid: Grid, statements: int) -> tuple[GridSheet, list[_Row], list[str]]:
    """The sheet of the questions, its rows below the head, and the heads of columns that are none of ours."""
    best: tuple[int, GridSheet, GridRow] | None = None
    for sheet in grid.sheets:
        for row in sheet.rows:
            if row.line > _HEADER_WITHIN:
                break
            count = len({key_of(cell.value) for cell in row.cells} - {""})
            if count > 3 and (best is None or count > best[0]):
                best = (count, sheet, row)
    if best is None:
        raise WrongFile(_("This is not the questionnaire: no sheet has its columns.").then(_AGAIN))
    _count, sheet, head = best
    places: dict[str, int] = {}
    others = []
    for cell in head.cells:
        if not (key := key_of(cell.value)):
            others.append(clean(cell.value)[:60])
        elif key in places:
            words = _("There are two columns “%(title)s”. Delete one of them.", title=clean(cell.value))
            raise WrongFile(words)
        else:
            places[key] = cell.column
    if gone := [each.title for each in columns(statements) if each.key not in places and each.key not in _FOR_READING]:
        raise WrongFile(_("The column “%(title)s” is missing.", title=gone[0]).then(_AGAIN))
    keys = {column: key for key, column in places.items()}
    rows = [
        _Row(row.line, {keys[cell.column]: cell for cell in row.cells if cell.column in keys}, places)
        for row in sheet.rows
        if row.line > head.line
    ]
    return sheet, [row for row in rows if row.cells], others


def _entry(
    grid: Grid, sheet: GridSheet, row: _Row, code: RowCode, question: Question, sign: Signer, today: date
) -> tuple[Entry | None, list[Problem]]:
    """What one row says; None where nobody changed it since the download, or where something in it is wrong."""
    number = question.number
    if row.text("number") != str(number):
        reason = _(
            "This row's hidden code is that of question %(number)s. The columns were sorted apart from each other; "
            "download the questionnaire again",
            number=number,
        )
        return None, [Problem(row.address("number"), number, reason)]
    if wrong := _unreadable(sheet, row, question):
        return None, wrong
    cells, due, due_wrong = _cells(grid, row)
    if fingerprint(cells, sign) == code.fingerprint or cells == cells_of(question):
        return None, []
    if not question.is_open:
        changed = [key for key in _keys(row) if cells.get(key, "") != cells_of(question).get(key, "")]
        reason = _("Question %(number)s can only be read now", number=number)
        return None, [Problem(row.address(changed[0]), number, reason)]
    content, problems = _content(row, question, cells, due, today)
    if due_wrong:
        problems.append(Problem(row.address("due"), number, due_wrong))
    if problems:
        return None, problems
    return Entry(question, code.version, content, {key: row.address(key) for key in row.places}), []


def _keys(row: _Row) -> list[str]:
    """The columns a person may write into."""
    return [*FIELDS, *(key for key in row.places if key.startswith("statement_"))]


def _cells(grid: Grid, row: _Row) -> tuple[dict[str, str], date | None, str]:
    """What stands in them, as `layout.cells_of` gives it; the day; and the sentence where the day is none."""
    cells = {key: text for key in _keys(row) if (text := row.text(key))}
    due, due_wrong = _day(grid, row)
    if due:
        cells["due"] = due.isoformat()
    cells.setdefault("complete", NO)
    return cells, due, due_wrong


def _unreadable(sheet: GridSheet, row: _Row, question: Question) -> list[Problem]:
    """Formulas, error values, merged cells."""
    found = []
    for key in _keys(row):
        cell, address = row.cells.get(key), row.address(key)
        if merged := next((area for area in sheet.merged if _is_in(area, row.places[key], row.line)), ""):
            reason = _("The cells %(cells)s are merged. Unmerge them", cells=merged)
            found.append(Problem(address, question.number, reason))
        elif cell and cell.kind == "formula":
            reason = _("This cell holds a formula. Formulas are not evaluated; type the text itself")
            found.append(Problem(address, question.number, reason))
        elif cell and cell.kind == "error":
            reason = _("This cell holds an error value. Type the text itself")
            found.append(Problem(address, question.number, reason))
    return found


def _is_in(area: str, column: int, line: int) -> bool:
    """Whether "D14:E16" covers a cell."""
    found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", area)
    if not found:
        return False
    name = letters(column)
    left, right = found[1].rjust(3), found[3].rjust(3)
    return left <= name.rjust(3) <= right and int(found[2]) <= line <= int(found[4])


def _day(grid: Grid, row: _Row) -> tuple[date | None, str]:
    """The day in "By when": a date, its serial number, or ISO text; with the sentence where it is none of them."""
    cell = row.cells.get("due")
    text = row.text("due")
    if cell is None or not text:
        return None, ""
    if cell.kind == "number" or re.fullmatch(r"\d{5}", text):
        start = date(1904, 1, 1) if grid.from_1904 else date(1899, 12, 30)
        try:
            day = start + timedelta(days=int(float(text)))
        except (ValueError, OverflowError):
            return None, _ENTER_DAY
        return (day, "") if 2000 <= day.year < 2200 else (None, _ENTER_DAY)
    try:
        return datetime.fromisoformat(text).date(), ""
    except ValueError:
        return None, _ENTER_DAY


def _content(
    row: _Row, question: Question, cells: dict[str, str], due: date | None, today: date
) -> tuple[Content, list[Problem]]:
    """The answer in a row that was changed, with what is wrong with it."""
    number = question.number
    wrong: list[tuple[str, str]] = []
    for key, (what, length) in _TOO_LONG.items():
        if len(cells.get(key, "")) > length:
            wrong.append((key, _("%(what)s must be %(count)s characters or less", what=what, count=length)))
    kind = _kind(question, cells, wrong)
    marks = _marks(question, cells, wrong)
    if marks and kind == "":
        kind = "statements"  # choosing one says it
    if marks and kind not in {"", "statements"}:
        first = next(key for key in sorted(cells) if key.startswith("statement_"))
        reason = _("Choose either statements or “%(answer)s”, not both. Clear one of the two cells", answer=KINDS[kind])
        wrong.append((first, reason))
    explains = kind in {"none_fits", "not_applicable"}
    if not explains and cells.get("reason", "") not in {"", clean(question.content.reason)}:
        reason = (
            _(
                "A reason goes with “%(one)s” or “%(other)s”. Clear this cell, or move its text to the notes",
                one=KINDS["none_fits"],
                other=KINDS["not_applicable"],
            )
            if question.may_not_apply
            else _(
                "A reason goes with “%(one)s”. Clear this cell, or move its text to the notes", one=KINDS["none_fits"]
            )
        )
        wrong.append(("reason", reason))
    if due and due != question.content.due and due < today:
        wrong.append(("due", _("The day cannot be in the past")))
    if cells["complete"].casefold() not in {YES.casefold(), NO.casefold()}:
        wrong.append(("complete", _("Choose %(yes)s or %(no)s", yes=YES, no=NO)))
    content = Content(
        kind=kind,
        statements=marks,
        reason=cells.get("reason", "") if explains else "",
        notes=cells.get("notes", ""),
        plan=cells.get("plan", ""),
        due=due,
        complete=cells["complete"].casefold() == YES.casefold(),
    )
    if not content.complete and question.content.complete and replace(content, complete=True) == question.content:
        reason = _("A completed answer stays completed as long as nothing else in it changes. Choose %(yes)s", yes=YES)
        wrong.append(("complete", reason))
    return content, [Problem(row.address(key), number, reason) for key, reason in wrong]


def _kind(question: Question, cells: Mapping[str, str], wrong: list[tuple[str, str]]) -> str:
    """The kind of answer; anything else than the words of the list is wrong."""
    words = " ".join(cells.get("kind", "").split()).casefold()
    kind = next((key for key, label in KINDS.items() if label.casefold() == words), "")
    if kind and kind not in question.kinds():
        reason = _("“%(answer)s” cannot be chosen for question %(number)s", answer=KINDS[kind], number=question.number)
        wrong.append(("kind", reason))
    elif words and not kind:
        *most, last = (f"“{label}”" for label in question.kinds().values())
        wrong.append(("kind", _("Choose %(most)s or %(last)s", most=", ".join(most), last=last)))
    return kind


def _bare(text: str) -> str:
    """A statement as it is compared. A quote in front is lost where a program takes it for the sign of a text."""
    return " ".join(text.split()).removeprefix("'")


def _marks(question: Question, cells: Mapping[str, str], wrong: list[tuple[str, str]]) -> list[str]:
    """The marks of the statements chosen, in the order of the question; blanks and line breaks may differ."""
    marks = {_bare(text): each.mark for each in question.statements for text in (each.text, *each.also)}
    chosen: set[str] = set()
    for key in sorted(key for key in cells if key.startswith("statement_")):
        mark = marks.get(_bare(cells[key]))
        if mark is None:
            reason = _(
                "This is not one of the statements of question %(number)s. Choose it from the list of the cell, or "
                "copy it exactly from the sheet “%(sheet)s”",
                number=question.number,
                sheet=STATEMENTS,
            )
            wrong.append((key, reason))
        elif chosen - {mark} and not question.takes_several:
            reason = _("Question %(number)s takes one statement only. Clear this cell", number=question.number)
            wrong.append((key, reason))
        else:
            chosen.add(mark)
    return [each.mark for each in question.statements if each.mark in chosen]
