"""A helper reaches the questions assigned to them and nothing else of their vendor, at every address and by every way.

The list is compared with the URL resolver, so a new address has to say what a helper gets there.
"""

import re
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import assignments, evidence
from assessments.models import Answer, Assessment, Evidence, EvidenceLink
from outbox.models import Mail
from tests import factories
from tests.assessments.vendor.helpers import JSON, add, answer_to, at, good, png, sent
from tests.test_access_table import Estate, ask, client_of, named_urls
from users.models import User
from vendors.actions import invitations
from vendors.actions.invitations import InvitationRefused
from vendors.models import Invitation, Member, MemberRole, Vendor

pytestmark = pytest.mark.django_db

# GET and POST with an empty form, of a helper who answers question 13 alone, about question 13 and a file of it. What
# is not named here is 404 or 403 for them, or knows no such method; so is everything about question 12 and its file.
MAY = {
    "assessments:answer-draft": (405, 422),
    "assessments:answer-edit": (200, 422),
    "assessments:answer-list": (200, 405),
    "assessments:answer-shown": (200, 405),
    "assessments:confirm": (405, 302),  # of the questions that are theirs
    "assessments:evidence-date": (405, 302),
    "assessments:evidence-download": (200, 405),
    "assessments:evidence-list": (200, 405),
    "assessments:evidence-place": (405, 422),
    "assessments:evidence-preview": (200, 405),
    "assessments:evidence-shown": (200, 405),
    "assessments:evidence-upload": (405, 302),
    "assessments:evidence-view": (200, 405),
    "assessments:evidence-withdraw": (405, 302),
    "assessments:finding-list": (200, 405),  # where nothing is
    "assessments:list": (200, 405),
    "assessments:spreadsheet": (200, 405),
    "assessments:spreadsheet-confirm": (405, 422),
    "assessments:spreadsheet-download": (200, 405),
    "assessments:spreadsheet-upload": (405, 422),
    "assessments:verify": (200, 422),
    "collector:download": (200, 405),
    "collector:page": (200, 405),
    "health": (200, 405),
    "words": (200, 405),
    "home": (302, 405),
    "session-check": (200, 405),
    "users:mute": (410, 410),
    "users:mute-open": (302, 405),
    "users:profile": (200, 200),
    "vendors:invitation-accept": (410, 410),
    "vendors:invitation-open": (302, 405),
    "vendors:people": (200, 403),
}
CLOSED = {403, 404, 405}


@pytest.fixture
def hana(acme: Vendor) -> User:
    """Helper at Acme."""
    user = factories.make_user("Hana Brandt", email="hana@acme.example")
    factories.make_member(acme, user, role=MemberRole.HELPER)
    return user


@pytest.fixture
def estate(acme: Vendor, rita: User, tom: User, hana: User, ana: User) -> Estate:
    """Acme's assessment with the vendor; Hana has question 13, and a file is evidence for it."""
    estate = Estate(acme, rita, tom, ana, "in_progress")
    assignments.assign(assessment=estate.assessment, numbers=[13], to=hana, by=rita)
    return estate


def walk(estate: Estate, client: Client) -> dict[str, tuple[int, int]]:
    """What each address answers to GET and POST."""
    return {
        name: (ask("get", estate.address(name), client), ask("post", estate.address(name), client))
        for name in named_urls()
        if ":" in name or name in {"home", "health", "session-check", "words"}
    }


def test_every_address(estate: Estate, hana: User) -> None:
    got = walk(estate, client_of(hana))
    assert {name: got[name] for name in MAY if name in got} == {name: MAY[name] for name in MAY if name in got}
    assert {name: pair for name, pair in got.items() if name not in MAY and not set(pair) <= CLOSED} == {}


def test_every_address_of_a_question_that_is_not_theirs(estate: Estate, hana: User) -> None:
    client = client_of(hana)
    addresses = {name: estate.address(name) for name in named_urls() if name.startswith("assessments:")}
    about = {name: address for name, address in addresses.items() if re.search(r"/13/|/evidence/\d", address)}
    assert len(about) == 19
    other = Estate._evidence(estate, Member.objects.get(role=MemberRole.LEAD).user, answer_to(estate.assessment, 12))
    for name, address in about.items():
        theirs = re.sub(r"/evidence/\d+", f"/evidence/{other.pk}", address.replace("/13/", "/12/"))
        assert {ask("get", theirs, client), ask("post", theirs, client)} <= {404, 405}, name


def test_every_address_of_another_vendor(estate: Estate, birch: Vendor, sam: User, ana: User, hana: User) -> None:
    ben = factories.make_user("Ben Ito", email="ben@birch.example")
    factories.make_member(birch, ben, role=MemberRole.RESPONDENT)
    foreign, client = Estate(birch, sam, ben, ana, "in_progress"), client_of(hana)
    for name in named_urls():
        if name.startswith(("assessments:", "vendors:")) and foreign.address(name) != estate.address(name):
            address = foreign.address(name)
            assert {ask("get", address, client), ask("post", address, client)} <= {404, 405}, name


def test_nothing_is_left_after_the_question_was_taken_back(estate: Estate, rita: User, hana: User) -> None:
    assignments.take_back(assessment=estate.assessment, numbers=[13], by=rita)
    client = client_of(hana)
    for name in ("answer-edit", "answer-shown", "answer-draft"):
        assert ask("post" if name == "answer-draft" else "get", at(name, estate.assessment, 13), client) == 404
    for name in ("evidence-view", "evidence-download", "evidence-preview"):
        assert ask("get", at(name, estate.assessment, estate.evidence.pk), client) == 404


# --- Files that are used for more than their questions ---------------------------------------------------------


def shared(assessment: Assessment, by: User) -> Evidence:
    """A file of the lead's that is evidence for questions 12 and 13."""
    item = Evidence.objects.create(
        assessment=assessment,
        name="both.txt",
        kind="text",
        content_type="text/plain",
        size=6,
        sha256="2" * 64,
        received_at=timezone.now(),
        received_by=by,
        upload_id=uuid4(),
    )
    item.file.save("x", ContentFile(b"Seen.\n"))
    for number in (12, 13):
        EvidenceLink.objects.create(evidence=item, answer=answer_to(assessment, number), by=by)
    return item


def test_rows_of_files_name_no_question_of_others(client: Client, estate: Estate, rita: User, hana: User) -> None:
    item = shared(estate.assessment, rita)
    client.force_login(hana)
    for name, more in (
        ("evidence-list", []),
        ("evidence-shown", []),
        ("answer-edit", [13]),
        ("answer-shown", [13]),
        ("evidence-view", [item.pk]),
    ):
        page = client.get(at(name, estate.assessment, *more)).content.decode()
        assert "both.txt" in page
        assert "question 12" not in page, name
        assert "/12/" not in page, name
    client.force_login(rita)
    assert "also used in question 12" in client.get(at("answer-edit", estate.assessment, 13)).content.decode()


def test_a_file_with_the_same_content_is_not_named(client: Client, estate: Estate, rita: User, hana: User) -> None:
    client.force_login(rita)
    assert add(client, estate.assessment, png("hidden.png"), 12)["status"] == 201
    client.force_login(hana)
    reply = add(client, estate.assessment, png("mine.png"), 13)
    assert (reply["status"], "hidden.png" in reply["html"]) == (201, False)
    own = Evidence.objects.get(name="mine.png")
    assert "hidden.png" not in client.get(at("evidence-view", estate.assessment, own.pk)).content.decode()


@pytest.mark.parametrize(
    ("act", "form"),
    [("withdraw", {}), ("date", {"day": "2026-01-02"}), ("place", {"account": "111122223333", "region": "global"})],
)
def test_a_file_that_others_rest_on_is_not_theirs_to_change(
    client: Client, estate: Estate, rita: User, hana: User, act: str, form: dict[str, str]
) -> None:
    item = shared(estate.assessment, rita)
    answer = answer_to(estate.assessment, 12)
    factories.answer_with(answer, factories.option_key(answer.criterion), by=rita, notes="")
    client.force_login(hana)
    reply = client.post(at(f"evidence-{act}", estate.assessment, item.pk), form, **JSON)
    assert reply.status_code == 403
    item.refresh_from_db()
    assert (item.withdrawn_at, item.effective_at, item.stated_account) == (None, None, "")
    assert answer_to(estate.assessment, 12).is_complete
    page = client.get(at("answer-edit", estate.assessment, 13)).content.decode()
    assert f"/evidence/{item.pk}/{act}" not in page
    assert f"/evidence/{item.pk}/{act}" not in client.get(at("evidence-list", estate.assessment)).content.decode()
    assert f"/evidence/{item.pk}/unlink" in page  # what they may do: not use it for their own question


def test_their_own_file_is_theirs_to_change(client: Client, estate: Estate, rita: User, hana: User) -> None:
    client.force_login(hana)
    add(client, estate.assessment, png("mine.png"), 13)
    item = Evidence.objects.get(name="mine.png")
    evidence.link(evidence=item, answer=answer_to(estate.assessment, 12), by=rita)
    assert client.post(at("evidence-withdraw", estate.assessment, item.pk), **JSON).status_code == 200
    item.refresh_from_db()
    assert item.withdrawn_by == hana


def test_what_they_see_after_their_last_question(client: Client, estate: Estate, hana: User) -> None:
    client.force_login(hana)
    answer = answer_to(estate.assessment, 13)
    form = sent(answer, choice=good(answer), notes="See the console.", action="complete")
    reply = client.post(at("answer-edit", estate.assessment, 13), form, follow=True)
    assert (reply.status_code, answer_to(estate.assessment, 13).is_complete) == (200, True)
    assert reply.redirect_chain == [(at("answer-list", estate.assessment), 302)]


def test_confirming_touches_no_question_of_others(client: Client, estate: Estate, hana: User) -> None:
    Answer.objects.filter(assessment=estate.assessment).update(carried_from=answer_to(estate.assessment, 1))
    client.force_login(hana)
    client.post(at("confirm", estate.assessment), {"number": ["1", "12"]})
    assert not Answer.objects.filter(assessment=estate.assessment, version__gt=0).exists()


def test_whose_invitations_are_open_is_not_for_them(client: Client, estate: Estate, rita: User, hana: User) -> None:
    client.force_login(hana)
    page = client.get(reverse("vendors:people", args=[estate.vendor.pk])).content.decode()
    assert "Rita Lindqvist" in page  # who submits
    assert "lena@acme.example" not in page
    client.force_login(rita)
    assert "lena@acme.example" in client.get(reverse("vendors:people", args=[estate.vendor.pk])).content.decode()


# --- Ways in ---------------------------------------------------------------------------------------------------


def test_an_invitation_gives_its_questions_to_its_address_alone(estate: Estate, rita: User, sam: User) -> None:
    invitation = assignments.assign_new(
        assessment=estate.assessment, numbers=[14], email="neo@acme.example", name="", by=rita
    )
    token = invitations.hash_token(invitations.issue_token(invitation=invitation))
    with pytest.raises(InvitationRefused, match="for another address"):
        invitations.accept(token_hash=token, user=sam)
    invitations.revoke(invitation=invitation, by=rita)
    with pytest.raises(InvitationRefused, match="does not work"):
        invitations.accept(token_hash=token, user=None, name="Neo Abe", password=factories.PASSWORD)
    assert not Answer.objects.visible_to(sam).filter(assessment=estate.assessment).exists()
    # Invited anew, they get what the new invitation is for, and not what the withdrawn one was.
    again = assignments.assign_new(
        assessment=estate.assessment, numbers=[15], email="neo@acme.example", name="", by=rita
    )
    token = invitations.hash_token(invitations.issue_token(invitation=again))
    _, neo = invitations.accept(token_hash=token, user=None, name="Neo Abe", password=factories.PASSWORD)
    seen = Answer.objects.visible_to(neo).values_list("criterion__number", flat=True)
    assert list(seen) == [15]
    invitations.remove_member(member=Member.objects.get(user=neo), by=rita)
    assert not Answer.objects.visible_to(neo).exists()


def test_fields_that_the_form_does_not_have_change_nothing(client: Client, estate: Estate, hana: User) -> None:
    client.force_login(hana)
    answer = answer_to(estate.assessment, 13)
    more = {"assignee": hana.pk, "is_complete": "1", "assessment": "1", "version": "9", "carried_from": "1"}
    client.post(at("answer-draft", estate.assessment, 13), sent(answer, choice=good(answer)) | more)
    answer = answer_to(estate.assessment, 13)
    assert (answer.version, answer.is_complete, answer.carried_from_id) == (1, False, None)


# --- Mail through us -------------------------------------------------------------------------------------------


def test_assigning_again_and_again_sends_one_mail(client: Client, estate: Estate, tom: User, hana: User) -> None:
    client.force_login(tom)
    before = Mail.objects.filter(kind="answers.assigned").count()
    for number in (13, 14, 13, 15, 13):
        reply = client.post(at("assign", estate.assessment), {"questions": [number], "who": hana.pk})
        assert reply.status_code == 302
    assert Mail.objects.filter(kind="answers.assigned").count() <= before + 1


def test_inviting_and_withdrawing_in_turn_is_limited(client: Client, estate: Estate, rita: User) -> None:
    client.force_login(rita)
    statuses = []
    for _ in range(8):
        form = {"questions": [14], "who": "new", "email": "victim@elsewhere.example"}
        statuses.append(client.post(at("assign", estate.assessment), form).status_code)
        for waiting in Invitation.objects.pending().filter(email="victim@elsewhere.example"):
            invitations.revoke(invitation=waiting, by=rita)
    assert statuses == [302, 302, 302, 422, 422, 422, 422, 422]
    assert Mail.objects.filter(to="victim@elsewhere.example").count() == 3
