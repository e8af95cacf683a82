"""Have the evidence of an assessment evaluated: ask, evaluate in the worker, store, and link files to what they show.

An evaluation proposes and contradicts. It changes no answer and no result.
"""

import hashlib
import json
import logging

from django.db import transaction
from django.utils import timezone

from assessments.actions import jobs
from assessments.evaluators import VERSION, Outcome
from assessments.evaluators import Evaluation as Found
from assessments.limits import EVALUATION_RESOURCES, EVALUATION_TEXT
from assessments.models import Answer, Assessment, Evaluation, EvaluationRun, Evidence, EvidenceLink
from assessments.queries.inputs import FileOutcome, Inputs, StoreSilent, file_outcomes, inputs_of, outcome_of
from assessments.states import WITH_VENDOR, State
from audit.trail import record as record_event
from outbox.publish import after_commit

log = logging.getLogger("assay.evaluations")


@transaction.atomic
def request(*, assessment: Assessment) -> None:
    """Ask for an evaluation of what the assessment holds now, in the transaction of the change that made it necessary.

    What was evaluated before with the same inputs is taken as it is. A closed assessment keeps what it was closed on.
    The caller holds the lock on the assessment.
    """
    if assessment.state in {State.CLOSED, State.CANCELLED}:
        return
    if assessment.state == State.SUBMITTED:
        submitted = _run(assessment, inputs_of(assessment, submitted=True))
        assessment.submitted_run = assessment.working_run = submitted
        if submitted is not None and submitted.round != assessment.round:
            submitted.round = assessment.round
            submitted.save(update_fields=["round"])
    elif assessment.state in WITH_VENDOR:
        assessment.working_run = _run(assessment, inputs_of(assessment, submitted=False))
        if assessment.submitted_run is not None and assessment.submitted_run.evaluator_version != VERSION:
            _again(assessment)
    assessment.save(update_fields=["working_run", "submitted_run"])
    current = {assessment.working_run_id, assessment.submitted_run_id} - {None}
    EvaluationRun.objects.filter(assessment=assessment, round=None).exclude(pk__in=current).delete()


def _again(assessment: Assessment) -> None:
    """What was submitted, read by a newer evaluator, from the inputs as they were then."""
    old = assessment.submitted_run
    inputs = Inputs(tuple(old.inputs["files"]), tuple(old.inputs["accounts"]))
    assessment.submitted_run = _run(assessment, inputs)
    EvaluationRun.objects.filter(pk=assessment.submitted_run_id).update(round=old.round)


def _run(assessment: Assessment, inputs: Inputs | None) -> EvaluationRun | None:
    """The run over these inputs; made and handed to the worker where there is none."""
    from assessments.tasks import evaluate  # noqa: PLC0415 -- tasks are leaves

    if inputs is None:
        return None
    now = timezone.now()
    run, created = EvaluationRun.objects.get_or_create(
        assessment=assessment,
        inputs_sha256=inputs.digest(),
        evaluator_version=VERSION,
        defaults={"inputs": inputs.to_json(), "requested_at": now, "touched_at": now},
    )
    if run.state == EvaluationRun.State.FAILED:
        run.state, run.attempts, run.problem, run.reference = EvaluationRun.State.QUEUED, 0, "", ""
        run.save(update_fields=["state", "attempts", "problem", "reference"])
    if run.state == EvaluationRun.State.QUEUED:
        after_commit(evaluate, run_id=run.pk)
    return run


def evaluate_now(*, run_id: int) -> None:
    """Evaluate one queued run and store it. Called by the worker; a second call for the same run does nothing."""
    run = jobs.claim(EvaluationRun, run_id, log)
    if run is None:
        return
    try:
        outcome = outcome_of(run.inputs)
    except StoreSilent as silent:
        log.exception("evidence not read", extra={"run": run.pk})
        jobs.fail(run, f"{silent} could not be read from the store.", log)
        return
    except Exception:
        log.exception("evaluation failed", extra={"run": run.pk})
        jobs.fail(run, "Something in the evidence could not be read.", log)
        return
    record(run=run, outcome=outcome)


@transaction.atomic
def record(*, run: EvaluationRun, outcome: Outcome) -> None:
    """Store the results of a run; dropped when newer evidence took its place, or its vendor was erased."""
    assessment = Assessment.objects.select_for_update().filter(pk=run.assessment_id).first()
    current = EvaluationRun.objects.select_for_update().filter(pk=run.pk, state=EvaluationRun.State.RUNNING).first()
    if assessment is None or current is None:
        return
    files = file_outcomes(outcome, run.inputs)
    answers = {
        answer.criterion.code: answer
        for answer in Answer.objects.filter(assessment=assessment).select_related("criterion")
    }
    Evaluation.objects.bulk_create(
        _row(current, answers[code], found, outcome) for code, found in outcome.criteria.items() if code in answers
    )
    results = json.dumps(
        {code: found.as_record() for code, found in outcome.criteria.items()}, sort_keys=True, separators=(",", ":")
    )
    current.files = {str(pk): file.to_json() for pk, file in files.items()}
    current.results_sha256 = hashlib.sha256(results.encode()).hexdigest()
    current.state, current.finished_at = EvaluationRun.State.READY, timezone.now()
    current.touched_at = current.finished_at
    current.save()
    linked = _keep_what_files_say(assessment, files, answers)
    record_event(
        kind="evidence.evaluated",
        by=None,
        vendor=assessment.vendor_id,
        target=f"assessment:{assessment.pk}",
        details={
            "inputs_sha256": current.inputs_sha256,
            "evaluator_version": current.evaluator_version,
            "results_sha256": current.results_sha256,
            "linked": linked,
        },
    )


def _row(run: EvaluationRun, answer: Answer, found: Found, outcome: Outcome) -> Evaluation:
    said = found.as_record()
    return Evaluation(
        run=run,
        answer=answer,
        state=said["state"],
        responses=said["responses"],
        resources=_kept(said["resources"]),
        resource_count=len(said["resources"]),
        leads=_kept(said["leads"]),
        summary=_cut(said["summary"]),
        gaps=_kept(said["gaps"]),
        gap_count=len(said["gaps"]),
        coverage=said["coverage"],
        calls=sorted(outcome.asked[answer.criterion.code]),
    )


def _kept(named: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first of them, each cut: a name in a file may be as long as the file, and each page of a question has it."""
    return [{key: _cut(words) for key, words in one.items()} for one in named[:EVALUATION_RESOURCES]]


def _cut(words: str) -> str:
    return words if len(words) <= EVALUATION_TEXT else words[: EVALUATION_TEXT - 1] + "…"


def _keep_what_files_say(
    assessment: Assessment, files: dict[int, FileOutcome], answers: dict[str, Answer]
) -> dict[str, list[int]]:
    """Once for each file: its format, accounts and date, and a link to every answer that it is evidence for.

    While an assessment is back with the vendor, the questions that were not sent back stay as they were submitted; so
    does everything once it was submitted.
    """
    now = timezone.now()
    unread = Evidence.objects.filter(pk__in=files, read_at=None).select_related("received_by")
    open_answers = _open_for_links(assessment)
    links, linked = [], {}
    for evidence in unread:
        said = files[evidence.pk]
        evidence.read_at, evidence.format = now, said.format
        evidence.accounts = said.accounts or evidence.accounts
        if said.made_at and evidence.effective_source != "stated" and said.made_at <= evidence.received_at:
            evidence.effective_at, evidence.effective_source = said.made_at, "read"
        wanted = [answers[code].pk for code in said.criteria if code in answers and answers[code].pk in open_answers]
        links += [EvidenceLink(evidence=evidence, answer_id=pk, by=evidence.received_by) for pk in wanted]
        linked[str(evidence.pk)] = wanted
    Evidence.objects.bulk_update(unread, ["read_at", "format", "accounts", "effective_at", "effective_source"])
    EvidenceLink.objects.bulk_create(links, ignore_conflicts=True)
    return linked


def _open_for_links(assessment: Assessment) -> set[int]:
    if assessment.state not in WITH_VENDOR:
        return set()
    answers = Answer.objects.filter(assessment=assessment)
    if assessment.state == State.CHANGES_REQUESTED:
        answers = answers.filter(queries__round=assessment.round)
    return set(answers.values_list("pk", flat=True))


def requeue_lost() -> int:
    """Publish again every run whose row waits although no worker touches it. Returns how many."""
    from assessments.tasks import evaluate  # noqa: PLC0415 -- tasks are leaves

    ids = jobs.lost(EvaluationRun)
    for run_id in ids:
        after_commit(evaluate, run_id=run_id)
    return len(ids)


def reevaluate(*, assessment: Assessment) -> tuple[str, str]:
    """Evaluate an assessment here and now, with the evaluators that are installed.

    Returns the hashes of the results before and after, "" where there are none.
    """
    before = _results(Assessment.objects.get(pk=assessment.pk))
    with transaction.atomic():
        current = Assessment.objects.select_for_update().get(pk=assessment.pk)
        request(assessment=current)
    for run_id in {current.working_run_id, current.submitted_run_id} - {None}:
        evaluate_now(run_id=run_id)
    return before, _results(Assessment.objects.get(pk=assessment.pk))


def _results(assessment: Assessment) -> str:
    run = assessment.working_run or assessment.submitted_run
    return run.results_sha256 if run else ""
