"""Two people at once: what one of them did while the other's request waited is never undone or gone round."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions import reviews, workflow
from assessments.actions.accounts import declare
from assessments.actions.reviews import ReviewRefused
from assessments.models import Assessment, Query
from assessments.queries.check_page import digest_of
from tests import factories
from users.models import User
from vendors.actions.vendors import AccountsChanged, DeclaredAccount, declare_accounts
from vendors.models import Vendor

OURS = DeclaredAccount("111122223333", "payments", "production")
THEIRS = DeclaredAccount("444455556666", "logs", "logging")


def test_a_question_is_not_collected_on_an_assessment_closed_meanwhile(acme: Vendor, rita: User, ana: User) -> None:
    assessment = factories.review_all(factories.make_assessment(vendor=acme, state="submitted"), by=ana)
    answer = assessment.answers.first()
    workflow.close(assessment=assessment, by=ana)
    with pytest.raises(ReviewRefused, match="no longer in review"):
        reviews.ask(answer=answer, text="One more thing", by=ana)
    assert Query.objects.count() == 0


def test_a_question_is_not_taken_back_once_the_assessment_moved_on(submitted: Assessment, ana: User) -> None:
    first, second = submitted.answers.all()[:2]
    query = reviews.ask(answer=first, text="Which account?", by=ana)
    reviews.ask(answer=second, text="Since when?", by=ana)
    workflow.request_changes(assessment=submitted, by=ana)
    with pytest.raises(ReviewRefused, match="no longer in review"):
        reviews.remove_query(query=query, by=ana)
    assert Query.objects.filter(round=2).count() == 2


def test_accounts_declared_meanwhile_are_not_replaced(acme: Vendor, rita: User) -> None:
    known = declare_accounts(vendor=acme, accounts=[OURS], by=rita)
    declare_accounts(vendor=acme, accounts=[OURS, THEIRS], by=rita)
    with pytest.raises(AccountsChanged):
        declare_accounts(vendor=acme, accounts=[OURS], by=rita, known=known)
    assert acme.aws_accounts.count() == 2


def test_the_page_shows_the_accounts_that_were_declared_meanwhile(
    client: Client, in_progress: Assessment, acme: Vendor, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = declare_accounts(vendor=acme, accounts=[OURS], by=rita)

    def late(**values: object) -> object:
        """A colleague's request gets the lock first."""
        declare_accounts(vendor=acme, accounts=[OURS, THEIRS], by=rita)
        return declare(**values)

    monkeypatch.setattr("assessments.views.accounts.declare", late)
    client.force_login(rita)
    form = {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0, "lines": "123456789012, new, staging"}
    address = reverse("assessments:accounts", args=[in_progress.pk])
    response = client.post(address, form | {"seen": digest_of(stored)})
    page = response.content.decode()
    assert response.status_code == 409
    assert ("444455556666" in page, "123456789012, new, staging" in page) == (True, True)
    assert [one.account_id for one in acme.aws_accounts.all()] == ["111122223333", "444455556666"]
