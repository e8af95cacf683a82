"""The vendor's pages without JavaScript: every job can be done with plain forms."""

import re

from playwright.sync_api import Page, expect

from assessments.models import AnswerVersion, Assessment, Evidence
from playbook.models import Side
from tests import factories
from tests.browser.acts import answer_to, at, headline, screenshot, statement, words_of
from tests.browser.conftest import Console, OpenPage
from users.models import User


def opened(open_page: OpenPage, person: User, assessment: Assessment, number: int) -> Page:
    """A question in a browser that runs no script."""
    return open_page(person, at("answer-edit", assessment, number), script=False)


def test_answer_add_files_and_complete(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = opened(open_page, rita, in_progress, 1)
    expect(page.get_by_text("Your answer is saved as a draft while you write")).to_be_hidden()
    page.locator("#evidence-file").set_input_files([screenshot("one.png"), screenshot("two.png", color="beige")])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(["one.png was added.", "two.png was added.", ""])
    expect(page.get_by_role("link", name="View one.png")).to_be_visible()
    statement(page, words_of(in_progress, 1)).check()
    page.get_by_label("Notes").fill("Both pictures are of today.")
    page.get_by_role("button", name="Complete and next").click()
    page.wait_for_url(re.compile("/questions/2/"))
    answer = answer_to(in_progress, 1)
    assert (answer.is_complete, answer.notes, answer.links.count()) == (True, "Both pictures are of today.", 2)


def test_adding_files_and_completing_keep_what_was_typed(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = opened(open_page, rita, in_progress, 1)
    statement(page, words_of(in_progress, 1)).check()
    page.get_by_label("Notes").fill("Typed before the picture.")
    page.locator("#evidence-file").set_input_files(screenshot("one.png"))
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_label("Notes")).to_have_value("Typed before the picture.")
    expect(statement(page, words_of(in_progress, 1))).to_be_checked()
    page.locator("#evidence-file").set_input_files(screenshot("two.png"))
    page.get_by_role("button", name="Complete and next").click()  # takes along what was chosen and not uploaded yet
    page.wait_for_url(re.compile("/questions/2/"))
    answer = answer_to(in_progress, 1)
    assert (answer.is_complete, answer.notes, answer.links.count()) == (True, "Typed before the picture.", 2)


def test_a_refused_file_is_named_and_the_good_one_is_kept(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = opened(open_page, rita, in_progress, 1)
    script = {"name": "install.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00\x03\xff"}
    page.locator("#evidence-file").set_input_files([script, screenshot("good.png")])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("install.exe: The file must be a PNG, JPEG, PDF")
    expect(page.get_by_text("good.png was added.")).to_be_visible()
    assert list(Evidence.objects.values_list("name", flat=True)) == ["good.png"]


def test_a_plan_is_asked_for_after_saving_where_no_script_can_show_it(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = opened(open_page, rita, in_progress, 1)
    expect(page.get_by_label("What will you do about it?")).to_be_hidden()
    statement(page, words_of(in_progress, 1, Side.FAILURE)).check()
    page.get_by_label("Notes").fill("One account so far.")
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Saved. Say below what you will do about it and by when")).to_be_visible()
    page.get_by_label("What will you do about it?").fill("A second account in spring.")
    page.get_by_role("button", name="Complete and next").click()
    page.wait_for_url(re.compile("/questions/2/"))
    assert answer_to(in_progress, 1).plan == "A second account in spring."


def test_a_stale_form_becomes_a_page_to_choose_on(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User, tom: User
) -> None:
    console.expect("status of 409")
    page = opened(open_page, rita, in_progress, 1)
    factories.answer_with(answer_to(in_progress, 1), "aws-core-1-f1", by=tom, notes="Tom: two are missing")
    statement(page, words_of(in_progress, 1)).check()
    page.get_by_label("Notes").fill("Rita: all of them")
    page.get_by_role("button", name="Complete and next").click()
    assert re.fullmatch(r"Tom Adeyemi changed this answer at \d\d:\d\d", headline(page))
    expect(page.get_by_role("main")).to_contain_text("Nothing you sent is saved yet. Choose which version to keep.")
    for words in ("Rita: all of them", "Tom: two are missing", words_of(in_progress, 1)):
        expect(page.locator("mark").filter(has_text=words)).to_be_visible()
    page.get_by_role("button", name="Keep my version").click()
    page.wait_for_url(re.compile("/questions/2/"))
    answer = answer_to(in_progress, 1)
    assert (answer.is_complete, answer.notes, answer.statements) == (True, "Rita: all of them", ["aws-core-1-a1"])
    assert AnswerVersion.objects.get(answer=answer, by=tom).content["notes"] == "Tom: two are missing"


def test_take_the_other_version_of_a_stale_form(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User, tom: User
) -> None:
    console.expect("status of 409")
    page = opened(open_page, rita, in_progress, 1)
    factories.answer_with(answer_to(in_progress, 1), "aws-core-1-f1", by=tom, notes="Tom: two are missing")
    page.get_by_label("Notes").fill("Rita: all of them")
    page.get_by_role("button", name="Save for later").click()
    page.get_by_role("link", name="Use Tom’s version").click()
    expect(page.get_by_label("Notes")).to_have_value("Tom: two are missing")
    assert answer_to(in_progress, 1).notes == "Tom: two are missing"


def test_submit(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita, at("accounts", in_progress), script=False)
    page.get_by_label("Account ID, row 1").fill("111122223333")
    page.get_by_label("Stage, row 1").select_option(label="Production")
    page.get_by_role("button", name="Save accounts").click()
    expect(page.get_by_text("1 AWS account in scope saved.")).to_be_visible()
    factories.answer_all(in_progress, by=rita)
    page.goto(at("submit-check", in_progress))
    page.get_by_label("I have checked these answers and files.").check()
    page.get_by_label("Your full name").fill(rita.name)
    page.get_by_role("button", name="Submit 33 answers to Alder Mutual").click()
    expect(page.get_by_text("33 answers submitted to Alder Mutual.")).to_be_visible()
    assert Assessment.objects.get().state == "submitted"
