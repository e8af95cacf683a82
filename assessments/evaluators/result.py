"""What an evaluation says: the state of one criterion, the responses that match, who breaks it, and what is missing.

Source of the words: the evidence contract, section 0 (verdict algebra, coverage), and the design's section 5 (JSON).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GLOBAL = "global"
"""The region of what has none: IAM, Organizations, and S3 buckets."""


class State(StrEnum):
    """What the evidence shows for one criterion."""

    ACCEPTABLE = "acceptable"
    FAILURE = "failure"
    UNDETERMINED = "undetermined"


def ref(account: str, region: str = "", kind: str = "", name: str = "", detail: str = "") -> str:
    """`account/region/type/name#detail`, as far as it goes: an account and a region alone are named alike."""
    base = "/".join(part for part in (account, region, kind, name) if part)
    return f"{base}#{detail}" if detail else base


@dataclass(frozen=True, order=True, slots=True)
class Resource:
    """One account, region, user, key or resource, and what is to say about it in one sentence."""

    ref: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """For `--json` and for storing."""
        return {"ref": self.ref, "reason": self.reason}


@dataclass(frozen=True)
class Coverage:
    """How many of the required accounts were seen whole; `missing` names each gap as `account` or `account/region`."""

    required: int
    seen: int
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether "acceptable" may be said at all; where no account is known, nothing was seen."""
        return self.required > 0 and not self.missing

    def as_json(self) -> dict[str, Any]:
        """For `--json` and for storing."""
        return {"required": self.required, "seen": self.seen, "missing": list(self.missing)}


@dataclass(frozen=True)
class Evaluation:
    """One criterion. `responses` are keys of the playbook ("aws-core-5-f1"); `resources` are offenders and no others.

    A failure may match no response: then no acceptable one is left, and the explanation says why.
    `leads` are worth a look and prove nothing. `summary` is the explanation without what is missing, and `gaps` are
    all of that: where, and what would bring it.
    """

    state: State
    responses: tuple[str, ...]
    resources: tuple[Resource, ...]
    explanation: str
    coverage: Coverage
    leads: tuple[Resource, ...] = ()
    summary: str = ""
    gaps: tuple[Resource, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `verify_evidence --json` prints."""
        return {
            "state": self.state.value,
            "responses": list(self.responses),
            "resources": [resource.as_json() for resource in self.resources],
            "explanation": self.explanation,
            "coverage": self.coverage.as_json(),
        }

    def as_record(self) -> dict[str, Any]:
        """All of it, for storing: the printed object, the leads, the summary and the gaps."""
        return {
            **self.as_json(),
            "leads": [lead.as_json() for lead in self.leads],
            "summary": self.summary,
            "gaps": [gap.as_json() for gap in self.gaps],
        }
