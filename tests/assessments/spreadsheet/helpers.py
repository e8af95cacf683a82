"""Download the questionnaire, write into it as a person would, and upload it."""

import io
from collections.abc import Callable

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.models import Assessment
from tests.assessments.vendor.helpers import at

HEAD = 3  # the line of the column heads


def fetched(client: Client, assessment: Assessment) -> bytes:
    """The file as it is downloaded."""
    response = client.get(at("spreadsheet-download", assessment))
    assert response.status_code == 200
    return response.content


def opened(data: bytes) -> Workbook:
    """The file as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    """The file as openpyxl writes it."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(sheet: Worksheet, title: str, number: int) -> str:
    """The address of a cell: the column with this head, the row of this question."""
    heads = {cell.value: cell.column_letter for cell in sheet[HEAD]}
    (line,) = [row[0].row for row in sheet.iter_rows(min_row=HEAD + 1) if row[0].value == number]
    return f"{heads[title]}{line}"


def fill(data: bytes, *cells: tuple[str, int, object]) -> bytes:
    """Write values into cells named by the head of their column and the number of their question."""
    book = opened(data)
    sheet = book["Questions"]
    for title, number, value in cells:
        sheet[place(sheet, title, number)] = value
    return saved(book)


def changed(data: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """Do something to the sheet of the questions."""
    book = opened(data)
    change(book["Questions"])
    return saved(book)


def upload(client: Client, assessment: Assessment, data: bytes, name: str = "questions.xlsx") -> HttpResponse:
    """Send the file; the reply is the preview, or the page with the reason."""
    return client.post(at("spreadsheet-upload", assessment), {"file": SimpleUploadedFile(name, data)})


def confirm(client: Client, assessment: Assessment, preview: HttpResponse) -> HttpResponse:
    """Press the button of a preview; follows to the page that says what was done."""
    changes = preview.context["packed"]
    return client.post(at("spreadsheet-confirm", assessment), {"changes": changes}, follow=True)


def wrong(preview: HttpResponse) -> list[tuple[str, str]]:
    """Address and reason of every cell that is listed."""
    assert preview.status_code == 200
    return [(problem.address, problem.reason) for problem in preview.context["proposal"].problems]


def would_change(preview: HttpResponse) -> dict[int, list[tuple[str, str, str]]]:
    """Number of each question that would change -> field, text now, text in the file."""
    return {
        one.answer.criterion.number: [(each.label, each.now, each.wanted) for each in one.differences]
        for one in preview.context["proposal"].changes
    }


def refusal(response: HttpResponse) -> str:
    """The sentence on the page where a file is refused."""
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count('class="field-error"') == 1
    return str(response.context["error"])
