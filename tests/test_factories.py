"""The factories keep their word, since most tests stand on them."""

import pytest

from assessments.states import State
from tests import factories
from users.models import User

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
