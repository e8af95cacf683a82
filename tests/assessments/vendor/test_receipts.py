"""The page of the receipts: who sees it, what it says in each state, and the download."""

import pytest
from django.test import Client

from assessments.actions import receipts, reviews, workflow
from assessments.models import Assessment, Submission
from tests.assessments.vendor.helpers import answer_to, at
from tests.factories import answer_all, make_assessment
from users.models import User
from vendors.models import Member, MemberRole, Vendor

PDF = b"%PDF-1.7 tiny"


@pytest.fixture
def ready(submitted: Assessment, monkeypatch: pytest.MonkeyPatch) -> Submission:
    """A submission with its receipt; laying it out took no time."""
    monkeypatch.setattr(receipts, "render_receipt", lambda text: PDF)
    submission = submitted.submissions.get()
    receipts.render_now(submission_id=submission.pk)
    submission.refresh_from_db()
    return submission


def page_for(client: Client, user: User, assessment: Assessment, **headers: str) -> str:
    client.force_login(user)
    response = client.get(at("receipt", assessment), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", ["rita", "tom", "ana", "max"])
def test_both_sides_download_it(client: Client, ready: Submission, who: str, request: pytest.FixtureRequest) -> None:
    page = page_for(client, request.getfixturevalue(who), ready.assessment)
    address = at("receipt-download", ready.assessment, 1)
    assert f'href="{address}"' in page
    assert ready.manifest_sha256 in page
    response = client.get(address)
    assert b"".join(response.streaming_content) == PDF
    name = f"aws-assessment-receipt-{ready.assessment_id}-round-1.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_others_get_nothing(client: Client, ready: Submission, sam: User, ada: User, tom: User) -> None:
    Member.objects.filter(user=tom).update(role=MemberRole.HELPER)
    for user, status in ((sam, 404), (ada, 403), (tom, 403)):
        client.force_login(user)
        assert client.get(at("receipt", ready.assessment)).status_code == status
        assert client.post(at("receipt", ready.assessment)).status_code == status
        assert client.get(at("receipt-download", ready.assessment, 1)).status_code == status


def test_a_receipt_is_no_door_to_another_assessment(
    client: Client, ready: Submission, birch: Vendor, sam: User
) -> None:
    other = make_assessment(vendor=birch, state="in_progress")
    client.force_login(sam)
    assert client.get(at("receipt-download", other, 1)).status_code == 404
    assert ready.manifest_sha256 not in client.get(at("receipt", other)).content.decode()


def test_before_submitting_there_is_none(client: Client, in_progress: Assessment, rita: User, ana: User) -> None:
    assert "Nothing was submitted yet." in page_for(client, rita, in_progress)
    assert at("receipt", in_progress) not in client.get(at("answer-list", in_progress)).content.decode()
    draft = make_assessment(vendor=in_progress.vendor, state="draft", period="2027")
    assert client.get(at("receipt", draft)).status_code == 404
    client.force_login(ana)
    assert client.get(at("receipt", draft)).status_code == 403


def test_while_it_is_made_the_page_asks_again(client: Client, submitted: Assessment, rita: User) -> None:
    page = page_for(client, rita, submitted)
    assert f'hx-get="{at("receipt", submitted)}" hx-trigger="every 2s"' in page
    assert "Being prepared." in page
    part = page_for(client, rita, submitted, **{"HX-Request": "true"})
    assert part.lstrip().startswith('<div id="receipts" hx-get=')
    response = client.get(at("receipt-download", submitted, 1), follow=True)
    assert response.redirect_chain == [(at("receipt", submitted), 302)]
    assert "This receipt is not ready yet." in response.content.decode()


def test_when_it_is_ready_a_script_stops_and_says_so(client: Client, ready: Submission, rita: User) -> None:
    part = page_for(client, rita, ready.assessment, **{"HX-Request": "true"})
    assert "hx-get" not in part
    assert 'data-announce="The receipt is ready"' in part


def test_a_failure_says_why_and_can_be_tried_again(client: Client, submitted: Assessment, rita: User) -> None:
    submission = submitted.submissions.get()
    Submission.objects.update(state="failed", problem="Something in it could not be laid out.", reference="AB12")
    page = page_for(client, rita, submitted)
    assert "Something in it could not be laid out. Reference AB12. What was submitted is safe." in page
    assert client.post(at("receipt", submitted)).headers["Location"] == at("receipt", submitted)
    submission.refresh_from_db()
    assert (submission.state, submission.problem) == ("queued", "")


def test_a_file_that_cannot_be_read_is_said(client: Client, ready: Submission, rita: User) -> None:
    ready.file.storage.delete(ready.file.name)
    client.force_login(rita)
    response = client.get(at("receipt-download", ready.assessment, 1), follow=True)
    assert "The file of this receipt could not be read. Try again later." in response.content.decode()


def test_every_round_keeps_its_receipt(
    client: Client, ready: Submission, rita: User, ana: User, django_assert_num_queries: object
) -> None:
    page_for(client, rita, ready.assessment)
    with django_assert_num_queries(5):
        client.get(at("receipt", ready.assessment))
    reviews.ask(answer=answer_to(ready.assessment, 1), text="Which accounts?", by=ana)
    back = workflow.request_changes(assessment=ready.assessment, by=ana)
    workflow.submit(assessment=answer_all(back, by=rita), attested_name="R. L.", by=rita)
    second = Submission.objects.get(round=2)
    receipts.render_now(submission_id=second.pk)
    with django_assert_num_queries(5):
        page = client.get(at("receipt", back)).content.decode()
    assert page.index("Round 2") < page.index("Round 1")
    for number in (1, 2):
        assert b"".join(client.get(at("receipt-download", back, number)).streaming_content) == PDF
    assert client.get(at("receipt-download", back, 3)).status_code == 404


def test_links_lead_there(client: Client, ready: Submission, rita: User, ana: User, ada: User) -> None:
    link = f'href="{at("receipt", ready.assessment)}"'
    client.force_login(rita)
    assert link in client.get(at("answer-list", ready.assessment)).content.decode()
    client.force_login(ana)
    assert link in client.get(at("detail", ready.assessment)).content.decode()
    client.force_login(ada)
    assert link not in client.get(at("detail", ready.assessment)).content.decode()
