"""A second look from asking to closing, on two screens."""

import re

from playwright.sync_api import expect

from assessments.actions import workflow
from assessments.models import Assessment, SecondLook
from assessments.scoring import Result
from tests import factories
from tests.browser.acts import answer_to, at, hand_in, result
from tests.browser.conftest import OpenPage
from tests.browser.looking import Axe, faults
from users.models import User


def test_asked_scored_blind_compared_and_settled(
    open_page: OpenPage, axe: Axe, in_progress: Assessment, rita: User, ana: User, max: User
) -> None:
    ines = factories.make_staff("Ines Duarte")
    assessment = hand_in(in_progress, by=rita)
    workflow.edit_assessment(
        assessment=assessment, period=assessment.period, due_on=assessment.due_on, analyst=ana, by=max
    )
    factories.review_with(answer_to(assessment, 3), Result.PARTLY_MET, by=ana, note="Only half of it.")
    assessment = factories.review_all(assessment, by=ana)

    first = open_page(ana, at("detail", assessment))
    first.get_by_role("link", name="Ask for a second look").click()
    assert faults(first, axe) == []
    first.get_by_label("Second analyst").select_option("Ines Duarte")
    first.get_by_label("Questions I name").check()
    first.get_by_label("Numbers of the questions").fill("3, 5")
    first.get_by_role("button", name="Ask for a second look").click()
    expect(first.get_by_text("Ines Duarte has scored 0 of 2 questions blind.")).to_be_visible()
    assert faults(first, axe) == []

    second = open_page(ines, "/reviews/")
    second.get_by_role("link", name="Score blind").click()
    second.get_by_role("link", name=re.compile(r"^3\. ")).click()
    expect(second.get_by_text("Only half of it.")).to_have_count(0)
    expect(result(second, "Partly met")).not_to_be_checked()
    second.locator(".rows-notmet input").first.check()
    second.locator(".rows-notmet input").first.blur()
    second.keyboard.press("3")
    second.get_by_role("button", name="Save and next").click()
    second.wait_for_url(re.compile(r"/second/5/$"))
    second.locator(".rows-met input").first.check()
    second.keyboard.press("1")
    second.get_by_role("button", name="Save and next").click()
    second.get_by_role("button", name="Finish the second look").click()
    expect(second.get_by_text("The two agree on 1 of 2 questions (50 %).")).to_be_visible()

    first.goto(at("detail", assessment))
    first.get_by_role("button", name="Close the assessment").click()
    expect(first.get_by_text("Settle 1 difference of the second look first, under “Second look”.")).to_be_visible()
    first.get_by_role("link", name="Settle 1 difference").click()
    assert faults(first, axe) == []
    difference = first.get_by_role("article")
    expect(difference.get_by_text("Only half of it.")).to_be_visible()
    difference.get_by_label("Take the second result").check()
    difference.get_by_label("Why?").fill("Nothing of it is in place.")
    difference.get_by_role("button", name=re.compile("^Settle")).click()
    expect(first.get_by_text("Question 3 is settled.")).to_be_visible()
    assert faults(first, axe) == []
    first.goto(at("detail", assessment))
    first.get_by_role("button", name="Close the assessment").click()
    expect(first.get_by_text("Ines Duarte agrees on 1 of 2")).to_be_visible()
    assessment.refresh_from_db()
    assert assessment.state == "closed"
    assert answer_to(assessment, 3).review.result == "not_met"
    assert SecondLook.objects.get().finished_at is not None
