"""Evaluations: asked for with each change of evidence, made once, shown to whom they belong, and never in the way."""

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments import intake
from assessments.actions import evaluations, evidence, jobs, reviews, workflow
from assessments.actions.accounts import declare
from assessments.actions.evidence import EvidenceRefused
from assessments.models import Answer, Assessment, Evaluation, EvaluationRun, Evidence
from assessments.queries.evaluations import checked
from assessments.tasks import evaluate as task
from assessments.tasks import requeue_evaluations
from audit.models import Event
from tests import factories
from tests.evaluators.shared import FIXTURES
from tests.factories import evaluate
from users.models import User
from vendors.actions.vendors import DeclaredAccount
from vendors.models import Stage, Vendor

BAD = FIXTURES / "acme-bad"
REPORT = FIXTURES / "credential-reports" / "27-new-key-never-used.csv"
VOLUMES = b'{"Volumes": [{"VolumeId": "vol-1", "Encrypted": false}]}'
Callbacks = Callable[..., AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the runs the worker was told about."""
    ids: list[int] = []
    monkeypatch.setattr(task, "apply_async", lambda kwargs: ids.append(kwargs["run_id"]))
    return ids


def add(assessment: Assessment, data: bytes, name: str, by: User, number: int | None = None) -> Evidence:
    answer = Answer.objects.get(assessment=assessment, criterion__number=number) if number else None
    accepted = intake.examine(io.BytesIO(data), name)
    return evidence.attach(assessment=assessment, accepted=accepted, upload_id=uuid4(), asked_at=answer, by=by)


def bad_bundle() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(BAD.rglob("*")):
            if path.is_file() and path.name != "expected.json":
                archive.write(path, path.relative_to(BAD).as_posix())
    return out.getvalue()


def linked(item: Evidence) -> list[int]:
    return sorted(item.links.values_list("answer__criterion__number", flat=True))


def found(assessment: Assessment, number: int) -> Evaluation:
    return Evaluation.objects.get(run=assessment.working_run, answer__criterion__number=number)


def scope(assessment: Assessment, *accounts: str, by: User) -> None:
    declared = [DeclaredAccount(account, "", Stage.PRODUCTION) for account in accounts]
    declare(assessment=assessment, accounts=declared, known=list(assessment.vendor.aws_accounts.all()), by=by)


def test_a_bundle_is_evaluated_and_linked_to_all_it_shows(
    in_progress: Assessment, rita: User, told: list[int], django_capture_on_commit_callbacks: Callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        item = add(in_progress, bad_bundle(), "acme.zip", rita, 13)
    in_progress.refresh_from_db()
    assert told == [in_progress.working_run_id]
    assert (in_progress.working_run.state, linked(item)) == ("queued", [13])

    task(run_id=told[0])
    in_progress.refresh_from_db()
    item.refresh_from_db()
    assert in_progress.working_run.state == "ready"
    assert Evaluation.objects.filter(run=in_progress.working_run).count() == 33
    assert linked(item) == [number for number in range(1, 34) if number not in (4, 30)]
    assert (item.format, item.accounts) == ("bundle", ["555555555555", "999999999999"])
    assert (item.effective_at, item.effective_source) == (datetime(2026, 11, 20, 8, tzinfo=UTC), "read")
    unused = found(in_progress, 13)
    assert (unused.state, unused.responses) == ("failure", ["aws-core-13-f1"])
    assert unused.resources[1] == {
        "ref": "999999999999/global/user/bob#access_key_1",
        "reason": "The key was never used. It is 39 days old.",
    }
    event = Event.objects.get(kind="evidence.evaluated")
    assert (event.actor, event.target) == (None, f"assessment:{in_progress.pk}")


def test_it_changes_no_answer_and_scores_nothing(in_progress: Assessment, rita: User) -> None:
    answer = Answer.objects.select_related("criterion").get(assessment=in_progress, criterion__number=13)
    factories.answer_with(answer, "aws-core-13-a1", by=rita)
    answer.refresh_from_db()
    before = (answer.content(), answer.version, answer.updated_at)
    add(in_progress, bad_bundle(), "acme.zip", rita)
    evaluate(in_progress)
    answer.refresh_from_db()
    assert (answer.content(), answer.version, answer.updated_at) == before
    assert not hasattr(answer, "review")
    shown = checked(in_progress, rita, number=13).shown[13]
    assert (shown.is_contradiction, shown.words, shown.responses) == (True, "Your files show a problem", ())


def test_what_cannot_be_read_by_a_program_asks_for_nothing(in_progress: Assessment, rita: User) -> None:
    from tests.intake.samples import png  # noqa: PLC0415 -- one test needs a picture

    add(in_progress, png(), "users.png", rita)
    in_progress.refresh_from_db()
    assert in_progress.working_run is None
    assert checked(in_progress, rita).state == ""


def test_the_same_evidence_is_one_run_and_newer_evidence_takes_its_place(in_progress: Assessment, rita: User) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    first = evaluate(in_progress).working_run_id
    item = add(in_progress, VOLUMES, "volumes.json", rita)
    second = evaluate(in_progress).working_run_id
    assert first != second
    assert list(EvaluationRun.objects.values_list("pk", flat=True)) == [second]
    evidence.withdraw(evidence=item, by=rita)
    third = evaluate(in_progress).working_run
    assert [file["name"] for file in third.inputs["files"]] == ["report.csv"]


def test_the_last_readable_file_withdrawn_leaves_nothing_to_show(in_progress: Assessment, rita: User) -> None:
    item = add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    evaluate(in_progress)
    evidence.withdraw(evidence=item, by=rita)
    in_progress.refresh_from_db()
    assert (in_progress.working_run, EvaluationRun.objects.count()) == (None, 0)


def test_a_run_that_was_overtaken_stores_nothing(in_progress: Assessment, rita: User) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    in_progress.refresh_from_db()
    old = jobs.claim(EvaluationRun, in_progress.working_run_id, evaluations.log)
    add(in_progress, VOLUMES, "volumes.json", rita)
    evaluations.record(run=old, outcome=evaluations.outcome_of(old.inputs))
    assert Evaluation.objects.count() == 0
    assert EvaluationRun.objects.get().state == "queued"


def test_a_second_message_does_nothing(in_progress: Assessment, rita: User) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    run = evaluate(in_progress).working_run
    evaluations.evaluate_now(run_id=run.pk)
    assert Event.objects.filter(kind="evidence.evaluated").count() == 1


def test_a_file_taken_off_a_question_stays_off(in_progress: Assessment, rita: User) -> None:
    item = add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    evaluate(in_progress)
    assert linked(item) == [5, 6, 10, 11, 12, 13, 14]
    answer = Answer.objects.get(assessment=in_progress, criterion__number=6)
    evidence.unlink(evidence=item, answer=answer, by=rita)
    add(in_progress, VOLUMES, "volumes.json", rita)
    evaluate(in_progress)
    assert linked(item) == [5, 10, 11, 12, 13, 14]


def test_declared_accounts_without_evidence_leave_it_open(in_progress: Assessment, rita: User) -> None:
    clean = (FIXTURES / "credential-reports" / "19-clean.csv").read_bytes()
    add(in_progress, clean, "report.csv", rita)
    assert found(evaluate(in_progress), 11).state == "acceptable"
    scope(in_progress, "111122223333", "444455556666", by=rita)
    later = found(evaluate(in_progress), 11)
    assert (later.state, later.coverage) == ("undetermined", {"required": 2, "seen": 1, "missing": ["444455556666"]})
    assert later.gaps[0]["ref"] == "444455556666"


def test_a_stated_day_and_a_stated_place_are_used(in_progress: Assessment, rita: User) -> None:
    scope(in_progress, "111122223333", by=rita)
    item = add(in_progress, VOLUMES, "ec2.describe-volumes.json", rita)
    run = evaluate(in_progress).working_run
    assert run.files[str(item.pk)]["status"] == "partial"
    assert linked(item) == []
    with pytest.raises(EvidenceRefused, match="Account 999999999999 is not among the accounts in scope"):
        evidence.state_place(evidence=item, account="999999999999", region="eu-west-1", by=rita)
    evidence.state_place(evidence=item, account="111122223333", region="eu-west-1", by=rita)
    unencrypted = found(evaluate(in_progress), 9)
    assert [one["ref"] for one in unencrypted.resources] == ["111122223333/eu-west-1/volume/vol-1"]
    assert linked(item) == [9]
    item.refresh_from_db()
    evidence.state_date(evidence=item, day=timezone.now() - timedelta(days=1), by=rita)
    assert evaluate(in_progress).working_run.inputs["files"][0]["stated_on"] == str(
        timezone.localdate() - timedelta(days=1)
    )


# --- What was submitted ------------------------------------------------------------------------------------------


def submit(assessment: Assessment, by: User) -> Assessment:
    factories.answer_all(assessment, by=by)
    scope(assessment, "111122223333", by=by)
    return workflow.submit(assessment=assessment, attested_name=by.name, by=by)


def test_staff_see_what_was_submitted_and_nothing_newer(in_progress: Assessment, rita: User, ana: User) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    evaluate(in_progress)
    assert checked(in_progress, ana).state == ""
    submit(in_progress, rita)
    evaluate(in_progress)
    seen = checked(in_progress, ana, number=13)
    assert (seen.state, seen.shown[13].verdict) == ("ready", "failure")
    answer = Answer.objects.get(assessment=in_progress, criterion__number=13)
    reviews.ask(answer=answer, text="Which key is it?", by=ana)
    workflow.request_changes(assessment=in_progress, by=ana)
    in_progress.refresh_from_db()
    clean = (FIXTURES / "credential-reports" / "19-clean.csv").read_bytes()
    add(in_progress, clean, "newer.csv", rita, 13)
    evaluate(in_progress)
    assert in_progress.working_run_id != in_progress.submitted_run_id
    assert list(checked(in_progress, ana).files) == [in_progress.evidence.get(name="report.csv").pk]
    assert len(checked(in_progress, rita).files) == 2


def test_only_questions_that_were_sent_back_get_new_links(in_progress: Assessment, rita: User, ana: User) -> None:
    submit(in_progress, rita)
    answer = Answer.objects.get(assessment=in_progress, criterion__number=13)
    reviews.ask(answer=answer, text="Show the report.", by=ana)
    in_progress.refresh_from_db()
    workflow.request_changes(assessment=in_progress, by=ana)
    in_progress.refresh_from_db()
    item = add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    evaluate(in_progress)
    assert linked(item) == [13]


def test_a_submission_before_the_worker_came_is_evaluated_all_the_same(
    in_progress: Assessment, rita: User, ana: User
) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    submit(in_progress, rita)
    in_progress.refresh_from_db()
    assert checked(in_progress, ana).is_pending
    evaluate(in_progress)
    assert checked(in_progress, ana, number=13).shown[13].verdict == "failure"
    assert (in_progress.submitted_run.round, in_progress.submitted_run_id) == (1, in_progress.working_run_id)


def test_strangers_see_nothing(in_progress: Assessment, rita: User, sam: User) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    evaluate(in_progress)
    assert Evaluation.objects.visible_to(sam).count() == 0
    assert Evaluation.objects.visible_to(rita).count() == 33
    rita.memberships.update(is_active=False)
    assert Evaluation.objects.visible_to(rita).count() == 0


# --- Trouble -----------------------------------------------------------------------------------------------------


def test_a_silent_store_fails_the_run_and_the_next_change_tries_again(
    in_progress: Assessment, rita: User, told: list[int], django_capture_on_commit_callbacks: Callbacks
) -> None:
    item = add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    with default_storage.open(item.file.name) as file:
        kept = file.read()
    default_storage.delete(item.file.name)
    run = evaluate(in_progress).working_run
    assert (run.state, run.problem) == ("failed", "report.csv could not be read from the store.")
    assert len(run.reference) == 4
    assert Evaluation.objects.count() == 0
    default_storage.save(item.file.name, io.BytesIO(kept))
    with django_capture_on_commit_callbacks(execute=True):
        scope(in_progress, "111122223333", by=rita)
    assert evaluate(in_progress).working_run.state == "ready"


def test_lost_runs_are_published_again(
    in_progress: Assessment, rita: User, told: list[int], django_capture_on_commit_callbacks: Callbacks
) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    in_progress.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        requeue_evaluations()
    assert told == []
    EvaluationRun.objects.update(touched_at=timezone.now() - jobs.WAITING_AFTER - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        requeue_evaluations()
    assert told == [in_progress.working_run_id]


# --- Another evaluator -------------------------------------------------------------------------------------------


def reevaluated(*ids: int) -> list[str]:
    out = StringIO()
    call_command("reevaluate", *ids, stdout=out)
    return out.getvalue().splitlines()


def test_a_newer_evaluator_reads_open_assessments_again(
    in_progress: Assessment, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    old = evaluate(in_progress).working_run
    title = f"{in_progress.pk} Acme Payments, AWS assessment 2026"
    assert reevaluated() == [f"{title}: unchanged", f"Evaluator version {old.evaluator_version}."]
    monkeypatch.setattr(evaluations, "VERSION", "99")
    assert reevaluated(in_progress.pk)[0] == f"{title}: unchanged"
    in_progress.refresh_from_db()
    assert (in_progress.working_run.evaluator_version, in_progress.working_run_id == old.pk) == ("99", False)
    assert linked(item) == [5, 6, 10, 11, 12, 13, 14]


def test_what_was_submitted_is_read_again_as_it_was(
    in_progress: Assessment, rita: User, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(in_progress, REPORT.read_bytes(), "report.csv", rita)
    submit(in_progress, rita)
    first = evaluate(in_progress).submitted_run
    answer = Answer.objects.get(assessment=in_progress, criterion__number=13)
    reviews.ask(answer=answer, text="Which key is it?", by=ana)
    workflow.request_changes(assessment=in_progress, by=ana)
    in_progress.refresh_from_db()
    add(in_progress, VOLUMES, "volumes.json", rita, 13)
    monkeypatch.setattr(evaluations, "VERSION", "99")
    reevaluated()
    in_progress.refresh_from_db()
    again = in_progress.submitted_run
    assert (again.pk == first.pk, again.evaluator_version, again.round) == (False, "99", 1)
    assert (again.inputs, again.results_sha256) == (first.inputs, first.results_sha256)
    assert EvaluationRun.objects.filter(pk=first.pk, round=1).exists()


def test_a_closed_assessment_keeps_what_it_was_closed_on(acme: Vendor, rita: User) -> None:
    closed = factories.make_assessment(vendor=acme, state="closed")
    with pytest.raises(CommandError, match=f"Not an open assessment: {closed.pk}. Nothing was changed."):
        reevaluated(closed.pk)
