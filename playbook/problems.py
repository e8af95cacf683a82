"""What is wrong with a playbook file, told so that its author can mend it."""

from collections.abc import Sequence
from typing import NamedTuple

SHOWN_PROBLEMS = 20


class Problem(NamedTuple):
    """One thing to mend. `path` is like criteria[12].severity.level, counted from 0, or "line 3, column 5"."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class PlaybookInvalid(Exception):
    """A file that is no valid playbook. `problems` has at least one entry; `name` is the file's name."""

    def __init__(self, problems: Sequence[Problem], name: str = "playbook") -> None:
        self.name = name
        self.problems = list(problems)
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        lines = [f"{self.name}: {problem}" for problem in self.problems[:SHOWN_PROBLEMS]]
        if hidden := len(self.problems) - len(lines):
            lines.append(f"{self.name}: and {hidden} more")
        return "\n".join(lines)


def path_of(parts: Sequence[str | int]) -> str:
    """The place inside a document, for example criteria[12].severity.level."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return path.lstrip(".") or "top level"
