"""One assessment from the first form to the PDF in the manager's hands, by all three people."""

import io
import re
from collections.abc import Callable

import pikepdf
from playwright.sync_api import Page, expect

from assessments.models import Assessment, Evidence
from playbook.models import Playbook, Side
from tests import factories
from tests.browser.acts import (
    ACCOUNT,
    WORKER,
    answer_to,
    at,
    choose,
    credential_report,
    draft,
    drop,
    file_row,
    headline,
    paste,
    pdf_text,
    result,
    screenshot,
    statement,
    words_of,
)
from tests.browser.conftest import Console, OpenPage, Site
from tests.servers import wait_for
from users.models import User

LEAD = "lea@northwind.example"
ASKED = "Which of these keys will be deleted, and by when?"
NOTE = "Two keys belong to a service that is switched off in March."
SignIn = Callable[..., Page]


def test_from_a_new_vendor_to_the_report_in_the_managers_hands(
    sign_in: SignIn, open_page: OpenPage, site: Site, console: Console, playbook: Playbook, ana: User, max: User
) -> None:
    console.expect(r"status of 422 .*/submit\)")  # the declaration is left out once
    manager = sign_in(max)
    assessment = add_vendor_and_send(manager)
    lead = join(open_page, site)
    declare_accounts(lead, assessment)
    answer_one_question(lead, assessment)
    factories.answer_all(assessment)
    submit(lead, assessment)

    analyst = sign_in(ana)
    score_two(analyst, assessment)
    factories.review_all(assessment, by=ana, note="As it stands in the console.")
    ask_back(analyst, assessment)
    answer_what_came_back(lead, site, assessment)
    close(analyst, assessment)
    prepare_report(analyst)
    read(download(manager))


def add_vendor_and_send(page: Page) -> Assessment:
    """The manager's part: vendor, lead, assessment, send."""
    assert headline(page) == "Vendor portfolio"
    page.get_by_role("link", name="Add a vendor").click()
    page.get_by_label("Name of the vendor").fill("Northwind Clearing")
    page.get_by_label("What it does for us").fill("Card clearing")
    page.get_by_label("High", exact=True).check()
    page.get_by_role("button", name="Add vendor").click()
    expect(page.get_by_role("main")).to_contain_text(
        "Northwind Clearing is added. Invite a lead, then make an assessment."
    )

    page.get_by_role("link", name="Invite or remove").click()
    page.get_by_label("Email address").fill(LEAD)
    page.get_by_label("Lead: answers, invites colleagues and submits").check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("main")).to_contain_text(f"An invitation is on its way to {LEAD}.")

    page.get_by_role("link", name="Northwind Clearing").click()
    page.get_by_role("link", name="New assessment").click()
    page.get_by_label("Analyst").select_option(label="Ana Moreau")
    page.get_by_role("button", name="Start the assessment").click()
    expect(page.get_by_text("The assessment was started. Check it, then send it to the vendor.")).to_be_visible()
    page.get_by_role("button", name="Send 33 questions to Northwind Clearing").click()
    expect(page.get_by_text("The questions were sent to the vendor.")).to_be_visible()
    expect(page.get_by_role("heading", name="Northwind Clearing is answering")).to_be_visible()
    return Assessment.objects.select_related("vendor").get()


def join(open_page: OpenPage, site: Site) -> Page:
    """The lead opens the link of the mail that was really sent, and sets a password."""
    wait_for(lambda: site.mails(LEAD) != [], what="the invitation is sent")
    words = site.mails(LEAD)[0].get_content()
    link = re.search(rf"{re.escape(site.url)}/join/\S+", words).group()
    page = open_page(None, link)
    assert page.url == f"{site.url}/join/"  # the secret is out of the address
    assert headline(page) == "Answer for Northwind Clearing"
    page.get_by_label("Your name").fill("Lea Haug")
    page.get_by_label("Choose a password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Accept and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your assessments")
    page.get_by_role("link", name="Start answering").click()
    assert headline(page) == "Your AWS security questions"
    return page


def declare_accounts(page: Page, assessment: Assessment) -> None:
    """One account by a row, one by pasting."""
    page.get_by_role("link", name="AWS accounts in scope").click()
    page.get_by_label("Account ID, row 1").fill("1111 2222 3333")
    page.get_by_label("Name, row 1").fill("payments-prod")
    page.get_by_label("Stage, row 1").select_option(label="Production")
    page.get_by_text("Paste many at once").first.click()
    page.get_by_label("Paste many at once").fill("444455556666, payments-staging, staging")
    page.get_by_role("button", name="Save accounts").click()
    expect(page.get_by_text("2 AWS accounts in scope saved.")).to_be_visible()
    assert list(assessment.vendor.aws_accounts.values_list("account_id", flat=True)) == [ACCOUNT, "444455556666"]


def answer_one_question(page: Page, assessment: Assessment) -> None:
    """Question 13: a statement, a note, and evidence by all three ways."""
    page.get_by_role("link", name="No unused access keys").click()
    with draft(page):
        statement(page, words_of(assessment, 13, Side.FAILURE)).check()
    expect(page.get_by_text("Plan to fix").first).to_be_visible()
    with draft(page):
        page.get_by_label("Notes").press_sequentially(NOTE)
    expect(page.locator("#savestate")).to_have_text(re.compile(r"^Draft saved at \d\d:\d\d:\d\d"))

    choose(page, screenshot("keys.png"))
    expect(file_row(page, "keys.png").get_by_role("link", name="View keys.png")).to_be_visible()
    paste(page, screenshot("image.png", color="beige"))
    expect(file_row(page, re.compile(r"^screenshot-[\d-]+\.png$")).get_by_role("link", name="View")).to_be_visible()
    drop(page, credential_report())
    row = file_row(page, "credential-report.csv")
    expect(row).to_contain_text("4 rows read")
    expect(row).to_contain_text("also used in questions 5, 6, 10, 11, 12 and 14", timeout=WORKER)
    preview = file_row(page, "keys.png").locator("img")
    preview.scroll_into_view_if_needed()
    expect(preview).to_have_js_property("complete", True)
    assert preview.evaluate("image => image.naturalWidth") == 640

    page.get_by_role("button", name="Complete and next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(answer_to(assessment, 14).criterion.question)
    answer = answer_to(assessment, 13)
    assert (answer.is_complete, answer.notes) == (True, NOTE)
    assert [link.evidence.kind for link in answer.links.order_by("pk")] == ["image", "image", "csv"]
    assert Evidence.objects.filter(links__answer__criterion__number=5).count() == 1


def submit(page: Page, assessment: Assessment) -> None:
    """Nothing is missing; the declaration is asked for; then it is handed in."""
    page.goto(at("submit-check", assessment))
    assert headline(page) == "Check your answers before you submit"
    expect(page.get_by_role("heading", name="Still to do")).to_have_count(0)
    expect(page.locator("dl.answers > div")).to_have_count(33)
    page.get_by_role("button", name="Submit 33 answers to Alder Mutual").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text(
        ["Confirm that the answers and files are complete and true", "Type your name to sign"]
    )
    page.get_by_label("I have checked these answers and files.").check()
    page.get_by_label("Your full name").fill("Lea Haug")
    page.get_by_role("button", name="Submit 33 answers to Alder Mutual").click()
    expect(page.get_by_text("33 answers submitted to Alder Mutual.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("You cannot change answers unless one is sent back.")
    page.get_by_role("link", name="What you submitted").click()
    expect(page.get_by_role("definition").filter(has_text="Lea Haug").last).to_have_text("Lea Haug")
    expect(page.get_by_role("link", name="Download PDF receipt of round 1")).to_be_visible(timeout=60_000)


def score_two(page: Page, assessment: Assessment) -> None:
    """Question 1 with the mouse, question 2 with the keyboard alone."""
    assert headline(page) == "My reviews"
    page.get_by_role("link", name=re.compile("^Start scoring.*Northwind Clearing")).click()
    expect(page.get_by_text("0 of 33 scored")).to_be_visible()
    page.get_by_label(words_of(assessment, 1)).check()
    result(page, "Met").check()
    page.get_by_role("button", name="Save and next").click()

    page.wait_for_url("**/score/2/")  # loaded, with what listens to keys
    expect(page.get_by_text("1 of 33 scored")).to_be_visible()
    page.keyboard.press("3")
    expect(result(page, "Not met")).to_be_checked()
    failure = page.get_by_label(words_of(assessment, 2, Side.FAILURE))
    while not failure.evaluate("box => box === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.keyboard.press("n")
    page.keyboard.type("Production and staging share one account.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 of 33 scored")).to_be_visible()
    review = answer_to(assessment, 2).review
    assert (review.result, review.note) == ("not_met", "Production and staging share one account.")
    assert review.matched == ["aws-core-2-f1"]


def ask_back(page: Page, assessment: Assessment) -> None:
    """Collect one question and send it back."""
    page.goto(at("score-edit", assessment, 13))
    page.keyboard.press("c")
    page.get_by_label("What do you need?").fill(ASKED)
    page.get_by_role("button", name="Add to questions to send back").click()
    expect(page.get_by_text("The question was added to the ones to send back.")).to_be_visible()
    page.get_by_role("link", name="1 to send back").click()
    page.get_by_role("button", name="Send 1 question back").click()
    expect(page.get_by_text("The questions were sent back to the vendor.")).to_be_visible()
    expect(page.get_by_role("heading", name="Back with Northwind Clearing")).to_be_visible()


def answer_what_came_back(page: Page, site: Site, assessment: Assessment) -> None:
    """The lead follows the mail, reads the words, changes the answer and submits again."""

    def sent_back() -> list[str]:
        wanted = "Alder Mutual has a question about your answers"
        return [mail.get_content() for mail in site.mails(LEAD) if mail["Subject"] == wanted]

    wait_for(lambda: sent_back() != [], what="the mail about the question is sent")
    page.goto(re.search(rf"{re.escape(site.url)}\S+", sent_back()[0]).group())
    expect(page.get_by_role("main")).to_contain_text("Alder Mutual sent questions back to you.")
    expect(page.get_by_role("main")).to_contain_text(f"Alder Mutual asks: {ASKED}")
    page.get_by_role("link", name="No unused access keys").click()
    expect(page.get_by_role("main")).to_contain_text(f"Alder Mutual asks: {ASKED}")
    with draft(page):
        page.get_by_label("Notes").fill("svc-legacy is deleted on 31 March.")
    page.get_by_role("button", name="Complete and next").click()
    expect(page.get_by_role("main")).to_contain_text("That was the last open question. Check your answers")
    page.get_by_label("I have checked these answers and files.").check()
    page.get_by_label("Your full name").fill("Lea Haug")
    page.get_by_role("button", name="Submit 33 answers to Alder Mutual").click()
    expect(page.get_by_text("33 answers submitted to Alder Mutual.")).to_be_visible()


def close(page: Page, assessment: Assessment) -> None:
    """The analyst reads the new answer beside the old one, and closes."""
    page.goto(at("score-edit", assessment, 13))
    answer = page.get_by_role("region", name="Vendor answer")
    expect(answer).to_contain_text("svc-legacy is deleted on 31 March.")
    answer.get_by_text("2 versions of this answer").click()
    expect(answer.get_by_text(NOTE)).to_be_visible()
    result(page, "Partly met").check()
    page.get_by_label("What you saw instead").fill("One key is deleted, one stays until 31 March.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Question 13 was saved.")).to_be_visible()
    page.goto(at("detail", assessment))
    page.get_by_role("button", name="Close the assessment").click()
    expect(page.get_by_text("The assessment was closed.")).to_be_visible()


def prepare_report(page: Page) -> None:
    """One click; the page tells by itself when the worker is done."""
    page.get_by_role("button", name="Prepare report").click()
    page.evaluate("window.sameDocument = true")
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible(timeout=60_000)
    assert page.evaluate("window.sameDocument") is True


def download(page: Page) -> bytes:
    """The manager takes the PDF from the portfolio."""
    page.goto("/portfolio/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Northwind Clearing", exact=True))
    expect(row).to_contain_text("Closed")
    with page.expect_download() as waiting:
        row.get_by_role("link", name="PDF report for Northwind Clearing").click()
    assert re.fullmatch(r"aws-assessment-report-\d+\.pdf", waiting.value.suggested_filename)
    return waiting.value.path().read_bytes()


def read(data: bytes) -> None:
    """The report says what was found."""
    assessment = Assessment.objects.get()
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) > 5
        assert str(document.docinfo["/Title"]) == f"Northwind Clearing: {assessment.title}"
    pages = pdf_text(data).split("\f")
    cover = [" ".join(line.split()) for line in pages[0].splitlines()]
    assert "Northwind Clearing" in cover
    assert f"{assessment.score} out of 10" in cover
    assert f"{assessment.grade} 31 of 33 questions met. 2 findings." in cover
    everything = " ".join(" ".join(pages).split())
    assert "Production and staging share one account." in everything
    assert "One key is deleted, one stays until 31 March." in everything
    assert "credential-report.csv" in everything
