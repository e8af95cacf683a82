"""manage.py recompute_scores: what is stored is what comes out again."""

from io import StringIO

import pytest
from django.core.management import call_command

from assessments.models import Assessment
from assessments.scoring import Result
from audit.models import Event
from tests import factories
from users.models import User

pytestmark = pytest.mark.django_db


def run() -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command("recompute_scores", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_nothing_differs_after_ordinary_work(submitted: Assessment, ana: User) -> None:
    for number, result in ((1, Result.MET), (2, Result.NOT_MET), (3, Result.PARTLY_MET)):
        factories.review_with(submitted.answers.get(criterion__number=number), result, by=ana)
    factories.make_assessment(vendor=factories.make_vendor("Birch Ltd"), state="closed")
    assert run() == (0, ["2 checked, 0 different"])
    assert not Event.objects.filter(kind="assessment.recomputed").exists()


def test_a_difference_is_named_corrected_and_in_the_trail(submitted: Assessment, ana: User) -> None:
    factories.review_all(submitted, by=ana)
    Assessment.objects.filter(pk=submitted.pk).update(score="3.5", grade="F", reviewed_count=7)
    assert run() == (
        1,
        [
            f"assessment {submitted.pk}: score: 3.5 should be 10.0",
            f"assessment {submitted.pk}: grade: F should be A",
            f"assessment {submitted.pk}: reviewed_count: 7 should be 33",
            "1 checked, 1 different",
        ],
    )
    stored = Assessment.objects.get(pk=submitted.pk)
    assert (str(stored.score), stored.grade, stored.reviewed_count) == ("10.0", "A", 33)
    (event,) = Event.objects.filter(kind="assessment.recomputed")
    assert (event.actor, event.target) == (None, f"assessment:{submitted.pk}")
    assert run()[0] == 0
