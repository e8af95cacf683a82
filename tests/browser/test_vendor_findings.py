"""A lead drops a bundle, and within seconds the pages say what it proves and contradicts, without a reload."""

import io
import re
import zipfile

from playwright.sync_api import FilePayload, Page, expect

from assessments.models import Assessment, Evidence
from playbook.models import Side
from tests.browser.acts import WORKER, at, draft, drop, file_row, statement, words_of
from tests.browser.conftest import Console, OpenPage
from tests.browser.looking import Axe, faults
from tests.evaluators.shared import FIXTURES
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Stage

OTHERWISE = "Your files say otherwise."


def bad_bundle() -> FilePayload:
    """Evidence of two accounts in which nearly everything is wrong."""
    folder, out = FIXTURES / "acme-bad", io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != "expected.json":
                archive.write(path, path.relative_to(folder).as_posix())
    return {"name": "acme.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


def scope(assessment: Assessment, by: User, *accounts: str) -> None:
    """Declare these accounts, past the browser."""
    declared = [DeclaredAccount(account_id=account, name="", stage=Stage.PRODUCTION) for account in accounts]
    declare_accounts(vendor=assessment.vendor, accounts=declared, by=by)


def answer(page: Page, assessment: Assessment, number: int, side: str) -> None:
    """Choose a statement of this side on the question that is open, and see it saved."""
    with draft(page):
        statement(page, words_of(assessment, number, side)).check()


def test_a_bad_bundle_lights_up_what_it_contradicts(
    open_page: OpenPage, axe: Axe, in_progress: Assessment, rita: User
) -> None:
    scope(in_progress, rita, "999999999999", "555555555555")
    page = open_page(rita, at("answer-edit", in_progress, 13))
    shown = page.locator("#shown")
    expect(shown).to_contain_text("Assay reads an IAM credential report")
    drop(page, bad_bundle())
    expect(shown.get_by_role("heading", name="Your files show a problem")).to_be_visible(timeout=WORKER)
    expect(page.locator("#live-polite")).to_have_text("Your files were checked")
    expect(shown).to_contain_text("2 of 2 accounts seen in full")
    table = shown.get_by_role("region", name="Resources concerned")
    expect(table.get_by_role("rowheader")).to_have_text(
        [re.compile("^root"), re.compile("^bob"), re.compile("^old-integration")]
    )
    expect(file_row(page, "acme.zip")).to_contain_text("also used in 30 other questions")
    expect(page.get_by_text(OTHERWISE)).to_have_count(0)

    # The notice follows the answer, which stays as it was chosen.
    answer(page, in_progress, 13, Side.ACCEPTABLE)
    expect(shown).to_contain_text(OTHERWISE)
    expect(shown).to_contain_text("bob (access key 1) in 999999999999: The key was never used. It is 39 days old.")
    expect(page.get_by_role("link", name="Your files say otherwise than this answer")).to_be_visible()
    assert faults(page, axe) == []
    answer(page, in_progress, 13, Side.FAILURE)
    expect(page.get_by_text(OTHERWISE)).to_have_count(0)
    expect(page.get_by_role("link", name="Your files say otherwise than this answer")).to_be_hidden()
    answer(page, in_progress, 13, Side.ACCEPTABLE)
    expect(shown).to_contain_text(OTHERWISE)
    expect(statement(page, words_of(in_progress, 13))).to_be_checked()

    for number in (5, 14):
        page.goto(at("answer-edit", in_progress, number))
        answer(page, in_progress, number, Side.ACCEPTABLE)
        expect(shown).to_contain_text(OTHERWISE)
    page.goto(at("answer-list", in_progress))
    marked = page.locator(".task").filter(has_text="Files say otherwise")
    expect(marked.locator(".task-n")).to_have_text(["5", "13", "14"])
    assert faults(page, axe) == []

    page.goto(at("submit-check", in_progress))
    section = page.get_by_role("region", name="Where your files say otherwise")
    expect(section.get_by_role("listitem")).to_have_count(3)
    assert faults(page, axe) == []
    section.get_by_role("link", name="No unused access keys").click()
    expect(page).to_have_url(re.compile(r"/questions/13/#shown$"))

    # Without the file nothing says otherwise any more.
    page.get_by_role("button", name=re.compile("^Do not use here.*acme.zip")).click()
    expect(file_row(page, "acme.zip")).to_have_count(0)
    page.goto(at("evidence-list", in_progress))
    assert faults(page, axe) == []
    page.get_by_role("button", name=re.compile("^Withdraw.*acme.zip")).click()
    expect(page.get_by_text("Your files say otherwise than")).to_have_count(0)
    page.goto(at("answer-list", in_progress))
    expect(page.get_by_text("Files say otherwise")).to_have_count(0)


def test_what_is_missing_opens_with_the_keyboard(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    scope(in_progress, rita, "999999999999", "555555555555", "111122223333")
    page = open_page(rita, at("answer-edit", in_progress, 13))
    drop(page, bad_bundle())
    fold = page.locator("#shown summary", has_text="What is missing, and how to get it")
    expect(fold).to_be_visible(timeout=WORKER)
    fold.focus()
    expect(page.get_by_role("button", name="Copy commands for account 111122223333")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_text("In account 111122223333")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="evidence collector").last).to_be_focused()
    page.keyboard.press("Tab")
    copy = page.get_by_role("button", name="Copy commands for account 111122223333")
    expect(copy).to_be_focused()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Enter")
    expect(page.locator("#live-polite")).to_have_text("Copied commands for account 111122223333.")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "aws iam generate-credential-report && sleep 10\n"
        "aws iam get-credential-report --output json > iam.get-credential-report.json"
    )


def test_a_file_without_a_place_asks_for_it_by_itself(
    open_page: OpenPage, console: Console, axe: Axe, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 422")
    scope(in_progress, rita, "111122223333", "444455556666")
    page = open_page(rita, at("evidence-list", in_progress))
    clusters = {"name": "clusters.json", "mimeType": "application/json", "buffer": b'{"DBClusters": []}'}
    drop(page, clusters)
    row = file_row(page, "clusters.json")
    expect(row).to_contain_text("Which account and region is this from?", timeout=WORKER)
    assert faults(page, axe) == []
    row.get_by_label("Account that clusters.json is from").select_option("444455556666")
    row.get_by_label("Region that clusters.json is from").fill("Frankfurt")
    row.get_by_role("button", name="Save place").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter the region as AWS writes it")
    assert faults(page, axe) == []
    expect(page.get_by_label("Account", exact=True)).to_have_value("444455556666")
    expect(page.get_by_label("Region", exact=True)).to_have_value("Frankfurt")
    page.get_by_label("Region", exact=True).fill("eu-central-1")
    page.get_by_role("button", name="Save account and region").click()
    expect(page.get_by_text("clusters.json is from account 444455556666, eu-central-1.")).to_be_visible()
    expect(file_row(page, "clusters.json")).to_contain_text("Evidence for question", timeout=WORKER)
    assert Evidence.objects.get().stated_region == "eu-central-1"
