"""A reassessment begins with last time's answers, to be confirmed or changed; nothing else comes over."""

import pytest

from assessments.actions import carrying, workflow
from assessments.actions.answers import AnswerContent, save
from assessments.models import Answer, Assessment, Evidence, Review
from tests import factories
from tests.assessments.vendor.helpers import answer_to
from users.models import User
from vendors.models import Vendor


@pytest.fixture
def before(acme: Vendor, rita: User) -> Assessment:
    """Last year's assessment, closed; question 13 with a plan, 14 without notes, 15 not applicable."""
    return factories.make_assessment(vendor=acme, state="closed")


def change(assessment: Assessment, number: int, **values: object) -> None:
    Answer.objects.filter(assessment=assessment, criterion__number=number).update(**values)


def sent_again(acme: Vendor) -> Assessment:
    return factories.make_assessment(vendor=acme, state="in_progress")


def test_answers_and_notes_come_over_and_wait_to_be_confirmed(before: Assessment, acme: Vendor) -> None:
    change(before, 13, plan="Rotate all keys.", notes="Keys are rotated by hand.")
    old, new = answer_to(before, 13), answer_to(sent_again(acme), 13)
    assert (new.kind, new.statements, new.notes) == (old.kind, old.statements, "Keys are rotated by hand.")
    assert (new.carried_from_id, new.is_to_confirm, new.is_complete, new.version) == (old.pk, True, False, 0)
    assert (new.plan, new.plan_due_on, new.updated_by) == ("", None, None)
    assert new.assessment.answered_count == 0


def test_no_result_and_no_file_comes_over(before: Assessment, acme: Vendor) -> None:
    again = sent_again(acme)
    assert Review.objects.filter(answer__assessment=before).count() == 33
    assert not Review.objects.filter(answer__assessment=again).exists()
    assert not Evidence.objects.filter(assessment=again).exists()


def test_nothing_comes_over_without_a_closed_assessment(acme: Vendor, rita: User) -> None:
    assert not Answer.objects.filter(assessment=sent_again(acme)).exclude(carried_from=None).exists()


def test_nothing_of_another_vendor_comes_over(before: Assessment, birch: Vendor, sam: User) -> None:
    assert not Answer.objects.filter(assessment=sent_again(birch)).exclude(carried_from=None).exists()


def test_a_question_that_is_asked_otherwise_begins_empty(before: Assessment, acme: Vendor) -> None:
    answer = answer_to(before, 13)
    draft = factories.make_assessment(vendor=acme, state="draft")
    change(before, 13, statements=["aws-core-13-x9"])
    carrying.carry_over(assessment=draft)
    assert answer_to(draft, 13).kind == ""
    assert answer_to(draft, 14).statements == answer_to(before, 14).statements
    assert answer.statements


def test_confirming_completes_each_as_it_is(before: Assessment, acme: Vendor, rita: User) -> None:
    again = sent_again(acme)
    confirmed = carrying.confirm(assessment=again, numbers=[12, 13], by=rita)
    assert (confirmed.done, confirmed.left) == ((12, 13), {})
    answer = answer_to(again, 13)
    assert (answer.is_complete, answer.version, answer.updated_by, answer.is_to_confirm) == (True, 1, rita, False)
    assert answer.versions.get().by == rita
    again.refresh_from_db()
    assert again.answered_count == 2


def test_what_cannot_stand_as_it_is_stays_open_with_the_reason(before: Assessment, acme: Vendor, rita: User) -> None:
    change(before, 13, notes="")
    again = sent_again(acme)
    confirmed = carrying.confirm(assessment=again, numbers=[12, 13], by=rita)
    assert confirmed.done == (12,)
    assert confirmed.left == {13: "Add at least one file, or explain in the notes why there is none"}


def test_what_was_changed_meanwhile_is_not_confirmed(before: Assessment, acme: Vendor, rita: User, tom: User) -> None:
    again = sent_again(acme)
    answer = answer_to(again, 13)
    save(answer=answer, content=AnswerContent(kind="none_fits", reason="It changed."), base_version=0, by=tom)
    assert carrying.confirm(assessment=again, numbers=[13], by=rita).done == ()
    assert answer_to(again, 13).reason == "It changed."


def test_a_stranger_confirms_nothing(before: Assessment, acme: Vendor, sam: User) -> None:
    assert carrying.confirm(assessment=sent_again(acme), numbers=[13], by=sam).done == ()


def test_an_unconfirmed_answer_keeps_the_vendor_from_submitting(before: Assessment, acme: Vendor, rita: User) -> None:
    again = sent_again(acme)
    with pytest.raises(workflow.MoveRefused, match="Complete 33 questions before you submit"):
        workflow.submit(assessment=again, attested_name=rita.name, by=rita)
