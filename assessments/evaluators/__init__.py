"""Check the evidence: bytes in, facts and evaluations out. Pure Python, no Django.

    outcome = evaluate([("credential-report.csv", data)], as_of=None, scope=["111122223333"])
    outcome.criteria["aws-core-13"].state

The same files give the same outcome, whatever their order and whatever the time of day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from assessments.evaluators.criteria import CRITERIA
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import garbage
from assessments.evaluators.reading import PARTIAL, READ, Content, FileReport, Harvest, Source, harvest
from assessments.evaluators.result import Coverage, Evaluation, Resource, State
from assessments.evaluators.uses import Use, uses_of

__all__ = [
    "CRITERIA",
    "VERSION",
    "Content",
    "Coverage",
    "Estate",
    "Evaluation",
    "FileReport",
    "Outcome",
    "Resource",
    "Source",
    "State",
    "Use",
    "estate_of",
    "evaluate",
]

VERSION: Final = "4"
"""Stored with every result; raised whenever the same files may give another outcome."""


@dataclass(frozen=True)
class Outcome:
    """What a number of files show. `as_of` is the stated instant, or None; `uses` say what each file was used for.

    `asked` has the calls and the checks of Prowler that each criterion was decided from, present or not.
    """

    as_of: datetime | None
    accounts: tuple[str, ...]
    files: tuple[FileReport, ...]
    criteria: dict[str, Evaluation]
    uses: dict[str, Use]
    asked: dict[str, frozenset[str]]
    version: str = VERSION

    def as_json(self) -> dict[str, Any]:
        """The object that `verify_evidence --json` prints."""
        return {
            "as_of": self.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z") if self.as_of else None,
            "accounts": list(self.accounts),
            "files": [file.as_json() for file in self.files],
            "criteria": {name: evaluation.as_json() for name, evaluation in self.criteria.items()},
        }


@garbage.collection_paused()
def evaluate(
    files: Iterable[Source | tuple[str, Content]], as_of: datetime | None = None, scope: Iterable[str] = ()
) -> Outcome:
    """Evaluate all criteria from files given as (path, bytes or a function that returns them).

    `as_of` is the instant stated for evidence that does not carry its own time, and `scope` are declared account ids.
    Nothing about a file raises: each is named in `files` with what became of it.
    """
    if as_of and as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=UTC)
    found = harvest(Source(*file) for file in files)
    estate = estate_of(found, as_of, scope)
    criteria: dict[str, Evaluation] = {}
    asked: dict[str, frozenset[str]] = {}
    for name, criterion in CRITERIA.items():
        estate.asked = set()
        criteria[name] = criterion(estate, as_of)
        asked[name] = frozenset(estate.asked)
    return Outcome(
        as_of=as_of,
        accounts=estate.accounts,
        files=_files(found, estate),
        criteria=criteria,
        uses=uses_of(found, asked),
        asked=asked,
    )


def estate_of(found: Harvest, as_of: datetime | None = None, scope: Iterable[str] = ()) -> Estate:
    """The estate that the facts of some files make."""
    return Estate(
        facts=[fact for fact, _ in found.facts],
        reports=found.reports,
        findings=[finding for finding, _ in found.findings],
        manifests=found.manifests,
        declared=frozenset(scope),
        unread=found.unread,
        as_of=as_of,
    )


def _files(found: Harvest, estate: Estate) -> tuple[FileReport, ...]:
    """The reports of all files, by path; a stated date that cannot be true is named with the file it was stated for."""
    files = dict(found.files)
    for account in estate.accounts:
        for report in estate.reports(account):
            for problem in report.problems:
                old = files[report.path]
                status = PARTIAL if old.status == READ else old.status
                files[report.path] = replace(old, status=status, problem=" ".join(filter(None, (old.problem, problem))))
    return tuple(files[path] for path in sorted(files))
