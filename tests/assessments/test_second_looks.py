"""A second look: who may ask, score, finish and settle, and what stands against closing."""

from uuid import UUID, uuid4

import pytest

from assessments.actions import reviews, workflow
from assessments.actions import second_looks as actions
from assessments.actions.reviews import ReviewContent, ReviewRefused, StaleReview
from assessments.actions.second_looks import Sample, SecondLookRefused, Settlement
from assessments.actions.workflow import MoveRefused
from assessments.models import Answer, Assessment, Review, SecondLook, SecondReview
from assessments.states import State
from audit.models import Event
from tests import factories
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(db: None) -> User:
    """The second analyst."""
    return factories.make_staff("Ines Duarte")


@pytest.fixture
def scored(acme: Vendor, rita: User, ana: User) -> Assessment:
    """Acme's assessment in review; Ana has found all met."""
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana)
    return factories.review_all(assessment, by=ana)


def asked(assessment: Assessment, analyst: User, by: User, *numbers: int, count: int | None = None) -> SecondLook:
    return actions.ask(assessment=assessment, analyst=analyst, sample=Sample(count, numbers), form_key=uuid4(), by=by)


def answer(assessment: Assessment, number: int) -> Answer:
    return Answer.objects.select_related("criterion").get(assessment=assessment, criterion__number=number)


def scored_as(look: SecondLook, number: int, result: str) -> SecondReview:
    content = ReviewContent(result, (), "Seen otherwise.")
    first = SecondReview.objects.filter(look=look, answer__criterion__number=number).first()
    return actions.score(
        look=look,
        answer=answer(look.assessment, number),
        content=content,
        base_version=first.version if first else 0,
        by=look.analyst,
    )


def finished(assessment: Assessment, analyst: User, by: User) -> SecondLook:
    """Questions 1 and 2: the second analyst says not met, and met."""
    look = asked(assessment, analyst, by, 1, 2)
    scored_as(look, 1, "not_met")
    scored_as(look, 2, "met")
    return actions.finish(look=look, by=analyst)


def refusal(call: object, **values: object) -> dict[str | None, str]:
    with pytest.raises(SecondLookRefused) as refused:
        call(**values)
    return refused.value.problems


def test_all_questions_some_and_a_drawn_sample(scored: Assessment, ines: User, ana: User, max: User) -> None:
    key = UUID(int=7)
    look = actions.ask(assessment=scored, analyst=ines, sample=Sample(count=5), form_key=key, by=ana)
    again = actions.ask(assessment=scored, analyst=ines, sample=Sample(count=5), form_key=key, by=ana)
    assert again == look
    assert len(look.sample) == 5
    assert look.is_drawn
    assert Event.objects.filter(kind="second.asked").count() == 1
    actions.call_off(look=look, by=max)
    assert asked(scored, ines, max, count=5).sample != look.sample  # another key, another draw
    SecondLook.objects.all().delete()
    assert asked(scored, ines, max, 9, 3, 3).sample == [3, 9]
    SecondLook.objects.all().delete()
    assert asked(scored, ines, max).sample == list(range(1, 34))


def test_what_cannot_be_asked(scored: Assessment, ines: User, ana: User, max: User) -> None:
    def ask(analyst: User, by: User, sample: Sample) -> dict[str | None, str]:
        return refusal(actions.ask, assessment=scored, analyst=analyst, sample=sample, form_key=uuid4(), by=by)

    assert ask(ana, max, Sample()) == {"analyst": "Choose somebody else: the first results are this person’s"}
    assert ask(max, max, Sample()) == {"analyst": "Choose an analyst who can sign in"}
    assert ask(ines, ana, Sample(count=34)) == {"count": "Draw 1 to 33 questions"}
    assert ask(ines, ana, Sample(numbers=(2, 34))) == {"numbers": "There is no question 34"}
    words = "Only the analyst of this assessment or a manager asks for a second look."
    assert ask(ines, ines, Sample()) == {None: words}
    asked(scored, ines, ana, 1)
    words = "This assessment has a second look already. Nothing was changed."
    assert ask(ines, ana, Sample()) == {None: words}


def test_only_the_second_analyst_scores_and_only_the_sample(scored: Assessment, ines: User, ana: User) -> None:
    look = asked(scored, ines, ana, 1, 2)
    content = ReviewContent("met", (), "Seen.")
    found = refusal(actions.score, look=look, answer=answer(scored, 1), content=content, base_version=0, by=ana)
    assert found == {None: "Another analyst takes this second look. Nothing was changed."}
    found = refusal(actions.score, look=look, answer=answer(scored, 3), content=content, base_version=0, by=ines)
    assert found == {None: "This question is not part of the second look. Nothing was changed."}
    with pytest.raises(ReviewRefused) as refused:
        actions.score(look=look, answer=answer(scored, 1), content=ReviewContent("met"), base_version=0, by=ines)
    assert refused.value.problems == {"matched": "Choose a statement, or write what you saw"}
    scored_as(look, 1, "not_met")
    scored_as(look, 1, "not_met")
    assert Event.objects.filter(kind="second.scored").count() == 1
    with pytest.raises(StaleReview):
        actions.score(look=look, answer=answer(scored, 1), content=content, base_version=0, by=ines)
    assert Review.objects.get(answer=answer(scored, 1)).result == "met"


def test_a_second_analyst_gives_no_first_result_meanwhile(scored: Assessment, ines: User, ana: User) -> None:
    asked(scored, ines, ana, 1)
    with pytest.raises(ReviewRefused, match="You take a second look at this assessment"):
        reviews.review_answer(
            answer=answer(scored, 5), content=ReviewContent("met", (), "Seen."), base_version=1, by=ines
        )


def test_it_is_finished_once_both_have_scored_and_is_then_kept(scored: Assessment, ines: User, ana: User) -> None:
    look = asked(scored, ines, ana, 1, 2)
    scored_as(look, 2, "met")
    assert refusal(actions.finish, look=look, by=ines) == {None: "Score question 1 first."}
    scored_as(look, 1, "not_met")
    Review.objects.filter(answer=answer(scored, 2)).delete()
    words = "The first analyst has no result for question 2 yet. Finish once there is one."
    assert refusal(actions.finish, look=look, by=ines) == {None: words}
    factories.review_with(answer(scored, 2), by=ana)
    actions.finish(look=look, by=ines)
    kept = list(SecondReview.objects.values_list("first_result", "result"))
    assert kept == [("met", "not_met"), ("met", "met")]
    assert refusal(actions.call_off, look=look, by=ana) == {None: "This second look is finished. Nothing was changed."}


@pytest.mark.parametrize(
    ("how", "result", "stands", "version"),
    [("first", "", "met", 1), ("second", "", "not_met", 2), ("other", "partly_met", "partly_met", 2)],
)
def test_a_difference_is_settled_once(
    scored: Assessment, ines: User, ana: User, max: User, how: str, result: str, stands: str, version: int
) -> None:
    finished(scored, ines, ana)
    review = SecondReview.objects.unsettled().get()
    with pytest.raises(ReviewRefused, match="A second look gave another result"):
        reviews.review_answer(
            answer=answer(scored, 1), content=ReviewContent("not_met", (), "Changed."), base_version=1, by=ana
        )
    settlement = Settlement(how, "Looked at it together.", result, "Half of it." if result else "")
    actions.settle(review=review, settlement=settlement, by=max)
    first = Review.objects.get(answer=answer(scored, 1))
    assert (first.result, first.version) == (stands, version)
    review.refresh_from_db()
    assert (review.settled_how, review.settled_result, review.settled_by) == (how, stands, max)
    assert (review.first_result, review.result) == ("met", "not_met")
    found = refusal(actions.settle, review=review, settlement=settlement, by=max)
    assert found == {None: "There is nothing to settle here, or it is settled already."}
    assert Event.objects.filter(kind="second.settled").count() == 1
    assert workflow.close(assessment=scored, by=ana).state == State.CLOSED


def test_settling_needs_a_choice_a_reason_and_a_whole_result(scored: Assessment, ines: User, ana: User) -> None:
    finished(scored, ines, ana)
    review = SecondReview.objects.unsettled().get()

    def settle(*values: str) -> dict[str | None, str]:
        return refusal(actions.settle, review=review, settlement=Settlement(*values), by=ana)

    assert settle("", "Because.") == {"how": "Choose which result stands"}
    assert settle("first", " ") == {"reason": "Write the reason"}
    assert settle("other", "Because.") == {"result": "Choose a result"}
    assert settle("other", "Because.", "not_met") == {"deviation": "Choose a statement, or write what you saw"}
    assert SecondReview.objects.unsettled().count() == 1


def test_closing_waits_for_the_second_look(scored: Assessment, ines: User, ana: User) -> None:
    look = asked(scored, ines, ana, 1, 2)
    with pytest.raises(MoveRefused) as refused:
        workflow.close(assessment=scored, by=ana)
    words = "A second look is not finished. Wait for it, or call it off under “Second look”."
    assert refused.value.problems == [words]
    scored_as(look, 1, "not_met")
    scored_as(look, 2, "met")
    actions.finish(look=look, by=ines)
    with pytest.raises(MoveRefused) as refused:
        workflow.close(assessment=scored, by=ana)
    assert refused.value.problems == ["Settle 1 difference of the second look first, under “Second look”."]


def test_outside_the_review_nothing_is_done(scored: Assessment, ines: User, ana: User, max: User) -> None:
    look = asked(scored, ines, ana, 1)
    workflow.cancel(assessment=scored, by=max)
    words = "This assessment is not in review. Nothing was changed."
    assert refusal(actions.finish, look=look, by=ines) == {None: words}
    assert refusal(actions.call_off, look=look, by=max) == {None: words}
    assert not SecondLook.objects.blinding(ines).exists()
