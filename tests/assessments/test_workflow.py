"""Every move from every state, and what each move needs first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments.actions import reviews, workflow
from assessments.actions.workflow import MoveRefused
from assessments.models import Answer, Assessment
from assessments.states import MOVES, State
from audit.models import Event
from outbox.models import Mail
from tests import factories
from users.models import User
from vendors.models import Vendor


@pytest.mark.parametrize("state", [s.value for s in State])
@pytest.mark.parametrize("name", list(MOVES))
def test_move_from_every_state(name: str, state: str, acme: Vendor, rita: User, ana: User) -> None:
    assessment = factories.make_assessment(vendor=acme, state=state)
    before = Event.objects.count()
    if state in MOVES[name].sources:
        changes = {"closed_at": timezone.now(), "closed_by": ana} if name == "close" else {}
        workflow.move(assessment=assessment, name=name, by=ana, **changes)
        assert Assessment.objects.get(pk=assessment.pk).state == MOVES[name].target
        assert Event.objects.count() == before + 1
    else:
        with pytest.raises(MoveRefused):
            workflow.move(assessment=assessment, name=name, by=ana)
        assert Assessment.objects.get(pk=assessment.pk).state == state
        assert Event.objects.count() == before


def test_opening_makes_one_empty_answer_a_criterion(draft: Assessment) -> None:
    numbers = list(draft.answers.values_list("criterion__number", flat=True))
    assert numbers == list(range(1, 34))
    assert (draft.question_count, draft.answered_count, draft.score, draft.grade) == (33, 0, None, "")


def test_same_form_twice_makes_one_assessment(acme: Vendor, ana: User) -> None:
    wanted = {
        "vendor": acme,
        "playbook": factories.make_playbook(),
        "period": "2026",
        "due_on": None,
        "analyst": None,
        "form_key": uuid4(),
    }
    first = workflow.open_assessment(**wanted, by=ana)
    assert workflow.open_assessment(**wanted, by=ana).pk == first.pk
    with pytest.raises(MoveRefused, match="not sent yet"):
        workflow.open_assessment(**{**wanted, "form_key": uuid4()}, by=ana)


def test_sending_needs_a_due_date_and_a_lead(acme: Vendor, ana: User) -> None:
    draft = workflow.open_assessment(
        vendor=acme,
        playbook=factories.make_playbook(),
        period="2026",
        due_on=None,
        analyst=None,
        form_key=uuid4(),
        by=ana,
    )
    with pytest.raises(MoveRefused) as refused:
        workflow.send(assessment=draft, by=ana)
    assert refused.value.problems == [
        "Set a due date.",
        "Invite a lead at the vendor: somebody who can answer and submit.",
    ]
    draft.refresh_from_db()
    assert (draft.state, draft.sent_at) == (State.DRAFT, None)


def test_sending_mails_each_lead_once(draft: Assessment, rita: User, tom: User, ana: User) -> None:
    workflow.send(assessment=draft, by=ana)
    mails = Mail.objects.filter(kind="assessment.sent")
    assert [(m.to, m.params) for m in mails] == [("rita@acme.example", {"assessment": draft.pk, "user": rita.pk})]


def test_a_due_date_in_the_past_is_refused(draft: Assessment, ana: User) -> None:
    draft.due_on = timezone.localdate() - timedelta(days=1)
    draft.save()
    with pytest.raises(MoveRefused, match="not past"):
        workflow.send(assessment=draft, by=ana)


def test_submitting_lists_everything_that_is_missing(in_progress: Assessment, rita: User) -> None:
    with pytest.raises(MoveRefused) as refused:
        workflow.submit(assessment=in_progress, attested_name=rita.name, by=rita)
    assert refused.value.problems == ["Complete 33 questions before you submit", "Declare the AWS accounts in scope"]
    in_progress.refresh_from_db()
    assert in_progress.state == State.IN_PROGRESS


def test_sending_back_opens_only_what_was_asked(submitted: Assessment, ana: User) -> None:
    with pytest.raises(MoveRefused, match="Ask the vendor something first"):
        workflow.request_changes(assessment=submitted, by=ana)
    answer = Answer.objects.get(assessment=submitted, criterion__number=13)
    reviews.ask(answer=answer, text="Which keys are these?", by=ana)
    back = workflow.request_changes(assessment=submitted, by=ana)
    assert (back.state, back.round, back.answered_count) == (State.CHANGES_REQUESTED, 2, 32)
    assert list(answer.queries.values_list("text", "round")) == [("Which keys are these?", 2)]
    assert Mail.objects.filter(kind="assessment.sent_back").count() == 1


def test_closing_needs_every_result(submitted: Assessment, ana: User) -> None:
    with pytest.raises(MoveRefused, match="Score 33 more questions first"):
        workflow.close(assessment=submitted, by=ana)
    factories.review_all(submitted, by=ana)
    closed = workflow.close(assessment=submitted, by=ana)
    assert (closed.state, str(closed.score), closed.grade, closed.is_provisional) == (State.CLOSED, "10.0", "A", False)


def test_reopening_needs_a_reason_and_a_second_person(acme: Vendor, rita: User, max: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    other = factories.make_staff("Mia Manager", "manager")
    with pytest.raises(MoveRefused, match="Say why"):
        workflow.reopen(assessment=closed, reason="  ", by=other)
    with pytest.raises(MoveRefused, match="closed this assessment yourself"):
        workflow.reopen(assessment=closed, reason="New evidence", by=closed.closed_by)
    opened = workflow.reopen(assessment=closed, reason="New evidence", by=other)
    assert (opened.state, opened.closed_at, opened.closed_by) == (State.SUBMITTED, None, None)


def test_next_years_draft_does_not_replace_what_the_portfolio_shows(acme: Vendor, rita: User, ana: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    draft = factories.make_assessment(vendor=acme, state="draft", period="2027")
    closed.refresh_from_db()
    assert (closed.is_latest, draft.is_latest) == (True, False)
    sent = workflow.send(assessment=draft, by=ana)
    closed.refresh_from_db()
    assert (closed.is_latest, sent.is_latest) == (False, True)
    workflow.cancel(assessment=sent, by=ana)
    closed.refresh_from_db()
    assert closed.is_latest is True


def test_a_second_questionnaire_is_not_sent_while_the_vendor_answers_one(in_progress: Assessment, ana: User) -> None:
    draft = factories.make_assessment(vendor=in_progress.vendor, state="draft", period="2027")
    with pytest.raises(MoveRefused, match="still answering another one"):
        workflow.send(assessment=draft, by=ana)


def test_what_was_never_sent_is_never_shown_to_the_vendor(draft: Assessment, rita: User, ana: User) -> None:
    workflow.cancel(assessment=draft, by=ana)
    assert not Assessment.objects.visible_to(rita).exists()
    assert not Answer.objects.visible_to(rita).exists()
