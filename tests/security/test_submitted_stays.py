"""What was submitted is what the analyst judges: the vendor cannot change it, and we see nothing they do after it."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import intake
from assessments.actions import evidence, reviews, workflow
from assessments.actions.answers import AnswerContent, save
from assessments.actions.evidence import EvidenceRefused
from assessments.models import Answer, Assessment, Evidence
from tests import factories
from users.models import User
from vendors.actions.vendors import DeclaredAccount, declare_accounts
from vendors.models import Vendor

REPORT = (
    b"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    b"mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    b"access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    b"access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    b"cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
    b"<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,no_information,"
    b"not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
)


@pytest.fixture(autouse=True)
def accounts(acme: Vendor, rita: User) -> None:
    """Submitting needs them."""
    declare_accounts(vendor=acme, accounts=[DeclaredAccount("111122223333", "payments", "production")], by=rita)


def answer_to(assessment: Assessment, number: int) -> Answer:
    return Answer.objects.select_related("criterion").get(assessment=assessment, criterion__number=number)


def attach(assessment: Assessment, by: User, *, to: Answer | None = None, data: bytes = b"Seen.\n") -> Evidence:
    accepted = intake.examine(io.BytesIO(data), "seen.txt" if data != REPORT else "report.csv")
    return evidence.attach(assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=to, by=by)


def send_back(assessment: Assessment, number: int, by: User) -> Assessment:
    reviews.ask(answer=answer_to(assessment, number), text="Which account is this?", by=by)
    return workflow.request_changes(assessment=Assessment.objects.get(pk=assessment.pk), by=by)


def submitted_with_file(assessment: Assessment, rita: User) -> Evidence:
    item = attach(assessment, rita, to=answer_to(assessment, 13))
    evidence.state_date(evidence=item, day=timezone.now() - timedelta(days=200), by=rita)
    factories.answer_all(assessment, by=rita)
    workflow.submit(assessment=Assessment.objects.get(pk=assessment.pk), attested_name=rita.name, by=rita)
    return Evidence.objects.get(pk=item.pk)


def test_the_date_of_a_submitted_file_cannot_be_changed(
    client: Client, in_progress: Assessment, rita: User, ana: User
) -> None:
    item = submitted_with_file(in_progress, rita)
    send_back(in_progress, 13, ana)
    client.force_login(rita)
    address = reverse("assessments:evidence-date", args=[in_progress.pk, item.pk])
    response = client.post(address, {"day": "2026-11-01"}, headers={"accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"].endswith("This file was submitted, so it stays. Add a newer one beside it.")
    assert Evidence.objects.get(pk=item.pk).effective_at == item.effective_at
    page = client.get(reverse("assessments:evidence-list", args=[in_progress.pk])).content.decode()
    assert address not in page


def test_a_file_submitted_meanwhile_is_not_withdrawn(in_progress: Assessment, rita: User, ana: User) -> None:
    item = attach(in_progress, rita, to=answer_to(in_progress, 13))
    factories.answer_all(in_progress, by=rita)
    held = Evidence.objects.select_related("assessment").get(pk=item.pk)  # read by a request that then has to wait
    workflow.submit(assessment=Assessment.objects.get(pk=in_progress.pk), attested_name=rita.name, by=rita)
    send_back(in_progress, 13, ana)
    with pytest.raises(EvidenceRefused, match="This file was submitted"):
        evidence.withdraw(evidence=held, by=rita)


def test_a_new_credential_report_is_used_for_the_open_questions_alone(
    in_progress: Assessment, rita: User, ana: User
) -> None:
    submitted_with_file(in_progress, rita)
    back = send_back(in_progress, 5, ana)
    item = attach(back, rita, data=REPORT)
    factories.evaluate(back)
    assert item.format == "iam-credential-report"
    assert list(item.answers.values_list("criterion__number", flat=True)) == [5]


def test_we_do_not_see_what_a_file_is_used_for_before_that_is_submitted(
    client: Client, in_progress: Assessment, rita: User, ana: User
) -> None:
    item = submitted_with_file(in_progress, rita)
    back = send_back(in_progress, 7, ana)
    evidence.link(evidence=Evidence.objects.get(pk=item.pk), answer=answer_to(back, 7), by=rita)
    client.force_login(ana)
    address = reverse("assessments:evidence-view", args=[back.pk, item.pk])
    assert "question 7" not in client.get(address).content.decode()
    factories.answer_with(answer_to(back, 7), factories.option_key(answer_to(back, 7).criterion), by=rita)
    workflow.submit(assessment=Assessment.objects.get(pk=back.pk), attested_name=rita.name, by=rita)
    assert "question 7" in client.get(address).content.decode()


@pytest.mark.parametrize("act", ["withdraw", "unlink"])
def test_an_answer_that_loses_its_only_proof_is_open_again(in_progress: Assessment, rita: User, act: str) -> None:
    answer = answer_to(in_progress, 13)
    item = attach(in_progress, rita, to=answer)
    content = AnswerContent(kind="statements", statements=[factories.option_key(answer.criterion)])
    save(answer=answer, content=content, base_version=0, complete=True, by=rita)
    assert Assessment.objects.get(pk=in_progress.pk).answered_count == 1
    if act == "withdraw":
        evidence.withdraw(evidence=item, by=rita)
    else:
        evidence.unlink(evidence=item, answer=answer, by=rita)
    assert answer_to(in_progress, 13).is_complete is False
    assert Assessment.objects.get(pk=in_progress.pk).answered_count == 0


def test_an_answer_with_another_file_or_an_explanation_stays_completed(in_progress: Assessment, rita: User) -> None:
    one, two = answer_to(in_progress, 13), answer_to(in_progress, 14)
    item = attach(in_progress, rita, to=one)
    evidence.link(evidence=item, answer=two, by=rita)
    attach(in_progress, rita, to=one)
    for answer, notes in ((one, ""), (two, "The console shows it.")):
        key = factories.option_key(answer.criterion)
        content = AnswerContent(kind="statements", statements=[key], notes=notes)
        save(answer=answer, content=content, base_version=0, complete=True, by=rita)
    evidence.withdraw(evidence=item, by=rita)
    assert [answer_to(in_progress, number).is_complete for number in (13, 14)] == [True, True]
    assert Assessment.objects.get(pk=in_progress.pk).answered_count == 2
