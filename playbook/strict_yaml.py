"""The part of YAML that a playbook may use: mappings, lists, text, whole numbers, true, false and null.

Everything that different readers take for different things is refused, so that a file means one thing only: repeated
keys, aliases, tags, merge keys, and bare words such as yes or 2020-06-01 that some readers turn into other values.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from playbook.problems import PlaybookInvalid, Problem, path_of

# The packaged playbook has about 220 kB.
MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_KEY_LENGTH = 100
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,8})\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
# C0, DEL, C1 and surrogates, which no database and no report can hold; line ends and tabs are fine.
_FORBIDDEN_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Says what readers of YAML 1.1, which are most of them, take a bare word for.
_RESOLVER: Any = yaml.resolver.Resolver()
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]
Value = dict[str, "Value"] | list["Value"] | str | int | bool | None


def parse(source: bytes) -> Value:
    """The one document in `source`. Raises PlaybookInvalid with the first problem."""
    if len(source) > MAX_BYTES:
        raise PlaybookInvalid([Problem("file", f"is larger than {MAX_BYTES} bytes")])
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaybookInvalid([Problem(f"byte {error.start}", "is not UTF-8 text")]) from error
    try:
        return _Reader(yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PlaybookInvalid([Problem(_place(mark), f"is not YAML: {error.problem or error.context}")]) from error
    except yaml.YAMLError as error:
        raise PlaybookInvalid([Problem("file", f"is not YAML: {error}".splitlines()[0])]) from error


def _place(mark: Any) -> str:
    """Where the parser stopped; its marks come in two classes, with and without libyaml."""
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"


class _Reader:
    """Builds plain values from the parser's events, and knows where it is."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def document(self) -> Value:
        """Read the whole stream."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise PlaybookInvalid([Problem("file", "is empty")])
        value = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise PlaybookInvalid([Problem(_place(event.start_mark), "begins a second document; one is allowed")])
        return value

    def _value(self, event: Any, path: Path) -> Value:
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, path, "repeats another part by an alias (*); write the value out")
        if getattr(event, "anchor", None) is not None:
            raise self._refuse(event, path, "has an anchor (&); anchors and aliases are not allowed")
        if event.tag is not None and event.tag != "!":
            raise self._refuse(event, path, "has a tag (!); tags are not allowed")
        if len(path) > MAX_DEPTH:
            raise self._refuse(event, path[:3], f"is nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, Value]:
        result: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, (*path, "(key)"))
            if not isinstance(key, str):
                raise self._refuse(event, path, "has a key that is not text")
            if len(key) > MAX_KEY_LENGTH:
                raise self._refuse(event, path, f"has a key of more than {MAX_KEY_LENGTH} characters")
            if key in result:
                raise self._refuse(event, (*path, key), "appears twice in the same mapping")
            result[key] = self._value(next(self._events), (*path, key))
        return result

    def _list(self, path: Path) -> list[Value]:
        result: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            result.append(self._value(event, (*path, len(result))))
        return result

    def _scalar(self, event: Any, path: Path) -> Value:
        text: str = event.value
        if event.style not in (None, "") or event.tag == "!":
            return self._text(event, path)
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
        if tag == "tag:yaml.org,2002:str":
            return self._text(event, path)
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _WHOLE_NUMBER.match(text):
            return int(text)
        kind = tag.rsplit(":", 1)[-1]
        raise self._refuse(event, path, f'"{text[:40]}" could be read as {kind}; put text in quotes')

    def _text(self, event: Any, path: Path) -> str:
        text: str = event.value
        if _FORBIDDEN_CHARACTER.search(text):
            raise self._refuse(event, path, "contains a control character")
        if text != text.strip():
            raise self._refuse(event, path, "begins or ends with a space or an empty line")
        return text

    @staticmethod
    def _refuse(event: Any, path: Path, reason: str) -> PlaybookInvalid:
        mark = event.start_mark
        return PlaybookInvalid([Problem(path_of(path), f"{reason} (line {mark.line + 1})")])
