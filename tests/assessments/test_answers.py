"""Saving answers: versions, history, conflicts, and what completing needs."""

from datetime import date

import pytest

from assessments.actions import answers, workflow
from assessments.actions.answers import AnswerContent, AnswerIncomplete, AnswerLocked, StaleAnswer
from assessments.models import Answer, AnswerKind, Assessment
from audit.models import Event
from tests import factories
from users.models import User


@pytest.fixture
def answer(in_progress: Assessment) -> Answer:
    """Rita's answer about unused access keys."""
    return Answer.objects.select_related("criterion").get(assessment=in_progress, criterion__number=13)


def content(**changes: object) -> AnswerContent:
    return AnswerContent(
        **{"kind": AnswerKind.STATEMENTS, "statements": ["aws-core-13-a1"], "notes": "All used.", **changes}
    )


def test_a_save_goes_up_one_version_and_names_who(answer: Answer, rita: User) -> None:
    saved = answers.save(answer=answer, content=content(plan_due_on=date(2027, 1, 30)), base_version=0, by=rita)
    saved.refresh_from_db()
    assert (saved.version, saved.updated_by, saved.notes, saved.is_complete) == (1, rita, "All used.", False)
    assert (saved.statements, saved.plan_due_on) == (["aws-core-13-a1"], date(2027, 1, 30))


def test_a_run_of_autosaves_is_one_entry_of_the_history_and_one_event(answer: Answer, rita: User) -> None:
    before = Event.objects.count()
    for number in range(5):
        answers.save(answer=answer, content=content(notes="x" * number), base_version=number, by=rita)
    assert [(v.number, v.content["notes"], v.closed_at) for v in answer.versions.all()] == [(5, "xxxx", None)]
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)[before:]) == ["answer.started"]


def test_another_persons_save_closes_the_run(answer: Answer, rita: User, tom: User) -> None:
    answers.save(answer=answer, content=content(notes="Rita"), base_version=0, by=rita)
    answers.save(answer=answer, content=content(notes="Tom"), base_version=1, by=tom)
    history = [(v.number, v.by, v.content["notes"], v.closed_at is None) for v in answer.versions.all()]
    assert history == [(2, tom, "Tom", True), (1, rita, "Rita", False)]


def test_completing_closes_the_run(answer: Answer, rita: User, in_progress: Assessment) -> None:
    answers.save(answer=answer, content=content(), base_version=0, complete=True, by=rita)
    assert answer.versions.get().closed_at is not None
    in_progress.refresh_from_db()
    assert in_progress.answered_count == 1


def test_the_second_of_two_colleagues_gets_both_texts(answer: Answer, rita: User, tom: User) -> None:
    answers.save(answer=answer, content=content(notes="Tom was here"), base_version=0, by=tom)
    with pytest.raises(StaleAnswer) as stale:
        answers.save(answer=answer, content=content(notes="Rita as well"), base_version=0, by=rita)
    assert (stale.value.current.version, stale.value.current.notes, stale.value.current.updated_by) == (
        1,
        "Tom was here",
        tom,
    )
    answer.refresh_from_db()
    assert (answer.version, answer.notes) == (1, "Tom was here")


def test_the_same_save_again_is_no_write(answer: Answer, rita: User) -> None:
    for _ in range(2):  # a browser that repeats a request whose reply was lost
        saved = answers.save(answer=answer, content=content(), base_version=0, by=rita)
        assert saved.version == 1
    assert Event.objects.filter(kind="answer.started").count() == 1


def test_an_unchanged_draft_does_not_undo_a_completed_answer(answer: Answer, rita: User) -> None:
    answers.save(answer=answer, content=content(), base_version=0, complete=True, by=rita)
    saved = answers.save(answer=answer, content=content(), base_version=1, by=rita)
    assert (saved.is_complete, saved.version) == (True, 1)
    changed = answers.save(answer=answer, content=content(notes="Changed"), base_version=1, by=rita)
    assert (changed.is_complete, changed.version) == (False, 2)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"kind": "", "statements": []}, {"kind": "Choose an answer"}),
        ({"statements": []}, {"kind": "Choose an answer"}),
        ({"kind": "unknown", "statements": []}, {"kind": "Choose an answer"}),
        ({"kind": "none_fits", "statements": [], "reason": " "}, {"reason": "Say what is the case instead"}),
        ({"kind": "not_applicable", "statements": []}, {"reason": "Say why this does not apply to you"}),
        ({"notes": ""}, {"evidence": "Add at least one file, or explain in the notes why there is none"}),
    ],
)
def test_completing_says_what_is_missing(
    answer: Answer, rita: User, changes: dict[str, object], problems: dict[str, str]
) -> None:
    with pytest.raises(AnswerIncomplete) as incomplete:
        answers.save(answer=answer, content=content(**changes), base_version=0, complete=True, by=rita)
    assert incomplete.value.problems == problems
    answer.refresh_from_db()
    assert answer.version == 0


def test_i_do_not_know_yet_is_kept_and_stays_open(answer: Answer, rita: User) -> None:
    saved = answers.save(answer=answer, content=content(kind="unknown", statements=[]), base_version=0, by=rita)
    assert (saved.kind, saved.is_complete) == ("unknown", False)


def test_nothing_is_written_after_submitting(submitted: Assessment, rita: User) -> None:
    answer = Answer.objects.select_related("criterion").get(assessment=submitted, criterion__number=13)
    with pytest.raises(AnswerLocked):
        answers.save(answer=answer, content=content(notes="Too late"), base_version=answer.version, by=rita)
    answer.refresh_from_db()
    assert answer.notes == "See the console."


def test_submitting_closes_every_run(in_progress: Assessment, rita: User, ana: User) -> None:
    factories.answer_all(in_progress, by=rita)
    answer = Answer.objects.select_related("criterion").get(assessment=in_progress, criterion__number=1)
    answers.save(answer=answer, content=content(statements=["aws-core-1-a1"], notes="More"), base_version=1, by=rita)
    answers.save(
        answer=answer,
        content=content(statements=["aws-core-1-a1"], notes="More"),
        base_version=2,
        complete=True,
        by=rita,
    )
    account = factories.DeclaredAccount(account_id="111122223333", name="Production", stage="production")
    factories.declare_accounts(vendor=in_progress.vendor, accounts=[account], by=rita)
    workflow.submit(assessment=in_progress, attested_name=rita.name, by=rita)
    assert not Answer.objects.filter(assessment=in_progress, versions__closed_at=None).exists()
