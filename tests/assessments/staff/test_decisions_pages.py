"""A manager decides on the page, and where the decision is shown."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Assessment, Condition, Decision
from assessments.queries import decisions as queries
from tests import factories
from tests.assessments.staff.pages import address, said, texts
from tests.assessments.test_decisions import content, day, decided, reopened
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(acme: Vendor, rita: User) -> Assessment:
    """Acme's assessment, all met, closed by Max."""
    return factories.make_assessment(vendor=acme, state="closed")


@pytest.fixture
def signed_in(client: Client, max: User) -> Client:
    client.force_login(max)
    return client


def typed(**values: str) -> dict[str, str]:
    """What a manager sends: an approval for a year."""
    plain = {
        "kind": "approved",
        "reason": "All as it should be.",
        "expires_on": f"{day(365)}",
        "form_key": f"{uuid4()}",
    }
    return plain | values


def test_a_manager_approves_with_conditions_and_reads_it_on_the_overview(
    signed_in: Client, closed: Assessment, max: User
) -> None:
    page = signed_in.get(address("decide", closed.pk))
    assert f'value="{day(365)}"' in page.content.decode()  # offered: a year
    asked = {"kind": "conditions", "text_1": "Remove the unused keys", "due_on_1": f"{day(30)}"}
    page = signed_in.post(address("decide", closed.pk), typed(**asked), follow=True)
    assert said(page) == ["Your decision is stored."]
    words = texts(page)
    today = timezone.localdate()
    assert f"Approved with conditions Until {day(365):%-d %B %Y}. Max Weber, {today:%-d %B %Y}" in words
    assert f"All as it should be. Remove the unused keys (by {day(30):%-d %B %Y})" in words
    assert "Max Weber approved the vendor with conditions" in words
    assert "Decide again" in words


def test_the_form_says_what_is_missing_and_keeps_what_was_typed(signed_in: Client, closed: Assessment) -> None:
    sent = typed(kind="", reason="", expires_on="", text_2="Rotate the keys", due_on_3=f"{day(9)}")
    page = signed_in.post(address("decide", closed.pk), sent)
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "kind": ["Choose what you decide"],
        "reason": ["Write the reason"],
        "expires_on": ["Enter the last day on which the approval holds"],
        "due_on_2": ["Enter the day by which it has to be done"],
        "text_3": ["Write what the condition asks for"],
    }
    assert 'value="Rotate the keys"' in page.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"expires_on": f"{timezone.localdate() - timedelta(days=1)}"}, "expires_on", "Choose a day that is not past"),
        ({"kind": "conditions"}, "text_1", "Write at least one condition"),
        (
            {"text_1": "Rotate", "due_on_1": "2099-01-01"},
            "text_1",
            "Choose “Approved with conditions”, or remove the conditions",
        ),
        ({"reason": "x" * 2001}, "reason", "The reason must be 2,000 characters or less"),
    ],
)
def test_what_the_rules_refuse_stands_at_its_field(
    signed_in: Client, closed: Assessment, values: dict[str, str], field: str, problem: str
) -> None:
    page = signed_in.post(address("decide", closed.pk), typed(**values))
    assert (page.status_code, page.context["form"].errors) == (422, {field: [problem]})
    assert not Decision.objects.exists()


def test_a_rejection_may_be_without_an_end(signed_in: Client, closed: Assessment) -> None:
    page = signed_in.post(address("decide", closed.pk), typed(kind="rejected", expires_on=""), follow=True)
    assert "Rejected Max Weber" in texts(page)
    assert Decision.objects.get().expires_on is None


def test_one_more_condition_keeps_what_was_typed_and_stores_nothing(signed_in: Client, closed: Assessment) -> None:
    sent = {**typed(kind="conditions", reason="", text_3="Rotate"), "add": "1"}
    for number in (1, 2, 3):
        sent |= {f"due_on_{number}": sent.get(f"due_on_{number}", ""), f"text_{number}": sent.get(f"text_{number}", "")}
    page = signed_in.post(address("decide", closed.pk), sent)
    assert page.status_code == 200
    assert [row.number for row in page.context["form"].rows] == [1, 2, 3, 4]
    assert 'value="Rotate"' in page.content.decode()
    assert f'value="{sent["form_key"]}"' in page.content.decode()
    assert "There is a problem" not in texts(page)
    full = {**sent, **{f"text_{number}": "x" for number in range(1, 11)}}
    page = signed_in.post(address("decide", closed.pk), full)
    assert (len(page.context["form"].rows), "One more condition" in texts(page)) == (10, False)


def test_a_decision_on_an_assessment_opened_again_meanwhile_is_refused_and_the_text_stays(
    signed_in: Client, closed: Assessment
) -> None:
    reopened(closed)
    page = signed_in.post(address("decide", closed.pk), typed(reason="Thirteen lines of reasons."))
    assert page.status_code == 403
    assert "This cannot be done while the assessment is “In review”. Nothing was changed." in texts(page)
    assert "Thirteen lines of reasons." in texts(page)
    assert not Decision.objects.exists()


def test_the_later_assessment_is_named_and_the_text_stays(signed_in: Client, closed: Assessment, acme: Vendor) -> None:
    factories.make_assessment(vendor=acme, state="closed", period="2027")
    page = signed_in.post(address("decide", closed.pk), typed())
    assert page.status_code == 422
    assert "A later assessment of this vendor is closed: AWS assessment 2027." in texts(page)
    assert "All as it should be." in texts(page)


def test_the_newest_stands_first_and_the_others_are_the_history(
    signed_in: Client, closed: Assessment, max: User
) -> None:
    decided(closed, max, content("rejected", expires=None))
    decided(closed, max, content(expires=10), ago=11)
    page = signed_in.get(address("detail", closed.pk))
    assert [(one.decision.kind, one.problem) for one in page.context["decisions"]] == [
        ("approved", f"Expired on {day(-1):%-d %b %Y}"),
        ("rejected", ""),
    ]
    words = texts(page)
    assert words.index(f"Approved Expired on {day(-1):%-d %b %Y}") < words.index("Decided before Rejected")


def test_an_expired_decision_is_in_the_worklist_until_it_is_renewed(
    signed_in: Client, closed: Assessment, ana: User, max: User
) -> None:
    assert "Decisions to renew" not in texts(signed_in.get(address("worklist")))
    decided(closed, max, content(expires=10), ago=11)
    page = signed_in.get(address("worklist"))
    words = f"Acme Payments AWS assessment 2026 Approved Expired on {day(-1):%-d %b %Y} Max Weber Decide again : Acme"
    assert words in texts(page)
    assert f'href="{address("decide", closed.pk)}"' in page.content.decode()
    signed_in.post(address("decide", closed.pk), typed())
    assert "Decisions to renew" not in texts(signed_in.get(address("worklist")))


def test_an_analyst_sees_what_is_to_be_renewed_without_the_button(
    client: Client, closed: Assessment, ana: User, max: User
) -> None:
    decided(closed, max, content(expires=10), ago=11)
    client.force_login(ana)
    words = texts(client.get(address("worklist")))
    assert "Decisions to renew" in words
    assert "Decide again" not in words


@pytest.mark.parametrize("rows", [1, 3])
def test_renewals_cost_one_query(client: Client, max: User, rows: int) -> None:
    for number in range(rows):
        vendor = factories.make_vendor(f"Vendor {number}")
        decided(factories.make_assessment(vendor=vendor, state="closed"), max, content(expires=10), ago=11)
    with CaptureQueriesContext(connection) as context:
        assert len(queries.to_renew(max)) == rows
    assert len(context) == 1


def test_the_portfolio_shows_and_filters_by_decision(signed_in: Client, max: User) -> None:
    def closed_one(name: str) -> Assessment:
        return factories.make_assessment(vendor=factories.make_vendor(name), state="closed")

    decided(closed_one("Approved"), max)
    twice = closed_one("Twice")
    decided(twice, max, content("rejected", expires=None))
    decided(twice, max, content("conditions", conditions=(Condition("Rotate", day(9)),)))
    decided(closed_one("Rejected"), max, content("rejected", expires=None))
    decided(closed_one("Expired"), max, content(expires=10), ago=11)
    opened = closed_one("Opened")
    decided(opened, max)
    reopened(opened)
    closed_one("Undecided")

    def names(decision: str) -> set[str]:
        page = signed_in.get(address("portfolio"), {"decision": decision})
        return {row.name for row in page.context["sheet"].rows}

    assert names("approved") == {"Approved"}
    assert names("conditions") == {"Twice"}
    assert names("rejected") == {"Rejected"}
    assert names("renew") == {"Expired", "Opened"}
    assert names("none") == {"Undecided"}
    assert len(names("nonsense")) == 6
    page = signed_in.get(address("portfolio"), {"decision": "renew"})
    assert page.context["query"] == "decision=renew&sort=-tier"
    words = texts(page)
    assert f"Closed Approved Expired on {day(-1):%-d %b %Y}" in words
    assert "In review Approved Opened again since" in words
    table = signed_in.get(address("portfolio-export", "csv"), {"decision": "renew"}).content.decode()
    assert f"Approved: Expired on {day(-1):%-d %b %Y}" in table
    assert "Approved: Opened again since" in table


def test_an_analyst_reads_and_does_not_decide(client: Client, closed: Assessment, ana: User, max: User) -> None:
    client.force_login(ana)
    page = client.get(address("detail", closed.pk))
    assert 'id="decision"' not in page.content.decode()
    decided(closed, max)
    page = client.get(address("detail", closed.pk))
    assert "Decision Approved Until" in texts(page)
    assert address("decide", closed.pk) not in page.content.decode()
    assert client.post(address("decide", closed.pk), typed()).status_code == 403
    assert Decision.objects.count() == 1
