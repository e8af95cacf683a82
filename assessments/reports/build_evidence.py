"""Evidence and what was found in it, for the snapshot: the register, extracts, evaluations and coverage."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from django.utils import timezone

from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.models import Assessment, Evaluation, Evidence
from assessments.reports import evidence_facts as frozen
from assessments.reports.extracts import credential_extract

EXTRACT_BYTES = 1_000_000
"""A larger file is listed in the register and not read for an extract."""
EXTRACTS = 10
"""Files read for extracts in one report."""
OFFENDERS = 25
"""Resources named of one evaluation; all are counted."""
GAPS = 10
"""Missing parts named of one evaluation; all are counted."""
ACCOUNT_ID_LENGTH = 12


def files_of(assessment: Assessment) -> list[Evidence]:
    """Evidence that counts, in the order it came in; its place in this list, from 1, is its number. Two queries."""
    files = assessment.evidence.for_answers().kept().select_related("received_by").prefetch_related("links")
    return list(files.order_by("received_at", "pk"))


def evidence(files: Sequence[Evidence], used: Mapping[int, Sequence[int]]) -> tuple[frozen.EvidenceItem, ...]:
    """The register. `used` gives for the number of each question the numbers of its files."""
    return tuple(
        _item(number, file, tuple(question for question, numbers in used.items() if number in numbers))
        for number, file in enumerate(files, start=1)
    )


def _item(number: int, file: Evidence, questions: tuple[int, ...]) -> frozen.EvidenceItem:
    return frozen.EvidenceItem(
        number=number,
        name=file.name,
        kind=file.kind,
        format=file.format,
        effective_on=None if file.effective_at is None else timezone.localdate(file.effective_at),
        effective_source=file.effective_source,
        received_on=timezone.localdate(file.received_at),
        received_by=str(file.received_by),
        size=file.size,
        sha256=file.sha256,
        accounts=tuple(str(account) for account in file.accounts),
        questions=questions,
        preview=file.preview.name or "",
        preview_width=file.preview_width or 0,
        preview_height=file.preview_height or 0,
        extract=_extract(number, file),
        file=file.file.name or "",
    )


def _extract(number: int, file: Evidence) -> frozen.Extract | None:
    if file.format != CREDENTIAL_REPORT or file.size > EXTRACT_BYTES or number > EXTRACTS:
        return None
    try:
        with file.file.open("rb") as stored:
            content = bytes(stored.read(EXTRACT_BYTES + 1))
    except FileNotFoundError:  # the register still lists it; the reconciler reports the loss
        return None
    return credential_extract(content, received_at=file.received_at, effective_at=file.effective_at)


def evaluation(row: Evaluation) -> frozen.EvaluationFacts:
    """What the files show for one question."""
    return frozen.EvaluationFacts(
        verdict=row.state,
        summary=row.summary,
        offenders=_named(row.resources[:OFFENDERS]),
        offender_count=row.resource_count,
        gaps=_named(row.gaps[:GAPS]),
        gap_count=row.gap_count,
        accounts_required=row.coverage.get("required", 0),
        accounts_seen=row.coverage.get("seen", 0),
        missing_accounts=tuple(row.coverage.get("missing", [])),
        calls=tuple(row.calls),
    )


def _named(rows: Iterable[Mapping[str, str]]) -> tuple[frozen.Named, ...]:
    return tuple(frozen.Named(row["ref"], row["reason"]) for row in rows)


def coverage(
    declared: Sequence[str], files: Sequence[Evidence], evaluations: Sequence[Evaluation]
) -> frozen.CoverageFacts:
    """The accounts in scope against those that files speak for, and those that only files name."""
    seen = {str(account) for file in files for account in file.accounts}
    missing = chain.from_iterable(row.coverage.get("missing", []) for row in evaluations)
    named = seen | {place.partition("/")[0] for place in missing}
    return frozen.CoverageFacts(
        declared=tuple(declared),
        with_evidence=tuple(account for account in declared if account in seen),
        found_only=tuple(sorted(account for account in named - set(declared) if _is_account(account))),
    )


def _is_account(text: str) -> bool:
    return len(text) == ACCOUNT_ID_LENGTH and text.isdecimal()
