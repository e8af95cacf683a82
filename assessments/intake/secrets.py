"""A file that holds a secret is refused before anything of it is stored.

The sentence names the line and the kind, and what to do. It never repeats the secret or a part of it: not in words,
not in the name of the file inside a bundle, not in the names on the way to a value; and no exception carries it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Final

from assessments.intake.refusal import Refused
from assessments.intake.secret_search import MOST, OBJECT, Found, find, in_columns, lowered
from assessments.intake.texts import csv_rows
from assessments.marking import Said
from assessments.marking import said as _

_LONG_LINE: Final = 400  # characters; in a longer line of a JSON the way to the value says more than the line
_WAY: Final = 120  # characters shown of the way to a value
_SHARED: Final = 6  # characters: what has that many in common with the secret is not shown
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]', re.DOTALL)
_BEFORE_VARIABLES = re.compile(r'"variables"\s{0,50}:\s{0,50}$')
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")


def check(text: str, kind: str, *, member: str = "") -> None:
    """Raises Refused where the text holds a secret. `kind` is "json", "csv" or "text"; `member` its path in a ZIP."""
    found = [(line_of(text, one.at), one) for one in find(text)]
    if kind == "csv":
        found = sorted([*found, *_in_table(text)], key=lambda pair: pair[0])
    if found:
        raise Refused(_sentence(text, kind, found, member))


def _in_table(text: str) -> list[tuple[int, Found]]:
    """Secrets under a heading. A table that cannot be read to its end is looked at as far as it goes."""
    with closing(csv_rows(text)) as rows:
        return list(islice(in_columns(_as_far_as_readable(rows)), MOST))


def _as_far_as_readable(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from rows
    except Refused:  # in an upload this was refused before; in a bundle the row is read as text alone
        return


def line_of(text: str, at: int) -> int:
    """The number of the line, from 1, as an editor counts: a line ends with CR, LF or both."""
    return text.count("\n", 0, at) + text.count("\r", 0, at) - text.count("\r\n", 0, at) + 1


def _sentence(text: str, kind: str, found: list[tuple[int, Found]], member: str) -> Said:
    line, first = found[0]
    way = _way(text, first) if kind == "json" and _is_long(text, first.at) else ""
    place = _("The value at %(way)s", way=way) if way else _("Line %(number)s", number=line)
    if member and shares(member, first.value):
        place = _("%(place)s in a file of the bundle", place=place)
    elif member:
        place = _("%(place)s of %(member)s", place=place, member=member)
    if kind == "json" and _is_in_function(text, first.at):
        says = _(
            "%(place)s holds what looks like %(kind)s in the variables of a Lambda function.",
            place=place,
            kind=first.kind.label,
        )
        return says.then(
            _(
                "%(remedy)s, run the collector, which leaves such values out, and add what it writes.",
                remedy=first.kind.begun,
            )
        )
    again = (
        _("Remove it, %(remedy)s, and add the bundle again.", remedy=first.kind.remedy)
        if member
        else _("Remove it, %(remedy)s, and add the file again.", remedy=first.kind.remedy)
    )
    says = _("%(place)s holds what looks like %(kind)s.", place=place, kind=first.kind.label)
    return says.then(again, *_others(line, found))


def _is_in_function(text: str, at: int) -> bool:
    """Whether the place lies in `"Environment": {"Variables": {...}}`, as `lambda list-functions` prints it."""
    low = lowered(text[max(at - OBJECT, 0) : at])
    start = low.rfind("{")
    return start >= 0 and "}" not in low[start:] and _BEFORE_VARIABLES.search(low[:start]) is not None


def _others(line: int, found: list[tuple[int, Found]]) -> list[Said]:
    """The next lines to look at, so that nobody sends a file ten times to find ten secrets."""
    lines = sorted({other for other, _ in found} - {line})
    if not lines:
        return []
    numbers: list[str] = [f"{number:,}" for number in lines[: MOST - 1]]
    if len(found) > MOST - 1:
        numbers.append(_("those below"))
    if len(numbers) == 1:
        return [_("Look at line %(number)s too.", number=numbers[0])]
    words = _("%(most)s and %(last)s", most=", ".join(numbers[:-1]), last=numbers[-1])
    return [_("Look at lines %(numbers)s too.", numbers=words)]


def _is_long(text: str, at: int) -> bool:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    end = text.find("\n", at, start + _LONG_LINE + 1)
    return end < 0 and len(text) - start > _LONG_LINE


def _way(text: str, found: Found) -> str:
    """`Users[3].Password`: the names and places on the way to a value of a JSON, the last of them where it is long."""
    steps: list[str | int] = []
    is_key = False
    for token in _JSON_TOKEN.finditer(text):
        if token.start() >= found.at or token.end() > found.at:
            break
        match token[0]:
            case "{":
                steps.append("")
                is_key = True
            case "[":
                steps.append(0)
            case "}" | "]":
                del steps[-1:]
            case ",":
                if steps and isinstance(steps[-1], int):
                    steps[-1] += 1
                is_key = bool(steps) and isinstance(steps[-1], str)
            case name if is_key:
                steps[-1] = name[1:-1]
                is_key = False
    way = "".join(f"[{step}]" if isinstance(step, int) else f".{_name(step, found)}" for step in steps).lstrip(".")
    return way if len(way) <= _WAY else "…" + way[-_WAY:]


def _name(step: str, found: Found) -> str:
    return step if _PLAIN_NAME.fullmatch(step) and not shares(step, found.value) else "…"


def shares(words: str, secret: str) -> bool:
    """Whether the words have a run of six characters, or all of a shorter secret, in common with the secret."""
    length = min(_SHARED, len(secret))
    small, secret = words.casefold(), secret.casefold()
    return any(small[start : start + length] in secret for start in range(len(small) - length + 1))
