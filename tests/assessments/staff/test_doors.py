"""Who may open which of our pages."""

import pytest
from django.test import Client

from assessments.actions import reviews
from assessments.models import Assessment
from tests.assessments.staff.pages import address, make_report
from users.models import User

pytestmark = pytest.mark.django_db


def every_page(assessment: Assessment, by: User) -> list[tuple[str, str]]:
    """Method and address of each page of ours."""
    pk = assessment.pk
    query = reviews.ask(answer=assessment.answers.first(), text="Which accounts?", by=by)
    report = make_report(assessment, by)
    gets = [
        address("portfolio"),
        address("worklist"),
        address("open"),
        address("detail", pk),
        address("edit", pk),
        address("event-list", pk),
        address("score-edit", pk, 1),
        address("report-status", report.pk),
        address("report-download", report.pk),
    ]
    posts = [address(name, pk) for name in ("send", "cancel", "close", "reopen", "send-back", "report-create")]
    posts += [address("score-edit", pk, 1), address("query-add", pk, 1), address("query-remove", query.pk)]
    return [("get", path) for path in gets] + [("post", path) for path in posts]


@pytest.mark.parametrize("who", ["rita", "sam"])
def test_staff_pages_do_not_exist_for_vendors(
    who: str, request: pytest.FixtureRequest, client: Client, submitted: Assessment, ana: User
) -> None:
    client.force_login(request.getfixturevalue(who))
    pages = every_page(submitted, ana)
    assert {path: getattr(client, method)(path).status_code for method, path in pages} == {
        path: 404 for _, path in pages
    }
    submitted.refresh_from_db()
    assert (submitted.state, submitted.reviewed_count) == ("submitted", 0)


def test_staff_pages_ask_strangers_to_sign_in(client: Client, submitted: Assessment, ana: User) -> None:
    for method, path in every_page(submitted, ana):
        assert getattr(client, method)(path).status_code == 302


def test_administrator_reads_the_overview_and_nothing_else(client: Client, submitted: Assessment, ada: User) -> None:
    client.force_login(ada)
    pk = submitted.pk
    pages = ("portfolio", "worklist", "list")
    assert [client.get(address(name)).status_code for name in pages] == [200, 200, 200]
    assert client.get(address("detail", pk)).status_code == 200
    refused = [address("open"), address("edit", pk), address("score-edit", pk, 1)]
    assert [client.get(path).status_code for path in refused] == [403, 403, 403]
    moves = [address(name, pk) for name in ("cancel", "close", "send-back", "report-create")]
    assert [client.post(path).status_code for path in moves] == [403] * 4
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_manager_reads_answers_and_scores_none(client: Client, submitted: Assessment, max: User) -> None:
    client.force_login(max)
    page = client.get(address("score-edit", submitted.pk, 1))
    assert page.status_code == 200
    assert b"Save and next" not in page.content
    assert client.post(address("score-edit", submitted.pk, 1), {"result": "met", "base_version": 0}).status_code == 403


def test_workbench_is_closed_before_anything_was_submitted(client: Client, in_progress: Assessment, ana: User) -> None:
    client.force_login(ana)
    assert client.get(address("score-edit", in_progress.pk, 1)).status_code == 403


def test_unknown_ids_are_not_found(client: Client, submitted: Assessment, ana: User) -> None:
    client.force_login(ana)
    paths = [address("detail", 999999), address("score-edit", submitted.pk, 34), address("report-download", 999999)]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
