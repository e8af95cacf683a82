"""Where a text holds what looks like a secret. Pure; finds, and says nothing: the words are in `secrets.py`.

Four things give a secret away: its own form (a private key's first line, a token's well-known prefix), the name it is
given (`password = ...`, `"SessionToken": ...`), the name beside it (`{"Name": "DB_PASSWORD", "Value": ...}`), and, for
a secret access key, which is 40 letters like many other things, an access key id within a few lines.

Every pattern is of bounded length or begins only where a run begins, so that a text is read in linear time. And each
begins with fixed letters, which the engine searches for many times faster than for a choice of words.
"""

import re
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Final, NamedTuple

from assessments.intake.secret_values import (
    FORTY,
    KEY_ID,
    NAME,
    Kind,
    is_access_key,
    is_left_out,
    is_password,
    is_random,
    is_value,
    is_wild,
    kind_of_name,
)

MOST: Final = 6
"""Secrets looked for in one file by each of the ways: enough to say that there are more."""
_NEAR: Final = 200  # characters between an access key id and the secret access key that belongs to it
_VALUE: Final = 200  # characters of a value that are looked at
OBJECT: Final = 4_000  # characters between a brace and a value that belongs to it


class Found(NamedTuple):
    """One secret: where it begins (an index into the text), what it is, and itself, never to be shown."""

    at: int
    kind: Kind
    value: str


def find(text: str) -> list[Found]:
    """The first secrets of a text, in their order; at most MOST of each way to find them."""
    low = lowered(text)
    ways = [_access_keys(text, low), *_formed(text, low), *(_named(text, low, name) for name in _ASSIGNED)]
    ways += [_options(text, low), _pairs(text, low), _variables(text, low)]
    found = [one for way in ways for one in islice(way, MOST)]
    first: dict[int, Found] = {}
    for one in found:  # of two opinions on one place, the one of the more certain way stands
        first.setdefault(one.at, one)
    return sorted(first.values(), key=lambda one: one.at)


def lowered(text: str) -> str:
    """In small letters and of the same length, with a question mark for what is not ASCII."""
    return text.lower() if text.isascii() else text.encode("ascii", "replace").decode("ascii").lower()


# --- By its own form ------------------------------------------------------------------------------------------

_PEM = re.compile(
    r"----(?:-BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----| BEGIN SSH2 ENCRYPTED PRIVATE KEY ----)"
)
_PEM_BODY = re.compile(r"[A-Za-z0-9+/=]{32}")


def _form(kind: Kind, start: str, rest: str) -> tuple[Kind, re.Pattern[str]]:
    """A well-known form: its first letters, which begin a word, and what follows them."""
    return kind, re.compile(rf"{re.escape(start)}(?<![A-Za-z0-9_-]{re.escape(start)}){rest}")


_FORMS: Final = (
    _form(Kind.PRIVATE_KEY, "PuTTY-User-Key-File-", r"\d"),
    _form(Kind.PRIVATE_KEY, "AGE-SECRET-KEY-1", r"[A-Z0-9]{20,80}"),
    *(
        _form(Kind.SESSION_TOKEN, start, r"[A-Za-z0-9/+=%]{20,400}")
        for start in ("IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "AQoDYXdz")
    ),
    _form(Kind.TOKEN, "gh", r"[pousr]_[A-Za-z0-9]{30,255}"),
    _form(Kind.TOKEN, "npm_", r"[A-Za-z0-9]{30,255}"),
    *(_form(Kind.TOKEN, start, r"[\w-]{20,255}") for start in ("github_pat_", "glpat-", "pypi-AgE", "hvs.", "ya29.")),
    *(_form(Kind.TOKEN, start, r"[A-Za-z0-9]{16,255}") for start in ("sk_live_", "rk_live_")),
    _form(Kind.TOKEN, "xox", r"[abeoprs]-[A-Za-z0-9-]{10,255}"),
    _form(Kind.TOKEN, "xapp-", r"[A-Za-z0-9-]{20,255}"),
    _form(Kind.TOKEN, "AIza", r"[\w-]{35}"),
    _form(Kind.TOKEN, "SG.", r"[\w-]{16,64}\.[\w-]{16,64}"),
    _form(Kind.TOKEN, "dop_v1_", r"[a-f0-9]{64}"),
    _form(Kind.TOKEN, "shpat_", r"[a-fA-F0-9]{32}"),
    _form(Kind.TOKEN, "eyJ", r"[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,400}"),
    _form(Kind.TOKEN, "hooks.slack.com/services/", r"T[A-Z0-9]{6,20}/B[A-Z0-9]{6,20}/[A-Za-z0-9]{16,40}"),
)
_URL = re.compile(r"://[^\s/:@\"'<>]{0,100}:([^\s/@\"'<>]{3,200})@[\w.\[-]")
_HEADER = re.compile(
    r"authorization[\\\"' \t]{0,4}[:=][\\\"' \t]{0,4}(?:(basic)|bearer|token)[ \t]{1,4}([\w+/=.~-]{8,400})"
)


def _formed(text: str, low: str) -> Iterator[Iterator[Found]]:
    """One way for each form."""
    yield _private_keys(text)
    yield _addresses(text)
    yield _headers(text, low)
    for kind, pattern in _FORMS:
        yield _of_form(text, kind, pattern)


def _of_form(text: str, kind: Kind, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        yield Found(match.start(), kind, match[0])


def _private_keys(text: str) -> Iterator[Found]:
    for match in _PEM.finditer(text):
        # A sentence about private keys quotes the first line; a key goes on.
        if body := _PEM_BODY.search(text, match.end(), match.end() + 250):
            yield Found(match.start(), Kind.PRIVATE_KEY, body[0])


def _addresses(text: str) -> Iterator[Found]:
    """`scheme://user:password@host`."""
    for match in _URL.finditer(text):
        if is_password(match[1], certain=True):
            yield Found(match.start(1), Kind.PASSWORD, match[1])


def _headers(text: str, low: str) -> Iterator[Found]:
    for match in _HEADER.finditer(low):
        value = text[match.start(2) : match.end(2)]
        if is_random(value) or (match[1] and not is_left_out(value)):
            yield Found(match.start(2), Kind.PASSWORD if match[1] else Kind.TOKEN, value)


# --- A secret access key beside its id --------------------------------------------------------------------------

_SIGNS: Final = (
    re.compile(r"akia(?<![a-z0-9]akia)[a-z0-9]{16}(?![a-z0-9])"),
    re.compile(r"asia(?<![a-z0-9]asia)[a-z0-9]{16}(?![a-z0-9])"),
    re.compile(r"secret[ _.-]?access[ _.-]?key"),
)


def _access_keys(text: str, low: str) -> Iterator[Found]:
    signs = merge(*((match.span() for match in sign.finditer(low)) for sign in _SIGNS))
    before = after = next(signs, None)
    if after is None:
        return
    for match in FORTY.finditer(text):
        while after is not None and after[0] < match.start():
            before, after = after, next(signs, None)
        is_near = (after is not None and after[0] - match.end() <= _NEAR) or (
            before is not None and 0 <= match.start() - before[1] <= _NEAR
        )
        if is_near and is_access_key(match[0]):
            yield Found(match.start(), Kind.ACCESS_KEY, match[0])


# --- By the name it is given ------------------------------------------------------------------------------------

_GIVEN = r"\d{0,2}[\\\"'`\])*]{0,4}(?:[ \t]{0,4}\[[^\]\r\n]{0,60}\])?[ \t]{0,20}(=>|:=|==?|:)[ \t*]{0,20}"
_BEFORE_KEY = "|".join(  # most keys are those of tags and of objects
    rf"(?<={word}{separator}key)"
    for word in ("api", "private", "account", "signing", "access", "auth", "secret")
    for separator in ("", "[ _.-]")
)
_ASSIGNED: Final = tuple(  # the last word of a name, and what stands between it and the value
    re.compile(rf"({word}){_GIVEN}")
    for word in (
        "pass(?:word|wd|phrase|wort)?",
        "kennwort",
        "pwd",
        rf"key(?:{_BEFORE_KEY})",
        "secret(?:[ _-]?(?:string|binary|value))?",
        "token",
    )
)
_OPTION = re.compile(rf"--(?<![a-z-]--)(?:[a-z]{{1,20}}-){{0,3}}({NAME})[ \t]{{1,4}}")
_OPEN = re.compile(r"(\\{0,3})([\"'`])")
_PLAIN = re.compile(rf"[^\s\"'`]{{1,{_VALUE}}}")
_NESTED = re.compile(rf"[^\"'`\\\r\n]{{1,{_VALUE}}}")
_QUOTED: Final = {quote: re.compile(rf"(?:[^{quote}\\\r\n]|\\.){{1,{_VALUE}}}") for quote in "\"'`"}


def _named(text: str, low: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(low):
        name = low[max(match.start() - 40, 0) : match.end(1)]
        lead = name.rstrip("abcdefghijklmnopqrstuvwxyz0123456789_.-")[-1:]
        if match[2] == ":" and lead in {":", "/"}:  # an ARN, or the name of an action
            continue
        kind = kind_of_name(name)
        if kind and (found := _given(text, match.end(), kind, match[1], is_colon=match[2] == ":")):
            yield found


def _options(text: str, low: str) -> Iterator[Found]:
    """`--password VALUE` on a command line."""
    for match in _OPTION.finditer(low):
        kind = kind_of_name(low[match.start() : match.end(1)])
        if kind and (found := _given(text, match.end(), kind, match[1], is_colon=True)):
            yield found


def _given(text: str, at: int, kind: Kind, word: str, *, is_colon: bool) -> Found | None:
    """The value that begins at `at`, where it is a secret of this kind."""
    if opened := _OPEN.match(text, at):
        match = (_NESTED if opened[1] else _QUOTED[opened[2]]).match(text, opened.end())
        value = match[0] if match else ""
        is_secret = is_value(value, kind, word)
    else:
        match = _PLAIN.match(text, at)
        if match is None or match.end() - at < 4:
            return None
        value = _without_closers(match[0])
        first = re.split("[,;&]", value, maxsplit=1)[0]
        value = first if len(first) >= 4 else value
        # "Password: at least 14 characters" is a rule: after a colon, and without quotes, one word ends the line.
        is_alone = text[match.end() : match.end() + 20].lstrip(" \t")[:1] in _ENDINGS
        is_secret = is_value(value, kind, word, certain=not is_colon) and (not is_colon or is_alone or is_wild(value))
    return Found(match.start(), kind, value) if match and is_secret else None


def _without_closers(value: str) -> str:
    """Without what closes a list or a call around it; `read("x")` keeps its own."""
    value = value.rstrip(",;}")
    return value if "(" in value or "[" in value else value.rstrip(")],;}")


_ENDINGS: Final = frozenset(["", "\r", "\n", "#", ",", ";", "}", ")", "]", '"', "'", "\\"])

# --- By the name beside it --------------------------------------------------------------------------------------

_VALUE_KEY = re.compile(r'value"\s{0,20}:\s{0,20}"')
_NAME_KEY = re.compile(r'"(?:parameter|option)?(?:name|key)"\s{0,20}:\s{0,20}"([^"]{1,300})"')
_VARIABLES = re.compile(r'"variables"\s{0,50}:\s{0,50}\{')
_VARIABLE = re.compile(r'"([^"\\]{1,200})"\s{0,50}:\s{0,50}"((?:[^"\\]|\\.)*+)"')
_LIKE_A_SECRET = re.compile(
    r"passw|pwd|secret|token|credential|(?<![a-z])(?:api|access|private|signing|encryption)?[_-]?key(?![a-z])"
)
_REFERS = re.compile(r"(?:name|arn|id|ur[il]|path|file|ttl|region|enabled|length|age|type|host|port|version|table)$")


def _object_around(low: str, at: int) -> tuple[int, int]:
    """Start and end of what stands between the braces around `at`, without what is nested; (-1, -1) for none."""
    start = low.rfind("{", max(at - OBJECT, 0), at)
    if start < 0 or low.find("}", start, at) >= 0:
        return -1, -1
    return start, _end_of(low, at)


def _end_of(low: str, at: int) -> int:
    """Where the object goes on no more: at the next brace, of either kind."""
    limit = min(at + OBJECT, len(low))
    closing = low.find("}", at, limit)
    opening = low.find("{", at, closing if closing >= 0 else limit)
    return opening if opening >= 0 else closing if closing >= 0 else limit


def _pairs(text: str, low: str) -> Iterator[Found]:
    """`{"Name": "/app/db_password", "Value": "..."}`: tasks, templates, parameters read with decryption."""
    last, name, is_secure = -1, "", False
    for match in _VALUE_KEY.finditer(low):
        start, end = _object_around(low, match.start())
        if start < 0:
            continue
        if start != last:
            named = _NAME_KEY.search(low, start, end)
            last, name = start, named[1] if named else ""
            is_secure = low.find('"securestring"', start, end) >= 0
        kind = Kind.TOKEN if name == "authorization" else kind_of_name(name)
        if kind is None and is_secure:
            kind, name = Kind.SECRET, "secretstring"
        if kind and (found := _given(text, match.end() - 1, kind, name, is_colon=True)):
            yield found


def _variables(text: str, low: str) -> Iterator[Found]:
    """Environment of a function: there a name that only sounds like a secret's is enough."""
    for match in _VARIABLES.finditer(low):
        for pair in _VARIABLE.finditer(text, match.end(), _end_of(low, match.end())):
            name = pair[1].lower()
            if _LIKE_A_SECRET.search(name) and not _REFERS.search(name) and not KEY_ID.fullmatch(pair[2]):
                kind = kind_of_name(name) or (Kind.PASSWORD if "passw" in name else Kind.SECRET)
                if is_value(pair[2], kind, name):
                    yield Found(pair.start(2), kind, pair[2])


def in_columns(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Found]]:
    """Line and secret of each cell under a heading such as "Secret access key", or beside it in a row of two."""
    heads: dict[int, Kind] | None = None
    for line, row in rows:
        if heads is None:
            if not "".join(row).strip() or row[0].lower().startswith("sep="):
                continue
            kinds = {place: kind_of_name(_heading(cell)) for place, cell in enumerate(row)}
            heads = {place: kind for place, kind in kinds.items() if kind}
        else:
            for place, kind in heads.items():
                cell = row[place].strip() if place < len(row) else ""
                if is_value(cell, kind, "", certain=False) and len(cell) >= 6:
                    yield line, Found(0, kind, cell)
        if len(row) == 2 and (beside := kind_of_name(_heading(row[0]))):
            cell = row[1].strip()
            if is_value(cell, beside, "", certain=False) and is_wild(cell):
                yield line, Found(0, beside, cell)


def _heading(cell: str) -> str:
    name = lowered(cell.strip())
    return name if len(name) <= 40 and "/" not in name and ":" not in name else ""
