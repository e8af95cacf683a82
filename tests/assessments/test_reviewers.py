"""Which analyst scores which questions: assigned, moved, taken back and refused."""

from uuid import uuid4

import pytest

from assessments.actions import second_looks, workflow
from assessments.actions.reviewers import ReviewerRefused, assign_reviewer
from assessments.actions.second_looks import Sample, SecondLookRefused
from assessments.models import Assessment
from assessments.queries.second_looks import may_look
from audit.models import Event
from tests import factories
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(db: None) -> User:
    """Another analyst."""
    return factories.make_staff("Bo Tanaka")


def held(assessment: Assessment) -> dict[int, str]:
    """Number of each assigned question, and whose it is."""
    rows = assessment.answers.filter(reviewer__isnull=False)
    return dict(rows.values_list("criterion__number", "reviewer__name"))


def events() -> list[tuple[str, dict[str, object]]]:
    found = Event.objects.filter(kind__startswith="reviewer.").order_by("pk")
    return [(one.kind, one.detail.data) for one in found.select_related("detail")]


def refused(assessment: Assessment, numbers: list[int], reviewer: User | None, by: User) -> tuple[str | None, str]:
    """The field and the words of the refusal, after which everything is as it was."""
    before = held(assessment), events()
    with pytest.raises(ReviewerRefused) as error:
        assign_reviewer(assessment=assessment, numbers=numbers, reviewer=reviewer, by=by)
    assert (held(assessment), events()) == before
    return error.value.field, str(error.value)


def test_questions_are_assigned_moved_and_taken_back(submitted: Assessment, ana: User, bo: User, max: User) -> None:
    changed = assign_reviewer(assessment=submitted, numbers=[13, 2, 5], reviewer=bo, by=max)
    assert [answer.criterion.number for answer in changed] == [2, 5, 13]
    assign_reviewer(assessment=submitted, numbers=[2, 5], reviewer=ana, by=max)
    assert held(submitted) == {2: ana.name, 5: ana.name, 13: "Bo Tanaka"}
    assign_reviewer(assessment=submitted, numbers=[1, 5], reviewer=None, by=bo)
    assert held(submitted) == {2: ana.name, 13: "Bo Tanaka"}
    assert events() == [
        ("reviewer.assigned", {"questions": [2, 5, 13], "to": bo.pk}),
        ("reviewer.assigned", {"questions": [2, 5], "to": ana.pk}),
        ("reviewer.removed", {"questions": [5]}),
    ]


def test_what_is_so_already_is_no_event(submitted: Assessment, bo: User, max: User) -> None:
    assign_reviewer(assessment=submitted, numbers=[2], reviewer=bo, by=max)
    assert assign_reviewer(assessment=submitted, numbers=[2], reviewer=bo, by=max) == []
    assert len(events()) == 1


@pytest.mark.parametrize("state", ["draft", "in_progress", "submitted", "changes_requested"])
def test_before_and_while_in_review(state: str, bo: User, max: User) -> None:
    assessment = factories.make_assessment(state=state)
    assign_reviewer(assessment=assessment, numbers=[33], reviewer=bo, by=max)
    assert held(assessment) == {33: "Bo Tanaka"}


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_not_once_it_is_over(state: str, bo: User, max: User) -> None:
    words = "The assessment was closed or cancelled meanwhile. Nothing was assigned."
    assert refused(factories.make_assessment(state=state), [1], bo, max) == (None, words)


@pytest.mark.parametrize("numbers", [[], [1, 77]])
def test_only_questions_it_has(submitted: Assessment, bo: User, max: User, numbers: list[int]) -> None:
    words = "Choose at least one question of this assessment."
    assert refused(submitted, numbers, bo, max) == ("questions", words)


def test_only_an_analyst_who_can_sign_in(submitted: Assessment, bo: User, max: User, rita: User) -> None:
    words = "Choose an analyst who can sign in."
    assert refused(submitted, [1], max, max) == ("reviewer", words)
    assert refused(submitted, [1], rita, max) == ("reviewer", words)
    User.objects.filter(pk=bo.pk).update(is_active=False)
    bo.refresh_from_db()
    assert refused(submitted, [1], bo, max) == ("reviewer", words)


def test_nobody_scores_first_and_blind(submitted: Assessment, ana: User, bo: User, max: User) -> None:
    def ask(analyst: User) -> None:
        second_looks.ask(assessment=submitted, analyst=analyst, sample=Sample(), form_key=uuid4(), by=max)

    assign_reviewer(assessment=submitted, numbers=[1], reviewer=ana, by=max)
    assert [person.name for person in may_look(submitted)] == ["Bo Tanaka"]
    with pytest.raises(SecondLookRefused) as error:
        ask(ana)
    assert error.value.problems == {"analyst": "Choose somebody else: the first results are this person’s"}
    ask(bo)
    words = "Bo Tanaka takes a second look at this assessment. Choose somebody else until it is finished."
    assert refused(submitted, [1], bo, max) == ("reviewer", words)


def test_it_gives_and_takes_no_right(submitted: Assessment, ana: User, bo: User, max: User) -> None:
    assign_reviewer(assessment=submitted, numbers=list(range(1, 34)), reviewer=bo, by=max)
    factories.review_all(submitted, by=ana)
    workflow.close(assessment=submitted, by=ana)
    submitted.refresh_from_db()
    assert submitted.state == "closed"
