"""A question page while somebody types: drafts, two people at once, signing out, no network, submitting meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, LocatorAssertions, Page, expect

from assessments.models import AnswerVersion, Assessment
from tests import factories
from tests.browser.acts import answer_to, at, draft, focused, hand_in, statement, words_of
from tests.browser.conftest import Console, OpenPage
from users.models import User

SAVED = re.compile(r"^Draft saved at \d\d:\d\d:\d\d$")
KEPT = "Text you typed here was not saved. This browser kept it. Put it back, or leave the answer as it is."


def state(page: Page) -> LocatorAssertions:
    """The line that says where the draft stands."""
    return expect(page.locator("#savestate [data-words]"))


def notes(page: Page) -> Locator:
    """The one field that every question has."""
    return page.get_by_label("Notes")


def write(page: Page, text: str) -> None:
    """Fill the notes and leave the field, which saves without the wait after typing."""
    notes(page).fill(text)
    notes(page).blur()


def box(page: Page) -> Locator:
    """The box that autosave puts above the form."""
    return page.locator("[data-box]")


def stored(assessment: Assessment, number: int = 1) -> str:
    """The notes the server has."""
    return answer_to(assessment, number).notes


def test_the_draft_goes_out_within_a_second_of_the_last_key(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita)
    page.clock.install()
    page.goto(at("answer-edit", in_progress, 1))
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/draft") else None)
    notes(page).press_sequentially("One organisation")
    page.clock.run_for(600)
    notes(page).press_sequentially(".")
    page.clock.run_for(600)
    assert sent == []
    with draft(page):
        page.clock.run_for(400)
    assert len(sent) == 1
    state(page).to_have_text(SAVED)
    assert stored(in_progress) == "One organisation."


def test_a_choice_is_saved_at_once_and_opens_what_belongs_to_it(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 3))
    state(page).to_have_text("Your answer is saved as a draft while you write")
    first = statement(page, words_of(in_progress, 3))
    with draft(page):
        first.check()
    reason = page.get_by_label("What is the case instead?")
    expect(reason).to_be_hidden()
    with draft(page):
        statement(page, "None of these fits. I will explain what is the case").check()
    expect(reason).to_be_visible()
    expect(first).not_to_be_checked()  # it stands alone
    with draft(page):
        statement(page, words_of(in_progress, 3)).check()
    expect(statement(page, "None of these fits. I will explain what is the case")).not_to_be_checked()
    page.reload()
    expect(first).to_be_checked()


def test_completing_without_an_answer_says_what_is_missing(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 422")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    write(page, "Kept all the same")
    page.get_by_role("button", name="Complete and next").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    assert page.title().startswith("Error: ")
    expect(notes(page)).to_have_value("Kept all the same")
    summary.get_by_role("link", name="Choose an answer").click()
    assert focused(page) == "id_choice_0"


def test_notes_that_are_too_long_are_refused_at_the_field_and_kept(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 413")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    expect(page.locator("#id_notes-count")).to_have_text("You have 2,000 characters left")
    with draft(page, 413):
        write(page, "x" * 2001)
    expect(page.locator("#id_notes-count")).to_have_text("You have 1 character too many")
    state(page).to_have_text("Not saved. Check the marked field.")
    expect(page.locator("[data-draft-error]")).to_have_text("Notes must be 2,000 characters or less")
    with draft(page):
        notes(page).press("Backspace")
    expect(page.locator("[data-draft-error]")).to_have_count(0)
    state(page).to_have_text(SAVED)
    assert stored(in_progress) == "x" * 2000


@pytest.mark.parametrize(
    ("button", "text", "theirs_in_history"),
    [("Keep my version", "Rita: all of them", True), ("Use Tom’s version", "Tom: two are missing", False)],
)
def test_two_people_on_one_question_choose_which_version_to_keep(
    open_page: OpenPage,
    console: Console,
    in_progress: Assessment,
    rita: User,
    tom: User,
    button: str,
    text: str,
    theirs_in_history: bool,
) -> None:
    console.expect("status of 409")
    hers, his = (open_page(person, at("answer-edit", in_progress, 1)) for person in (rita, tom))
    with draft(his):
        write(his, "Tom: two are missing")
    with draft(hers, 409):
        write(hers, "Rita: all of them")
    state(hers).to_have_text("Not saved. Someone else changed this answer.")
    expect(box(hers)).to_contain_text(re.compile(r"Tom Adeyemi changed this answer at \d\d:\d\d\."))
    expect(box(hers)).to_contain_text(
        "Choose which version to keep. If you keep yours, the other one stays in the history."
    )
    expect(box(hers).locator("[data-mine] mark, [data-mine]")).to_contain_text("Rita: all of them")
    expect(box(hers).locator("[data-theirs] mark")).to_have_text("Tom: two are missing")
    expect(hers.locator("#live-assertive")).to_have_text(
        "Someone else changed this answer. Choose which version to keep."
    )
    notes(hers).press("End")  # the page is not blocked
    hers.get_by_role("button", name=button).click()
    expect(box(hers)).to_have_count(0)
    state(hers).to_have_text(re.compile(r"^Draft saved at"))
    expect(notes(hers)).to_have_value(text)
    assert stored(in_progress) == text
    with draft(hers):
        notes(hers).press_sequentially("!")
    assert stored(in_progress).replace("!", "") == text
    if theirs_in_history:
        old = AnswerVersion.objects.filter(answer=answer_to(in_progress, 1), by=tom).get()
        assert old.content["notes"] == "Tom: two are missing"


def test_ones_own_second_window_is_called_that(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 409")
    first, second = (open_page(rita, at("answer-edit", in_progress, 1)) for _ in range(2))
    with draft(second):
        write(second, "From the second window")
    with draft(first, 409):
        write(first, "From the first window")
    state(first).to_have_text("Not saved. You changed this answer in another window.")
    expect(box(first)).to_contain_text(re.compile(r"You changed this answer in another window at \d\d:\d\d\."))
    expect(box(first)).not_to_contain_text("history")
    expect(box(first)).not_to_contain_text("Rita")
    expect(first.locator("#live-assertive")).to_have_text(
        "You changed this answer in another window. Choose which version to keep."
    )
    first.get_by_role("button", name="Use the other version").click()
    expect(notes(first)).to_have_value("From the second window")
    expect(box(first)).to_have_count(0)


def test_submitting_meanwhile_leaves_the_text_to_read(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 423")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    hand_in(in_progress, by=rita)
    with draft(page, 423):
        write(page, "Typed a minute too late")
    state(page).to_have_text("Closed for changes")
    expect(box(page)).to_contain_text("This answer is closed for changes. The answers were submitted")
    expect(notes(page)).to_have_value("Typed a minute too late")
    expect(notes(page)).to_have_attribute("readonly", "")
    expect(notes(page)).to_be_enabled()  # so that it can be copied
    expect(page.get_by_role("button", name="Complete and next")).to_be_disabled()
    expect(statement(page, words_of(in_progress, 1))).to_be_disabled()


def test_signed_out_while_typing_loses_nothing(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 401")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    Session.objects.all().delete()
    with draft(page, 401):
        write(page, "Written after the session ended")
    expect(box(page)).to_contain_text("You have been signed out. Your answer is still on this page.")
    state(page).to_have_text("Not saved. You have been signed out.")
    page.get_by_role("button", name="Save now").click()
    expect(box(page)).to_contain_text("You are still signed out.")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    other.get_by_label("Email").fill(rita.email)
    other.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/assessments/")

    notes(page).press_sequentially(", and some more")
    with draft(page):
        page.get_by_role("button", name="Save now").click()
    expect(box(page)).to_have_count(0)
    state(page).to_have_text(SAVED)
    assert stored(in_progress) == "Written after the session ended, and some more"
    statement(page, words_of(in_progress, 1)).check()
    page.get_by_role("button", name="Complete and next").click()  # the form has the new token
    page.wait_for_url("**/questions/2/")


def test_completing_after_the_session_ended_loses_nothing(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 401")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    Session.objects.all().delete()
    # At once, before a draft could be sent and refused.
    page.evaluate(
        """() => {
            const area = document.querySelector("[name=notes]");
            area.value = "Written and completed too late";
            area.dispatchEvent(new Event("input", { bubbles: true }));
            document.querySelector("[value=complete]").click();
        }"""
    )
    page.get_by_label("Email").fill(rita.email)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/questions/1/")
    expect(box(page)).to_contain_text(KEPT)
    expect(box(page)).to_be_in_viewport()
    with draft(page):
        page.get_by_role("button", name="Put it back").click()
    assert stored(in_progress) == "Written and completed too late"
    page.get_by_role("button", name="Save for later").click()
    page.wait_for_url("**/questions/")
    factories.answer_with(answer_to(in_progress, 1), "aws-core-1-a1", by=rita, notes="Changed elsewhere")
    page.goto(at("answer-edit", in_progress, 1))  # what was stored is not offered again
    expect(notes(page)).to_have_value("Changed elsewhere")
    expect(box(page)).to_have_count(0)


def test_offline_and_back(open_page: OpenPage, console: Console, in_progress: Assessment, rita: User) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    page.context.set_offline(True)
    write(page, "Written in a tunnel")
    state(page).to_have_text("You are offline. Keep this page open and we will save when you are back.")
    expect(page.locator("#live-assertive")).to_have_text("Draft not saved. We will keep trying.")
    assert stored(in_progress) == ""
    with draft(page):
        page.context.set_offline(False)
    state(page).to_have_text(SAVED)
    expect(page.locator("#live-polite")).to_have_text("Draft saved")
    assert stored(in_progress) == "Written in a tunnel"


def break_drafts(page: Page) -> None:
    """From now on this page reaches nothing, also not with the last draft, which the browser sends after the page."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")


@pytest.mark.parametrize(("button", "text"), [("Put it back", "Nearly lost"), ("Discard it", "On the server")])
def test_a_reload_offers_text_that_was_never_saved(
    open_page: OpenPage, in_progress: Assessment, rita: User, button: str, text: str
) -> None:
    factories.answer_with(answer_to(in_progress, 1), by=rita, notes="On the server", complete=False)
    page = open_page(rita, at("answer-edit", in_progress, 1))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    break_drafts(page)
    write(page, "Nearly lost")
    state(page).to_have_text(re.compile(r"^Not saved\. Trying again in \d+ seconds\.$"))
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    page.reload()
    assert asked == ["beforeunload"]
    expect(notes(page)).to_have_value("On the server")
    expect(box(page)).to_contain_text(KEPT)
    expect(box(page).locator("[data-mine]")).to_have_text("Notes: Nearly lost")
    page.get_by_role("button", name=button).click()
    expect(box(page)).to_have_count(0)
    expect(notes(page)).to_have_value(text)
    if text == "Nearly lost":
        state(page).to_have_text(SAVED)
    assert stored(in_progress) == text
    page.reload()
    expect(notes(page)).to_have_value(text)
    expect(box(page)).to_have_count(0)


def test_text_of_one_person_is_never_offered_to_the_next(
    in_progress: Assessment, rita: User, tom: User, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(rita)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(at("answer-edit", in_progress, 1))
    break_drafts(page)
    write(page, "Only Rita may read this")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    page.goto("/assessments/")
    page.locator("summary").filter(has_text="Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(tom.email)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/assessments/")
    page.goto(at("answer-edit", in_progress, 1))
    expect(notes(page)).to_have_value("")
    expect(box(page)).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('assay:'))") == []


def tab_to(page: Page, wanted: str, *, most: int = 60) -> None:
    """Press Tab until the element with this id, or this text, has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"Tab never came to {wanted!r}")


def test_everything_by_keyboard(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    page.on("filechooser", lambda chooser: None)  # from the start, so that no window opens before it is watched for
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    tab_to(page, "id_choice_0")
    with draft(page):
        page.keyboard.press("Space")
    expect(page.locator("#id_choice_0")).to_be_checked()
    with draft(page):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#id_choice_1")).to_be_checked()
    tab_to(page, "id_notes")
    with draft(page):
        page.keyboard.type("No mouse was touched")
    tab_to(page, "evidence-file")
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    tab_to(page, "Complete and next")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/questions/2/"))
    answer = answer_to(in_progress, 1)
    assert (answer.is_complete, answer.notes) == (True, "No mouse was touched")
    tab_to(page, "id_notes")
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url(re.compile("/questions/3/"))
    page.keyboard.press("Alt+PageUp")
    page.wait_for_url(re.compile("/questions/2/"))
