"""A gap with a finding is printed in the finding's words; one without in those of the playbook and the analyst."""

import dataclasses
from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessments.actions import findings
from assessments.models import Assessment, Finding
from assessments.reports.build import build_snapshot
from assessments.reports.snapshot import Snapshot
from assessments.scoring import Result
from tests import factories
from tests.assessments.findings import closed_with, raised
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
MADE_ON = date(2026, 12, 1)


def test_the_words_of_a_finding_are_printed(submitted: Assessment, ana: User) -> None:
    finding = raised(submitted, 13, by=ana, note="Three keys.")
    Finding.objects.filter(pk=finding.pk).update(
        title="Old keys",
        what_we_saw="Three keys.\nOne of root.",
        why_it_matters="They leak.",
        what_to_do="Disable them.\nDelete them.",
        severity="low",
        priority="P3",
        due_on=date(2027, 3, 1),
    )
    (printed,) = build_snapshot(submitted, MADE_ON).findings
    assert (printed.question, printed.title, printed.result) == (13, "Old keys", "not_met")
    assert (printed.severity, printed.priority, printed.due_on) == ("low", "P3", date(2027, 3, 1))
    assert printed.what_we_saw == ("Three keys.", "One of root.")
    assert (printed.why_it_matters, printed.what_to_do) == ("They leak.", ("Disable them.", "Delete them."))


def test_a_finding_that_was_only_raised_prints_what_was_printed_without_it(submitted: Assessment, ana: User) -> None:
    answer = submitted.answers.select_related("criterion").get(criterion__number=13)
    factories.review_with(answer, Result.NOT_MET, by=ana)
    today = timezone.localdate()
    (before,) = build_snapshot(submitted, today).findings
    assert before.state == ""
    findings.raise_finding(answer=answer, by=ana)
    assert build_snapshot(submitted, today).findings == (dataclasses.replace(before, state="open"),)


def test_a_finding_carried_over_says_so_in_print(acme: Vendor, ana: User) -> None:
    closed_with(acme, 13, by=ana, period="2025")
    again = raised(factories.make_assessment(vendor=acme, state="submitted"), 13, by=ana, note="Still three keys.")
    (printed,) = build_snapshot(again.assessment, MADE_ON).findings
    assert printed.what_we_saw == (
        "Still three keys.",
        "Carried over from 2025, where it was not verified as fixed.",
    )


def test_the_vendors_plan_is_its_response(acme: Vendor, ana: User, rita: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    day = timezone.localdate() + timedelta(days=9)
    findings.plan_fix(finding=finding, plan="We delete them.", plan_due_on=day, base_version=1, by=rita)
    snapshot = build_snapshot(Assessment.objects.get(pk=finding.assessment.pk), MADE_ON)
    assert [(one.response, one.response_due_on) for one in snapshot.findings] == [("We delete them.", day)]
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_a_proof_is_no_evidence_of_the_report(acme: Vendor, ana: User, rita: User) -> None:
    finding = closed_with(acme, 13, by=ana)
    before = build_snapshot(finding.assessment, MADE_ON)
    Finding.objects.get(pk=finding.pk).assessment.evidence.create(
        finding=finding, name="none-left.txt", kind="text", content_type="text/plain", size=1, sha256="1" * 64,
        received_at=timezone.now(), received_by=rita,
    )  # fmt: skip
    assert build_snapshot(finding.assessment, MADE_ON) == before
