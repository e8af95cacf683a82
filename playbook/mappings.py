"""Which controls of other frameworks ask what a criterion asks, and how sure that is. Pure: no database, no Django.

    for row in for_playbook("aws-core").of(13):
        row.framework.short_name, [(control.id, control.sure) for control in row.controls]

The content is data beside the playbook: data/SLUG-mappings.yaml, for all versions of a playbook, since a later version
keeps its numbers. It is strict YAML, checked against data/mappings-schema.json and for what a schema cannot say.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any

from playbook.problems import PlaybookInvalid, Problem
from playbook.schema import DATA, MAX_PROBLEMS, Document, repeated, schema_problems
from playbook.strict_yaml import parse


def gettext_noop(text: str) -> str:
    """Mark a text for translation, which the page does that shows it."""
    return text


class Sure(StrEnum):
    """Where a mapping comes from, and so how sure it is."""

    PROWLER = "prowler"
    SECURITY_HUB = "security-hub"
    JUDGEMENT = "judgement"

    @property
    def label(self) -> str:
        """The mark in words, for pages and exports."""
        return _LABELS[self]

    @property
    def meaning(self) -> str:
        """One sentence for whoever wants to know what the mark says."""
        return _MEANINGS[self]


_LABELS = {
    Sure.PROWLER: gettext_noop("Prowler's mapping"),
    Sure.SECURITY_HUB: gettext_noop("Security Hub guide"),
    Sure.JUDGEMENT: gettext_noop("Our judgement"),
}
_MEANINGS = {
    Sure.PROWLER: gettext_noop("The mapping files of Prowler put the control beside a check of this question."),
    Sure.SECURITY_HUB: gettext_noop(
        "The user guide of AWS Security Hub describes the control so, or names it beside one that does."
    ),
    Sure.JUDGEMENT: gettext_noop(
        "We chose it ourselves and relied on no published mapping. This holds for every Prowler check."
    ),
}


@dataclass(frozen=True)
class Framework:
    """A set of controls. `key` never changes, for example "cis-aws-1.4"; `short_name` is for narrow places."""

    key: str
    short_name: str
    name: str
    version: str
    publisher: str

    @property
    def title(self) -> str:
        """Name and version, for example "Cloud Controls Matrix, 4.0"."""
        return f"{self.name}, {self.version}"


@dataclass(frozen=True)
class Control:
    """One control that asks the same. `name` is empty where it is not ours to repeat, `note` says what differs."""

    id: str
    sure: Sure
    name: str
    note: str


@dataclass(frozen=True)
class Counterparts:
    """The controls of one framework for one criterion, in the order of the file; empty: none is known."""

    framework: Framework
    controls: tuple[Control, ...]

    @property
    def by_mark(self) -> list[tuple[Sure, list[Control]]]:
        """The controls under their marks, surest first."""
        found = [(mark, [control for control in self.controls if control.sure == mark]) for mark in Sure]
        return [(mark, controls) for mark, controls in found if controls]


@dataclass(frozen=True)
class Mappings:
    """All mappings of one playbook; without any, there are no frameworks either."""

    slug: str
    frameworks: tuple[Framework, ...]
    by_number: Mapping[int, tuple[Counterparts, ...]]

    def of(self, number: int) -> tuple[Counterparts, ...]:
        """One entry for each framework, always in the same order; nothing for a number that is not mapped."""
        return self.by_number.get(number, ())


def for_playbook(slug: str) -> Mappings:
    """The mappings that come with the product; a playbook it does not know has none. Read once for each process."""
    return _packaged().get(slug) or Mappings(slug, (), {})


@cache
def _packaged() -> dict[str, Mappings]:
    found = [read(path.read_bytes(), path.name) for path in sorted(DATA.glob("*-mappings.yaml"))]
    return {mappings.slug: mappings for mappings in found}


def read(source: bytes, name: str = "mappings") -> Mappings:
    """The checked mappings in `source`. Raises PlaybookInvalid, which names the file as `name`."""
    try:
        document = parse(source)
    except PlaybookInvalid as error:
        raise PlaybookInvalid(error.problems, name) from error
    if problems := schema_problems(document, _schema()):
        raise PlaybookInvalid(problems, name)
    assert isinstance(document, dict)  # noqa: S101 -- the schema says so, this tells the type checker
    if problems := list(islice(_cross_problems(document), MAX_PROBLEMS)):
        raise PlaybookInvalid(problems, name)
    return _built(document)


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "mappings-schema.json").read_text(encoding="utf-8"))
    return loaded


def _built(document: Document) -> Mappings:
    entries = document["frameworks"]
    frameworks = {
        entry["key"]: Framework(entry["key"], entry["short_name"], entry["name"], entry["version"], entry["publisher"])
        for entry in entries
    }
    names = {entry["key"]: entry["names"] for entry in entries}

    def counterparts(controls: Mapping[str, Any], key: str) -> Counterparts:
        found = [
            Control(item["id"], Sure(item["sure"]), names[key].get(item["id"], ""), item.get("note", ""))
            for item in controls[key]
        ]
        return Counterparts(frameworks[key], tuple(found))

    by_number = {
        entry["number"]: tuple(counterparts(entry["controls"], key) for key in frameworks)
        for entry in document["criteria"]
    }
    return Mappings(document["slug"], tuple(frameworks.values()), by_number)


# --- What one place says about another ----------------------------------------------------------------------------


def _cross_problems(document: Document) -> Iterator[Problem]:
    frameworks = document["frameworks"]
    yield from repeated([(f"frameworks[{at}].key", entry["key"]) for at, entry in enumerate(frameworks)])
    for at, entry in enumerate(frameworks):
        yield from _framework_problems(f"frameworks[{at}]", entry)
    by_key = {entry["key"]: entry for entry in frameworks}
    for at, criterion in enumerate(document["criteria"]):
        path, controls = f"criteria[{at}]", criterion["controls"]
        if criterion["number"] != at + 1:
            yield Problem(f"{path}.number", f"must be {at + 1}, its place in the file, not {criterion['number']}")
        for key in by_key.keys() - controls.keys():
            yield Problem(f"{path}.controls.{key}", "is missing; an empty list says that there is none")
        for key, items in controls.items():
            if key not in by_key:
                yield Problem(f"{path}.controls.{key}", "is no framework of this file")
            else:
                yield from _control_problems(f"{path}.controls.{key}", items, by_key[key])


def _framework_problems(path: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        wanted = re.compile(entry["id_pattern"])
    except re.error as error:
        yield Problem(f"{path}.id_pattern", f"is no regular expression: {error}")
        return
    for control in entry["names"]:
        if not wanted.fullmatch(control):
            yield Problem(f"{path}.names.{control}", f"has the wrong form: it does not fit {entry['id_pattern']}")


def _control_problems(path: str, items: list[dict[str, Any]], entry: Mapping[str, Any]) -> Iterator[Problem]:
    yield from repeated([(f"{path}[{at}].id", item["id"]) for at, item in enumerate(items)])
    for at, item in enumerate(items):
        if not _fits(entry["id_pattern"], item["id"]):
            yield Problem(f"{path}[{at}].id", f"has the wrong form: {item['id']} does not fit {entry['id_pattern']}")
        elif entry["names"] and item["id"] not in entry["names"]:
            yield Problem(f"{path}[{at}].id", f"{item['id']} has no name, but others of {entry['key']} have one")


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # told already, where the pattern stands
