"""From the database to the frozen values."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import workflow
from assessments.actions.decisions import DecisionContent, decide
from assessments.models import (
    Answer,
    Assessment,
    Condition,
    Evaluation,
    EvaluationRun,
    Evidence,
    EvidenceLink,
    SecondLook,
    SecondReview,
)
from assessments.reports.build import build_snapshot
from assessments.reports.evidence_facts import Named
from assessments.reports.snapshot import (
    ConditionOfApproval,
    DecisionFacts,
    MatchedResponse,
    PreviousScore,
    SecondLookFacts,
    Snapshot,
)
from tests.factories import answer_with, make_assessment, make_staff, review_all, review_with
from tests.reports import samples
from tests.reports.test_extracts import OLD, key, report, row
from tests.reports.test_render import flat, text_of
from users.models import User
from vendors.models import Vendor

TODAY = date(2026, 12, 17)
RECEIVED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def answer_to(assessment: Assessment, number: int) -> Answer:
    return Answer.objects.select_related("criterion").get(assessment=assessment, criterion__number=number)


def add_evidence(
    assessment: Assessment, by: User, *numbers: int, content: bytes = b"x", hours: int = 0, **values: Any
) -> Evidence:
    """A stored file, linked to these questions."""
    fields = {
        "name": "statement.pdf",
        "kind": "pdf",
        "content_type": "application/pdf",
        "sha256": "ab" * 32,
        "received_at": RECEIVED + timedelta(hours=hours),
        "received_by": by,
    }
    evidence = Evidence(assessment=assessment, size=len(content), **(fields | values))
    evidence.file.save("x", ContentFile(content), save=False)
    evidence.save()
    for number in numbers:
        EvidenceLink.objects.create(evidence=evidence, answer=answer_to(assessment, number), by=by)
    return evidence


@pytest.fixture
def reviewed(submitted: Assessment, ana: User) -> Assessment:
    """Root without MFA, two other gaps, everything else met; not closed."""
    for number, result, note in (
        (5, "not_met", "Two root users have no MFA."),
        (13, "not_met", ""),
        (3, "partly_met", ""),
    ):
        review_with(answer_to(submitted, number), result, by=ana, note=note)
    return review_all(submitted, by=ana)


def test_an_assessment_that_is_not_closed_is_a_draft(submitted: Assessment) -> None:
    snapshot = build_snapshot(submitted, TODAY)
    assert (snapshot.is_draft, snapshot.closed_by, snapshot.closed_on) == (True, "", None)
    assert snapshot.counts.pending == 33
    assert snapshot.score.value is None
    assert snapshot.findings == ()


def test_a_closed_assessment_is_final(reviewed: Assessment, ana: User) -> None:
    closed = workflow.close(assessment=reviewed, by=ana)
    snapshot = build_snapshot(closed, TODAY)
    assert (snapshot.is_draft, snapshot.closed_by) == (False, str(ana))
    assert snapshot.closed_on is not None
    assert snapshot.findings[0].due_on == snapshot.closed_on + timedelta(days=30)


def test_score_counts_and_findings_come_from_the_reviews(reviewed: Assessment, acme: Vendor) -> None:
    snapshot = build_snapshot(reviewed, TODAY)
    assert (snapshot.counts.met, snapshot.counts.partly_met, snapshot.counts.not_met) == (30, 1, 2)
    assert (snapshot.score.value, snapshot.score.grade) == (reviewed.score, reviewed.grade)
    assert snapshot.is_grade_capped is True
    assert snapshot.score.grade == "C"
    assert sum(domain.score.earned for domain in snapshot.domains) == snapshot.score.earned
    assert sum(domain.score.possible for domain in snapshot.domains) == snapshot.score.possible
    assert {domain.slug: str(domain.score.value) for domain in snapshot.domains} == reviewed.domain_scores
    assert acme.tier == "critical"
    assert [(one.number, one.question, one.result, one.priority) for one in snapshot.findings] == [
        (1, 5, "not_met", "P1"),
        (2, 3, "partly_met", "P2"),
        (3, 13, "not_met", "P2"),
    ]
    assert [one.due_on for one in snapshot.findings] == [date(2027, 1, 16), date(2027, 2, 15), date(2027, 2, 15)]


def test_what_we_saw_is_the_note_or_else_what_was_matched(reviewed: Assessment) -> None:
    first, second, third = build_snapshot(reviewed, TODAY).findings
    assert first.what_we_saw == ("Two root users have no MFA.",)
    assert second.what_we_saw[-1] == "Half of it is in place."
    assert third.what_we_saw == ("Some IAM access keys were never used, or have not been used for more than 90 days.",)
    assert third.why_it_matters == "A forgotten key still works for whoever finds it, and nobody is watching it."
    assert third.what_to_do[0].startswith("Deactivate every key")


def test_an_answer_with_its_words(in_progress: Assessment, rita: User) -> None:
    answer_with(answer_to(in_progress, 13), "aws-core-13-a2", by=rita, notes="None left.")
    one = build_snapshot(in_progress, TODAY).criteria[12]
    assert (one.number, one.code, one.domain) == (13, "aws-core-13", "identity-and-access-management")
    assert (one.answer_kind, one.statements, one.notes) == (
        "statements",
        ("The AWS account contains no IAM access keys.",),
        "None left.",
    )
    assert (one.result, one.assurance, one.matched) == ("", "", ())


def test_matched_responses_have_their_side_and_text(reviewed: Assessment) -> None:
    one = build_snapshot(reviewed, TODAY).criteria[12]
    assert one.matched == (
        MatchedResponse(
            "aws-core-13-f1",
            "failure",
            "Some IAM access keys were never used, or have not been used for more than 90 days.",
        ),
    )


def test_evidence_is_numbered_as_it_came_in(reviewed: Assessment, rita: User) -> None:
    add_evidence(reviewed, rita, 13, 14, hours=2, name="second.pdf")
    add_evidence(reviewed, rita, 13, hours=1, name="first.pdf", effective_at=RECEIVED, effective_source="stated")
    add_evidence(reviewed, rita, 13, name="gone.pdf", withdrawn_at=RECEIVED, withdrawn_by=rita)
    snapshot = build_snapshot(reviewed, TODAY)
    assert [(item.number, item.name, item.questions) for item in snapshot.evidence] == [
        (1, "first.pdf", (13,)),
        (2, "second.pdf", (13, 14)),
    ]
    assert (snapshot.evidence[0].effective_on, snapshot.evidence[0].effective_source) == (date(2026, 11, 23), "stated")
    assert snapshot.evidence[0].received_by == str(rita)
    assert (snapshot.criteria[12].evidence, snapshot.criteria[13].evidence) == ((1, 2), (2,))
    assert (snapshot.criteria[12].assurance, snapshot.criteria[11].assurance) == ("documented", "asserted")
    assert next(one for one in snapshot.findings if one.question == 13).evidence == (1, 2)


def test_a_credential_report_has_an_extract(reviewed: Assessment, rita: User) -> None:
    content = report(row("svc-old", **key(1, OLD, OLD)))
    values = {"name": "r.csv", "kind": "csv", "content_type": "text/csv", "format": "iam-credential-report"}
    add_evidence(reviewed, rita, 13, content=content, effective_at=RECEIVED, effective_source="read", **values)
    lost = add_evidence(reviewed, rita, 13, content=content, hours=1, **values)
    default_storage.delete(lost.file.name)
    first, second = build_snapshot(reviewed, TODAY).evidence
    assert first.extract is not None
    assert first.extract.rows[0].cells[0] == "svc-old"
    assert second.extract is None


def test_the_score_before_is_that_of_the_last_closed_assessment(acme: Vendor, rita: User) -> None:
    make_assessment(vendor=acme, state="closed", period="2025")
    now = make_assessment(vendor=acme, state="submitted", period="2026")
    assert build_snapshot(now, TODAY).previous == PreviousScore("2025", Decimal("10.0"), "A")


def test_another_vendors_score_is_never_the_one_before(birch: Vendor, submitted: Assessment) -> None:
    make_assessment(vendor=birch, state="closed", period="2025")
    assert build_snapshot(submitted, TODAY).previous is None


def test_the_decision_since_closing_is_in_the_report(acme: Vendor, rita: User, max: User) -> None:
    closed = make_assessment(vendor=acme, state="closed")
    assert build_snapshot(closed, TODAY).decision is None
    condition = Condition("Remove the unused keys", date(2099, 1, 31))
    content = DecisionContent("conditions", "Sound at heart.", date(2099, 6, 30), [condition])
    decided = decide(assessment=closed, content=content, form_key=uuid4(), by=max)
    snapshot = build_snapshot(closed, TODAY)
    assert snapshot.decision == DecisionFacts(
        kind="conditions",
        reason="Sound at heart.",
        conditions=(ConditionOfApproval("Remove the unused keys", date(2099, 1, 31)),),
        expires_on=date(2099, 6, 30),
        decided_on=timezone.localdate(decided.at),
        decided_by="Max Weber",
    )
    words = flat(text_of(samples.rendered(snapshot, open_image=lambda key: b"")))
    assert "Decision Approved with conditions until 30 June 2099. Decided by Max Weber on" in words
    assert "Remove the unused keys (by 31 January 2099)" in words
    other = make_staff("Olga Brandt", "manager")
    opened = workflow.reopen(assessment=closed, reason="The scope was wrong.", by=other)
    assert build_snapshot(opened, TODAY).decision is None


def test_asking_twice_a_day_gives_one_digest(reviewed: Assessment) -> None:
    again = Assessment.objects.get(pk=reviewed.pk)
    assert build_snapshot(reviewed, TODAY).digest() == build_snapshot(again, TODAY).digest()
    assert build_snapshot(again, date(2026, 12, 18)).digest() != build_snapshot(again, TODAY).digest()


def test_what_the_files_show_is_frozen_with_the_answer(submitted: Assessment, acme: Vendor, ana: User) -> None:
    answer = answer_to(submitted, 13)
    answer.statements = ["aws-core-13-a1"]
    answer.save()
    run = EvaluationRun.objects.create(
        assessment=submitted, inputs={}, inputs_sha256="0" * 64, requested_at=RECEIVED, touched_at=RECEIVED
    )
    Evaluation.objects.create(
        run=run,
        answer=answer,
        state="failure",
        summary="30 keys are idle.",
        resources=[{"ref": f"111122223333/global/user/u{number}", "reason": "idle"} for number in range(30)],
        resource_count=30,
        gaps=[{"ref": "999999999999", "reason": "no credential report"}],
        gap_count=1,
        coverage={"required": 2, "seen": 1, "missing": ["999999999999/eu-west-1"]},
        calls=["iam get-credential-report"],
    )
    submitted.submitted_run = run
    submitted.save()
    add_evidence(submitted, ana, 13, accounts=["111122223333"])
    snapshot = build_snapshot(submitted, TODAY)
    one = snapshot.criteria[12]
    assert one.is_contradiction is True
    assert one.evaluation is not None
    assert (one.evaluation.verdict, one.evaluation.summary) == ("failure", "30 keys are idle.")
    assert (len(one.evaluation.offenders), one.evaluation.offender_count) == (25, 30)
    assert one.evaluation.offenders[0] == Named("111122223333/global/user/u0", "idle")
    assert one.evaluation.gaps == (Named("999999999999", "no credential report"),)
    assert (one.evaluation.accounts_required, one.evaluation.accounts_seen) == (2, 1)
    assert one.evaluation.missing_accounts == ("999999999999/eu-west-1",)
    assert snapshot.criteria[11].evaluation is None
    assert snapshot.coverage.declared == tuple(
        acme.aws_accounts.order_by("account_id").values_list("account_id", flat=True)
    )
    assert (snapshot.coverage.with_evidence, snapshot.coverage.found_only) == (("111122223333",), ("999999999999",))


def test_the_second_look_is_frozen_once_it_is_finished(reviewed: Assessment, ana: User, max: User) -> None:
    ines = make_staff("Ines Duarte")
    look = SecondLook.objects.create(
        assessment=reviewed, analyst=ines, sample=[3, 5, 13], asked_by=max, asked_at=RECEIVED
    )
    assert build_snapshot(reviewed, TODAY).second_look is None
    for number, result in ((3, "partly_met"), (5, "met"), (13, "not_met")):
        first = answer_to(reviewed, number).review.result
        SecondReview.objects.create(
            look=look, answer=answer_to(reviewed, number), result=result, first_result=first, by=ines, at=RECEIVED
        )
    look.finished_at = RECEIVED
    look.save()
    found = build_snapshot(reviewed, TODAY).second_look
    assert found == SecondLookFacts("Ines Duarte", questions=3, agreed=2, settled=0, kappa=Decimal("0.50"))


def test_the_number_of_queries_does_not_grow(reviewed: Assessment, rita: User) -> None:
    counts = []
    for size in (1, 3):
        for _ in range(size):
            add_evidence(reviewed, rita, 1, 2, 3)
        fresh = Assessment.objects.get(pk=reviewed.pk)
        with CaptureQueriesContext(connection) as queries:
            build_snapshot(fresh, TODAY)
        counts.append(len(queries))
    assert counts == [11, 11]


def test_what_was_built_can_be_stored_read_and_rendered(reviewed: Assessment) -> None:
    snapshot = build_snapshot(reviewed, TODAY)
    copy = Snapshot.from_json(snapshot.to_json())
    assert copy == snapshot
    words = flat(text_of(samples.rendered(copy, open_image=lambda key: b"")))
    assert "Two root users have no MFA." in words
    assert "Held at C: a critical question is not met." in words
    assert snapshot.digest() in words
    assert dataclasses.replace(copy, organisation="x").digest() not in words
