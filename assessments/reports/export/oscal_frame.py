"""What all parts of an OSCAL document are made with: ids, days, texts, and the things that were assessed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from assessments.reports.evidence_facts import Named
from assessments.reports.material import Material
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import shorten
from playbook.markdown import literal, literal_line
from playbook.oscal import NS, moment, prop

Json = dict[str, Any]
LINE_LENGTH = 250
"""Characters of a title, a name or a property; what is longer stands whole in a description."""
NONE = "–"
"""Where OSCAL wants a text and there is none."""
_LAST_SECOND = time(23, 59, 59)


def line(text: str) -> str:
    """One line that is never empty: a name, or the value of a property."""
    return shorten(text, LINE_LENGTH) or NONE


def title(text: str) -> str:
    """One line of Markdown that shows this text."""
    return literal_line(line(text))


def prose(*paragraphs: str) -> str:
    """Markdown that shows the paragraphs that are not empty; never empty itself."""
    return "\n\n".join(literal(text) for text in paragraphs if text.strip()) or NONE


def fact(name: str, value: object, **more: str) -> Json:
    """A property of our namespace with a value of sensible length."""
    return prop(name, line(str(value)), **more)


def yes(value: bool) -> str:
    """ "yes" or "no"."""
    return "yes" if value else "no"


def kept(values: Mapping[str, Any]) -> Json:
    """Without what is empty: OSCAL has no empty lists, and nothing for null."""
    return {key: value for key, value in values.items() if value is not None and value != [] and value != ""}


def start_of(day: date) -> str:
    """The first moment of a day. A snapshot knows days only; all are taken as UTC."""
    return moment(datetime.combine(day, time(), UTC))


def end_of(day: date) -> str:
    """The last second of a day."""
    return moment(datetime.combine(day, _LAST_SECOND, UTC))


@dataclass(frozen=True)
class Frame:
    """A snapshot with the ids that its document uses. They depend on the snapshot alone."""

    snapshot: Snapshot
    material: Material

    def id(self, what: str, key: object = "") -> str:
        """The id of one thing, such as ("finding", 13)."""
        root = uuid5(NAMESPACE_URL, f"{NS}/assessment-results/{self.material.digest}")
        return str(uuid5(root, f"{what}/{key}"))

    def origin(self, kind: str, who: str) -> list[Json]:
        """Who something comes from: ("party", "assessor"), ("party", "vendor") or ("tool", "evaluators")."""
        return [{"actors": [{"type": kind, "actor-uuid": self.id(kind, who)}]}]

    @cached_property
    def accounts(self) -> dict[str, str]:
        """Each AWS account with what is known of it, in scope first."""
        snapshot = self.snapshot
        found: dict[str, str] = {}
        for one in snapshot.accounts:
            found.setdefault(line(one.id), ", ".join(filter(None, [one.name, one.stage])))
        for account in self._others():
            found.setdefault(line(account), "")
        return found

    def _others(self) -> Iterator[str]:
        yield from self.snapshot.coverage.found_only
        for item in self.snapshot.evidence:
            yield from item.accounts

    @cached_property
    def offenders(self) -> dict[str, str]:
        """Each resource that breaks a criterion and is no account: one line, and its name in full."""
        named = (one.ref for each in self.snapshot.criteria if each.evaluation for one in each.evaluation.offenders)
        accounts = self.accounts
        return {line(ref): ref for ref in named if line(ref) not in accounts}

    def account_subject(self, account: str) -> Json:
        """An account as the subject of an observation."""
        return {"subject-uuid": self.id("account", line(account)), "type": "inventory-item", "title": title(account)}

    def subject(self, one: Named) -> Json:
        """A resource or an account as the subject of an observation, with what was found."""
        if line(one.ref) in self.accounts:
            found = self.account_subject(one.ref)
        else:
            uuid = self.id("resource", line(one.ref))
            found = {"subject-uuid": uuid, "type": "inventory-item", "title": title(one.ref)}
        return kept(found | {"remarks": literal(one.reason)})

    def evidence_link(self, number: int) -> str:
        """Where the document itself speaks of a file."""
        return f"#{self.id('file', number)}"
