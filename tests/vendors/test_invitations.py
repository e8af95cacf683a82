"""Invitations: one address, one vendor, one role, once, in time, by POST only."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import EventDetail
from outbox import actions as outbox
from outbox.models import Mail
from users.models import User
from vendors.actions import invitations
from vendors.actions.invitations import InvitationRefused, hash_token
from vendors.actions.vendors import archive_vendor
from vendors.models import Invitation, Member, Vendor

PASSWORD = "four quiet words here"
pytestmark = pytest.mark.django_db


def invite(vendor: Vendor, by: User, *, email: str = "lena@acme.example", role: str = "lead") -> tuple[Invitation, str]:
    """Invite, let the worker send, and take the token from the letter, as the invited person would."""
    invitation = invitations.invite(vendor=vendor, email=email, name="Lena", role=role, by=by)
    return invitation, send_and_read_token()


def send_and_read_token() -> str:
    outbox.deliver_due()
    return re.search(r"/join/([\w-]+)/", mail.outbox[-1].body).group(1)


def open_link(client: Client, token: str) -> object:
    return client.get(reverse("vendors:invitation-open", args=[token]), follow=True)


def accept(client: Client, **data: str) -> object:
    return client.post(reverse("vendors:invitation-accept"), {"name": "Lena Fischer", "password": PASSWORD, **data})


def test_a_new_person_joins_and_is_signed_in(client: Client, acme: Vendor, ana: User) -> None:
    invitation, token = invite(acme, ana)
    page = open_link(client, token)
    assert page.redirect_chain == [(reverse("vendors:invitation-accept"), 302)]
    assert "Answer for Acme Payments" in page.content.decode()
    reply = accept(client)
    assert (reply.status_code, reply.url) == (302, "/")
    member = Member.objects.get(vendor=acme)
    assert (member.user.email, member.user.name, member.role) == ("lena@acme.example", "Lena Fischer", "lead")
    assert client.session["_auth_user_id"] == str(member.user.pk)
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.token_hash) == (member.user, None)


def test_who_joins_keeps_the_language_they_read_the_invitation_in(client: Client, acme: Vendor, ana: User) -> None:
    _, token = invite(acme, ana)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    open_link(client, token)
    accept(client)
    assert User.objects.get(email="lena@acme.example").language == "de"


def test_no_row_and_no_event_holds_the_token(acme: Vendor, ana: User) -> None:
    invitation, token = invite(acme, ana)
    invitation.refresh_from_db()
    assert invitation.token_hash == hash_token(token)
    stored = repr(list(Invitation.objects.values())) + repr(list(Mail.objects.values()))
    stored += repr(list(EventDetail.objects.values()))
    assert token not in stored


def test_opening_the_link_uses_nothing_up(client: Client, acme: Vendor, ana: User) -> None:
    _, token = invite(acme, ana)
    for scanner in (Client(), Client(), client):
        assert open_link(scanner, token).status_code == 200
    assert not Member.objects.exists()
    assert accept(client).status_code == 302


def test_a_link_works_once(client: Client, acme: Vendor, ana: User) -> None:
    _, token = invite(acme, ana)
    open_link(client, token)
    accept(client)
    other = Client()
    page = open_link(other, token)
    assert (page.status_code, "does not work any more" in page.content.decode()) == (410, True)
    assert accept(other).status_code == 410
    assert Member.objects.count() == 1


def test_expiry_is_checked_when_it_is_accepted(client: Client, acme: Vendor, ana: User) -> None:
    invitation, token = invite(acme, ana)
    open_link(client, token)
    past = timezone.now() - timedelta(seconds=1)
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=past - timedelta(hours=72), expires_at=past)
    reply = accept(client)
    assert reply.status_code == 410
    assert "This link has expired. Ask Ana Moreau to send a new one." in reply.content.decode()
    assert not User.objects.filter(email="lena@acme.example").exists()


def test_a_withdrawn_invitation_does_not_work(client: Client, acme: Vendor, ana: User) -> None:
    invitation, token = invite(acme, ana)
    open_link(client, token)
    invitations.revoke(invitation=invitation, by=ana)
    assert accept(client).status_code == 410
    assert not Member.objects.exists()


def test_sending_again_ends_the_link_before(client: Client, acme: Vendor, ana: User) -> None:
    invitation, first = invite(acme, ana)
    with pytest.raises(InvitationRefused, match="Wait ten minutes"):
        invitations.resend(invitation=invitation, by=ana)
    Mail.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    invitations.resend(invitation=invitation, by=ana)
    second = send_and_read_token()
    assert first != second
    assert open_link(client, first).status_code == 410
    assert open_link(client, second).status_code == 200


def test_another_signed_in_person_cannot_accept(client: Client, acme: Vendor, sam: User, ana: User) -> None:
    _, token = invite(acme, ana)
    client.force_login(sam)
    open_link(client, token)
    reply = client.post(reverse("vendors:invitation-accept"))
    assert reply.status_code == 409
    assert "sent to lena@acme.example, and you are signed in as sam@birch.example" in reply.content.decode()
    assert not Member.objects.filter(vendor=acme).exists()


def test_a_person_with_an_account_signs_in_first(client: Client, acme: Vendor, sam: User, ana: User) -> None:
    _, token = invite(acme, ana, email=sam.email, role="respondent")
    assert "has an account already" in open_link(client, token).content.decode()
    assert accept(client).status_code == 200
    assert not Member.objects.filter(vendor=acme).exists()
    client.force_login(sam)
    open_link(client, token)
    assert client.post(reverse("vendors:invitation-accept")).status_code == 302
    assert Member.objects.get(vendor=acme).user == sam


def test_role_and_vendor_come_from_the_invitation_alone(client: Client, acme: Vendor, birch: Vendor, ana: User) -> None:
    _, token = invite(acme, ana, role="respondent")
    open_link(client, token)
    accept(client, role="lead", vendor=str(birch.pk), email="evil@birch.example", staff_role="administrator")
    member = Member.objects.get()
    assert (member.vendor, member.role, member.user.email, member.user.staff_role) == (
        acme,
        "respondent",
        "lena@acme.example",
        "",
    )


@pytest.mark.parametrize(
    ("password", "problem"),
    [("short", "at least 15 characters"), ("lena@acme.example", "too similar")],
)
def test_weak_passwords_are_refused_and_the_name_is_kept(
    client: Client, acme: Vendor, ana: User, password: str, problem: str
) -> None:
    _, token = invite(acme, ana)
    open_link(client, token)
    page = accept(client, password=password).content.decode()
    assert problem in page
    assert 'value="Lena Fischer"' in page
    assert not Member.objects.exists()


def test_staff_and_members_are_not_invited(acme: Vendor, rita: User, ana: User, max: User) -> None:
    with pytest.raises(InvitationRefused, match="cannot be invited"):
        invitations.invite(vendor=acme, email=max.email, name="", role="lead", by=ana)
    with pytest.raises(InvitationRefused, match="member already"):
        invitations.invite(vendor=acme, email="RITA@acme.example", name="", role="lead", by=ana)


def test_the_same_invitation_twice_is_one_row_and_one_mail(acme: Vendor, ana: User) -> None:
    for _ in range(2):
        invitations.invite(vendor=acme, email="Lena@acme.example", name="Lena", role="lead", by=ana)
    assert Invitation.objects.count() == 1
    assert Mail.objects.filter(kind="vendor.invitation").count() == 1
    with pytest.raises(InvitationRefused, match="another role"):
        invitations.invite(vendor=acme, email="lena@acme.example", name="", role="respondent", by=ana)


def test_a_lead_invites_colleagues_and_a_respondent_does_not(
    client: Client, acme: Vendor, rita: User, tom: User
) -> None:
    data = {"email": "lena@acme.example", "name": "Lena", "role": "respondent"}
    client.force_login(tom)
    assert client.post(reverse("vendors:people", args=[acme.pk]), data).status_code == 403
    client.force_login(rita)
    assert client.post(reverse("vendors:people", args=[acme.pk]), data).status_code == 302
    assert Invitation.objects.get().created_by == rita


def test_the_last_lead_stays(acme: Vendor, rita: User, tom: User, ana: User) -> None:
    with pytest.raises(InvitationRefused, match="only lead"):
        invitations.remove_member(member=Member.objects.get(user=rita), by=ana)
    invitations.remove_member(member=Member.objects.get(user=tom), by=rita)
    assert Member.objects.get(user=tom).is_active is False


def test_a_removed_member_is_a_stranger_at_the_next_request(
    client: Client, in_progress: object, acme: Vendor, tom: User, rita: User
) -> None:
    client.force_login(tom)
    address = reverse("assessments:answer-list", args=[in_progress.pk])
    assert client.get(address).status_code == 200
    invitations.remove_member(member=Member.objects.get(user=tom), by=rita)
    assert client.get(address).status_code == 404


def test_people_of_an_archived_vendor_see_nothing(
    client: Client, in_progress: object, acme: Vendor, rita: User, ana: User
) -> None:
    client.force_login(rita)
    archive_vendor(vendor=acme, by=ana)
    assert client.get(reverse("assessments:answer-list", args=[in_progress.pk])).status_code == 404
    assert client.get(reverse("vendors:people", args=[acme.pk])).status_code == 404


def test_an_invitation_for_a_vendor_that_was_archived_is_dropped(acme: Vendor, ana: User) -> None:
    invitations.invite(vendor=acme, email="lena@acme.example", name="", role="lead", by=ana)
    archive_vendor(vendor=acme, by=ana)
    outbox.deliver_due()
    assert (Mail.objects.get().state, len(mail.outbox)) == ("dropped", 0)


def test_open_invitations_of_a_vendor_are_limited(acme: Vendor, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "VENDOR_INVITATIONS", 1)
    invitations.invite(vendor=acme, email="lena@acme.example", name="", role="lead", by=ana)
    with pytest.raises(InvitationRefused, match="1 invitations are open"):
        invitations.invite(vendor=acme, email="karl@acme.example", name="", role="lead", by=ana)


@pytest.mark.parametrize("name", ["line\nbreak", "\u202eevil", "zero\u200bwidth", "bell\x07"])
def test_names_hold_nothing_hidden(client: Client, ana: User, name: str) -> None:
    client.force_login(ana)
    data = {"name": name, "service": "", "tier": "low", "form_key": "8b7a3f8e-0000-4000-8000-000000000001"}
    page = client.post(reverse("vendors:create"), data).content.decode()
    assert "Type this with visible characters only" in page
    assert not Vendor.objects.filter(tier="low").exists()
    client.post(reverse("vendors:create"), {**data, "name": "Größe & Söhne 株式会社"})
    assert Vendor.objects.get(tier="low").name == "Größe & Söhne 株式会社"
