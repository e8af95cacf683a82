"""Download the questionnaire, fill it in outside the browser, upload it, look, confirm."""

from pathlib import Path

from playwright.sync_api import Page, expect

from assessments.models import Answer, Assessment
from playbook.models import Side
from tests import factories
from tests.assessments.spreadsheet.helpers import fill
from tests.browser.acts import answer_to, at, focused, headline, words_of
from tests.browser.conftest import Console, OpenPage
from tests.browser.looking import Axe, faults
from users.models import User


def give(page: Page, data: bytes, name: str = "filled.xlsx") -> None:
    """Choose a file and press the button."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("Your spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


def test_the_whole_round_trip(
    open_page: OpenPage, console: Console, axe: Axe, in_progress: Assessment, rita: User, tom: User, tmp_path: Path
) -> None:
    console.expect("status of 422")
    page = open_page(rita, at("answer-list", in_progress))
    page.get_by_role("link", name="answer in a spreadsheet").click()
    assert headline(page) == "Answer in a spreadsheet"
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the questionnaire").click()
    coming.value.save_as(tmp_path / "questions.xlsx")
    assert coming.value.suggested_filename == "aws-assessment-2026-questions.xlsx"
    data = (tmp_path / "questions.xlsx").read_bytes()

    give(page, b"No.,Question\n1,Root", "questions.csv")
    assert "There is a problem" in focused(page)
    expect(page.locator(".field-error")).to_contain_text("This is a text or CSV file, which does not hold everything.")
    assert faults(page, axe) == []

    answer = answer_to(in_progress, 14)
    factories.answer_with(answer, factories.option_key(answer.criterion), by=tom, notes="Tom was here")
    chosen = words_of(in_progress, 13, Side.FAILURE)
    filled = fill(
        data,
        ("Statement", 13, chosen),
        ("Notes", 13, "Two accounts are left. " * 40),
        ("Notes", 14, "Rita was here"),
        ("Completed", 15, "perhaps"),
        ("Notes", 15, "=1+1"),
    )
    give(page, filled)
    assert headline(page) == "Check the changes from your spreadsheet"
    expect(page.get_by_role("row", name="K18 15 This cell holds a formula")).to_be_visible()
    expect(page.get_by_text("Tom was here")).to_be_visible()
    expect(page.get_by_text("Rita was here")).to_be_visible()
    expect(page.get_by_text(chosen)).to_be_visible()
    assert faults(page, axe) == []
    assert Answer.objects.exclude(version=0).count() == 1

    page.get_by_role("button", name="Save 1 answer and leave out the rest").click()
    expect(page.get_by_text("1 answer saved from your spreadsheet.")).to_be_visible()
    assert headline(page) == "Your AWS security questions"
    stored = answer_to(in_progress, 13)
    assert (stored.statements, stored.updated_by) == ([factories.option_key(stored.criterion, Side.FAILURE)], rita)
    assert [answer_to(in_progress, number).notes for number in (14, 15)] == ["Tom was here", ""]

    page.get_by_role("link", name="answer in a spreadsheet").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the questionnaire").click()
    give(page, Path(coming.value.path()).read_bytes())
    assert headline(page) == "Nothing to change"
    assert faults(page, axe) == []
