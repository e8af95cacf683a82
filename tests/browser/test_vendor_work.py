"""A vendor's busy day: the server dies while they type, a screenshot is pasted, twelve files fall onto the page."""

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from assessments.models import Assessment, Evidence
from tests.browser.acts import answer_to, at, draft, drop, screenshot, statement, words_of
from tests.browser.conftest import Console, OpenPage, Site, Web
from users.models import User

# What the browser, and htmx after what the files show, say of a server that is gone or breaks off in a word.
GONE = "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_CONTENT_LENGTH|htmx:(afterRequest|sendError)"
SAVED = re.compile(r"^Draft saved at \d\d:\d\d:\d\d$")
PASTED = re.compile(r"^screenshot-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.png$")
# The system's clipboard, as a screenshot fills it; browsers let a page write pictures to it alone.
COPY = """async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}"""


@pytest.fixture
def web(site: Site, console: Console) -> Iterator[Web]:
    """The web server, to be killed; afterwards it runs again for the next test."""
    console.expect(GONE)
    yield site.web
    site.web.start()


def asked_before_leaving(page: Page) -> list[str]:
    """Grows by one each time the page asks whether to leave; the person stays."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    return asked


def try_to_close(page: Page) -> None:
    """Close the tab the way a person does, who may be asked."""
    page.close(run_before_unload=True)


def test_the_server_dies_while_somebody_types_and_everything_is_saved_when_it_is_back(
    open_page: OpenPage, web: Web, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita)
    page.clock.install()
    page.goto(at("answer-edit", in_progress, 1))
    asked = asked_before_leaving(page)
    notes, line = page.get_by_label("Notes"), page.locator("#savestate [data-words]")
    with draft(page):
        notes.press_sequentially("Saved before.")
        notes.blur()
    expect(line).to_have_text(SAVED)

    web.kill()
    notes.press_sequentially(" Typed while it was away.")
    notes.blur()
    expect(line).to_have_text(re.compile(r"^Not saved\. Trying again in \d+ seconds\.$"))
    expect(page.locator("#live-assertive")).to_have_text("Draft not saved. We will keep trying.")
    statement(page, words_of(in_progress, 1)).check()
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/draft")):
        page.clock.fast_forward(30_000)  # tries again, in vain
    expect(line).to_have_text(re.compile(r"^Not saved\. Trying again in \d+ seconds\.$"))
    expect(page.locator("#savestate")).to_have_attribute("data-state", "failed")
    with page.expect_event("dialog"):
        try_to_close(page)
    assert asked == ["beforeunload"]
    assert answer_to(in_progress, 1).notes == "Saved before."
    notes.press_sequentially(" And after.")

    web.start()
    with draft(page):
        page.clock.fast_forward(30_000)  # no button is pressed
    expect(line).to_have_text(SAVED)
    expect(page.locator("#live-polite")).to_have_text("Draft saved")
    expect(notes).to_have_value("Saved before. Typed while it was away. And after.")
    saved = answer_to(in_progress, 1)
    assert saved.notes == "Saved before. Typed while it was away. And after."
    assert len(saved.statements) == 1
    with page.expect_event("close"):
        try_to_close(page)
    assert asked == ["beforeunload"]  # nothing is unsaved, so nothing is asked


def test_completing_while_the_server_is_away_loses_nothing(
    open_page: OpenPage, web: Web, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    with draft(page):
        statement(page, words_of(in_progress, 1)).check()
    expect(page.locator("#savestate [data-words]")).to_have_text(SAVED)
    web.kill()
    page.get_by_label("Notes").fill("Written and completed into the void")
    page.get_by_role("button", name="Complete and next").click()
    page.wait_for_url("chrome-error://**")
    web.start()
    page.goto(at("answer-edit", in_progress, 1))
    box = page.locator("[data-box]")
    expect(box).to_contain_text("Text you typed here was not saved. This browser kept it.")
    with draft(page):
        page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Complete and next").click()
    page.wait_for_url("**/questions/2/")
    answer = answer_to(in_progress, 1)
    assert (answer.notes, answer.is_complete) == ("Written and completed into the void", True)


def test_a_reply_that_breaks_off_counts_as_none(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita)
    page.clock.install()
    page.goto(at("answer-edit", in_progress, 1))
    notes = page.get_by_label("Notes")
    stored: list[int] = []

    def cut(route: Route) -> None:
        stored.append(route.fetch().status)
        route.fulfill(status=200, content_type="application/json", body='{"version": ')

    page.route("**/draft", cut, times=1)
    notes.press_sequentially("Once.")
    notes.blur()
    expect(page.locator("#savestate")).to_have_attribute("data-state", "failed")
    with draft(page):
        page.clock.fast_forward(3_000)
    expect(page.locator("#savestate [data-words]")).to_have_text(SAVED)
    with draft(page):
        notes.press_sequentially(" Twice.")
        notes.blur()
    expect(page.locator("#savestate [data-words]")).to_have_text(SAVED)
    assert (stored, answer_to(in_progress, 1).notes, answer_to(in_progress, 1).version) == ([200], "Once. Twice.", 2)


@pytest.mark.parametrize("focus", ["nothing", "a button"])
def test_a_screenshot_is_pasted_anywhere_on_the_page(
    open_page: OpenPage, in_progress: Assessment, rita: User, focus: str
) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 13))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY, base64.b64encode(screenshot()["buffer"]).decode())
    if focus == "a button":
        page.get_by_role("button", name="Save for later").focus()
    page.keyboard.press("Control+V")
    row = page.locator("[data-files] > li")
    expect(row.locator(".file-name")).to_have_text(PASTED)
    expect(row.get_by_role("link", name="View screenshot")).to_be_visible()
    picture = row.locator("img")
    assert picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    stored = Evidence.objects.get(assessment=in_progress)
    assert PASTED.match(stored.name)
    assert (stored.kind, stored.preview_width, stored.preview_height, bool(stored.preview)) == ("image", 640, 360, True)
    assert [link.answer_id for link in stored.links.all()] == [answer_to(in_progress, 13).pk]
    page.reload()
    expect(row.locator(".file-name")).to_have_text(PASTED)  # once, and still there
    row.get_by_role("link", name="View screenshot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(stored.name)


def test_twelve_files_at_once_of_which_two_are_bad(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    good = [screenshot(f"page-{number:02}.png", size=(320 + number, 180)) for number in range(1, 11)]
    empty = {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
    program = {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00\x03\xff"}
    page = open_page(rita, at("answer-edit", in_progress, 1))
    drop(page, *good[:4], empty, *good[4:8], program, *good[8:])
    rows = page.locator("[data-files] > li")
    expect(rows).to_have_count(12)
    expect(rows.get_by_role("link", name="View page-")).to_have_count(10)
    names = [one["name"] for one in good]
    assert sorted(page.locator("[data-files] .file-name").all_inner_texts()) == sorted(
        [*names, "empty.csv", "setup.exe"]
    )
    expect(rows.locator(".file-bad")).to_have_text(
        [
            "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. Save it as a PNG and add it again.",
            "The file is empty. Check it and add it again.",
        ]  # the newest first
    )
    expect(page.locator("[data-files] progress")).to_have_count(0)
    assert sorted(Evidence.objects.values_list("name", flat=True)) == names
    page.reload()
    expect(rows).to_have_count(10)  # what was refused is gone, what is stored is there once
    assert sorted(page.locator("[data-files] .file-name").all_inner_texts()) == names
