"""The questionnaire as an XLSX to fill in. Every text is a text: no cell of it can ever be a formula."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH
from assessments.spreadsheets.cells import cut, escaped
from assessments.spreadsheets.grid import letters
from assessments.spreadsheets.help import HELP_LINES
from assessments.spreadsheets.layout import (
    HEADER_LINE,
    HELP,
    NO,
    QUESTIONS,
    STATEMENT,
    STATEMENTS,
    YES,
    Column,
    Question,
    Signer,
    cells_of,
    clean,
    columns,
    room_for,
    row_code,
)

_INK, _MUTED, _LINE = "1F2933", "5B6770", "C9D0D6"
_HEAD, _OPEN, _SHUT = (PatternFill("solid", start_color=color) for color in ("1F4B6E", "FFFFFF", "F1F3F5"))
_EDGE = Side(style="thin", color=_LINE)
_BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_WRAP = Alignment(wrap_text=True, vertical="top")
_MIDDLE = Alignment(horizontal="center", vertical="top")
_LINE_HEIGHT, _MOST_HEIGHT = 15, 400  # points; a row of a spreadsheet can have 409
_LENGTHS = {"reason": REASON_LENGTH, "notes": NOTES_LENGTH, "plan": PLAN_LENGTH}


def write(
    questions: Sequence[Question], *, assessment: int, heading: str, hint: str, sign: Signer, today: date
) -> bytes:
    """The file. `heading` and `hint` are the two lines on top; `sign` makes the row codes."""
    book = Workbook()
    sheet = book.active
    sheet.title = QUESTIONS
    places = _write_statements(book.create_sheet(STATEMENTS), questions)
    _write_help(book.create_sheet(HELP))
    layout = columns(room_for(questions))
    put(sheet.cell(1, 1), heading).font = _font(size=14, bold=True, color=_INK)
    put(sheet.cell(2, 1), hint).font = _font(color=_MUTED)
    for place, column in enumerate(layout, 1):
        _head(put(sheet.cell(HEADER_LINE, place), column.title))
        sheet.column_dimensions[letters(place)].width = column.width
    for line, question in enumerate(questions, HEADER_LINE + 1):
        _write_row(sheet, line, layout, question, row_code(assessment, question, sign))
    _offer_choices(sheet, layout, questions, places, today)
    _protect(sheet)
    sheet.column_dimensions[letters(len(layout))].hidden = True
    sheet.freeze_panes = sheet.cell(HEADER_LINE + 1, 4)
    _to_paper(sheet, last=len(layout) - 1, lines=HEADER_LINE + len(questions), header=HEADER_LINE, is_wide=True)
    book.properties.creator, book.properties.title = "Assay", clean(heading)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(cell: Cell, value: str | date | int | Decimal) -> Cell:
    """Write one cell. Text stays text in every program, whatever it begins with; one that no cell can hold is cut."""
    if not isinstance(value, str):
        cell.value = value
        return cell
    text = escaped(cut(clean(value)))
    cell.value = text or None
    if text:
        cell.data_type = "s"  # whatever was guessed from its first character
    if text and not text[0].isalnum():
        cell.quotePrefix = True  # or a program would take it for a formula as soon as somebody edits it
    return cell


def _font(**more: object) -> Font:
    return Font(name="Calibri", **{"size": 11, **more})


def height_of(*texts: tuple[str, int]) -> int:
    """Points that a row needs for wrapped texts in columns of so many characters; not every program finds out."""
    lines = max(sum(-(-max(len(part), 1) // int(width * 0.95)) for part in text.split("\n")) for text, width in texts)
    return min(max(lines, 1) * _LINE_HEIGHT + 4, _MOST_HEIGHT)


def _head(cell: Cell) -> None:
    cell.font, cell.fill, cell.border = _font(bold=True, color="FFFFFF"), _HEAD, _BOX
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _write_row(sheet: Worksheet, line: int, layout: Sequence[Column], question: Question, code: str) -> None:
    """One question: what is asked, locked, and the cells of its answer, open where this person may write."""
    fixed = {"domain": question.domain, "question": f"{question.title}\n{question.text}", "status": question.status}
    texts = {**fixed, **cells_of(question), "code": code}
    for place, column in enumerate(layout, 1):
        cell = sheet.cell(line, place)
        if column.key == "number":
            put(cell, question.number)
        elif column.key == "due" and question.content.due:
            put(cell, question.content.due)
        elif text := texts.get(column.key):
            put(cell, text)
        _dress(cell, column.key, is_open=_is_open(question, column.key))
    # Room for any of the statements as well: the row does not grow when one is chosen.
    needed = [(texts[column.key], column.width) for column in layout[:-1] if column.key in texts]
    needed += [(statement.text, STATEMENT.width) for statement in question.statements]
    sheet.row_dimensions[line].height = height_of(*needed)


def _is_open(question: Question, key: str) -> bool:
    """Whether a person may write into this cell: further statements only where several may hold."""
    if not question.is_open or key in {"number", "domain", "question", "status", "code"}:
        return False
    place = int(key.removeprefix("statement_")) if key.startswith("statement_") else 1
    return place == 1 or (question.takes_several and place <= len(question.statements))


def _dress(cell: Cell, key: str, *, is_open: bool) -> None:
    cell.alignment, cell.border = _MIDDLE if key in {"number", "complete"} else _WRAP, _BOX
    cell.font = _font(color=_INK if is_open or key in {"number", "question"} else _MUTED)
    cell.fill = _OPEN if is_open else _SHUT
    cell.protection = Protection(locked=not is_open)
    if is_open:
        cell.number_format = "yyyy-mm-dd" if key == "due" else "@"  # typed text stays text
    elif key == "due":
        cell.number_format = "yyyy-mm-dd"


def _write_statements(sheet: Worksheet, questions: Sequence[Question]) -> dict[int, str]:
    """All statements one below the other, which the drop-downs take; returns the range of each question's."""
    for place, (title, width) in enumerate((("No.", 5), ("Question", 44), ("Statement", 110)), 1):
        _head(put(sheet.cell(1, place), title))
        sheet.column_dimensions[letters(place)].width = width
    ranges, line = {}, 2
    for question in questions:
        first = line
        for statement in question.statements:
            put(sheet.cell(line, 1), question.number)
            put(sheet.cell(line, 2), question.title)
            put(sheet.cell(line, 3), statement.text)
            for place, alignment in enumerate((_MIDDLE, _WRAP, _WRAP), 1):
                cell = sheet.cell(line, place)
                cell.alignment, cell.border, cell.font = alignment, _BOX, _font()
            sheet.row_dimensions[line].height = height_of((question.title, 44), (statement.text, 110))
            line += 1
        ranges[question.number] = f"{STATEMENTS}!$C${first}:$C${line - 1}"
    sheet.freeze_panes = "A2"
    _protect(sheet)
    _to_paper(sheet, last=3, lines=line - 1, header=1)
    return ranges


def _write_help(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 100
    for line, (title, text) in enumerate(HELP_LINES, 1):
        put(sheet.cell(line, 1), title).font = _font(bold=True, color=_INK)
        put(sheet.cell(line, 2), text).font = _font()
        sheet.row_dimensions[line].height = height_of((title, 28), (text, 100)) + _LINE_HEIGHT // 2
        sheet.cell(line, 1).alignment = sheet.cell(line, 2).alignment = _WRAP
    _protect(sheet)
    _to_paper(sheet, last=2, lines=len(HELP_LINES), header=None)


def _offer_choices(
    sheet: Worksheet, layout: Sequence[Column], questions: Sequence[Question], places: dict[int, str], today: date
) -> None:
    """Drop-downs, and what a date and a text may be; whatever is pasted past them is checked when it comes back."""
    at = {column.key: letters(place) for place, column in enumerate(layout, 1)}
    rules: dict[str, DataValidation] = {}
    for line, question in enumerate(questions, HEADER_LINE + 1):
        if not question.is_open:
            continue
        kinds = f'"{",".join(question.kinds().values())}"'
        rule = _rule(kinds, "Choose one of the kinds of answer in the list.")
        rules.setdefault(kinds, rule).add(f"{at['kind']}{line}")
        statements = places[question.number]
        for column in layout:
            if column.key.startswith("statement_") and _is_open(question, column.key):
                rule = _rule(statements, "Choose one of the statements in the list, exactly as it stands there.")
                rules.setdefault(statements, rule).add(f"{at[column.key]}{line}")
        answers = f'"{YES},{NO}"'
        rules.setdefault(answers, _rule(answers, f"Choose {YES} or {NO}.")).add(f"{at['complete']}{line}")
        for key, length in _LENGTHS.items():
            rules.setdefault(key, _longest(length)).add(f"{at[key]}{line}")
        rules.setdefault("due", _day(today)).add(f"{at['due']}{line}")
    for rule in rules.values():
        sheet.add_data_validation(rule)


def _rule(source: str, error: str) -> DataValidation:
    return DataValidation(
        type="list", formula1=source, allow_blank=True, showErrorMessage=True, errorTitle="Not in the list", error=error
    )


def _longest(length: int) -> DataValidation:
    return DataValidation(
        type="textLength",
        operator="lessThanOrEqual",
        formula1=str(length),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Too long",
        error=f"This must be {length:,} characters or less.",
    )


def _day(today: date) -> DataValidation:
    return DataValidation(
        type="date",
        operator="greaterThan",
        formula1=str((date(today.year, 1, 1) - date(1899, 12, 30)).days),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="No day",
        error="Enter the day as year-month-day, for example 2027-01-31.",
    )


def _protect(sheet: Worksheet) -> None:
    """Against slips of the hand, so without a password; widths and heights stay free."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # False is allowed, in this format


def _to_paper(sheet: Worksheet, *, last: int, lines: int, header: int | None, is_wide: bool = False) -> None:
    """A4 across, the head on every page, the hidden column on none; a wide sheet is two pages wide."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 2 if is_wide else 1, 0
    sheet.print_area = f"A1:{letters(last)}{max(lines, 1)}"
    if header:
        sheet.print_title_rows = f"{header}:{header}"
    if is_wide:
        sheet.print_title_cols = "A:C"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "Page &P of &N"
