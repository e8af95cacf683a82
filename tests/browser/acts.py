"""What a person does on a page beyond clicking: paste, drop, wait for a draft; and files as they come from outside."""

import base64
import io
import re
import subprocess
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from uuid import uuid4

from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page

from assessments import intake
from assessments.actions import evidence, workflow
from assessments.demo.files.credentials import ROOT, Key, Login, report
from assessments.models import Answer, Assessment, Evidence
from playbook.models import Side
from tests import factories
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Stage

ACCOUNT = "111122223333"
WORKER = 30_000  # ms that the worker and the page that asks for its work may take together
# A file list can only be made inside the page.
HAND_OVER = """([files, how]) => {
    const held = new DataTransfer();
    for (const [name, type, text] of files) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        held.items.add(new File([bytes], name, { type }));
    }
    if (how === "paste") {
        const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(event);
        return;
    }
    const zone = document.querySelector("[data-drop]");
    for (const type of ["dragenter", "dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(type, { dataTransfer: held, bubbles: true, cancelable: true }));
    }
}"""


def at(name: str, assessment: Assessment, *more: int) -> str:
    """The address of a page of this assessment."""
    return reverse(f"assessments:{name}", args=[assessment.pk, *more])


def answer_to(assessment: Assessment, number: int) -> Answer:
    """The answer to one question, fresh from the database."""
    return Answer.objects.select_related("criterion").get(assessment=assessment, criterion__number=number)


def words_of(assessment: Assessment, number: int, side: str = Side.ACCEPTABLE) -> str:
    """The first statement of one side, as people read it."""
    options = answer_to(assessment, number).criterion.options.filter(side=side)
    return options.order_by("order").first().text


def screenshot(name: str = "users.png", *, color: str = "white", size: tuple[int, int] = (640, 360)) -> FilePayload:
    """A picture of a table with a line of text."""
    picture = Image.new("RGB", size, color)
    ImageDraw.Draw(picture).text((20, 20), f"IAM users, {ACCOUNT}", fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def credential_report(name: str = "credential-report.csv", account: str = ACCOUNT) -> FilePayload:
    """Root and three users, as AWS writes them today."""
    logins = (
        Login(ROOT, 2210, password=263, mfa=True),
        Login("ci-deploy", 1320, keys=(Key(67, 1, "ecr"),)),
        Login("j.moreau", 1105, password=4, mfa=True),
        Login("svc-legacy", 1289, keys=(Key(1289, 214, "s3"),)),
    )
    today = datetime.now(UTC).date()
    return {"name": name, "mimeType": "text/csv", "buffer": report(today, account, "eu-west-1", logins)}


def attach(assessment: Assessment, number: int, *files: FilePayload, by: User) -> list[Evidence]:
    """Add files to one question, past the browser."""
    return [
        evidence.attach(
            assessment=assessment,
            accepted=intake.examine(io.BytesIO(one["buffer"]), one["name"]),
            upload_id=uuid4(),
            asked_at=answer_to(assessment, number),
            by=by,
        )
        for one in files
    ]


def hand_in(assessment: Assessment, *, by: User) -> Assessment:
    """Answer what is open, declare an account, and submit, past the browser."""
    account = DeclaredAccount(account_id=ACCOUNT, name="Production", stage=Stage.PRODUCTION)
    declare_accounts(vendor=assessment.vendor, accounts=[account], by=by)
    return workflow.submit(assessment=factories.answer_all(assessment, by=by), attested_name=by.name, by=by)


def _hand_over(page: Page, files: tuple[FilePayload, ...], how: str) -> None:
    listed = [[one["name"], one["mimeType"], base64.b64encode(one["buffer"]).decode()] for one in files]
    page.evaluate(HAND_OVER, [listed, how])


def paste(page: Page, *files: FilePayload) -> None:
    """Ctrl V with files on the clipboard. Browsers call a copied screenshot image.png."""
    _hand_over(page, files, "paste")


def drop(page: Page, *files: FilePayload) -> None:
    """Let files fall onto the zone."""
    _hand_over(page, files, "drop")


def choose(page: Page, *files: FilePayload) -> None:
    """Press "Choose files" and pick these."""
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose files", exact=True).click()
    chooser.value.set_files(list(files))


def file_row(page: Page, name: str | re.Pattern[str]) -> Locator:
    """The row of one file in the list of evidence."""
    return page.locator("[data-files] > li").filter(has=page.locator(".file-name", has_text=name))


def draft(page: Page, status: int = 200) -> AbstractContextManager[object]:
    """`with draft(page): ...` waits until the server answered a draft with this status."""
    return page.expect_response(lambda reply: reply.url.endswith("/draft") and reply.status == status)


def statement(page: Page, words: str) -> Locator:
    """The box or button of one answer."""
    return page.get_by_role("radio", name=words).or_(page.get_by_role("checkbox", name=words))


def result(page: Page, words: str) -> Locator:
    """The button of one result in the workbench."""
    return page.get_by_role("radio", name=words, exact=True)


def headline(page: Page) -> str:
    """The one heading of the page."""
    return page.get_by_role("heading", level=1).inner_text()


def focused(page: Page) -> str:
    """The id of what has the focus, or its text."""
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def pdf_text(data: bytes) -> str:
    """The words of a PDF, pages separated by form feeds."""
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
