"""The same act twice at the same moment: the second one waits at the lock, and finds it done."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from assessments.actions import campaigns, recurrence, workflow
from assessments.intake.vendor_lists import read_list
from assessments.models import Assessment, Campaign
from assessments.queries.campaign_plan import plan
from assessments.states import State
from playbook.models import Playbook
from tests import factories
from tests.servers import wait_for
from users.models import User
from vendors.models import Invitation, Vendor

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "vendor,tier,lead email\nBrook,low,kim@brook.example\nCove,low,lou@cove.example"


class Twice:
    """Does `act` once more in another thread when `meanwhile` is called, and lets it come as far as the lock."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.results: list[object] = []
        self.other: Thread | None = None

    def meanwhile(self) -> None:
        if self.other is None:
            self.other = Thread(target=self._second)
            self.other.start()
            wait_for(lambda: bool(self.results) or _waits(), what="the second one comes to the lock")

    def _second(self) -> None:
        try:
            self.results.append(self.act())
        except Exception as error:
            self.results.append(error)
        finally:
            connection.close()

    def run(self) -> list[object]:
        first = self.act()
        assert self.other is not None
        self.other.join()
        return [first, *self.results]


def _waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() != (0,)


@pytest.fixture(autouse=True)
def postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        raise RuntimeError("Locks are those of PostgreSQL: run this with bin/test.")
    monkeypatch.setattr("outbox.publish._publish", lambda task, ids: None)


@pytest.mark.parametrize("same_form", [True, False])
def test_two_starts_of_one_list_at_the_same_time(
    playbook: Playbook, max: User, monkeypatch: pytest.MonkeyPatch, same_form: bool
) -> None:
    found, keys = read_list(LIST), [uuid4(), uuid4()]
    content = campaigns.CampaignContent("Spring", "2026", timezone.localdate(), None)
    looked_at = plan(max, found).fingerprint

    def act() -> object:
        return campaigns.start(
            content=content,
            playbook=playbook,
            found=found,
            looked_at=looked_at,
            form_key=keys[0] if same_form else keys.pop(),
            by=max,
        )

    twice = Twice(act)

    def sending(*, assessment: Assessment, by: User) -> Assessment:
        twice.meanwhile()
        return workflow.send(assessment=assessment, by=by)

    monkeypatch.setattr(campaigns, "send", sending)
    first, second = twice.run()
    assert first == second if same_form else isinstance(second, campaigns.PlanChanged), second
    counts = [model.objects.count() for model in (Campaign, Vendor, Assessment, Invitation)]
    assert counts == [1, 2, 2, 2]


def test_two_workers_open_the_next_assessment_once(
    acme: Vendor, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.RECURRENCE = {"critical": 1}
    closed = factories.make_assessment(vendor=acme, state="closed")
    month = timedelta(days=31)
    Assessment.objects.filter(pk=closed.pk).update(
        closed_at=closed.closed_at - month, created_at=closed.created_at - 2 * month
    )
    twice = Twice(recurrence.open_next)

    def opening(**values: object) -> Assessment:
        twice.meanwhile()
        return workflow.open_assessment(**values)

    monkeypatch.setattr(recurrence, "open_assessment", opening)
    assert twice.run() == [1, 0]
    assert Assessment.objects.filter(state=State.DRAFT).count() == 1
