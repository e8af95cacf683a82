"""The states of an assessment and the moves between them: the whole workflow as one table."""

from dataclasses import dataclass
from enum import StrEnum


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
    State.DRAFT: "Not sent",
    State.IN_PROGRESS: "Vendor answering",
    State.SUBMITTED: "In review",
    State.CHANGES_REQUESTED: "Back with vendor",
    State.CLOSED: "Closed",
    State.CANCELLED: "Cancelled",
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
