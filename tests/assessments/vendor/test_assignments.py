"""Who works on what: questions handed to a colleague, who sees these and no others; the whole request handed on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.actions import assignments, reviews, workflow
from assessments.actions.assignments import AssignmentRefused
from assessments.models import Answer, Assessment, Evaluation, Evidence, Query
from audit.models import Event
from outbox.models import Mail
from tests import factories
from tests.assessments.vendor.helpers import add, answer_to, at, png
from tests.intake.samples import HEADER, root, user
from users.models import User
from vendors.actions import invitations
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Invitation, Member, MemberRole, Vendor


@pytest.fixture
def hana(acme: Vendor) -> User:
    """Helper at Acme: sees what is assigned to her."""
    user = factories.make_user("Hana Brandt", email="hana@acme.example")
    factories.make_member(acme, user, role=MemberRole.HELPER)
    return user


def numbers(user: User) -> list[int]:
    return sorted(Answer.objects.visible_to(user).values_list("criterion__number", flat=True))


def joined(email: str, name: str) -> User:
    """Accept the invitation that waits for this address."""
    token = invitations.issue_token(invitation=Invitation.objects.pending().get(email=email))
    return invitations.accept(
        token_hash=invitations.hash_token(token), user=None, name=name, password=factories.PASSWORD
    )[1]


# --- What a helper sees ------------------------------------------------------------------------------------------


def test_a_helper_sees_what_is_assigned_and_nothing_else(in_progress: Assessment, rita: User, hana: User) -> None:
    assert numbers(hana) == []
    assignments.assign(assessment=in_progress, numbers=[13, 14], to=hana, by=rita)
    assert numbers(hana) == [13, 14]
    assert len(numbers(rita)) == 33
    assignments.take_back(assessment=in_progress, numbers=[14], by=rita)
    assert numbers(hana) == [13]


def test_a_respondent_goes_on_seeing_all(in_progress: Assessment, rita: User, tom: User) -> None:
    assignments.assign(assessment=in_progress, numbers=[13], to=tom, by=rita)
    assert len(numbers(tom)) == 33


def test_a_helper_who_was_removed_sees_nothing(in_progress: Assessment, rita: User, hana: User) -> None:
    assignments.assign(assessment=in_progress, numbers=[13], to=hana, by=rita)
    invitations.remove_member(member=Member.objects.get(user=hana), by=rita)
    assert numbers(hana) == []


def test_pages_of_a_helper(client: Client, in_progress: Assessment, rita: User, hana: User) -> None:
    assignments.assign(assessment=in_progress, numbers=[13], to=hana, by=rita)
    client.force_login(hana)
    assert client.get(at("answer-edit", in_progress, 13)).status_code == 200
    assert client.get(at("answer-edit", in_progress, 12)).status_code == 404
    assert client.post(at("answer-draft", in_progress, 12), {}).status_code == 404
    for name in ("accounts", "submit-check", "check-shown", "assign"):
        assert client.get(at(name, in_progress)).status_code == 403, name
    for name in ("submit", "forward", "assign"):
        assert client.post(at(name, in_progress)).status_code == 403, name
    page = client.get(at("answer-list", in_progress)).content.decode()
    assert 'id="q13"' in page
    assert page.count('<li class="task" id="q') == 1
    assert "0 of 1 complete" in page


def test_the_page_of_a_question_offers_a_helper_no_other(
    client: Client, in_progress: Assessment, rita: User, hana: User
) -> None:
    assignments.assign(assessment=in_progress, numbers=[13], to=hana, by=rita)
    client.force_login(hana)
    page = client.get(at("answer-edit", in_progress, 13)).content.decode()
    base = at("answer-list", in_progress)
    assert [number for number in range(1, 34) if f'{base}{number}/"' in page and number != 13] == []


def test_files_of_a_helper(client: Client, in_progress: Assessment, rita: User, hana: User) -> None:
    client.force_login(rita)
    add(client, in_progress, png("one.png"), 12)
    add(client, in_progress, png("two.png"), 13)
    assignments.assign(assessment=in_progress, numbers=[13], to=hana, by=rita)
    client.force_login(hana)
    add(client, in_progress, png("three.png"))
    seen = Evidence.objects.visible_to(hana).order_by("pk").values_list("name", flat=True)
    assert list(seen) == ["two.png", "three.png"]
    page = client.get(at("evidence-list", in_progress)).content.decode()
    assert ("one.png" in page, "two.png" in page, "three.png" in page) == (False, True, True)
    theirs = Evidence.objects.get(name="one.png")
    assert client.get(at("evidence-view", in_progress, theirs.pk)).status_code == 404
    assert client.post(at("evidence-link", in_progress, theirs.pk), {"number": 13}).status_code == 404
    own = Evidence.objects.get(name="three.png")
    assert client.post(at("evidence-link", in_progress, own.pk), {"number": 12}).status_code == 404


def test_evaluations_and_questions_back_follow_the_answer(
    in_progress: Assessment, rita: User, hana: User, ana: User
) -> None:
    factories.answer_all(in_progress, by=rita)
    account = DeclaredAccount("111122223333", "", "production")
    declare_accounts(vendor=in_progress.vendor, accounts=[account], by=rita)
    workflow.submit(assessment=in_progress, attested_name=rita.name, by=rita)
    for number in (12, 13):
        reviews.ask(answer=answer_to(in_progress, number), text="Which one?", by=ana)
    in_progress.refresh_from_db()
    back = workflow.request_changes(assessment=in_progress, by=ana)
    assignments.assign(assessment=back, numbers=[13], to=hana, by=rita)
    assert Query.objects.visible_to(hana).count() == 1
    assert Query.objects.visible_to(rita).count() == 2
    assert Evaluation.objects.visible_to(hana).count() == 0


# --- Assigning ---------------------------------------------------------------------------------------------------


def test_one_mail_and_one_event_for_many_questions(in_progress: Assessment, rita: User, tom: User) -> None:
    assignments.assign(assessment=in_progress, numbers=[5, 6, 13], to=tom, by=rita)
    mail = Mail.objects.get(kind="answers.assigned")
    assert (mail.to, mail.params) == ("tom@acme.example", {"assessment": in_progress.pk, "user": tom.pk})
    event = Event.objects.get(kind="answers.assigned")
    assert event.actor == rita.pk
    assert event.detail.data == {"questions": [5, 6, 13], "to": tom.pk}


def test_nobody_is_written_to_about_their_own_doing(in_progress: Assessment, rita: User) -> None:
    assignments.assign(assessment=in_progress, numbers=[5], to=rita, by=rita)
    assert not Mail.objects.filter(kind="answers.assigned").exists()


def test_strangers_cannot_be_asked(in_progress: Assessment, rita: User, sam: User) -> None:
    with pytest.raises(AssignmentRefused, match="does not act for you"):
        assignments.assign(assessment=in_progress, numbers=[5], to=sam, by=rita)
    assert numbers(sam) == []


def test_somebody_new_sees_the_questions_once_they_accept(in_progress: Assessment, rita: User) -> None:
    assignments.assign_new(assessment=in_progress, numbers=[13], email="Neo@acme.example", name="Neo Abe", by=rita)
    assert Mail.objects.get(kind="vendor.invitation").to == "neo@acme.example"
    neo = joined("neo@acme.example", "Neo Abe")
    assert Member.objects.get(user=neo).role == MemberRole.HELPER
    assert numbers(neo) == [13]
    assignments.assign_new(assessment=in_progress, numbers=[14], email="neo2@acme.example", name="", by=rita)
    assert numbers(neo) == [13]


def test_only_what_is_open_can_be_handed_on(submitted: Assessment, rita: User, tom: User) -> None:
    with pytest.raises(AssignmentRefused, match="submitted or closed meanwhile"):
        assignments.assign(assessment=submitted, numbers=[5], to=tom, by=rita)


def test_only_questions_that_came_back_can_be_handed_on(
    submitted: Assessment, rita: User, tom: User, ana: User
) -> None:
    reviews.ask(answer=answer_to(submitted, 13), text="Which one?", by=ana)
    back = workflow.request_changes(assessment=submitted, by=ana)
    with pytest.raises(AssignmentRefused, match="open for changes"):
        assignments.assign(assessment=back, numbers=[5, 13], to=tom, by=rita)
    assignments.assign(assessment=back, numbers=[13], to=tom, by=rita)


def test_the_whole_request_goes_to_the_right_person(in_progress: Assessment, rita: User) -> None:
    assignments.forward(assessment=in_progress, email="cloud@acme.example", name="Cara Oud", by=rita)
    cara = joined("cloud@acme.example", "Cara Oud")
    assert Member.objects.get(user=cara).role == MemberRole.LEAD
    assert len(numbers(cara)) == 33
    assert Event.objects.filter(kind="assessment.forwarded").count() == 1


# --- The page ----------------------------------------------------------------------------------------------------


def test_the_page_assigns_a_whole_domain(client: Client, in_progress: Assessment, rita: User, tom: User) -> None:
    client.force_login(rita)
    page = client.get(at("assign", in_progress) + "?domain=account-management").content.decode()
    assert page.count(" checked") == 7
    reply = client.post(at("assign", in_progress), {"questions": [1, 2], "who": tom.pk}, follow=True)
    page = reply.content.decode()
    assert "Questions 1 and 2 are assigned to Tom Adeyemi." in page
    assert page.count('<span class="tag tag-violet">Tom Adeyemi</span>') == 2


def test_the_page_invites_somebody_new(client: Client, in_progress: Assessment, rita: User) -> None:
    client.force_login(rita)
    form = {"questions": [13], "who": "new", "email": "neo@acme.example", "name": "Neo Abe"}
    page = client.post(at("assign", in_progress), form, follow=True).content.decode()
    assert "Question 13 is assigned to neo@acme.example, who was invited by mail." in page
    assert '<span class="tag tag-violet">Neo Abe (invited)</span>' in page


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"who": "nobody"}, "Choose at least one question"),
        ({"questions": [13]}, "Choose who answers"),
        ({"questions": [13], "who": "new"}, "Enter the address of the person you want to invite"),
        ({"questions": [13], "who": "new", "email": "nonsense"}, "Enter a valid email address."),
        ({"questions": [99], "who": "nobody"}, "Choose questions from the list"),
        ({"questions": [13], "who": "999999"}, "Choose somebody from the list"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, in_progress: Assessment, rita: User, form: dict[str, object], sentence: str
) -> None:
    client.force_login(rita)
    reply = client.post(at("assign", in_progress), form | {"name": "Neo Abe"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert sentence in page
    assert 'value="Neo Abe"' in page
    assert not Answer.objects.exclude(assignee=None, assignee_invitation=None).exists()


def test_our_own_people_cannot_be_invited(client: Client, in_progress: Assessment, rita: User, ana: User) -> None:
    client.force_login(rita)
    form = {"questions": [13], "who": "new", "email": ana.email}
    reply = client.post(at("assign", in_progress), form)
    assert (reply.status_code, Invitation.objects.count()) == (422, 0)
    assert "This address cannot be invited." in reply.content.decode()


def test_a_respondent_assigns_and_does_not_invite(client: Client, in_progress: Assessment, tom: User) -> None:
    client.force_login(tom)
    page = client.get(at("assign", in_progress)).content.decode()
    assert "Only a lead can invite somebody new." in page
    assert (
        client.post(at("assign", in_progress), {"questions": [13], "who": "new", "email": "a@b.example"}).status_code
        == 422
    )
    assert client.post(at("assign", in_progress), {"questions": [13], "who": tom.pk}).status_code == 302
    assert client.post(at("forward", in_progress), {"forward-email": "a@b.example"}).status_code == 403


def test_forwarding_from_the_page(client: Client, in_progress: Assessment, rita: User) -> None:
    client.force_login(rita)
    bad = client.post(at("forward", in_progress), {"forward-email": ""})
    assert (bad.status_code, "Enter the address of the right person" in bad.content.decode()) == (422, True)
    page = client.post(at("forward", in_progress), {"forward-email": "cara@acme.example"}, follow=True)
    assert "cara@acme.example was invited to take over. You stay a lead beside them." in page.content.decode()


def test_the_page_costs_the_same_for_all(
    client: Client, in_progress: Assessment, rita: User, tom: User, django_assert_num_queries: object
) -> None:
    client.force_login(rita)
    client.get(at("assign", in_progress))
    with django_assert_num_queries(11):
        client.get(at("assign", in_progress))
    assignments.assign(assessment=in_progress, numbers=range(1, 34), to=tom, by=rita)
    with django_assert_num_queries(11):
        client.get(at("assign", in_progress))


# --- What was said last time --------------------------------------------------------------------------------------


def test_what_the_files_contradict_is_not_confirmed_with_the_rest(client: Client, acme: Vendor, rita: User) -> None:
    factories.make_assessment(vendor=acme, state="closed")
    again = factories.make_assessment(vendor=acme, state="in_progress")
    client.force_login(rita)
    page = client.get(at("answer-list", again)).content.decode()
    assert page.count('name="number" value="13"') == 1
    assert page.count(">To confirm</span>") == 33
    rows = [HEADER, root(), user("bob", key="true,2026-01-01T00:00:00Z,N/A,N/A,N/A")]
    report = SimpleUploadedFile("report.csv", "\n".join(rows).encode())
    add(client, again, report)
    factories.evaluate(again)
    page = client.get(at("answer-list", again)).content.decode()
    assert page.count('name="number" value="13"') == 0
    assert page.count('name="number" value="16"') == 1
    client.post(at("confirm", again), {"number": [15, 16]})
    assert answer_to(again, 16).is_complete
