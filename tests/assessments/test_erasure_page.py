"""The page on which an administrator erases a vendor."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.assessments.staff.pages import address, count_queries, said, texts
from users.models import User
from vendors.models import Tombstone, Vendor

REASON = "The contract ended."


@pytest.fixture
def confirmed(client: Client, ada: User, acme: Vendor) -> Client:
    """Ada, who has just given her password."""
    client.force_login(ada)
    path = address("vendor-erase", acme.pk)
    assert "You are about to erase a vendor." in texts(client.get(path, follow=True))
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD, "next": path})
    return client


def test_it_shows_what_goes_and_erases(confirmed: Client, ada: User, acme: Vendor, rita: User) -> None:
    factories.make_assessment(vendor=acme, state="cancelled")
    path = address("vendor-erase", acme.pk)
    assert f'href="{path}"' in confirmed.get(reverse("vendors:detail", args=[acme.pk])).content.decode()
    shown = texts(confirmed.get(path))
    assert "assessments.answer 33" in shown
    assert "users.user 1" in shown
    page = confirmed.post(path, {"reason": REASON, "name": "Acme Payments"}, follow=True)
    assert said(page) == ["The vendor is erased. Its files are being deleted."]
    assert "Acme" not in texts(page)
    tombstone = Tombstone.objects.get()
    assert (tombstone.vendor, tombstone.erased_by, tombstone.reason) == (acme.pk, ada, REASON)
    assert confirmed.get(path).status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reason": REASON, "name": "acme payments"}, "This is not the name of the vendor"),
        ({"reason": "", "name": "Acme Payments"}, "Write the reason"),
        ({"reason": "Acme Payments left.", "name": "Acme Payments"}, "it must not name the vendor or its people"),
        ({"reason": REASON, "name": "Acme Payments"}, "An assessment of this vendor is still open."),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(
    confirmed: Client, acme: Vendor, sent: dict[str, str], words: str
) -> None:
    factories.make_assessment(vendor=acme, state="draft" if sent["reason"] == REASON else "cancelled")
    page = confirmed.post(address("vendor-erase", acme.pk), sent)
    assert page.status_code == 422
    assert words in texts(page)
    assert f'value="{sent["name"]}"' in page.content.decode()
    assert Vendor.objects.filter(pk=acme.pk).exists()


def test_the_page_reads_as_much_for_a_large_vendor(confirmed: Client, acme: Vendor) -> None:
    path = address("vendor-erase", acme.pk)
    before = count_queries(confirmed, path)
    for period in ("2024", "2025"):
        factories.make_assessment(vendor=acme, state="closed", period=period)
    for name in ("Ann", "Bea"):
        factories.make_member(acme, factories.make_user(name))
    assert count_queries(confirmed, path) == before
