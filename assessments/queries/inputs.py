"""What an evaluation is made from: the files and what was stated of them, and the accounts that were declared."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.utils import timezone

from assessments.evaluators import Outcome, Source, evaluate
from assessments.evaluators.clock import Clock
from assessments.models import Assessment, Evidence, EvidenceKind

MACHINE_READABLE = (EvidenceKind.CSV, EvidenceKind.JSON, EvidenceKind.TEXT, EvidenceKind.ZIP)
# A day is written without its zone: it began fourteen hours before it began in UTC, and ends twelve hours after.
_EARLIEST, _LATEST = timedelta(hours=14), timedelta(hours=36)
_NAMED = 20  # files inside a bundle that are kept by name because something was wrong with them


class StoreSilent(Exception):
    """A file could not be read from the store now. Evaluating without it would be wrong, so it is tried again."""


@dataclass(frozen=True)
class Inputs:
    """All that decides an outcome, as JSON values; the same inputs and evaluator give the same outcome."""

    files: tuple[dict[str, Any], ...]
    accounts: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For storing."""
        return {"files": list(self.files), "accounts": list(self.accounts)}

    def digest(self) -> str:
        """SHA-256 over all of it."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def inputs_of(assessment: Assessment, *, submitted: bool) -> Inputs | None:
    """What the vendor holds now, or what was `submitted`; None where no program can read any of it. Two queries."""
    files = Evidence.objects.for_answers().filter(assessment=assessment, withdrawn_at=None, kind__in=MACHINE_READABLE)
    if submitted:
        files = files.filter(received_at__lte=assessment.submitted_at)
    rows = tuple(_input(evidence) for evidence in files.order_by("pk"))
    if not rows:
        return None
    accounts = assessment.vendor.aws_accounts.order_by("account_id").values_list("account_id", flat=True)
    return Inputs(rows, tuple(accounts))


def _input(evidence: Evidence) -> dict[str, Any]:
    stated = evidence.effective_at if evidence.effective_source == "stated" else None
    return {
        "id": evidence.pk,
        "key": evidence.file.name,
        "name": evidence.name,
        "sha256": evidence.sha256,
        "received_at": evidence.received_at.isoformat(),
        "stated_on": timezone.localtime(stated).date().isoformat() if stated else None,
        "account": evidence.stated_account,
        "region": evidence.stated_region,
    }


def _stated(day: str | None) -> Clock | None:
    if day is None:
        return None
    midnight = datetime.combine(date.fromisoformat(day), time(0), tzinfo=UTC)
    return Clock(midnight - _EARLIEST, midnight + _LATEST)


def _source(item: dict[str, Any]) -> Source:
    """A file of the store, under a path that tells which row it is, and where from if the vendor said it."""

    def read() -> bytes:
        try:
            with default_storage.open(item["key"]) as file:
                return bytes(file.read())
        except Exception as error:  # whatever the store raises
            raise StoreSilent(item["name"]) from error

    place = f"{item['account']}/{item['region']}/" if item["account"] else ""
    received_at = datetime.fromisoformat(item["received_at"])
    return Source(f"{item['id']}/{place}{item['name']}", read, received_at, _stated(item["stated_on"]))


def outcome_of(inputs: dict[str, Any]) -> Outcome:
    """Evaluate stored inputs. Raises StoreSilent where a file cannot be read now."""
    return evaluate([_source(item) for item in inputs["files"]], scope=inputs["accounts"])


class FileOutcome(NamedTuple):
    """What became of one file. `problems` are (path inside the file, sentence); the path is "" for the file itself."""

    format: str
    status: str  # read, partial, kept or refused
    problems: list[tuple[str, str]]
    problem_count: int
    accounts: list[str]
    criteria: list[str]  # codes: "aws-core-13"
    made_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """For storing."""
        kept = {"format", "status", "problems", "problem_count", "accounts", "criteria"}
        return {name: value for name, value in self._asdict().items() if name in kept}


def file_outcomes(outcome: Outcome, inputs: dict[str, Any]) -> dict[int, FileOutcome]:
    """For each file of the inputs, by its id; members of a bundle are summed up under the bundle."""
    by_id: dict[int, list[str]] = {item["id"]: [] for item in inputs["files"]}
    reports = {report.path: report for report in outcome.files}
    for path in reports:
        by_id[int(path.partition("/")[0])].append(path)
    found = {}
    for item in inputs["files"]:
        paths = by_id[item["id"]]
        uses = [outcome.uses[path] for path in paths if path in outcome.uses]
        own = min(paths, key=len)
        problems = [
            (_inside(path, own), report.problem)
            for path in sorted(paths)
            if (report := reports[path]).problem and not (path == own and len(paths) > 1)
        ]
        found[item["id"]] = FileOutcome(
            format=reports[own].format or "",
            status=reports[own].status,
            problems=problems[:_NAMED],
            problem_count=len(problems),
            accounts=sorted({account for use in uses for account in use.accounts}),
            criteria=_in_order({name for use in uses for name in use.criteria}, list(outcome.criteria)),
            made_at=max((use.made_at for use in uses if use.made_at), default=None),
        )
    return found


def _inside(path: str, own: str) -> str:
    return path.removeprefix(own).strip("/")


def _in_order(names: set[str], order: Sequence[str]) -> list[str]:
    return [name for name in order if name in names]
