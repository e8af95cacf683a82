"""Manifest of a submission to the receipt, a PDF that carries the manifest. No database, no network, no clock.

The same manifest gives the same bytes on the same version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from weasyprint import Attachment

from assessments.reports import manifest, words
from assessments.reports.fetcher import ClosedFetcher
from assessments.reports.render import STYLE, lay_out
from assessments.reports.report_view import Fact
from assessments.reports.seal import sealed
from assessments.reports.text import day, fit_name, fit_text, long_day, whole

TEMPLATE = "reports/receipt.html"
OWN_STYLE = Path(__file__).parent / "assets" / "receipt.css"
_NAMES = {"organisation", "name", "title", "period", "by", "signed_as", "answered_by", "received_by", "domain"}
_CODES = {"sha256", "hash", "kind", "id", "at", "answered_at", "received_at", "effective_at", "plan_due_on"}


@dataclass(frozen=True)
class AnswerRow:
    """One question with the answer as it was given."""

    number: int
    question: str
    facts: Sequence[Fact]
    by: str
    files: Sequence[int]


@dataclass(frozen=True)
class FileRow:
    """One file of the register."""

    number: int
    name: str
    sha256: str
    kind: str
    shows: str
    received: str
    received_by: str
    questions: str


def render_receipt(text: str) -> bytes:
    """The receipt for the manifest with this canonical text, sealed. Raises RenderFailed, NotAManifest or Changed."""
    data = text.encode("ascii")
    whole_manifest = manifest.read(data)
    facts = _fitted(whole_manifest.data, "")
    at = _instant(facts["submitted"]["at"])
    attached = Attachment(
        string=text,
        name=manifest.FILE_NAME,
        description="What this receipt is for, for verification",
        created=at,
        modified=at,
        relationship="Source",
    )
    html = render_to_string(TEMPLATE, {"receipt": _view(facts, at)})
    pdf = lay_out(
        html,
        styles=[STYLE, OWN_STYLE],
        fetcher=ClosedFetcher({}),
        digest=whole_manifest.sha256,
        attachments=[attached],
    )
    return sealed(pdf)


def _fitted(value: Any, key: str) -> Any:
    """Every text ready to lay out; digests, instants and ids as they are."""
    if isinstance(value, dict):
        return {name: _fitted(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_fitted(item, key) for item in value]
    if isinstance(value, str) and key not in _CODES:
        return fit_name(value) if key in _NAMES else fit_text(value)
    return value


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moment(at: datetime) -> str:
    return f"{long_day(at.date())}, {at:%H:%M} UTC"


def _day(text: str | None) -> str:
    return day(_instant(text).date()) if text else ""


def _view(facts: Mapping[str, Any], at: datetime) -> dict[str, object]:
    """The values of the template."""
    assessment, submitted, files = facts["assessment"], facts["submitted"], facts["files"]
    domains: dict[str, list[AnswerRow]] = {}
    for answer in facts["answers"]:
        domains.setdefault(answer["domain"], []).append(_answer(answer))
    vendor = facts["vendor"]["name"]
    return {
        "title": whole(f"Receipt: {assessment['title']}, round {facts['round']}"),
        "organisation": facts["organisation"],
        "vendor": vendor,
        "heading": assessment["title"],
        "created": submitted["at"],
        "footer": f"Receipt, round {facts['round']}, {long_day(at.date())}",
        "summary": (
            ("Submitted to", facts["organisation"]),
            ("Submitted by", f"{submitted['by']}, for {vendor}"),
            ("Submitted on", _moment(at)),
            ("Round", str(facts["round"])),
            ("Questions", f"{len(facts['answers'])}, from {facts['playbook']['title']}, {_version(facts)}"),
            ("Files", str(len(files))),
        ),
        "statement": submitted["statement"],
        "signed_as": submitted["signed_as"],
        "signed_on": _moment(at),
        "accounts": [(one["id"], one["name"] or "–", one["stage"] or "–") for one in facts["accounts"]],
        "domains": list(domains.items()),
        "files": [_file(file) for file in files],
        "playbook": facts["playbook"],
        "sha256": facts["sha256"],
        "file_name": manifest.FILE_NAME,
    }


def _version(facts: Mapping[str, Any]) -> str:
    return f"version {facts['playbook']['version']}"


def _answer(answer: Mapping[str, Any]) -> AnswerRow:
    facts = []
    if answer["kind"] == "statements":
        facts.append(_fact("Statement" if len(answer["statements"]) == 1 else "Statements", answer["statements"]))
    else:
        facts.append(_fact("Answer", [words.ANSWERS.get(answer["kind"], answer["kind"])]))
        facts.append(_fact("Reason", [answer["reason"]]))
    plan = [answer["plan"]]
    if answer["plan_due_on"]:
        plan.append(f"By {long_day(date.fromisoformat(answer['plan_due_on']))}")
    facts.append(_fact("Notes", [answer["notes"]]))
    facts.append(_fact("Plan to fix", plan))
    shown = [fact for fact in facts if fact.lines]
    return AnswerRow(answer["number"], answer["question"], shown, answer["answered_by"], answer["files"])


def _fact(label: str, lines: Sequence[str]) -> Fact:
    kept = tuple(line for line in lines if line)
    return Fact(label, kept, is_list=len(kept) > 1 and label == "Statements")


def _file(file: Mapping[str, Any]) -> FileRow:
    return FileRow(
        number=file["number"],
        name=file["name"],
        sha256=file["sha256"],
        kind=f"{words.KINDS.get(file['kind'], file['kind'])}, {words.file_size(file['size'])}",
        shows=_day(file["effective_at"]) or "Not known",
        received=_day(file["received_at"]),
        received_by=file["received_by"],
        questions=words.listed([str(number) for number in file["questions"]]) or "None",
    )
