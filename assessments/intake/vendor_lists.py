"""A list of vendors that a campaign is sent to: a CSV, as a file or pasted. Read whole; what a cell says is text.

Only the form of the list is looked at here; what stands in its cells is checked by `queries.campaign_plan`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from assessments.intake import texts
from assessments.intake.refusal import Refused
from assessments.limits import CAMPAIGN_BYTES, CAMPAIGN_ROWS, KB

# Keys of the columns, in the order in which people are told of them; the words of a heading are the same.
COLUMNS = ("vendor", "tier", "service", "lead name", "lead email")
NEEDED = ("vendor", "tier", "lead email")


@dataclass(frozen=True)
class ListRow:
    """One vendor of the list: its line in the file, counted from 1, and its cells without spaces around them."""

    line: int
    vendor: str
    tier: str
    service: str
    lead_name: str
    lead_email: str


@dataclass(frozen=True)
class ListProblem:
    """What is wrong with one cell, or with a whole line where `column` is ""."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class VendorList:
    """What was read; `problems` are those of the form of the list."""

    rows: Sequence[ListRow]
    problems: Sequence[ListProblem]


def read_file(stream: BinaryIO) -> str:
    """The text of a file in any encoding we take. Raises Refused for a file that is too large or no text."""
    data = stream.read(CAMPAIGN_BYTES + 1)
    check_size(len(data))
    return texts.decode(data).removeprefix("\ufeff")


def check_size(size: int) -> None:
    """Raises Refused for more bytes than a list may have."""
    if size > CAMPAIGN_BYTES:
        words = _("The list is too large. It may have %(size)s kB: make two campaigns of it.")
        raise Refused(words % {"size": CAMPAIGN_BYTES // KB})


def read_list(text: str) -> VendorList:
    """The rows of a list. Raises Refused where there is none to speak of.

    Empty lines are passed over, and a first line that names the separator, as Excel writes it.
    """
    check_size(len(text.encode("utf-8", "replace")))
    lines = [(line, [cell.strip() for cell in row]) for line, row in texts.csv_rows(_without_separator(text))]
    filled = [(line, cells) for line, cells in lines if any(cells)]
    if not filled:
        raise Refused(_("The list is empty. Write one vendor a line, under a line with the names of the columns."))
    (first, header), *body = filled
    places, problems = _places(first, header)
    if problems:
        return VendorList((), problems)
    if not body:
        raise Refused(_("The list names no vendor. Write one a line, under the names of the columns."))
    if len(body) > CAMPAIGN_ROWS:
        words = _("The list names %(count)s vendors. A campaign may have %(most)s: make two of it.")
        raise Refused(words % {"count": len(body), "most": CAMPAIGN_ROWS})
    wrong = [_too_many(line) for line, cells in body if len(cells) > len(header) and any(cells[len(header) :])]
    return VendorList([_row(line, cells, places) for line, cells in body], wrong)


def _without_separator(text: str) -> str:
    """Blanks `sep=;`, so that lines keep their numbers."""
    first, end, rest = text.partition("\n")
    return end + rest if first.strip().lower().startswith("sep=") else text


def _places(line: int, header: Sequence[str]) -> tuple[Mapping[str, int], list[ListProblem]]:
    """Each column's place. Capitals and underscores in its name make no difference."""
    names = [" ".join(cell.replace("_", " ").casefold().split()) for cell in header]
    known = ", ".join(COLUMNS)
    problems = []
    for name, cell in zip(names, header, strict=True):
        if name and name not in COLUMNS:
            words = _("There is no such column. The columns are: %(names)s")
            problems.append(ListProblem(line, cell, words % {"names": known}))
    problems += [
        ListProblem(line, name, _("This column stands here twice")) for name in COLUMNS if names.count(name) > 1
    ]
    missing = [name for name in NEEDED if name not in names]
    if len(missing) == len(NEEDED):
        words = _("The first line has to name the columns: %(names)s")
        return {}, [ListProblem(line, "", words % {"names": known})]
    problems += [ListProblem(line, name, _("This column is missing")) for name in missing]
    return {name: place for place, name in enumerate(names)}, problems


def _too_many(line: int) -> ListProblem:
    return ListProblem(line, "", _("This line has more cells than there are columns. Put quotes around a comma"))


def _row(line: int, cells: Sequence[str], places: Mapping[str, int]) -> ListRow:
    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    return ListRow(line, cell("vendor"), cell("tier"), cell("service"), cell("lead name"), cell("lead email"))
