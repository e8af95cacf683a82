"""Evidence on the page: several files with progress, refusals, cancelling, taking back, using a file twice."""

import re

from playwright.sync_api import APIResponse, Page, Route, expect

from assessments.models import Assessment, Evidence
from tests.browser.acts import WORKER, answer_to, at, choose, credential_report, drop, file_row, paste, screenshot
from tests.browser.conftest import Console, OpenPage
from users.models import User

UPLOAD = "**/evidence/upload"


def names(page: Page) -> list[str]:
    """Files in the list, as they stand."""
    return page.locator("[data-files] .file-name").all_inner_texts()


def kept(assessment: Assessment) -> set[str]:
    """Files that are evidence."""
    return set(Evidence.objects.filter(assessment=assessment).kept().values_list("name", flat=True))


def test_five_files_at_once_three_on_their_way_and_each_can_be_cancelled(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    held: list[Route] = []
    page.route(UPLOAD, lambda route: held.append(route))
    choose(page, *[screenshot(f"shot{number}.png") for number in range(1, 6)])
    expect(page.locator("[data-files] progress")).to_have_count(3)
    expect(page.get_by_label("Uploading shot1.png")).to_be_visible()
    expect(file_row(page, "shot4.png")).to_contain_text("Waiting")
    expect(page.locator("#live-polite")).to_have_text("Uploading 5 files")

    page.get_by_role("button", name="Cancel shot5.png").click()  # still waiting
    page.get_by_role("button", name="Cancel shot2.png").click()  # on its way
    expect(page.get_by_label("Uploading shot4.png")).to_be_visible()  # there is room now
    assert names(page) == ["shot4.png", "shot3.png", "shot1.png"]  # newest first, as after a reload
    for route in held:
        if "shot2.png" not in (route.request.post_data_buffer or b"").decode("latin-1"):
            route.continue_()
    for name in ("shot1.png", "shot3.png", "shot4.png"):
        expect(page.get_by_role("link", name=f"View {name}")).to_be_visible()
    expect(page.locator("[data-files] progress")).to_have_count(0)
    assert kept(in_progress) == {"shot1.png", "shot3.png", "shot4.png"}


def test_a_file_that_cannot_be_taken_says_why_in_its_row(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 422")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    script = {"name": "install.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00\x03\xff"}
    empty = {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
    disguised = {"name": "console.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"}
    drop(page, script, empty, disguised, screenshot("good.png"))
    expect(file_row(page, "install.exe")).to_contain_text(
        "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. Save it as a PNG and add it again."
    )
    expect(file_row(page, "empty.csv")).to_contain_text("The file is empty. Check it and add it again.")
    refused = file_row(page, "console.png").locator(".file-bad")
    expect(refused).to_have_text(re.compile(r"\S+ .*\.$"))
    expect(page.get_by_role("button", name="Try again console.png")).to_have_count(0)  # it would not help
    expect(page.get_by_role("link", name="View good.png")).to_be_visible()
    page.get_by_role("button", name="Remove install.exe").click()
    expect(file_row(page, "install.exe")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent").startswith("Remove empty.csv")
    assert kept(in_progress) == {"good.png"}


def test_the_scripts_speak_german_as_well(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(language="de")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    drop(page, screenshot("users.png"), {"name": "leer.csv", "mimeType": "text/csv", "buffer": b""})
    row = file_row(page, "leer.csv")
    expect(row).to_contain_text("Die Datei ist leer. Prüfen Sie sie und fügen Sie sie noch einmal hinzu.")
    expect(row.get_by_role("button", name="Entfernen leer.csv")).to_be_visible()
    expect(page.locator("#id_notes-count")).to_have_text("Noch 2.000 Zeichen frei")


def test_a_dropped_connection_is_tried_again_and_stored_once(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("ERR_CONNECTION_RESET|ERR_FAILED")
    page = open_page(rita, at("answer-edit", in_progress, 1))
    page.route(UPLOAD, lambda route: route.abort("connectionreset"))
    drop(page, screenshot("users.png"))
    expect(file_row(page, "users.png")).to_contain_text("The connection dropped. Nothing was stored.")
    page.unroute(UPLOAD)
    page.get_by_role("button", name="Try again users.png").click()
    expect(page.get_by_role("link", name="View users.png")).to_be_visible()
    assert names(page) == ["users.png"]
    assert Evidence.objects.filter(assessment=in_progress).count() == 1


def test_a_file_whose_answer_is_late_stands_once(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        late.append((route, route.fetch()))
        drop(page, screenshot("quick.png"))

    page.route(UPLOAD, hold, times=1)
    drop(page, screenshot("late.png"))
    # What the files show is asked for again after a file, and brings the row of the other one as well.
    expect(page.get_by_role("link", name="View late.png")).to_be_visible(timeout=WORKER)
    expect(page.get_by_role("link", name="View quick.png")).to_be_visible()
    assert names(page) == ["quick.png", "late.png"]

    [(route, reply)] = late
    with page.expect_request("**/shown*"):  # asked for again once the answer is dealt with
        route.fulfill(response=reply)
    assert names(page) == ["quick.png", "late.png"]
    expect(page.locator("[data-files] progress")).to_have_count(0)
    page.reload()
    assert names(page) == ["quick.png", "late.png"]


def test_a_file_whose_answer_is_lost_stands_once(
    open_page: OpenPage, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("ERR_CONNECTION_RESET|ERR_FAILED")
    page = open_page(rita, at("answer-edit", in_progress, 1))

    def lose(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    page.route(UPLOAD, lose, times=1)
    drop(page, screenshot("lost.png"))
    expect(page.get_by_role("button", name="Try again lost.png")).to_be_visible()
    page.get_by_role("button", name="Try again lost.png").focus()
    drop(page, screenshot("next.png"))
    expect(page.get_by_role("link", name="View lost.png")).to_be_visible(timeout=WORKER)
    expect(page.get_by_role("link", name="View next.png")).to_be_visible()
    assert names(page) == ["next.png", "lost.png"]
    expect(page.get_by_role("button", name="Try again lost.png")).to_have_count(0)
    assert (
        page.evaluate("document.activeElement.closest('li').id") == f"file-{Evidence.objects.get(name='lost.png').pk}"
    )


def test_text_still_pastes_into_its_field(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    page.get_by_label("Notes").focus()
    kept_from_the_field = page.evaluate("""() => {
        const held = new DataTransfer();
        held.setData("text/plain", "copied words");
        const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
        return !document.activeElement.dispatchEvent(event);
    }""")
    assert kept_from_the_field is False
    paste(page, screenshot("image.png"))
    expect(file_row(page, re.compile(r"^screenshot-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.png$"))).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value("")


def test_a_file_is_used_for_another_question_and_taken_back(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita, at("answer-edit", in_progress, 1))
    drop(page, screenshot("organisation.png"))
    expect(page.get_by_role("link", name="View organisation.png")).to_be_visible()

    page.goto(at("answer-edit", in_progress, 2))
    page.get_by_text("Use a file you have already added").click()
    page.get_by_role("button", name=re.compile("^Use here.*organisation.png")).click()
    expect(page.get_by_text("organisation.png is used for question 2.")).to_be_visible()
    expect(file_row(page, "organisation.png")).to_contain_text("also used in question 1")
    page.get_by_role("button", name=re.compile("^Do not use here.*organisation.png")).click()
    expect(file_row(page, "organisation.png")).to_have_count(0)
    assert [link.answer_id for link in Evidence.objects.get().links.all()] == [answer_to(in_progress, 1).pk]

    page.goto(at("answer-edit", in_progress, 1))
    page.get_by_role("button", name=re.compile("^Remove.*organisation.png")).click()
    expect(file_row(page, "organisation.png")).to_have_count(0)
    expect(page.locator("#live-polite")).to_have_text("organisation.png removed")
    assert page.evaluate("document.activeElement.id") == "evidence-file"
    assert kept(in_progress) == set()
    page.goto(at("evidence-list", in_progress))
    page.get_by_text("1 withdrawn").click()
    expect(page.get_by_role("list", name="Withdrawn files")).to_contain_text("organisation.png")


def test_the_library_reads_a_credential_report_for_every_question_that_needs_it(
    open_page: OpenPage, in_progress: Assessment, rita: User
) -> None:
    page = open_page(rita, at("evidence-list", in_progress))
    expect(page.get_by_role("main")).to_contain_text("No evidence yet. Start with an IAM credential report")
    drop(page, credential_report())
    row = file_row(page, "credential-report.csv")
    expect(row.get_by_role("link", name=re.compile("^question"))).to_have_text(
        [re.compile(rf"question {number}$") for number in (5, 6, 10, 11, 12, 13, 14)], timeout=WORKER
    )
    page.get_by_role("link", name="View credential-report.csv").click()
    table = page.get_by_role("region", name="Users and keys of the credential report")
    expect(table.get_by_role("rowheader")).to_have_text(["<root_account>", "ci-deploy", "j.moreau", "svc-legacy"])
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download")).click()
    assert waiting.value.path().read_bytes() == credential_report()["buffer"]
