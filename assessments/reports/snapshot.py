"""Everything the assessment report prints, as frozen values: no database, no clock, no settings.

A snapshot is stored with the report it was made from. The same snapshot gives the same PDF, and `digest()` is
the fingerprint printed in it. The JSON form is canonical: sorted keys, no spaces, decimals as text ("6.9"),
dates as ISO 8601 ("2026-12-17"), absent values as null.

When a field is added, `SCHEMA_VERSION` grows and `snapshot_versions` says what an older snapshot gets in its place.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.reports.evidence_facts import CoverageFacts, EvaluationFacts, EvidenceItem
from assessments.reports.plain import SnapshotError, plain, read
from assessments.reports.snapshot_versions import SCHEMA_VERSION, as_stored, as_today

__all__ = ["SCHEMA_VERSION", "Snapshot", "SnapshotError"]


@dataclass(frozen=True)
class VendorFacts:
    """Who was assessed. `tier` is how much the vendor matters: "critical", "high", "medium" or "low"."""

    name: str
    service: str
    tier: str


@dataclass(frozen=True)
class AccountInScope:
    """One AWS account the answers speak for. `stage` is a word such as "production", or ""."""

    id: str
    name: str
    stage: str


@dataclass(frozen=True)
class PlaybookFacts:
    """Which version of the questions was asked, and their licence; `sha256` is that of the content."""

    slug: str
    title: str
    version: str
    attribution: str
    licence: str
    licence_url: str
    changes_made: str
    disclaimer: str
    sha256: str = ""


@dataclass(frozen=True)
class Counts:
    """How many questions have each result; `pending` are not reviewed yet."""

    met: int = 0
    partly_met: int = 0
    not_met: int = 0
    not_verified: int = 0
    not_applicable: int = 0
    pending: int = 0

    @property
    def total(self) -> int:
        """All questions."""
        return self.reviewed + self.pending

    @property
    def reviewed(self) -> int:
        """Questions that have a result."""
        return self.met + self.partly_met + self.not_met + self.not_verified + self.not_applicable

    @property
    def applicable(self) -> int:
        """Questions that count: all but the not applicable."""
        return self.total - self.not_applicable


@dataclass(frozen=True)
class ScoreFacts:
    """A score from 0.0 to 10.0 with its grade, and the points it was computed from.

    `value` is None and `grade` "" while nothing is scored. Points are weights: `earned` of `possible`.
    """

    value: Decimal | None
    grade: str
    earned: Decimal
    possible: Decimal


@dataclass(frozen=True)
class PreviousScore:
    """Score and grade of the vendor's last closed assessment with the same playbook."""

    period: str
    value: Decimal
    grade: str


@dataclass(frozen=True)
class PastScore:
    """One point of the score over time: an assessment of this vendor that was closed before this one."""

    period: str
    closed_on: date
    value: Decimal
    grade: str


@dataclass(frozen=True)
class SecondLookFacts:
    """What came of a finished blind second look. `kappa` is Cohen's, from -1.00 to 1.00, or None where it has none.

    `agreed` of `questions` got the same result at first; `settled` of the others were decided afterwards.
    """

    analyst: str
    questions: int
    agreed: int
    settled: int
    kappa: Decimal | None


@dataclass(frozen=True)
class ConditionOfApproval:
    """What the vendor has to do for the approval to hold."""

    text: str
    due_on: date


@dataclass(frozen=True)
class DecisionFacts:
    """What a manager decided on the closed assessment. `kind` is "approved", "conditions" or "rejected".

    `expires_on` is the last day it holds; None for a rejection without an end.
    """

    kind: str
    reason: str
    conditions: tuple[ConditionOfApproval, ...]
    expires_on: date | None
    decided_on: date
    decided_by: str


@dataclass(frozen=True)
class DomainResult:
    """One group of questions with its score."""

    slug: str
    name: str
    score: ScoreFacts
    counts: Counts


@dataclass(frozen=True)
class MatchedResponse:
    """A response of the playbook that the analyst found to be true. `side` is "acceptable" or "failure"."""

    key: str
    side: str
    text: str


@dataclass(frozen=True)
class CriterionResult:
    """One question: what the vendor said and what the analyst found.

    `answer_kind` is "", "statements", "none_fits", "not_applicable" or "unknown"; `statements` are the texts chosen.
    `result` is "" while not reviewed, else "met", "partly_met", "not_met", "not_verified" or "not_applicable".
    `assurance` is "", "verified", "documented" or "asserted". `evidence` holds numbers of `EvidenceItem`.
    `is_contradiction` says that the files show otherwise than the answer; `evaluation` is None without such files.
    """

    number: int
    code: str
    domain: str
    short_title: str
    question: str
    question_source: str
    severity: str
    answer_kind: str
    statements: tuple[str, ...]
    reason: str
    notes: str
    plan: str
    plan_due_on: date | None
    result: str
    matched: tuple[MatchedResponse, ...]
    deviation: str
    note: str
    assurance: str
    evidence: tuple[int, ...]
    is_contradiction: bool = False
    evaluation: EvaluationFacts | None = None


@dataclass(frozen=True)
class Finding:
    """A gap: a question that is not met, partly met or not verified. Findings come most serious first.

    `question` is the number of the question; `priority` is "P1" to "P4"; `due_on` is None for "next assessment".
    `state` is "open", "planned", "fixed", "verified" or "accepted" where the vendor was asked to close it, else "".
    """

    number: int
    question: int
    code: str
    title: str
    result: str
    severity: str
    priority: str
    due_on: date | None
    what_we_saw: tuple[str, ...]
    why_it_matters: str
    what_to_do: tuple[str, ...]
    response: str
    response_due_on: date | None
    evidence: tuple[int, ...]
    state: str = ""


@dataclass(frozen=True)
class Erratum:
    """A mistake in the published playbook and what is used instead. `question` is the number."""

    question: int
    where: str
    problem: str
    used_instead: str


@dataclass(frozen=True)
class SeverityWeight:
    """The points a question of this severity can earn."""

    severity: str
    weight: Decimal


@dataclass(frozen=True)
class GradeBand:
    """The lowest rounded score that gets this grade."""

    grade: str
    lowest: Decimal


@dataclass(frozen=True)
class PriorityTime:
    """Days from the report to the due date of a finding; None means "at the next assessment"."""

    priority: str
    days: int | None


@dataclass(frozen=True)
class Method:
    """The numbers of the scoring rule in force when the snapshot was taken, best grade first."""

    weights: tuple[SeverityWeight, ...]
    grades: tuple[GradeBand, ...]
    priorities: tuple[PriorityTime, ...]
    cap_grade: str


@dataclass(frozen=True)
class Snapshot:
    """One assessment as the report shows it. `made_on` is a day, so that asking twice a day changes nothing.

    `assessment` is the id of its row, 0 in a snapshot from before it was kept; `history` is oldest first.
    """

    organisation: str
    vendor: VendorFacts
    period: str
    made_on: date
    is_draft: bool
    analyst: str
    closed_by: str
    closed_on: date | None
    submitted_on: date | None
    due_on: date | None
    accounts: tuple[AccountInScope, ...]
    playbook: PlaybookFacts
    score: ScoreFacts
    is_provisional: bool
    is_grade_capped: bool
    previous: PreviousScore | None
    counts: Counts
    domains: tuple[DomainResult, ...]
    criteria: tuple[CriterionResult, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[EvidenceItem, ...]
    errata: tuple[Erratum, ...]
    method: Method
    decision: DecisionFacts | None = None
    assessment: int = 0
    history: tuple[PastScore, ...] = ()
    second_look: SecondLookFacts | None = None
    coverage: CoverageFacts = CoverageFacts()
    schema_version: int = SCHEMA_VERSION

    def left_to_vendor(self) -> tuple[Finding, ...]:
        """The findings that the vendor was asked to close and has not. A snapshot from before that was kept: all."""
        if self.schema_version < 4:
            return self.findings
        return tuple(finding for finding in self.findings if finding.state in ("open", "planned"))

    def has_only_unraised(self) -> bool:
        """Whether there are gaps, and the vendor was asked to close none of them."""
        return self.schema_version >= 4 and bool(self.findings) and not any(one.state for one in self.findings)

    def to_data(self) -> dict[str, Any]:
        """The snapshot as plain JSON values, for a JSON column."""
        data = plain(self)
        assert isinstance(data, dict)  # noqa: S101 -- a dataclass always becomes a dict
        return as_stored(data)

    def to_json(self) -> str:
        """The one canonical text of this snapshot."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    def digest(self) -> str:
        """SHA-256 of the canonical text, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Snapshot":
        """Read what `to_data` gave. Raises SnapshotError for another schema version or any other shape."""
        snapshot = read(cls, as_today(data), "snapshot")
        assert isinstance(snapshot, cls)  # noqa: S101 -- read builds what it is asked for
        return snapshot

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """Read what `to_json` gave. Raises SnapshotError."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SnapshotError(f"snapshot is not JSON: {error}") from error
        return cls.from_data(data)
