"""Vendors side by side."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from assessments.scoring import Result
from tests import factories
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def birch() -> Vendor:
    return factories.make_vendor("Birch Ltd", tier="critical")


@pytest.fixture
def both(acme: Vendor, birch: Vendor, ana: User) -> tuple[Assessment, Assessment]:
    """Acme closed with all met; Birch in review with question 2 not met and the rest without a result."""
    one = factories.make_assessment(vendor=acme, state="closed")
    two = factories.make_assessment(vendor=birch, state="submitted")
    factories.review_with(two.answers.get(criterion__number=2), Result.NOT_MET, by=ana)
    return one, Assessment.objects.get(pk=two.pk)


def page(client: Client, user: User, *vendors: object) -> str:
    client.force_login(user)
    reply = client.get(reverse("assessments:compare"), {"vendor": list(vendors)})
    assert reply.status_code == 200
    return reply.content.decode()


def columns(html: str) -> list[str]:
    return re.findall(r'<th scope="col"><a [^>]+>([^<]+)</a>', html)


def cells(html: str, heading: str) -> list[str]:
    """The words of each vendor's cell in the row with this heading."""
    row = html.split(heading)[1].split("</th>", 1)[1].split("</tr>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row.split("</td>")[:-1]]


def test_grades_domains_and_questions_stand_beside_one_another(client: Client, ana: User, both: tuple) -> None:
    html = page(client, ana, both[0].vendor_id, both[1].vendor_id)
    assert columns(html) == ["Acme Payments", "Birch Ltd"]
    assert cells(html, '<th scope="row">Grade') == ["Grade A 10.0", "Draft grade F 0.0 draft"]
    assert cells(html, "1. AWS Organizations manages every account") == ["Met", "Not scored"]
    assert cells(html, "2. Separate accounts per stage") == ["Met", "Not met"]
    assert html.count(">Differs<") == 1


def test_the_order_is_that_of_the_address_and_each_can_be_left_out(client: Client, ana: User, both: tuple) -> None:
    html = page(client, ana, both[1].vendor_id, both[0].vendor_id)
    assert columns(html) == ["Birch Ltd", "Acme Payments"]
    assert re.findall(r'href="\?(vendor=\d+)">Leave out', html) == [
        f"vendor={both[0].vendor_id}",
        f"vendor={both[1].vendor_id}",
    ]


def test_a_vendor_that_was_never_asked_has_a_column(client: Client, ana: User, both: tuple) -> None:
    never = factories.make_vendor("Cedar AG")
    html = page(client, ana, both[0].vendor_id, never.pk)
    assert cells(html, '<th scope="row">Status') == ["Closed", "No assessment"]
    assert cells(html, "1. AWS Organizations manages every account") == ["Met", "Not asked"]


@pytest.mark.parametrize("wrong", ["0", "x", "", "99999999999999999999", "-1", "²"])
def test_what_is_not_a_vendor_is_left_out(client: Client, ana: User, both: tuple, wrong: str) -> None:
    assert columns(page(client, ana, wrong, both[0].vendor_id, both[0].vendor_id)) == ["Acme Payments"]


def test_nobody_chosen_says_what_to_do(client: Client, ana: User, both: tuple) -> None:
    assert "Add two vendors or more to see their results side by side." in page(client, ana)


def test_four_vendors_are_the_most(client: Client, ana: User) -> None:
    vendors = [factories.make_vendor(f"Vendor {letter}").pk for letter in "ABCDE"]
    html = page(client, ana, *vendors)
    assert columns(html) == [f"Vendor {letter}" for letter in "ABCD"]
    assert "Four vendors fit beside one another" in html


def test_queries_do_not_grow_with_the_vendors(
    client: Client, ana: User, both: tuple, django_assert_num_queries: object
) -> None:
    client.force_login(ana)
    for vendors in ([both[0].vendor_id], [both[0].vendor_id, both[1].vendor_id]):
        with django_assert_num_queries(7):
            client.get(reverse("assessments:compare"), {"vendor": vendors})
