"""Results: what each needs, what it does to the score, and two analysts at once."""

import pytest

from assessments.actions import reviews
from assessments.actions.reviews import ReviewContent, ReviewRefused, StaleReview
from assessments.models import Answer, Assessment, Query, Review
from audit.models import Event
from users.models import User


@pytest.fixture
def answer(submitted: Assessment) -> Answer:
    """About unused access keys; the playbook says the question always applies."""
    return Answer.objects.select_related("criterion").get(assessment=submitted, criterion__number=13)


MATCHED = ["aws-core-13-f1"]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (ReviewContent(result=""), {"result": "Choose a result"}),
        (ReviewContent(result="met"), {"matched": "Choose a statement, or write what you saw"}),
        (ReviewContent(result="not_verified", deviation=" "), {"matched": "Choose a statement, or write what you saw"}),
        (
            ReviewContent(result="partly_met", matched=MATCHED),
            {"deviation": "Write what you saw: partly met is in neither list"},
        ),
        (
            ReviewContent(result="not_applicable"),
            {"deviation": "The playbook says this question always applies. Write why it does not here"},
        ),
    ],
)
def test_a_result_rests_on_a_statement_or_on_words(
    answer: Answer, ana: User, content: ReviewContent, problems: dict[str, str]
) -> None:
    with pytest.raises(ReviewRefused) as refused:
        reviews.review_answer(answer=answer, content=content, base_version=0, by=ana)
    assert refused.value.problems == problems
    assert not Review.objects.exists()


def test_a_result_changes_score_counters_and_trail(answer: Answer, ana: User, submitted: Assessment) -> None:
    content = ReviewContent(result="not_met", matched=MATCHED, note="Three keys.")
    review = reviews.review_answer(answer=answer, content=content, base_version=0, by=ana)
    assert (review.version, review.by, review.note) == (1, ana, "Three keys.")
    submitted.refresh_from_db()
    assert (str(submitted.score), submitted.grade, submitted.is_provisional) == ("0.0", "F", True)
    assert (submitted.reviewed_count, submitted.finding_count) == (1, 1)
    assert submitted.domain_scores["identity-and-access-management"] == "0.0"
    assert submitted.domain_scores["encryption"] is None
    assert Event.objects.filter(kind="review.saved").count() == 1


def test_the_same_result_again_is_no_write(answer: Answer, ana: User) -> None:
    content = ReviewContent(result="not_met", matched=MATCHED)
    for _ in range(2):
        assert reviews.review_answer(answer=answer, content=content, base_version=0, by=ana).version == 1
    assert Event.objects.filter(kind="review.saved").count() == 1


def test_the_second_analyst_sees_the_first_ones_result(answer: Answer, ana: User, max: User) -> None:
    reviews.review_answer(
        answer=answer, content=ReviewContent(result="not_met", matched=MATCHED), base_version=0, by=ana
    )
    with pytest.raises(StaleReview) as stale:
        reviews.review_answer(
            answer=answer, content=ReviewContent(result="met", matched=["aws-core-13-a1"]), base_version=0, by=max
        )
    assert (stale.value.current.result, stale.value.current.by) == ("not_met", ana)
    assert Review.objects.get().result == "not_met"


def test_nothing_is_reviewed_before_submitting(in_progress: Assessment, ana: User) -> None:
    answer = Answer.objects.select_related("criterion").get(assessment=in_progress, criterion__number=13)
    with pytest.raises(ReviewRefused, match="no longer in review"):
        reviews.review_answer(
            answer=answer, content=ReviewContent(result="not_met", matched=MATCHED), base_version=0, by=ana
        )


def test_the_same_question_back_is_asked_once_and_can_be_taken_back_until_sent(answer: Answer, ana: User) -> None:
    first = reviews.ask(answer=answer, text="Which keys?", by=ana)
    assert reviews.ask(answer=answer, text=" Which keys? ", by=ana).pk == first.pk
    reviews.remove_query(query=first, by=ana)
    assert not Query.objects.exists()
    sent = reviews.ask(answer=answer, text="Which keys?", by=ana)
    Query.objects.filter(pk=sent.pk).update(round=2)
    reviews.remove_query(query=sent, by=ana)
    assert Query.objects.filter(pk=sent.pk).exists()
