"""The factories keep their word, since most tests stand on them."""

from collections.abc import Callable

import pytest

from assessments.actions import workflow
from assessments.actions.answers import AnswerLocked
from assessments.actions.reviews import ReviewRefused
from assessments.models import AnswerVersion, Assessment, Review
from assessments.scoring import Result
from assessments.states import State
from audit import trail
from audit.models import Chain, Event
from tests import factories
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Stage, Vendor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State)
def test_make_assessment_in_every_state(state: State) -> None:
    assessment = factories.make_assessment(state=state)
    assert assessment.state == state
    assert assessment.answers.count() == 33
    answered = {State.SUBMITTED: 33, State.CHANGES_REQUESTED: 32, State.CLOSED: 33}
    assert assessment.answers.filter(is_complete=True).count() == answered.get(state, 0)


def test_people_belong_where_they_should(rita: User, tom: User, sam: User, ana: User, max: User, ada: User) -> None:
    members = {
        user.name.split()[0]: [(m.vendor.name, m.role) for m in user.memberships.all()] for user in (rita, tom, sam)
    }
    assert members == {
        "Rita": [("Acme Payments", "lead")],
        "Tom": [("Acme Payments", "respondent")],
        "Sam": [("Birch Analytics", "lead")],
    }
    assert [user.staff_role for user in (ana, max, ada)] == ["analyst", "manager", "administrator"]


def _rows_of(assessment: Assessment) -> dict[str, list[dict[str, object]]]:
    """What is stored about it, with the question's number in place of ids, and without times and hashes."""
    numbers = {answer.pk: answer.criterion.number for answer in assessment.answers.select_related("criterion")}
    events = Event.objects.filter(chain__name=f"vendor-{assessment.vendor_id}").order_by("position")
    volatile = {
        "id",
        "at",
        "started_at",
        "saved_at",
        "closed_at",
        "updated_at",
        "sent_at",
        "submitted_at",
        "created_at",
    }
    volatile |= {"vendor_id", "form_key", "working_run_id", "submitted_run_id", "assessment_id"}

    def plain(row: dict[str, object]) -> dict[str, object]:
        known = {name: value for name, value in row.items() if name not in volatile}
        return {name: numbers[value] if name == "answer_id" else value for name, value in known.items()}

    return {
        "assessment": [plain(row) for row in Assessment.objects.filter(pk=assessment.pk).values()],
        "answers": [plain(row) for row in assessment.answers.order_by("criterion__number").values()],
        "versions": [
            plain(row)
            for row in AnswerVersion.objects.filter(answer__in=numbers).order_by("answer__criterion__number").values()
        ],
        "reviews": [
            plain(row)
            for row in Review.objects.filter(answer__in=numbers).order_by("answer__criterion__number").values()
        ],
        "events": [
            {
                "kind": event.kind,
                "actor": event.actor,
                "about": numbers.get(int(event.target.removeprefix("answer:")))
                if event.target.startswith("answer:")
                else "",
                "details": event.detail.data if event.target.startswith("answer:") else "",
            }
            for event in events.select_related("detail")
        ],
    }


@pytest.mark.parametrize("result", [Result.MET, Result.PARTLY_MET, Result.NOT_VERIFIED])
def test_what_is_written_in_bulk_is_what_the_actions_write(max: User, result: Result) -> None:
    lead = factories.make_user("Lea Lead", email="lea@vendor.example")
    quick, slow = (factories.make_vendor(name) for name in ("Quick", "Slow"))
    for vendor in (quick, slow):
        factories.make_member(vendor, lead)

    def handed_in(vendor: Vendor, answer: Callable[[Assessment], object]) -> Assessment:
        assessment = factories.make_assessment(vendor=vendor, state=State.IN_PROGRESS, by=max)
        account = DeclaredAccount(account_id="111122223333", name="Production", stage=Stage.PRODUCTION)
        declare_accounts(vendor=vendor, accounts=[account], by=lead)
        answer(assessment)
        return workflow.submit(assessment=assessment, attested_name="Lea Lead", by=lead)

    def one_by_one(assessment: Assessment) -> None:
        for answer in assessment.answers.all():
            factories.answer_with(answer, factories.option_key(answer.criterion), by=lead)

    quickly = handed_in(quick, lambda assessment: factories.answer_all(assessment, by=lead))
    slowly = handed_in(slow, one_by_one)
    quickly = factories.review_all(quickly, by=max, result=result, note="As seen.")
    for answer in slowly.answers.all():
        factories.review_with(answer, result, by=max, note="As seen.")
    rows = _rows_of(quickly)
    assert rows == _rows_of(slowly)
    assert [len(rows[name]) for name in ("answers", "versions", "reviews")] == [33, 33, 33]
    lengths = [trail.verify_chain(Chain.objects.get(name=f"vendor-{vendor.pk}")) for vendor in (quick, slow)]
    assert lengths[0] == lengths[1] == len(rows["events"])


@pytest.mark.parametrize("begun", [0, 1])
def test_answers_that_somebody_began_keep_their_history(rita: User, in_progress: Assessment, begun: int) -> None:
    first, second = in_progress.answers.all()[:2]
    for answer in (first, second)[:begun]:
        factories.answer_with(answer, factories.option_key(answer.criterion), by=rita, complete=False)
    factories.answer_all(in_progress)
    assert [v.number for v in first.versions.order_by("number")] == ([2] if begun else [1])
    assert second.versions.get().content["is_complete"] is True
    assert Assessment.objects.get().answered_count == 33


def test_a_closed_assessment_takes_no_answers(rita: User, submitted: Assessment) -> None:
    submitted.answers.update(is_complete=False)
    with pytest.raises(AnswerLocked):
        factories.answer_all(submitted, by=rita)


def test_a_draft_takes_no_results(max: User, draft: Assessment) -> None:
    with pytest.raises(ReviewRefused):
        factories.review_all(draft, by=max)
