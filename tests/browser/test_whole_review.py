"""A whole review with the keyboard alone: one key where the evidence agrees, a few where a person has to judge."""

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Assessment, EvaluationRun, Review
from tests import factories
from tests.assessments.staff.machine import BUNDLE, REPORT, hand_in_with
from tests.browser.acts import at, result
from tests.browser.conftest import OpenPage
from tests.servers import wait_for
from users.models import User


@pytest.fixture
def handed_in(in_progress: Assessment, rita: User) -> Assessment:
    """In review with a credential report and a bundle that say something about many of the 33 questions."""
    assessment = factories.evaluate(hand_in_with(in_progress, 13, REPORT, BUNDLE, by=rita))
    run = assessment.submitted_run
    wait_for(lambda: EvaluationRun.objects.get(pk=run.pk).state == "ready", what="the evidence is evaluated")
    return assessment


def judge(page: Page) -> None:
    """No proposal: say "Met", tick the first acceptable statement and save, without touching the mouse."""
    page.keyboard.press("1")
    expect(result(page, "Met")).to_be_checked()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('input[type=checkbox][name=matched]')"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")


def test_all_questions_are_scored_by_keyboard_alone(open_page: OpenPage, handed_in: Assessment, ana: User) -> None:
    page = open_page(ana, at("score-edit", handed_in, 1))
    accepted = []
    for number in range(1, 34):
        page.wait_for_url(re.compile(rf"/score/{number}/$"))
        expect(page.get_by_text(f"{number - 1} of 33 scored")).to_be_visible()
        if page.get_by_role("button", name=re.compile("^Accept ")).count():
            page.keyboard.press("a")
            accepted.append(number)
        else:
            judge(page)
    expect(page.get_by_text("33 of 33 scored")).to_be_visible()
    assert len(accepted) >= 10
    assert Review.objects.filter(answer__assessment=handed_in, by=ana).count() == 33
    given = Counter(Review.objects.filter(answer__assessment=handed_in).values_list("result", flat=True))
    assert given["not_verified"] == 0
