"""Everything the portfolio report prints, as frozen values: no database, no clock, no settings.

Like the snapshot of one assessment: stored with the report, canonical as JSON, known by its digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.reports.plain import SnapshotError, plain, read

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class DomainColumn:
    """One group of questions: `short` is its name for a narrow column."""

    slug: str
    short: str
    name: str


@dataclass(frozen=True)
class DecisionInForce:
    """What was decided last about a vendor. `problem` says why it does not hold any more, or is ""."""

    kind: str
    expires_on: date | None
    problem: str


@dataclass(frozen=True)
class PortfolioVendor:
    """One vendor with its latest assessment.

    `tier` is "critical", "high", "medium" or "low"; `status` are words for where the assessment stands, or for that
    there is none. `score` and `grade` are None and "" while nothing is scored; `is_draft` says that they may change.
    `domain_scores` has one for each `DomainColumn`. `answers_due_on` is a day only while the vendor has to answer.
    `findings` counts those that are not settled.
    """

    name: str
    service: str
    tier: str
    status: str
    period: str
    answers_due_on: date | None
    score: Decimal | None
    grade: str
    is_draft: bool
    domain_scores: tuple[Decimal | None, ...]
    findings: int
    analyst: str
    decision: DecisionInForce | None


@dataclass(frozen=True)
class OpenFinding:
    """A finding that is not settled: `number` is that of its question, `status` are words for where it stands.

    `is_overdue` says that the vendor knows of it and should have fixed it.
    """

    vendor: str
    period: str
    number: int
    title: str
    severity: str
    priority: str
    due_on: date | None
    is_overdue: bool
    status: str


@dataclass(frozen=True)
class PriorityCount:
    """How many findings of one priority are not settled, and how many of them are overdue."""

    priority: str
    unsettled: int
    overdue: int


@dataclass(frozen=True)
class LowestScore:
    """The lowest rounded score that gets this grade."""

    grade: str
    lowest: Decimal


@dataclass(frozen=True)
class PortfolioSnapshot:
    """All vendors that the filters left, in the order they were shown. `filters` are sentences, none for all vendors.

    `findings` are the most serious ones; `priorities` counts all.
    """

    organisation: str
    made_on: date
    made_by: str
    filters: tuple[str, ...]
    domains: tuple[DomainColumn, ...]
    grades: tuple[LowestScore, ...]
    vendors: tuple[PortfolioVendor, ...]
    priorities: tuple[PriorityCount, ...]
    findings: tuple[OpenFinding, ...]
    schema_version: int = SCHEMA_VERSION

    def to_data(self) -> dict[str, Any]:
        """The snapshot as plain JSON values, for a JSON column."""
        data = plain(self)
        assert isinstance(data, dict)  # noqa: S101 -- a dataclass always becomes a dict
        return data

    def to_json(self) -> str:
        """The one canonical text of this snapshot."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    def digest(self) -> str:
        """SHA-256 of the canonical text, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PortfolioSnapshot":
        """Read what `to_data` gave. Raises SnapshotError for another schema version or any other shape."""
        version = data.get("schema_version") if isinstance(data, Mapping) else None
        if version != SCHEMA_VERSION or isinstance(version, bool):
            raise SnapshotError(
                f"portfolio snapshot has schema version {version!r}; this version reads {SCHEMA_VERSION}"
            )
        snapshot = read(cls, data, "snapshot")
        assert isinstance(snapshot, cls)  # noqa: S101 -- read builds what it is asked for
        return snapshot

    @classmethod
    def from_json(cls, text: str) -> "PortfolioSnapshot":
        """Read what `to_json` gave. Raises SnapshotError."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SnapshotError(f"portfolio snapshot is not JSON: {error}") from error
        return cls.from_data(data)
