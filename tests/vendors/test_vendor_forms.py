"""Adding and changing vendors: names that can be told apart, and what the form says."""

import html
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from users.models import User
from vendors.actions.vendors import archive_vendor
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
TAKEN = "There is a vendor called acme PAYMENTS already. Add what tells the two apart, such as a country."


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def sent(**values: object) -> dict[str, object]:
    """What the form sends."""
    return {"name": "acme PAYMENTS", "service": "", "tier": "low", "form_key": uuid4(), **values}


def page(client: Client, address: str, data: dict[str, object]) -> str:
    """The page that comes back, with the characters people see."""
    return html.unescape(client.post(address, data, follow=True).content.decode())


def test_a_name_that_is_taken_is_refused_and_kept(signed_in: Client, acme: Vendor) -> None:
    shown = page(signed_in, reverse("vendors:create"), sent())
    assert TAKEN in shown
    assert 'value="acme PAYMENTS"' in shown
    assert list(Vendor.objects.values_list("name", flat=True)) == ["Acme Payments"]


def test_the_same_form_twice_is_the_same_vendor(signed_in: Client) -> None:
    data = sent()
    for _ in range(2):
        assert "Invite a lead, then make an assessment." in page(signed_in, reverse("vendors:create"), data)
    assert Vendor.objects.count() == 1


def test_the_name_of_an_archived_vendor_is_free(signed_in: Client, acme: Vendor, ana: User) -> None:
    archive_vendor(vendor=acme, by=ana)
    assert TAKEN not in page(signed_in, reverse("vendors:create"), sent())
    assert Vendor.objects.count() == 2


def test_a_vendor_keeps_its_name_and_does_not_take_anothers(signed_in: Client, acme: Vendor, birch: Vendor) -> None:
    for vendor, shown in ((acme, "The vendor is saved."), (birch, TAKEN)):
        assert shown in page(signed_in, reverse("vendors:edit", args=[vendor.pk]), sent())
    acme.refresh_from_db()
    birch.refresh_from_db()
    assert (acme.name, birch.name) == ("acme PAYMENTS", "Birch Analytics")


def test_what_is_wrong_is_said_in_plain_words(signed_in: Client, acme: Vendor) -> None:
    shown = page(signed_in, reverse("vendors:create"), sent(name="x" * 121, tier=""))
    assert "Name of the vendor must be 120 characters or less" in shown
    assert "Choose how much it matters" in shown
    shown = page(signed_in, reverse("vendors:people", args=[acme.pk]), {"email": "lena", "role": ""})
    assert "Enter an address in full, like name@example.com" in shown
    assert "Choose what they do" in shown


def test_an_archived_vendor_gets_no_assessment(signed_in: Client, acme: Vendor, ana: User) -> None:
    address = reverse("vendors:detail", args=[acme.pk])
    assert "New assessment" in signed_in.get(address).content.decode()
    archive_vendor(vendor=acme, by=ana)
    assert "New assessment" not in signed_in.get(address).content.decode()
