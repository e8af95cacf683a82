"""A manager accepts the risk of a finding: who may, what is asked before, and what is true once it is over."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import findings
from assessments.actions.acceptances import accept_risk
from assessments.actions.findings import FindingRefused, StaleFinding
from assessments.models import Assessment, Finding
from assessments.queries.findings import FindingFilter, finding_page, lapsed, to_fix
from assessments.queries.vendor_page import vendor_page
from audit.models import Event, EventDetail
from tests import factories
from tests.assessments.findings import closed_with, late, verified
from tests.assessments.staff.pages import address, said, texts
from tests.assessments.test_decisions import day, reopened
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(acme: Vendor, rita: User, ana: User) -> Finding:
    """A finding of a closed assessment that the vendor knows of."""
    return closed_with(acme, 13, by=ana)


def accepted(finding: Finding, by: User, *, ago: int = 0) -> Finding:
    """Accepted for ten days, so many days ago."""
    found = accept_risk(finding=finding, reason="Small.", until=day(10), base_version=finding.version, by=by)
    Finding.objects.filter(pk=found.pk).update(accepted_until=day(10 - ago))
    found.refresh_from_db()
    return found


def manager_who_confirmed(client: Client, max: User) -> Client:
    """A browser in which the manager has just typed the password again."""
    client.force_login(max)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client


def test_an_acceptance_is_stored_and_recorded(finding: Finding, max: User) -> None:
    found = accept_risk(finding=finding, reason=" Small. ", until=day(0), base_version=1, by=max)
    assert (found.state, found.accepted_reason, found.accepted_until, found.accepted_by) == (
        "accepted",
        "Small.",
        day(0),
        max,
    )
    assert (found.shown_state, found.is_to_fix) == ("accepted", False)  # on its last day as well
    event = Event.objects.get(kind="finding.accepted")
    assert (event.target, event.actor) == (f"finding:{finding.pk}", max.pk)
    data = EventDetail.objects.get(event=event).data
    assert (data["reason"], data["until"]) == ("Small.", day(0).isoformat())


def test_what_is_refused(finding: Finding, ana: User, max: User) -> None:
    def refused(reason: str = "Small.", until: date | None = None, version: int = 1) -> str:
        with pytest.raises(FindingRefused) as problem:
            accept_risk(finding=finding, reason=reason, until=until or day(1), base_version=version, by=max)
        return str(problem.value)

    assert refused(reason=" ") == "Write the reason"
    assert refused(until=day(-1)) == "Choose a day that is not past"
    with pytest.raises(StaleFinding):
        accept_risk(finding=finding, reason="Small.", until=day(1), base_version=0, by=max)
    verified(finding, by=ana)
    assert "changed meanwhile" in refused(version=2)
    reopened(finding.assessment)
    assert refused(version=2) == "The assessment was opened again meanwhile. Nothing was changed."
    assert not Event.objects.filter(kind="finding.accepted").exists()


def test_once_it_is_over_the_finding_is_open_again_everywhere(
    finding: Finding, acme: Vendor, rita: User, ana: User, max: User
) -> None:
    late(finding)
    found = accepted(finding, max)
    assessment = Assessment.objects.get(pk=found.answer.assessment_id)

    def seen() -> tuple[object, ...]:
        pages = [finding_page(ana, FindingFilter(state=state), 1).rows for state in ("", "open", "accepted")]
        row = vendor_page(ana, acme, 1)["findings"][0]
        overdue = Finding.objects.overdue(timezone.localdate()).count()
        return [len(rows) for rows in pages], to_fix(rita, assessment), overdue, (row.unsettled, row.late, row.accepted)

    assert seen() == ([0, 0, 1], 0, 0, (0, 0, 1))
    assert lapsed(max) == []
    found = accepted(found, max, ago=11)
    assert (found.state, found.shown_state, found.is_to_fix, found.is_overdue()) == ("accepted", "open", True, True)
    assert seen() == ([1, 1, 0], 1, 1, (1, 1, 0))
    assert lapsed(max) == [found]
    # The vendor can go on with it, and then nothing is left to renew
    planned = findings.plan_fix(
        finding=found, plan="Delete them.", plan_due_on=day(5), base_version=found.version, by=rita
    )
    assert (planned.state, lapsed(max)) == ("planned", [])


def test_a_manager_confirms_who_they_are_then_accepts(client: Client, finding: Finding, max: User) -> None:
    client.force_login(max)
    path = address("finding-accept", finding.pk)
    asked = client.get(path)
    there = f"{reverse('account_reauthenticate')}?{urlencode({'next': path})}"
    assert (asked.status_code, asked["Location"]) == (302, there)
    assert "You are about to accept a risk." in texts(client.get(asked["Location"]))
    wrong = client.post(reverse("account_reauthenticate"), {"password": "wrong", "next": path})
    assert "You are about to accept a risk." in texts(wrong)
    assert client.get(path).status_code == 302
    led = client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD, "next": path})
    assert (led.status_code, led["Location"]) == (302, path)
    assert client.get(path).status_code == 200
    page = client.post(path, {"reason": "Small.", "until": f"{day(30)}", "base_version": "1"}, follow=True)
    assert said(page) == ["The risk is accepted until the day you chose."]
    assert f"Accepted until {day(30):%-d %B %Y}, Max Weber Small." in texts(page)
    assert "Accept it for longer" in texts(page)


def test_what_was_typed_goes_on_once_the_password_was_given(client: Client, finding: Finding, max: User) -> None:
    client.force_login(max)
    path = address("finding-accept", finding.pk)
    sent = {"reason": "Thirteen lines.", "until": f"{day(30)}", "base_version": "1"}
    asked = client.post(path, sent)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not Finding.objects.filter(state="accepted").exists()
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD, "next": path})
    assert Finding.objects.get(pk=finding.pk).accepted_reason == "Thirteen lines."


def test_the_password_does_not_last(client: Client, finding: Finding, max: User) -> None:
    manager_who_confirmed(client, max)
    path = address("finding-accept", finding.pk)
    assert client.get(path).status_code == 200
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 301
    session.save()
    assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"until": f"{timezone.localdate() - timedelta(days=1)}"}, "until", "Choose a day that is not past"),
        ({"until": ""}, "until", "Enter the last day"),
        ({"reason": ""}, "reason", "Write the reason"),
    ],
)
def test_bad_input_is_named_and_kept(
    client: Client, finding: Finding, max: User, values: dict[str, str], field: str, problem: str
) -> None:
    sent = {"reason": "Thirteen lines.", "until": f"{day(30)}", "base_version": "1", **values}
    page = manager_who_confirmed(client, max).post(address("finding-accept", finding.pk), sent)
    assert (page.status_code, page.context["form"].errors) == (422, {field: [problem]})
    if sent["reason"]:
        assert "Thirteen lines." in texts(page)


def test_one_that_changed_meanwhile_is_shown_and_the_text_stays(client: Client, finding: Finding, max: User) -> None:
    sent = {"reason": "Thirteen lines.", "until": f"{day(30)}", "base_version": "0"}
    page = manager_who_confirmed(client, max).post(address("finding-accept", finding.pk), sent)
    assert page.status_code == 409
    assert "This finding was changed meanwhile." in texts(page)
    assert "Thirteen lines." in texts(page)
    assert 'name="base_version" value="1"' in page.content.decode()


def test_managers_alone_accept(client: Client, finding: Finding, rita: User, ana: User, ada: User) -> None:
    for person, status in ((ana, 403), (ada, 403), (rita, 404)):
        client.force_login(person)
        assert client.get(address("finding-accept", finding.pk)).status_code == status
    client.force_login(ana)
    assert "Accept the risk" not in texts(client.get(address("finding", finding.pk)))


def test_an_acceptance_that_is_over_is_in_the_worklist(client: Client, finding: Finding, max: User, ana: User) -> None:
    accepted(finding, max, ago=11)
    client.force_login(max)
    page = client.get(address("worklist"))
    assert f"P2 {day(-1):%-d %b %Y} Max Weber Accept it for longer" in texts(page)
    assert "Accepted risks to renew" in texts(page)
    client.force_login(ana)
    assert "Accept it for longer" not in texts(client.get(address("worklist")))


@pytest.mark.parametrize("numbers", [(13,), (12, 13, 14)])
def test_what_is_over_costs_one_query(acme: Vendor, rita: User, ana: User, max: User, numbers: tuple[int, ...]) -> None:
    made = closed_with(acme, *numbers, by=ana)
    for one in made if isinstance(made, tuple) else (made,):
        accepted(one, max, ago=11)
    with CaptureQueriesContext(connection) as context:
        shown = [(one.assessment.vendor.name, one.accepted_by.name) for one in lapsed(max)]
    assert shown == [("Acme Payments", "Max Weber")] * len(numbers)
    assert len(context) == 1
