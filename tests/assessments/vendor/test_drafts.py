"""Autosave: every reply of the table in the design, and what it costs."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions import workflow
from assessments.actions.answers import AnswerContent, save
from assessments.models import Answer, Assessment
from audit.models import Event
from playbook.models import Side
from tests.assessments.vendor.helpers import JSON, answer_to, at, bad, good, keys_of, sent
from tests.factories import make_assessment
from users.models import User
from vendors.models import Vendor


def draft(client: Client, answer: Answer, **fields: object) -> object:
    address = at("answer-draft", answer.assessment, answer.criterion.number)
    return client.post(address, sent(answer, **fields), **JSON)


@pytest.fixture
def answer(in_progress: Assessment) -> Answer:
    return answer_to(in_progress, 13)


def test_stored(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    response = draft(client, answer, choice=good(answer), notes="Half a sent")
    reply = response.json()
    assert response.status_code == 200
    assert {name: reply[name] for name in ("version", "warnings", "plan")} == {
        "version": 1,
        "warnings": [],
        "plan": False,
    }
    assert re.fullmatch(r"\d\d:\d\d:\d\d", reply["savedAt"])
    stored = answer_to(answer.assessment, 13)
    assert (stored.statements, stored.notes, stored.is_complete) == (["aws-core-13-a1"], "Half a sent", False)


def test_plan_is_asked_for_where_it_is_needed(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    assert draft(client, answer, choice=bad(answer)).json()["plan"] is True
    answer.refresh_from_db()
    assert draft(client, answer, choice=good(answer)).json()["plan"] is False


def test_a_draft_never_completes(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    draft(client, answer, choice=good(answer), notes="x", action="complete")
    assert answer_to(answer.assessment, 13).is_complete is False


def test_a_retry_of_the_same_content_is_harmless(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    assert draft(client, answer, notes="x").json()["version"] == 1
    assert draft(client, answer, notes="x").json()["version"] == 1


def test_a_run_of_saves_is_one_event(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    for notes in ("a", "ab", "abc"):
        draft(client, answer, notes=notes)
        answer.refresh_from_db()
    assert Event.objects.filter(kind__startswith="answer.").count() == 1


def test_somebody_else_saved_meanwhile(client: Client, rita: User, tom: User, answer: Answer) -> None:
    theirs = AnswerContent(
        kind="statements", statements=[keys_of(answer, Side.FAILURE)[0]], notes="Tom's", plan="Mend it"
    )
    saved = save(answer=answer, content=theirs, base_version=0, by=tom)
    client.force_login(rita)
    response = draft(client, answer, choice=good(answer), notes="Rita's")
    assert response.status_code == 409
    reply = response.json()
    assert re.fullmatch(r"\d\d:\d\d", reply["at"])
    assert {name: reply[name] for name in ("version", "by", "own", "fields")} == {
        "version": saved.version,
        "by": "Tom Adeyemi",
        "own": False,
        "fields": {"choice": bad(answer), "reason": "", "notes": "Tom's", "plan": "Mend it", "plan_due_on": ""},
    }
    assert answer_to(answer.assessment, 13).notes == "Tom's"


def test_ones_own_other_window_saved_meanwhile(client: Client, rita: User, answer: Answer) -> None:
    save(answer=answer, content=AnswerContent(notes="Window 2"), base_version=0, by=rita)
    client.force_login(rita)
    response = draft(client, answer, notes="Window 1")
    assert (response.status_code, response.json()["own"]) == (409, True)


def test_equal_choices_are_not_marked_as_different(client: Client, rita: User, in_progress: Assessment) -> None:
    answer = answer_to(in_progress, 31)
    keys = [keys_of(answer, side)[0] for side in (Side.FAILURE, Side.ACCEPTABLE)]
    content = AnswerContent(kind="statements", statements=keys, notes="Window 2")
    save(answer=answer, content=content, base_version=0, by=rita)
    client.force_login(rita)
    for tokens in ([bad(answer), good(answer)], [good(answer), bad(answer)]):
        form = sent(answer, choice=tokens, notes="Window 1") | {"action": "save"}
        page = client.post(at("answer-edit", in_progress, 31), form)
        assert re.findall("<mark>(.*?)</mark>", page.content.decode()) == ["Window 1", "Window 2"]


def test_signed_out(client: Client, answer: Answer) -> None:
    response = draft(client, answer, notes="x")
    assert response.status_code == 401
    assert response.json() == {"error": "You have been signed out. Sign in again."}


@pytest.mark.parametrize(
    ("fields", "status", "errors"),
    [
        ({"notes": "x" * 2001}, 413, {"notes": "Notes must be 2,000 characters or less"}),
        ({"choice": "aws-core-13-a1"}, 422, {"choice": "Choose one of the answers on the page"}),
        ({"plan_due_on": "soon"}, 422, {"plan_due_on": "Enter the day as year-month-day, for example 2027-01-31"}),
        ({"notes": "a\x00b"}, 422, {"notes": "Null characters are not allowed."}),
        ({"base_version": "new"}, 422, {"base_version": "Enter a whole number."}),
    ],
)
def test_wrong_or_too_long(
    client: Client, rita: User, answer: Answer, fields: dict[str, str], status: int, errors: dict[str, str]
) -> None:
    client.force_login(rita)
    response = draft(client, answer, **fields)
    assert (response.status_code, response.json()) == (status, {"errors": errors})
    assert answer_to(answer.assessment, 13).version == 0


def test_far_too_long_is_refused_unread(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    response = draft(client, answer, notes="x" * 1_000_001)
    assert response.status_code == 413
    assert list(response.json()["errors"]) == ["notes"]


def test_closed_meanwhile(client: Client, rita: User, max: User, answer: Answer) -> None:
    workflow.cancel(assessment=answer.assessment, by=max)
    client.force_login(rita)
    response = draft(client, answer, notes="x")
    assert response.status_code == 423
    assert response.json()["error"].startswith("This answer is closed for changes.")


def test_not_sent_back_is_closed_too(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="changes_requested")
    client.force_login(rita)
    assert draft(client, answer_to(assessment, 2), notes="x").status_code == 423
    assert draft(client, answer_to(assessment, 1), notes="x").status_code == 200


def test_a_stranger_gets_404_and_learns_nothing(client: Client, sam: User, answer: Answer) -> None:
    client.force_login(sam)
    ours, unknown = draft(client, answer, notes="x"), client.post("/assessments/999/questions/1/draft", {}, **JSON)
    assert (ours.status_code, unknown.status_code) == (404, 404)
    assert ours.json() == unknown.json()


def test_a_removed_member_is_a_stranger_at_once(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    rita.memberships.update(is_active=False)
    assert draft(client, answer, notes="x").status_code == 404


def test_staff_do_not_answer(client: Client, ana: User, answer: Answer) -> None:
    client.force_login(ana)
    assert draft(client, answer, notes="x").status_code == 403


def test_the_token_of_the_form_is_checked(rita: User, answer: Answer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    assert draft(client, answer, notes="x").status_code == 403
    assert answer_to(answer.assessment, 13).version == 0
    page = client.get(at("answer-edit", answer.assessment, 13)).content.decode()
    given = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    assert draft(client, answer, notes="x", csrfmiddlewaretoken=given).status_code == 200


def test_only_post(client: Client, rita: User, answer: Answer) -> None:
    client.force_login(rita)
    assert client.get(reverse("assessments:answer-draft", args=[answer.assessment_id, 13])).status_code == 405


def test_queries_of_a_draft(client: Client, rita: User, answer: Answer, django_assert_num_queries: object) -> None:
    """11 and a savepoint around the action; the budget is 12 with the transaction of a request outside a test."""
    client.force_login(rita)
    draft(client, answer, notes="a")
    address = at("answer-draft", answer.assessment, 13)
    fields = sent(answer, choice=good(answer), notes="ab") | {"base_version": 1}
    with django_assert_num_queries(12):
        assert client.post(address, fields, **JSON).status_code == 200
