"""The analyst's screen: single keys, two analysts at once, evidence to look at, colours."""

import re

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Assessment, EvaluationRun
from assessments.scoring import Result
from playbook.models import Side
from tests import factories
from tests.browser.acts import (
    answer_to,
    at,
    attach,
    credential_report,
    focused,
    hand_in,
    headline,
    result,
    screenshot,
    words_of,
)
from tests.browser.conftest import Console, OpenPage
from tests.servers import wait_for
from users.models import User

RESULTS = ["Met", "Partly met", "Not met", "Not verified", "Not applicable"]


@pytest.fixture
def with_files(in_progress: Assessment, rita: User) -> Assessment:
    """In review; question 13 has a picture and a credential report, question 1 five pictures."""
    attach(in_progress, 13, screenshot("keys.png", size=(1600, 900)), credential_report(), by=rita)
    attach(in_progress, 1, *[screenshot(f"shot{number}.png", color="beige") for number in range(1, 6)], by=rita)
    return hand_in(in_progress, by=rita)


def bench(open_page: OpenPage, person: User, assessment: Assessment, number: int = 1, **options: object) -> Page:
    """The workbench at one question; leaving it with unsaved work is agreed to."""
    page = open_page(person, **options)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(at("score-edit", assessment, number))
    return page


def at_question(page: Page, number: int) -> None:
    """Wait until the page shows this question."""
    page.wait_for_url(re.compile(rf"/score/{number}/$"))


def test_single_keys(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    page = bench(open_page, ana, with_files)
    page.keyboard.press("j")
    at_question(page, 2)
    page.keyboard.press("k")
    at_question(page, 1)
    for key, words in enumerate(RESULTS, 1):
        page.keyboard.press(str(key))
        expect(result(page, words)).to_be_checked()
    page.keyboard.press("n")
    assert focused(page) == "id_note"
    page.keyboard.type("j1 stays text")
    expect(page.get_by_label("Note for the report")).to_have_value("j1 stays text")
    expect(result(page, "Not applicable")).to_be_checked()
    at_question(page, 1)
    page.get_by_label("Note for the report").blur()
    page.keyboard.press("e")
    assert focused(page) == "pick-file"
    page.get_by_label("Show", exact=True).blur()
    page.keyboard.press("c")
    expect(page.get_by_label("What do you need?")).to_be_visible()


@pytest.mark.parametrize("number", [1, 33])
def test_the_list_of_questions_shows_where_one_is(
    open_page: OpenPage, with_files: Assessment, ana: User, number: int
) -> None:
    page = bench(open_page, ana, with_files, number)
    here = page.get_by_role("navigation", name="Questions").locator("[aria-current=page]")
    expect(here).to_contain_text(f"{number}. ")
    expect(here).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0


def test_the_list_of_keys_opens_and_closes_and_holds_the_keys_back(
    open_page: OpenPage, with_files: Assessment, ana: User
) -> None:
    page = bench(open_page, ana, with_files)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("term")).to_have_text(["J K", "1 to 5", "A", "N", "E", "C", "Ctrl Enter", "?"])
    page.keyboard.press("3")
    page.keyboard.press("j")
    expect(result(page, "Not met")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    at_question(page, 1)
    page.get_by_role("button", name=re.compile("^Shortcuts")).click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_single_keys_can_be_switched_off_and_stay_off(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    page = bench(open_page, ana, with_files)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.get_by_label("Use single-key shortcuts").uncheck()
    expect(dialog.get_by_role("status")).to_have_text("Saved in your profile")
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("3")
    expect(result(page, "Not met")).not_to_be_checked()
    ana.refresh_from_db()
    assert (ana.has_single_keys, ana.name, ana.theme) == (False, "Ana Moreau", "light")

    page.reload()
    page.keyboard.press("3")
    page.keyboard.press("j")
    expect(result(page, "Not met")).not_to_be_checked()
    page.get_by_label(words_of(with_files, 1)).check()
    result(page, "Met").check()
    page.keyboard.press("Control+Enter")  # more than one key, so it stays
    at_question(page, 2)

    page.goto("/accounts/profile/")
    page.get_by_label("Use single-key shortcuts").check()
    page.get_by_role("button", name="Save profile").click()
    page.goto(at("score-edit", with_files, 1))
    page.keyboard.press("3")
    expect(result(page, "Not met")).to_be_checked()


def test_a_result_that_rests_on_nothing_is_refused_and_what_was_typed_is_kept(
    open_page: OpenPage, console: Console, with_files: Assessment, ana: User
) -> None:
    console.expect("status of 422")
    page = bench(open_page, ana, with_files)
    result(page, "Met").check()
    page.get_by_label("Note for the report").fill("Looks fine")
    page.get_by_role("button", name="Save and next").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text("Choose a statement, or write what you saw")
    expect(result(page, "Met")).to_be_checked()
    expect(page.get_by_label("Note for the report")).to_have_value("Looks fine")
    summary.get_by_role("link").click()
    assert focused(page) == "matched-1"
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    at_question(page, 2)
    assert answer_to(with_files, 1).review.note == "Looks fine"


def test_leaving_with_an_unsaved_result_asks_first(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    page = open_page(ana, at("score-edit", with_files, 1))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    result(page, "Met").check()
    page.keyboard.press("j")
    expect(result(page, "Met")).to_be_checked()
    page.wait_for_function("() => document.readyState === 'complete'")
    assert asked == ["beforeunload"]
    at_question(page, 1)


@pytest.mark.parametrize(("choice", "kept", "note"), [("mine", "not_met", "Ana's note"), ("theirs", "met", "")])
def test_two_analysts_on_one_question_choose_which_result_to_keep(
    open_page: OpenPage, console: Console, with_files: Assessment, ana: User, choice: str, kept: str, note: str
) -> None:
    console.expect("status of 409")
    ben = factories.make_staff("Ben Asante")
    page = bench(open_page, ana, with_files)
    factories.review_with(answer_to(with_files, 1), Result.MET, by=ben)
    page.get_by_label(words_of(with_files, 1, Side.FAILURE)).check()
    result(page, "Not met").check()
    page.get_by_label("Note for the report").fill("Ana's note")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a result for question 1")
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"Ben Asante changed this result at \d\d:\d\d\."))
    expect(main).to_contain_text("Choose which version to keep. That it was changed stays in the activity.")
    for words in ("Ana's note", words_of(with_files, 1), words_of(with_files, 1, Side.FAILURE)):
        expect(main).to_contain_text(words)
    if choice == "mine":
        page.get_by_role("button", name="Keep my version").click()
        at_question(page, 2)
    else:
        page.get_by_role("link", name="Use Ben Asante’s version").click()
        at_question(page, 1)
        expect(result(page, "Met")).to_be_checked()
    review = answer_to(with_files, 1).review
    assert (review.result, review.note) == (kept, note)


def test_zoom_into_a_screenshot_by_button_and_by_key(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    page = bench(open_page, ana, with_files, 13)
    page.get_by_role("tab", name="keys.png").click()
    panel = page.get_by_role("tabpanel", name="keys.png")
    picture = panel.get_by_role("img", name="Screenshot from Acme Payments: keys.png")
    expect(picture).to_have_js_property("complete", True)
    fit = picture.bounding_box()["width"]
    level = panel.locator("[data-zoom-out]")
    panel.get_by_role("button", name="Zoom in").click()
    expect(level).to_have_text("150%")
    assert picture.bounding_box()["width"] == pytest.approx(1.5 * fit, abs=2)
    panel.get_by_role("button", name="Fit width").click()
    expect(level).to_have_text("100%")
    assert picture.bounding_box()["width"] == pytest.approx(fit, abs=2)
    panel.get_by_role("region", name="Screenshot, scroll to move around").focus()
    for key, shown in [("-", "50%"), ("-", "50%"), ("0", "100%"), ("+", "150%")]:
        page.keyboard.press(key)
        expect(level).to_have_text(shown)
    for _ in range(6):
        page.keyboard.press("+")
    expect(level).to_have_text("400%")


def test_a_credential_report_is_a_table_behind_its_tab(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    run = factories.evaluate(with_files).submitted_run
    wait_for(lambda: EvaluationRun.objects.get(pk=run.pk).state == "ready", what="the evidence is evaluated")
    page = bench(open_page, ana, with_files, 13)
    page.keyboard.press("e")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(2)
    expect(tabs.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tabs.last).to_be_focused()
    page.get_by_role("tab", name=re.compile("^Credential report")).click()
    rows = page.get_by_role("region", name="Credential report rows")
    expect(rows.get_by_role("rowheader")).to_have_text(["svc-legacy", "<root_account>", "ci-deploy", "j.moreau"])
    expect(rows.locator("caption")).to_have_text("4 rows. Days are counted to the date of the report.")
    expect(page.get_by_role("tabpanel")).to_have_count(1)  # the other one is hidden


def test_answer_evidence_result_and_save_are_in_view_together(
    open_page: OpenPage, with_files: Assessment, ana: User
) -> None:
    run = factories.evaluate(with_files).submitted_run
    wait_for(lambda: EvaluationRun.objects.get(pk=run.pk).state == "ready", what="the evidence is evaluated")
    page = bench(open_page, ana, with_files, 12)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("region", name="Vendor answer")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("region", name="What the evidence shows").locator(".verdict")).to_be_in_viewport(ratio=1)
    for words in RESULTS:
        expect(result(page, words)).to_be_in_viewport(ratio=1)
    for words in ("Save and next", re.compile("^Accept Not met"), re.compile("^Save$")):
        expect(page.get_by_role("button", name=words)).to_be_in_viewport(ratio=1)
    tops = {button.bounding_box()["y"] for button in page.locator(".side-foot button").all()}
    assert len(tops) == 1  # one row, or the list of statements loses another
    note = page.get_by_label("Note for the report")
    note.focus()
    assert note.bounding_box()["y"] + note.bounding_box()["height"] <= page.locator(".side-end").bounding_box()["y"]


def test_more_than_four_files_are_chosen_from_a_list(open_page: OpenPage, with_files: Assessment, ana: User) -> None:
    page = bench(open_page, ana, with_files, 1)
    expect(page.get_by_role("tab")).to_have_count(0)
    page.get_by_label("Show", exact=True).select_option(label="shot4.png")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    expect(page.get_by_role("img", name="Screenshot from Acme Payments: shot4.png")).to_be_visible()


def test_a_manager_reads_and_cannot_score(open_page: OpenPage, with_files: Assessment, max: User) -> None:
    page = bench(open_page, max, with_files, 13)
    expect(page.get_by_text("Read answers")).to_be_visible()
    expect(page.get_by_role("complementary", name="The result")).to_contain_text("Analysts give the results.")
    expect(page.get_by_role("radio")).to_have_count(0)
    page.keyboard.press("j")
    at_question(page, 14)


def test_dark_is_chosen_in_the_profile_and_drawn_by_the_server(open_page: OpenPage, ana: User) -> None:
    page = open_page(ana, "/accounts/profile/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    page.get_by_label("Dark", exact=True).check()
    page.get_by_role("button", name="Save profile").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert headline(page) == "Your profile"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert brightness(dark) < 60 < 200 < brightness(light)
    page.goto("/reviews/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def brightness(color: str) -> float:
    """Mean of red, green and blue of "rgb(r, g, b)", 0 to 255."""
    parts = [float(part) for part in re.findall(r"[\d.]+", color)[:3]]
    return sum(parts) / 3
