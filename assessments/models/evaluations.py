"""What the evaluators found in the evidence of an assessment, and from which files."""

from django.db import models

from assessments.evaluators import State as Verdict
from assessments.models.answers import Answer
from assessments.models.assessments import Assessment
from assessments.querysets import EvaluationQuerySet

VERDICT_LABELS = {
    Verdict.ACCEPTABLE: "Acceptable",
    Verdict.FAILURE: "Failure",
    Verdict.UNDETERMINED: "Undetermined",
}


class EvaluationRun(models.Model):
    """All evidence of an assessment read together, once. The same inputs are one row, and give the same results.

    An assessment points to the run over what the vendor holds now (`working_run`) and to the one over what was
    submitted (`submitted_run`). A run that was submitted stays for good; others go when newer ones take their place.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being checked"
        READY = "ready", "Checked"
        FAILED = "failed", "Failed"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evaluation_runs")
    inputs = models.JSONField(help_text="The files by id and SHA-256 with what was stated of them, and the accounts.")
    inputs_sha256 = models.CharField(max_length=64)
    evaluator_version = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(null=True, blank=True, help_text="With which submission it was handed in.")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=8, blank=True, help_text="Stands in the log beside the cause.")
    files = models.JSONField(default=dict, help_text="Id of each file to what became of it.")
    results_sha256 = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When a worker last did something with it.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "inputs_sha256", "evaluator_version"], name="evaluation_run_once_per_inputs"
            )
        ]
        indexes = [models.Index(fields=["state", "touched_at"], name="evaluation_run_waiting")]

    def __str__(self) -> str:
        return f"evaluation run {self.pk}"


class Evaluation(models.Model):
    """One criterion of one run: it proposes, contradicts or confirms, and changes no answer and no result."""

    run = models.ForeignKey(EvaluationRun, models.CASCADE, related_name="evaluations")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="evaluations")
    state = models.CharField(max_length=12, choices=[(verdict.value, VERDICT_LABELS[verdict]) for verdict in Verdict])
    responses = models.JSONField(default=list, help_text="Keys of the response options that match.")
    resources = models.JSONField(default=list, help_text="Who breaks it: objects of ref and reason, as far as kept.")
    resource_count = models.PositiveIntegerField(default=0, help_text="How many there are in all.")
    leads = models.JSONField(default=list, help_text="Worth a look, proving nothing.")
    summary = models.TextField(blank=True, help_text="What was found, in words for a manager.")
    gaps = models.JSONField(default=list, help_text="What is missing: objects of ref and reason, as far as kept.")
    gap_count = models.PositiveIntegerField(default=0)
    coverage = models.JSONField(default=dict, help_text="Accounts required and seen, and each gap by name.")
    calls = models.JSONField(default=list, help_text="The commands and checks it was read from.")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["answer__criterion__number"]
        constraints = [models.UniqueConstraint(fields=["run", "answer"], name="evaluation_once_per_run")]

    def __str__(self) -> str:
        return f"{self.state} for answer {self.answer_id}"
