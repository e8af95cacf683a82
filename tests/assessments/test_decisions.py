"""What a manager decides: when it can be stored, what is asked for, and how long it holds."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.actions import workflow
from assessments.actions.decisions import DecisionContent, DecisionRefused, decide
from assessments.models import Assessment, Condition, Decision
from assessments.queries import decisions as queries
from assessments.states import State
from audit.models import Event, EventDetail
from tests import factories
from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(acme: Vendor, rita: User) -> Assessment:
    """Acme's assessment, all met, closed by Max."""
    return factories.make_assessment(vendor=acme, state="closed")


def day(ahead: int) -> date:
    return timezone.localdate() + timedelta(days=ahead)


def content(
    kind: str = "approved", *, conditions: tuple[Condition, ...] = (), expires: int | None = 365
) -> DecisionContent:
    return DecisionContent(kind, "As discussed.", None if expires is None else day(expires), conditions)


def decided(assessment: Assessment, by: User, made: DecisionContent | None = None, *, ago: int = 0) -> Decision:
    """A decision that was made some days ago."""
    decision = decide(assessment=assessment, content=made or content(), form_key=uuid4(), by=by)
    if ago:
        expires_on = decision.expires_on and decision.expires_on - timedelta(days=ago)
        at = decision.at - timedelta(days=ago)
        Decision.objects.filter(pk=decision.pk).update(at=at, expires_on=expires_on)
        Assessment.objects.filter(pk=assessment.pk).update(closed_at=at - timedelta(hours=1))
        decision.refresh_from_db()
    return decision


def reopened(assessment: Assessment) -> Assessment:
    other = factories.make_staff("Olga Brandt", "manager")
    return workflow.reopen(assessment=assessment, reason="The scope was wrong.", by=other)


def test_an_approval_with_conditions_is_stored_and_recorded_once(closed: Assessment, max: User) -> None:
    condition = Condition("Remove the unused keys.", day(30))
    form_key = uuid4()
    for _ in range(2):  # a second click
        decide(assessment=closed, content=content("conditions", conditions=(condition,)), form_key=form_key, by=max)
    decision = Decision.objects.get()
    assert (decision.kind, decision.reason, decision.by, decision.expires_on) == (
        "conditions",
        "As discussed.",
        max,
        day(365),
    )
    assert decision.listed_conditions == [condition]
    event = Event.objects.get(kind="decision.conditions")
    assert (event.target, event.actor) == (f"assessment:{closed.pk}", max.pk)
    assert EventDetail.objects.get(event=event).data == {
        "decision": decision.pk,
        "expires_on": day(365).isoformat(),
        "conditions": 1,
    }


@pytest.mark.parametrize(
    ("made", "problems"),
    [
        (lambda: content("maybe"), {"kind": "Choose what you decide"}),
        (lambda: DecisionContent("rejected", "  "), {"reason": "Write the reason"}),
        (lambda: content(expires=-1), {"expires_on": "Choose a day that is not past"}),
        (lambda: content(expires=None), {"expires_on": "Enter the last day on which the approval holds"}),
        (lambda: content("conditions"), {"conditions": "Write at least one condition"}),
        (
            lambda: content(conditions=(Condition("Rotate", day(1)),)),
            {"conditions": "Choose “Approved with conditions”, or remove the conditions"},
        ),
        (
            lambda: content("conditions", conditions=(Condition(" ", day(1)),)),
            {"conditions": "Write what each condition asks for"},
        ),
        (
            lambda: content("conditions", conditions=(Condition("Rotate", day(-1)),)),
            {"conditions": "Choose days for the conditions that are not past"},
        ),
        (
            lambda: content("conditions", conditions=(Condition("Rotate", day(1)),) * 11),
            {"conditions": "Write 10 conditions or fewer"},
        ),
    ],
)
def test_what_is_refused(closed: Assessment, max: User, made: object, problems: dict[str, str]) -> None:
    with pytest.raises(DecisionRefused) as refused:
        decide(assessment=closed, content=made(), form_key=uuid4(), by=max)
    assert refused.value.problems == problems
    assert not Decision.objects.exists()
    assert not Event.objects.filter(kind__startswith="decision").exists()


def test_a_rejection_needs_no_end(closed: Assessment, max: User) -> None:
    assert decided(closed, max, content("rejected", expires=None)).expires_on is None


@pytest.mark.parametrize(
    ("state", "word"), [("submitted", "In review"), ("in_progress", "Vendor answering"), ("cancelled", "Cancelled")]
)
def test_no_decision_on_an_open_assessment(acme: Vendor, rita: User, max: User, state: str, word: str) -> None:
    assessment = factories.make_assessment(vendor=acme, state=state)
    with pytest.raises(DecisionRefused) as refused:
        decide(assessment=assessment, content=content(), form_key=uuid4(), by=max)
    assert str(refused.value) == f"This assessment is “{word}”. Decide once it is closed. Nothing was stored."


def test_the_later_closed_assessment_is_the_one_to_decide_on(closed: Assessment, acme: Vendor, max: User) -> None:
    later = factories.make_assessment(vendor=acme, state="closed", period="2027")
    with pytest.raises(DecisionRefused) as refused:
        decide(assessment=closed, content=content(), form_key=uuid4(), by=max)
    assert str(refused.value).startswith("A later assessment of this vendor is closed: AWS assessment 2027.")
    assert decided(later, max).assessment == later


def test_the_database_refuses_an_approval_without_end_and_a_decision_without_reason(
    closed: Assessment, max: User
) -> None:
    plain = {"assessment": closed, "at": timezone.now(), "by": max}
    for wrong in (
        {"kind": "approved", "reason": "x"},
        {"kind": "rejected", "reason": ""},
        {"kind": "x", "reason": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**plain, **wrong)


def test_the_newest_counts_and_the_last_day_still_holds(closed: Assessment, acme: Vendor, max: User) -> None:
    decided(closed, max, content("rejected", expires=None))
    newest = decided(closed, max, content(expires=0))
    assert [(one.decision.kind, one.problem) for one in queries.of_vendor(max, acme)] == [
        ("approved", ""),
        ("rejected", ""),
    ]
    assert queries.of_vendors(max, [acme.pk])[acme.pk].decision == newest
    assert queries.to_renew(max) == []


def test_an_expired_decision_comes_back_until_there_is_a_newer_one(
    closed: Assessment, acme: Vendor, birch: Vendor, max: User
) -> None:
    old = decided(closed, max, content(expires=10), ago=11)
    assert [one.problem for one in queries.of_assessment(max, closed)] == [f"Expired on {old.expires_on:%-d %b %Y}"]
    assert old.expires_on == day(-1)
    assert [(row.standing.decision, row.decide_on) for row in queries.to_renew(max)] == [(old, closed.pk)]
    later = factories.make_assessment(vendor=acme, state="closed", period="2027")
    assert [row.decide_on for row in queries.to_renew(max)] == [later.pk]
    decided(later, max)
    assert queries.to_renew(max) == []


def test_a_decision_no_longer_holds_once_its_assessment_was_opened_again(closed: Assessment, max: User) -> None:
    decision = decided(closed, max)
    assert queries.in_force(closed) == decision
    opened = reopened(closed)
    assert queries.in_force(opened) is None
    assert [one.problem for one in queries.of_assessment(max, opened)] == ["Opened again since"]
    assert [(row.standing.problem, row.decide_on) for row in queries.to_renew(max)] == [("Opened again since", None)]
    again = workflow.close(assessment=opened, by=max)
    assert queries.in_force(again) is None
    assert [row.decide_on for row in queries.to_renew(max)] == [closed.pk]
    assert decided(again, max) == queries.in_force(again)
    assert queries.to_renew(max) == []


def test_an_archived_vendor_has_nothing_to_renew(closed: Assessment, acme: Vendor, max: User) -> None:
    decided(closed, max, content(expires=10), ago=11)
    archive_vendor(vendor=acme, by=max)
    assert queries.to_renew(max) == []


def test_a_vendor_reads_no_decision(closed: Assessment, acme: Vendor, rita: User, max: User) -> None:
    decided(closed, max)
    assert queries.of_vendor(rita, acme) == []
    assert closed.state == State.CLOSED
