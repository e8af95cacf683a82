"""What stands where in the spreadsheet, and what one question and its answer are to it.

A sheet never learns which side of the playbook a statement is on: it gets their texts in the order of the pages.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

QUESTIONS, STATEMENTS, HELP = "Questions", "Statements", "Help"  # names of the sheets
HEADER_LINE: Final = 3
# Kind of answer -> words in its drop-down. An empty cell is a question without an answer.
KINDS: Final = {
    "statements": "Statement",
    "none_fits": "None of these fits",
    "not_applicable": "Not applicable",
    "unknown": "I do not know yet",
}
YES, NO = "Yes", "No"

Signer = Callable[[str], str]  # text to hexadecimal digits that only this installation can make


@dataclass(frozen=True)
class Column:
    """One column: the name it has in programs, the words in its head, its width in characters."""

    key: str
    title: str
    width: int


BEFORE: Final = (
    Column("number", "No.", 6),
    Column("domain", "Domain", 17),
    Column("question", "Question", 44),
    Column("status", "Status", 18),
    Column("kind", "Kind of answer", 20),
)
STATEMENT: Final = Column("statement", "Statement", 40)
AFTER: Final = (
    Column("reason", "Reason", 30),
    Column("notes", "Notes", 44),
    Column("plan", "Plan to fix", 30),
    Column("due", "By when", 12),
    Column("complete", "Completed", 11),
    Column("code", "Row code", 12),
)
# Where a person writes, beside the statements.
FIELDS: Final = ("kind", "reason", "notes", "plan", "due", "complete")


def columns(statements: int) -> list[Column]:
    """All columns from left to right, with room for so many statements: "Statement", "Statement 2", ..."""
    more = [Column(f"statement_{n}", f"{STATEMENT.title} {n}", 26) for n in range(2, statements + 1)]
    return [*BEFORE, Column("statement_1", STATEMENT.title, STATEMENT.width), *more, *AFTER]


def key_of(title: str) -> str:
    """The key of the column with this head; "" where it is none of ours."""
    words = " ".join(title.split()).casefold()
    if found := re.fullmatch(r"statement(?: ([1-9]\d?))?", words):
        return f"statement_{found[1] or 1}"
    return next((column.key for column in (*BEFORE, *AFTER) if column.title.casefold() == words), "")


@dataclass(frozen=True)
class Statement:
    """One statement as it is shown, and the mark that stands for it."""

    mark: str
    text: str
    also: Sequence[str] = ()  # the same in each language, for a file that somebody filled in with another one


@dataclass(frozen=True, kw_only=True)
class Content:
    """One answer. `statements` are marks."""

    kind: str = ""
    statements: Sequence[str] = ()
    reason: str = ""
    notes: str = ""
    plan: str = ""
    due: date | None = None
    complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question with its answer as it stands."""

    answer: int  # its id
    version: int
    number: int
    domain: str
    title: str
    text: str
    status: str
    statements: Sequence[Statement]
    takes_several: bool
    may_not_apply: bool
    is_open: bool  # whether this person may change it now
    content: Content = field(default_factory=Content)

    def kinds(self) -> dict[str, str]:
        """The kinds of answer that may be chosen."""
        return {kind: words for kind, words in KINDS.items() if kind != "not_applicable" or self.may_not_apply}


def room_for(questions: Iterable[Question]) -> int:
    """How many columns of statements are needed."""
    return max((len(each.statements) for each in questions if each.takes_several), default=1)


def clean(text: str) -> str:
    """Text as a cell and a form hold it alike: line ends as everywhere, no other control character, no outer blanks.

    Nor the two code points that are no characters and that no XML may hold.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or (c not in "\ufffe\uffff" and unicodedata.category(c) not in {"Cc", "Cs"}))
    return "".join(kept).strip()


def cells_of(question: Question) -> dict[str, str]:
    """What stands in the cells a person may change, by key of the column; empty ones are left out."""
    content = question.content
    texts = {each.mark: each.text for each in question.statements}
    chosen = [clean(texts[mark]) for mark in texts if mark in content.statements]
    cells = {f"statement_{place}": text for place, text in enumerate(chosen, 1)}
    cells |= {"kind": KINDS.get(content.kind, ""), "complete": YES if content.complete else NO}
    cells |= {"reason": clean(content.reason), "notes": clean(content.notes), "plan": clean(content.plan)}
    cells["due"] = content.due.isoformat() if content.due else ""
    return {key: text for key, text in cells.items() if text}


def fingerprint(cells: dict[str, str], sign: Signer) -> str:
    """What tells whether somebody changed a row since it was written."""
    return sign("\x00".join(f"{key}\x01{cells[key]}" for key in sorted(cells)))[:16]


def row_code(assessment: int, question: Question, sign: Signer) -> str:
    """The hidden last cell of a row: assessment, answer, version and fingerprint, signed."""
    bare = f"{assessment}-{question.answer}-{question.version}-{fingerprint(cells_of(question), sign)}"
    return f"{bare}-{sign(bare)[:32]}"


@dataclass(frozen=True)
class RowCode:
    """A row code that is really ours."""

    assessment: int
    answer: int
    version: int
    fingerprint: str


def read_code(text: str, sign: Signer, same: Callable[[str, str], bool]) -> RowCode | None:
    """The parts of a row code; None where it is not ours. `same` compares in constant time."""
    found = re.fullmatch(r"(\d{1,18})-(\d{1,18})-(\d{1,9})-([0-9a-f]{16})-([0-9a-f]{32})", text)
    if not found or not text.isascii() or not same(sign(text[: found.start(5) - 1])[:32], found[5]):
        return None
    return RowCode(int(found[1]), int(found[2]), int(found[3]), found[4])
