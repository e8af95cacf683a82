"""The states of an assessment and the moves between them: the whole workflow as one table."""

from dataclasses import dataclass
from enum import StrEnum

from assessments.marking import gettext_noop


class State(StrEnum):
    """Where an assessment is. Written by `actions.workflow.move` alone."""

    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    CLOSED = "closed"
    CANCELLED = "cancelled"


# What people read; code and database use the names above.
LABELS = {
    State.DRAFT: gettext_noop("Not sent"),
    State.IN_PROGRESS: gettext_noop("Vendor answering"),
    State.SUBMITTED: gettext_noop("In review"),
    State.CHANGES_REQUESTED: gettext_noop("Back with vendor"),
    State.CLOSED: gettext_noop("Closed"),
    State.CANCELLED: gettext_noop("Cancelled"),
}

# The vendor may write in these.
WITH_VENDOR = frozenset({State.IN_PROGRESS, State.CHANGES_REQUESTED})


@dataclass(frozen=True)
class Move:
    """One step of the workflow."""

    sources: frozenset[State]
    target: State


MOVES = {
    "send": Move(frozenset({State.DRAFT}), State.IN_PROGRESS),
    "submit": Move(WITH_VENDOR, State.SUBMITTED),
    "request_changes": Move(frozenset({State.SUBMITTED}), State.CHANGES_REQUESTED),
    "close": Move(frozenset({State.SUBMITTED}), State.CLOSED),
    "reopen": Move(frozenset({State.CLOSED}), State.SUBMITTED),
    "cancel": Move(frozenset(State) - {State.CLOSED, State.CANCELLED}, State.CANCELLED),
}


class FindingState(StrEnum):
    """Where a finding is. Written by `actions.findings` alone, by the moves below."""

    OPEN = "open"
    PLANNED = "planned"
    FIXED = "fixed"
    VERIFIED = "verified"
    ACCEPTED = "accepted"


FINDING_LABELS = {
    FindingState.OPEN: gettext_noop("Open"),
    FindingState.PLANNED: gettext_noop("Planned"),
    FindingState.FIXED: gettext_noop("Fixed, to be checked"),
    FindingState.VERIFIED: gettext_noop("Verified"),
    FindingState.ACCEPTED: gettext_noop("Accepted"),
}

# The vendor has something to do in these.
TO_FIX = frozenset({FindingState.OPEN, FindingState.PLANNED})
_UNSETTLED = TO_FIX | {FindingState.FIXED}


@dataclass(frozen=True)
class FindingMove:
    """One step of a finding."""

    sources: frozenset[FindingState]
    target: FindingState


FINDING_MOVES = {
    "plan": FindingMove(TO_FIX, FindingState.PLANNED),
    "fix": FindingMove(TO_FIX, FindingState.FIXED),
    "verify": FindingMove(_UNSETTLED, FindingState.VERIFIED),
    "accept": FindingMove(_UNSETTLED | {FindingState.ACCEPTED}, FindingState.ACCEPTED),
    "reopen": FindingMove(frozenset(FindingState) - TO_FIX, FindingState.OPEN),
}
