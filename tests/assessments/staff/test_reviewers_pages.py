"""Who scores what, on the pages: assigned there, shown in the worklist and the workbench."""

import pytest
from django.test import Client

from assessments.actions.reviewers import assign_reviewer
from assessments.models import Assessment
from tests import factories
from tests.assessments.staff.pages import address, count_queries, said, texts
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(db: None) -> User:
    """Another analyst."""
    return factories.make_staff("Bo Tanaka")


@pytest.fixture
def review(submitted: Assessment, ana: User) -> Assessment:
    """In review, with Ana as its analyst."""
    Assessment.objects.filter(pk=submitted.pk).update(analyst=ana)
    submitted.refresh_from_db()
    return submitted


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def held(assessment: Assessment) -> dict[int, str]:
    rows = assessment.answers.filter(reviewer__isnull=False)
    return dict(rows.values_list("criterion__number", "reviewer__name"))


def test_a_whole_domain_and_single_questions_in_one_go(review: Assessment, ana: User, bo: User) -> None:
    client = client_of(ana)
    assert f'href="{address("reviewers", review.pk)}"' in client.get(address("detail", review.pk)).content.decode()
    first = review.answers.select_related("criterion__domain").get(criterion__number=1).criterion.domain
    whole = list(review.answers.filter(criterion__domain=first).values_list("criterion__number", flat=True))
    assert 13 not in whole
    form = {"domains": [first.slug], "questions": ["13", "1"], "reviewer": str(bo.pk)}
    reply = client.post(address("reviewers", review.pk), form, follow=True)
    assert held(review) == dict.fromkeys([*whole, 13], "Bo Tanaka")
    assert said(reply)[0].endswith("are assigned to Bo Tanaka.")
    assert texts(reply).count("Bo Tanaka") == len(whole) + 1 + 2  # each question, the message and the choice


def test_one_question_is_taken_back(review: Assessment, bo: User, max: User) -> None:
    assign_reviewer(assessment=review, numbers=[2, 3], reviewer=bo, by=max)
    form = {"questions": ["3"], "reviewer": "nobody"}
    reply = client_of(max).post(address("reviewers", review.pk), form, follow=True)
    assert said(reply) == ["Question 3 is not assigned to anybody."]
    assert held(review) == {2: "Bo Tanaka"}


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"reviewer": "nobody"}, "Choose at least one question or domain"),
        ({"questions": ["77"], "reviewer": "nobody"}, "Choose questions from the list"),
        ({"domains": ["elsewhere"], "reviewer": "nobody"}, "Choose domains from the list"),
        ({"questions": ["3"], "reviewer": ""}, "Choose who scores them"),
        ({"questions": ["3"], "reviewer": "0"}, "Choose somebody from the list"),
    ],
)
def test_what_is_wrong_is_said_and_the_ticks_stay(
    review: Assessment, ana: User, form: dict[str, object], problem: str
) -> None:
    reply = client_of(ana).post(address("reviewers", review.pk), form)
    assert reply.status_code == 422
    assert texts(reply).count(problem) == 2  # above the form and at the field
    assert ('id="id_questions_3" checked' in reply.content.decode()) is (form.get("questions") == ["3"])
    assert held(review) == {}


def test_closed_there_is_no_way_to_it(review: Assessment, ana: User) -> None:
    Assessment.objects.filter(pk=review.pk).update(state="cancelled")
    client = client_of(ana)
    assert "Who scores what" not in texts(client.get(address("detail", review.pk)))
    assert client.get(address("reviewers", review.pk)).status_code == 403


def test_the_worklist_holds_it_until_their_questions_are_scored(review: Assessment, bo: User, ana: User) -> None:
    client = client_of(bo)

    def lists() -> tuple[list[int], list[int]]:
        work = client.get(address("worklist")).context["work"]
        return [row.assessment.pk for row in work.mine], [row.assessment.pk for row in work.others]

    assert lists() == ([], [review.pk])
    assign_reviewer(assessment=review, numbers=[5, 9], reviewer=bo, by=ana)
    assert lists() == ([review.pk], [])
    page = client.get(address("worklist"))
    assert "2 assigned to you" in texts(page)
    assert f'href="{address("score-edit", review.pk, 5)}"' in page.content.decode()
    mine = client_of(ana).get(address("worklist"))
    assert [(row.assessment.pk, row.first_unscored, row.assigned) for row in mine.context["work"].mine] == [
        (review.pk, 1, 0)
    ]
    assert "assigned to you" not in texts(mine)
    for number in (5, 9):
        factories.review_with(review.answers.get(criterion__number=number), by=ana)
    assert lists() == ([], [review.pk])


def test_the_workbench_says_whose_it_is(review: Assessment, bo: User, ana: User) -> None:
    assign_reviewer(assessment=review, numbers=[5], reviewer=bo, by=ana)
    client = client_of(ana)
    assert texts(client.get(address("score-edit", review.pk, 4))).count("Assigned to Bo Tanaka") == 1
    there = client.get(address("score-edit", review.pk, 5))
    assert '<span class="tag tag-violet">Assigned to Bo Tanaka</span>' in there.content.decode()
    item = next(one for part in there.context["sheet"].rail for one in part.items if one.number == 5)
    assert item.reviewer == "Bo Tanaka"


def test_next_leads_through_ones_own_questions_first(review: Assessment, bo: User, ana: User) -> None:
    assign_reviewer(assessment=review, numbers=[5, 9], reviewer=bo, by=ana)
    form = {"result": "not_verified", "note": "No evidence.", "deviation": "Nothing to see.", "base_version": "0"}

    def after(user: User, number: int) -> str:
        reply = client_of(user).post(address("score-edit", review.pk, number), {**form, "action": "next"})
        assert reply.status_code == 302
        return reply.headers["Location"]

    assert after(bo, 7) == address("score-edit", review.pk, 9)
    assert after(bo, 9) == address("score-edit", review.pk, 5)
    assert after(ana, 1) == address("score-edit", review.pk, 2)
    assert after(bo, 5) == address("score-edit", review.pk, 6)


def test_the_number_of_queries_does_not_grow(review: Assessment, bo: User, ana: User) -> None:
    client = client_of(ana)
    pages = [address("reviewers", review.pk), address("worklist"), address("score-edit", review.pk, 4)]
    before = [count_queries(client, page) for page in pages]
    assign_reviewer(assessment=review, numbers=range(1, 20), reviewer=bo, by=ana)
    assign_reviewer(assessment=review, numbers=range(20, 34), reviewer=ana, by=ana)
    assert [count_queries(client, page) for page in pages] == before
    assert before[0] == 5


def test_the_trail_says_it(review: Assessment, bo: User, ana: User) -> None:
    assign_reviewer(assessment=review, numbers=[5], reviewer=bo, by=ana)
    assign_reviewer(assessment=review, numbers=[5], reviewer=None, by=ana)
    page = texts(client_of(ana).get(address("event-list", review.pk)))
    assert "assigned questions to somebody to score" in page
    assert "took questions to score back from somebody" in page
