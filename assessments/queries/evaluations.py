"""What pages show of evaluations: each criterion with its offenders and gaps, and how it stands to the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments.agreement import Agreement, of_answer
from assessments.evaluators import State as Verdict
from assessments.models import Assessment, Evaluation, EvaluationRun
from assessments.queries.neutral import neutral
from playbook.models import ResponseOption

if TYPE_CHECKING:
    from users.models import User

# What the vendor reads; which of the statements would be a failure is not for the vendor to see.
VENDOR_WORDS = {
    Verdict.ACCEPTABLE: gettext_noop("Shown by your files"),
    Verdict.FAILURE: gettext_noop("Your files show a problem"),
    Verdict.UNDETERMINED: gettext_noop("Not settled by your files"),
}
STAFF_WORDS = {
    Verdict.ACCEPTABLE: gettext_noop("The evidence shows an acceptable response"),
    Verdict.FAILURE: gettext_noop("The evidence shows a failure"),
    Verdict.UNDETERMINED: gettext_noop("The evidence does not settle it"),
}


_LONG = ("resources", "leads", "gaps", "calls")


@dataclass(frozen=True)
class Named:
    """One account, region, user, key or resource, and what is to say about it."""

    ref: str  # "999999999999/global/user/bob#access_key_1"
    reason: str

    @property
    def account(self) -> str:
        """The account id, or "" where the name begins with something else (an ARN, an organization root)."""
        first = self.ref.partition("/")[0]
        return first if len(first) == 12 and first.isdecimal() else ""

    @property
    def name(self) -> str:
        """The name without account: "global/user/bob#access_key_1"."""
        return self.ref.removeprefix(f"{self.account}/") if self.account else self.ref


@dataclass(frozen=True)
class Shown:
    """One evaluated criterion, for a page. `offenders` break it; `leads` are worth a look and prove nothing."""

    number: int  # of the question
    verdict: str  # acceptable, failure or undetermined
    words: str  # the verdict as this reader sees it
    summary: str
    responses: Sequence[str]  # keys; empty for a vendor's page
    offenders: Sequence[Named]
    offender_count: int
    leads: Sequence[Named]
    required: int  # accounts
    seen: int
    missing: Sequence[str]  # account or account/region
    gaps: Sequence[Named]  # where, and what would bring it
    gap_count: int
    calls: Sequence[str]
    agreement: Agreement

    @property
    def is_contradiction(self) -> bool:
        """Whether the evidence says otherwise than the answer."""
        return self.agreement is Agreement.CONTRADICTS

    @property
    def more(self) -> int:
        """Offenders that were counted and not kept."""
        return self.offender_count - len(self.offenders)


@dataclass(frozen=True)
class FileShown:
    """What became of one file. `problems` are (path inside the file, sentence)."""

    status: str  # read, partial, kept or refused
    format: str
    problems: Sequence[tuple[str, str]]
    problem_count: int
    numbers: Sequence[int]  # of the questions it is evidence for


@dataclass(frozen=True)
class Checked:
    """All evidence of an assessment as far as it was evaluated for this reader."""

    state: str  # "" while there is no machine evidence; else that of the run: queued, running, ready, failed
    problem: str = ""
    reference: str = ""  # of the failure, as it stands in the log
    at: datetime | None = None
    version: str = ""
    shown: Mapping[int, Shown] = field(default_factory=dict)  # by number of the question
    files: Mapping[int, FileShown] = field(default_factory=dict)  # by id of the evidence

    @property
    def is_pending(self) -> bool:
        """Whether a worker is to read the evidence, or does so now."""
        return self.state in {EvaluationRun.State.QUEUED, EvaluationRun.State.RUNNING}

    @property
    def contradictions(self) -> list[Shown]:
        """Those that say otherwise than the answer, in the order of the questions."""
        return [one for one in self.shown.values() if one.is_contradiction]


def run_for(assessment: Assessment, reader: User) -> EvaluationRun | None:
    """The run that this reader sees: staff that of what was submitted, the vendor that of what it holds. One query."""
    pk = assessment.submitted_run_id if reader.staff_role else assessment.working_run_id
    return EvaluationRun.objects.defer("inputs").filter(pk=pk, assessment=assessment).first() if pk else None


def checked(assessment: Assessment, reader: User, *, number: int | None = None) -> Checked:
    """What the evidence shows: of one question all of it, of all questions without the names, which are only counted.

    Three queries at most, however many files and questions.
    """
    run = run_for(assessment, reader)
    if run is None:
        return Checked("")
    rows = Evaluation.objects.visible_to(reader).filter(run=run)
    rows = rows.filter(answer__criterion__number=number) if number is not None else rows.defer(*_LONG)
    rows = rows.select_related("answer__criterion").order_by("answer__criterion__number")
    found = list(rows) if run.state == EvaluationRun.State.READY else []
    sides = sides_of({row.answer.criterion_id for row in found})
    shown = {
        row.answer.criterion.number: _shown(
            row, sides.get(row.answer.criterion_id, {}), is_staff=bool(reader.staff_role), is_whole=number is not None
        )
        for row in found
    }
    numbers = {code: int(code.rpartition("-")[2]) for file in run.files.values() for code in file["criteria"]}
    return Checked(
        state=run.state,
        problem=run.problem,
        reference=run.reference,
        at=run.finished_at,
        version=run.evaluator_version,
        shown=shown,
        files={int(pk): _file(file, numbers) for pk, file in run.files.items()},
    )


def sides_of(criteria: Iterable[int]) -> dict[int, dict[str, str]]:
    """For each criterion: key of a response option to "acceptable" or "failure". One query."""
    sides: dict[int, dict[str, str]] = {}
    rows = ResponseOption.objects.filter(criterion__in=list(criteria)).values_list("criterion", "key", "side")
    for criterion, key, side in rows:
        sides.setdefault(criterion, {})[key] = side
    return sides


def _shown(row: Evaluation, sides: Mapping[str, str], *, is_staff: bool, is_whole: bool) -> Shown:
    verdict, answer = Verdict(row.state), row.answer
    agreement = of_answer(kind=answer.kind, statements=answer.statements, sides=sides, verdict=row.state)
    return Shown(
        number=row.answer.criterion.number,
        verdict=row.state,
        words=_((STAFF_WORDS if is_staff else VENDOR_WORDS)[verdict]),
        summary=row.summary if is_staff else neutral(row.summary),
        responses=row.responses if is_staff else (),
        offenders=_named(row.resources) if is_whole else (),
        offender_count=row.resource_count,
        leads=_named(row.leads) if is_staff and is_whole else (),
        required=row.coverage.get("required", 0),
        seen=row.coverage.get("seen", 0),
        missing=row.coverage.get("missing", []),
        gaps=_named(row.gaps) if is_whole else (),
        gap_count=row.gap_count,
        calls=row.calls if is_whole else (),
        agreement=agreement,
    )


def _named(resources: Iterable[Mapping[str, str]]) -> list[Named]:
    return [Named(resource["ref"], resource["reason"]) for resource in resources]


def _file(file: Mapping[str, Any], numbers: Mapping[str, int]) -> FileShown:
    return FileShown(
        status=file["status"],
        format=file["format"],
        problems=[(path, sentence) for path, sentence in file["problems"]],
        problem_count=file["problem_count"],
        numbers=[numbers[code] for code in file["criteria"]],
    )
