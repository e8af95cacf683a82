"""An analyst hears by mail of a second look and of questions that became theirs to score."""

from uuid import uuid4

import pytest
from django.core import mail

from assessments.actions import second_looks
from assessments.actions.reviewers import assign_reviewer
from assessments.actions.second_looks import Sample
from assessments.models import Assessment
from outbox.actions import deliver_due
from tests import factories
from tests.assessments.staff.pages import address
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(submitted: Assessment) -> User:
    """Another analyst; the mails of what came before have gone."""
    deliver_due()
    mail.outbox.clear()
    return factories.make_staff("Ines Duarte")


def sent() -> list[tuple[list[str], str]]:
    deliver_due()
    return [(message.to, message.subject) for message in mail.outbox]


def ask(assessment: Assessment, analyst: User, by: User) -> object:
    return second_looks.ask(
        assessment=assessment, analyst=analyst, sample=Sample(numbers=(3, 4)), form_key=uuid4(), by=by
    )


def test_whom_a_second_look_is_asked_of_gets_one_mail(submitted: Assessment, ines: User, ana: User, max: User) -> None:
    factories.review_all(submitted, by=ana)
    ask(submitted, ines, max)
    assert sent() == [([ines.email], "Assay: you are asked for a second look")]
    assert address("second-list", submitted.pk) in mail.outbox[0].body
    assert submitted.vendor.name not in mail.outbox[0].body


def test_a_second_look_called_off_sends_none(submitted: Assessment, ines: User, ana: User, max: User) -> None:
    factories.review_all(submitted, by=ana)
    second_looks.call_off(look=ask(submitted, ines, max), by=max)
    assert sent() == []


def test_an_act_of_assigning_sends_one_mail(submitted: Assessment, ines: User, max: User) -> None:
    assign_reviewer(assessment=submitted, numbers=range(1, 20), reviewer=ines, by=max)
    assign_reviewer(assessment=submitted, numbers=[20], reviewer=ines, by=max)  # a moment later
    assert sent() == [([ines.email], "Assay: questions are yours to score")]
    assert address("detail", submitted.pk) in mail.outbox[0].body


def test_nobody_is_told_of_what_they_did_themselves_or_lost_again(submitted: Assessment, ines: User, max: User) -> None:
    assign_reviewer(assessment=submitted, numbers=[1], reviewer=ines, by=ines)
    assert sent() == []
    assign_reviewer(assessment=submitted, numbers=[2], reviewer=ines, by=max)
    assign_reviewer(assessment=submitted, numbers=[1, 2], reviewer=None, by=max)
    assert sent() == []
