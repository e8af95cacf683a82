"""A lead hands questions to a colleague, who sees these and no others; and the whole request to the right person."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.actions import assignments
from assessments.models import Answer, Assessment
from tests import factories
from tests.browser.acts import answer_to, at, draft, focused, headline, statement, words_of
from tests.browser.conftest import Console, OpenPage, Site
from tests.browser.looking import PHONE, WIDE, Axe, faults, sideways
from tests.servers import wait_for
from users.models import User
from vendors.models import Invitation, Member, MemberRole

HANA = "hana@acme.example"
TABS = 80  # more than there are places to stop at on the page


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until this has the focus, wherever that begins."""
    for _ in range(TABS):
        if target.evaluate("(node) => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def row(page: Page, number: int) -> Locator:
    """One question of the page on which questions are handed on."""
    return page.locator(".task").filter(has=page.locator(".task-n", has_text=re.compile(rf"^{number}$")))


def join(open_page: OpenPage, site: Site, address: str, name: str) -> Page:
    """Open the link of the mail that was really sent, and make an account."""
    wait_for(lambda: site.mails(address) != [], what="the invitation is sent")
    (mail,) = site.mails(address)
    page = open_page(None, re.search(rf"{re.escape(site.url)}/join/\S+", mail.get_content()).group())
    assert headline(page) == "Answer for Acme Payments"
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Choose a password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Accept and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your assessments")
    return page


def assign_by_keyboard(page: Page) -> None:
    """Question 13 and all of Encryption to somebody new, without a mouse."""
    count = page.get_by_role("complementary").locator("[data-ticked]")
    expect(count).to_have_text("No questions ticked")
    tab_to(page, page.get_by_role("button", name="Tick all questions of Encryption"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Untick all questions of Encryption")).to_be_focused()
    expect(page.locator("#live-polite")).to_have_text("2 questions ticked")
    tab_to(page, page.get_by_label("Question 13: "))
    page.keyboard.press("Space")
    expect(count).to_have_text("3 questions ticked")
    expect(page.locator("#live-polite")).to_have_text("3 questions ticked")
    tab_to(page, page.get_by_label("Who answers them"))
    page.keyboard.type("Somebody new")
    tab_to(page, page.get_by_role("group", name="Somebody new").get_by_label("Email address"))
    page.keyboard.type(HANA)
    tab_to(page, page.get_by_role("button", name="Assign", exact=True))
    page.keyboard.press("Enter")


def test_a_new_colleague_gets_one_question_and_a_domain_and_sees_no_other(
    open_page: OpenPage, site: Site, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 40[34]")  # what a helper may not see
    lead = open_page(rita, at("assign", in_progress))
    assign_by_keyboard(lead)
    expect(lead.get_by_role("main")).to_contain_text(
        f"Questions 8, 9 and 13 are assigned to {HANA}, who was invited by mail."
    )
    expect(row(lead, 13).locator(".tag")).to_have_text(f"{HANA} (invited)")
    expect(lead.get_by_role("region", name="Invited, not joined yet")).to_contain_text(f"{HANA} Helper")

    helper = join(open_page, site, HANA, "Hana Brandt")
    helper.get_by_role("link", name="Start answering").click()
    assert headline(helper) == "Your AWS security questions"
    questions = helper.locator(".split-list .tasks .task-n")
    expect(questions).to_have_text(["8", "9", "13"])
    for number in (1, 12, 14):
        assert helper.goto(at("answer-edit", in_progress, number)).status == 404
    assert helper.goto(at("assign", in_progress)).status == 403
    assert helper.goto(at("submit-check", in_progress)).status == 403

    helper.goto(at("answer-edit", in_progress, 13))
    with draft(helper):
        statement(helper, words_of(in_progress, 13)).check()
    helper.get_by_label("Notes").fill("Read from the credential report.")
    helper.get_by_role("button", name="Complete and next").click()
    helper.wait_for_url("**/questions/8/")  # the next one of hers

    lead.reload()
    expect(row(lead, 13)).to_contain_text("Answered by Hana Brandt")
    expect(row(lead, 13).locator(".tag")).to_have_text(["Hana Brandt", "Completed"])
    expect(row(lead, 8).locator(".tag")).to_have_text("Hana Brandt")
    lead.goto(at("answer-list", in_progress))
    expect(lead.locator("#q13")).to_contain_text("Answered by Hana Brandt")
    expect(lead.locator("#q8")).to_contain_text("With Hana Brandt")
    assert Answer.objects.get(pk=answer_to(in_progress, 13).pk).updated_by.email == HANA
    assert Member.objects.get(user__email=HANA).role == MemberRole.HELPER


def test_the_whole_request_goes_to_the_right_person(
    open_page: OpenPage, site: Site, console: Console, in_progress: Assessment, rita: User
) -> None:
    console.expect("status of 422")
    page = open_page(rita, at("assign", in_progress))
    panel = page.get_by_role("region", name="Not the right person?")
    panel.get_by_role("button", name="Forward the request").click()
    page.get_by_role("link", name="Enter the address of the right person").click()
    assert focused(page) == "id_forward-email"
    page.keyboard.type("lea@acme.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(
        "lea@acme.example was invited to take over. You stay a lead beside them."
    )
    assert Invitation.objects.get().role == MemberRole.LEAD
    right = join(open_page, site, "lea@acme.example", "Lea Haug")
    right.goto(at("answer-list", in_progress))
    expect(right.locator(".split-list .tasks .task-n.num")).to_have_count(33)
    expect(right.get_by_role("link", name="Check and submit")).to_be_visible()
    expect(right.get_by_role("complementary")).to_contain_text("Lea Haug, Rita Lindqvist")


def test_ticking_a_domain_keeps_what_is_ticked_elsewhere(
    open_page: OpenPage, in_progress: Assessment, rita: User, tom: User
) -> None:
    page = open_page(rita, f"{at('assign', in_progress)}?q=13")
    expect(page.get_by_label("Question 13: ")).to_be_checked()
    page.get_by_role("button", name="Tick all questions of Encryption").click()
    page.get_by_label("Question 9: ").uncheck()
    page.get_by_role("button", name="Tick all questions of Encryption").click()
    page.get_by_role("button", name="Untick all questions of Encryption").click()
    expect(page.locator("input[name=questions]:checked")).to_have_count(1)
    row(page, 9).locator("label").click()
    page.get_by_label("Who answers them").select_option(label="Tom Adeyemi (Respondent)")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Questions 9 and 13 are assigned to Tom Adeyemi.")
    assert list(Answer.objects.filter(assignee=tom).values_list("criterion__number", flat=True)) == [9, 13]


def test_on_a_phone_the_way_to_assign_stays_in_sight(open_page: OpenPage, in_progress: Assessment, rita: User) -> None:
    page = open_page(rita, at("assign", in_progress), width=PHONE[0], height=PHONE[1])
    page.get_by_label("Question 25: ").check()
    bar = page.locator(".assign-bar")
    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar).to_contain_text("1 question ticked")
    bar.get_by_role("link", name="Choose who answers").click()
    expect(page.get_by_label("Who answers them")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Who answers them")).to_be_focused()
    page.get_by_role("group", name="Somebody new").get_by_label("Email address").fill(HANA)
    expect(page.get_by_label("Who answers them")).to_have_value("new")  # who else
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(f"Question 25 is assigned to {HANA}, who was invited by mail.")


def test_without_a_script_a_domain_is_ticked_by_its_link(
    open_page: OpenPage, in_progress: Assessment, rita: User, tom: User
) -> None:
    page = open_page(rita, at("assign", in_progress), width=PHONE[0], height=PHONE[1], script=False)
    page.get_by_role("link", name="Tick all questions of Encryption").click()
    expect(page.locator("input[name=questions]:checked")).to_have_count(2)
    expect(page.locator("[data-ticked]").first).to_be_hidden()
    page.get_by_label("Who answers them").select_option(label="Tom Adeyemi (Respondent)")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Questions 8 and 9 are assigned to Tom Adeyemi.")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_keeps_nobody_out_also_after_a_mistake(
    open_page: OpenPage, console: Console, axe: Axe, in_progress: Assessment, rita: User, dark: bool
) -> None:
    console.expect("status of 422")
    address = f"{'konstantin.' * 4}brandt@acme-payments.example"
    assignments.assign_new(assessment=in_progress, numbers=[20, 21], email=address, name="", by=rita)
    page = open_page(rita, at("assign", in_progress), dark=dark)
    page.get_by_label("Question 1: ").check()
    assert faults(page, axe) == []
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.get_by_label("Question 1: ").uncheck()
    page.get_by_role("button", name="Assign", exact=True).click()
    page.get_by_role("link", name="Choose at least one question").click()
    assert focused(page) == "id_questions"
    page.get_by_role("link", name="Choose who answers").first.click()
    assert focused(page) == "id_who"
    assert faults(page, axe) == []
    page.goto(at("answer-list", in_progress))
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert sideways(page) == []  # the list says "With" and the address
