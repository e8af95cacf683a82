"""What the assessment report prints of evidence and of what was found in it, as frozen values. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ExtractRow:
    """One row of an extract; `breach` says in a few words why it is shown first, or is ""."""

    cells: tuple[str, ...]
    breach: str


@dataclass(frozen=True)
class Extract:
    """A part of a table found in an evidence file. `total_rows` counts the rows of the whole file."""

    columns: tuple[str, ...]
    rows: tuple[ExtractRow, ...]
    total_rows: int


@dataclass(frozen=True)
class EvidenceItem:
    """One file as received. `size` is in bytes, `sha256` is of the bytes received.

    `effective_source` says where `effective_on` comes from: "read" from inside the file, "stated" by the vendor, or "".
    `preview` is the storage key of an image rebuilt from its pixels, or ""; `file` that of the bytes received. Keys
    are for the maker alone: no document prints them.
    """

    number: int
    name: str
    kind: str
    format: str
    effective_on: date | None
    effective_source: str
    received_on: date
    received_by: str
    size: int
    sha256: str
    accounts: tuple[str, ...]
    questions: tuple[int, ...]
    preview: str
    preview_width: int
    preview_height: int
    extract: Extract | None
    file: str = ""


@dataclass(frozen=True)
class Named:
    """An account, user, key or other resource, such as "999999999999/global/user/bob", and what is to say about it."""

    ref: str
    reason: str


@dataclass(frozen=True)
class EvaluationFacts:
    """What the submitted files show for one question.

    `verdict` is "acceptable", "failure" or "undetermined". `offenders` break the criterion, `gaps` say what is missing
    and what would bring it; of both the first are kept and all are counted. `missing_accounts` names accounts, or
    account/region, that no file was read from. `calls` are the commands and checks it was read from.
    """

    verdict: str
    summary: str
    offenders: tuple[Named, ...]
    offender_count: int
    gaps: tuple[Named, ...]
    gap_count: int
    accounts_required: int
    accounts_seen: int
    missing_accounts: tuple[str, ...]
    calls: tuple[str, ...]


@dataclass(frozen=True)
class CoverageFacts:
    """AWS account ids: in scope, in scope with a file that speaks for them, and found in files though not in scope."""

    declared: tuple[str, ...] = ()
    with_evidence: tuple[str, ...] = ()
    found_only: tuple[str, ...] = ()

    @property
    def without_evidence(self) -> tuple[str, ...]:
        """In scope, and no file speaks for them."""
        return tuple(account for account in self.declared if account not in self.with_evidence)
