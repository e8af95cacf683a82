"""Our own people: who may change rights, the last administrator, the first one, and the profile."""

import re
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import get_hashers
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from audit.models import Event
from config.settings import base
from outbox.actions import deliver_due
from tests import factories
from users.actions import StaffRefused, change_staff
from users.models import User

pytestmark = pytest.mark.django_db


def test_argon2_is_the_products_first_hasher(settings: object) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    assert get_hashers()[0].algorithm == "argon2"


def test_an_address_belongs_to_one_person_whatever_its_case(ana: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(email="ANA@Staff.example", name="Another")


def test_there_is_no_default_account() -> None:
    assert not User.objects.exists()


def test_create_admin_prints_a_link_that_works_once(client: Client) -> None:
    out = StringIO()
    call_command("create_admin", "root@alder.example", "--name", "Ada Berg", stdout=out)
    link = re.search(re.escape(django_settings.SITE_URL) + r"(/\S+)", out.getvalue()).group(1)
    user = User.objects.get()
    assert (user.name, user.staff_role, user.has_usable_password()) == ("Ada Berg", "administrator", False)
    form = client.get(link, follow=True)
    password = {"password1": "four quiet words here", "password2": "four quiet words here"}
    client.post(form.redirect_chain[-1][0], password)
    user.refresh_from_db()
    assert user.check_password("four quiet words here")
    assert "password1" not in Client().get(link, follow=True).content.decode()
    with pytest.raises(CommandError, match="has an account already"):
        call_command("create_admin", "root@alder.example", stdout=StringIO())


def test_create_admin_refuses_what_is_no_address_and_a_vendors_person(rita: User) -> None:
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("create_admin", "nobody", stdout=StringIO())
    with pytest.raises(CommandError, match="vendor's person"):
        call_command("create_admin", rita.email, stdout=StringIO())


def test_an_administrator_adds_staff_who_choose_their_password(client: Client, ada: User) -> None:
    client.force_login(ada)
    reply = client.post(
        reverse("users:staff-list"), {"name": "Ines Duarte", "email": "ines@alder.example", "role": "analyst"}
    )
    assert reply.status_code == 302
    deliver_due()
    assert mail.outbox[-1].to == ["ines@alder.example"]
    assert "/accounts/password/reset/key/" in mail.outbox[-1].body
    assert User.objects.get(email="ines@alder.example").staff_role == "analyst"


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("max", 403), ("rita", 404)])
def test_only_administrators_see_the_staff_list(
    client: Client, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("users:staff-list")).status_code == status


def test_a_change_of_rights_holds_at_the_next_request(client: Client, ana: User, ada: User) -> None:
    client.force_login(ana)
    assert client.get(reverse("assessments:worklist")).status_code == 200
    change_staff(user=ana, role="analyst", is_active=False, by=ada)
    reply = client.get(reverse("assessments:worklist"))
    assert (reply.status_code, reply.url.split("?")[0]) == (302, reverse("account_login"))
    assert Event.objects.filter(kind="staff.changed").count() == 1


def test_the_last_administrator_and_oneself_cannot_be_changed(ada: User) -> None:
    other = factories.make_staff("Otto Admin", "administrator")
    with pytest.raises(StaffRefused, match="your own rights"):
        change_staff(user=ada, role="analyst", is_active=True, by=ada)
    change_staff(user=other, role="analyst", is_active=True, by=ada)
    with pytest.raises(StaffRefused, match="last administrator"):
        change_staff(user=ada, role="manager", is_active=True, by=other)


def test_the_profile_changes_the_look_and_nothing_else(client: Client, rita: User) -> None:
    client.force_login(rita)
    given = {"staff_role": "administrator", "email": "x@x.example", "is_active": ""}
    data = {"name": "Rita L.", "theme": "dark", "language": "en-gb", **given}
    assert client.post(reverse("users:profile"), data).status_code == 302
    rita.refresh_from_db()
    assert (rita.name, rita.theme, rita.has_single_keys) == ("Rita L.", "dark", False)
    assert (rita.staff_role, rita.email, rita.is_active) == ("", "rita@acme.example", True)
    assert 'data-bs-theme="dark"' in client.get(reverse("users:profile")).content.decode()


def test_a_refused_profile_keeps_what_was_typed(client: Client, rita: User) -> None:
    client.force_login(rita)
    page = client.post(reverse("users:profile"), {"name": "x" * 121, "theme": "light"}).content.decode()
    assert "x" * 121 in page
    assert "There is a problem" in page
