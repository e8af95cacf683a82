"""The appendices as the templates print them: evidence, scoring rule, playbook and licence. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from assessments.reports import words
from assessments.reports.assurance_view import second_look_line
from assessments.reports.evidence_facts import EvidenceItem
from assessments.reports.report_view import EvidenceRefs, Verdict, evidence_refs, grade_css, priority_name, verdict
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import day, long_day

STEP = Decimal("0.1")
"""The smallest step of a score."""
SOURCES = {"read": "read from the file", "stated": "stated by the vendor", "": ""}
ACCOUNTS_NAMED = 4
MISSING = "The preview of {name} could not be read, so the image is missing here. The file is listed in appendix B."

GONE = "Missing: the stored file was not there when this report was made."


@dataclass(frozen=True)
class ExtractTable:
    """Part of a table from a file; rows that breach a rule come first and are marked."""

    columns: tuple[str, ...]
    rows: tuple[tuple[bool, str, tuple[str, ...]], ...]
    note: str


@dataclass(frozen=True)
class ExtractView:
    """One file shown in appendix A: an image, a table, or a sentence that says why there is none."""

    number: str
    title: str
    caption: str
    image: str
    alt: str
    problem: str
    table: ExtractTable | None


@dataclass(frozen=True)
class RegisterRow:
    number: str
    name: str
    kind: str
    size: str
    effective: str
    received: str
    received_by: str
    sha256: str
    questions: EvidenceRefs
    problem: str


@dataclass(frozen=True)
class Band:
    grade: str
    css: str
    span: str


@dataclass(frozen=True)
class MethodView:
    results: tuple[tuple[Verdict, str, str], ...]
    weights: tuple[tuple[str, str], ...]
    bands: tuple[Band, ...]
    sum_line: str
    cap_line: str
    priorities: tuple[tuple[str, str], ...]
    second_look: str


@dataclass(frozen=True)
class PlaybookView:
    title: str
    reconstructed: tuple[tuple[str, str], ...]
    errata: tuple[tuple[str, str, str, str], ...]
    attribution: str
    licence: str
    licence_url: str
    changes_made: str
    disclaimer: str


@dataclass(frozen=True)
class AppendixView:
    extracts: tuple[ExtractView, ...]
    register: tuple[RegisterRow, ...]
    method: MethodView
    playbook: PlaybookView


def appendix_view(
    snapshot: Snapshot, *, unreadable: frozenset[int], missing: frozenset[int] = frozenset()
) -> AppendixView:
    """The appendices of a fitted snapshot, given by number: `unreadable` previews, and `missing` stored files."""
    shown = (item for item in snapshot.evidence if item.preview or item.extract)
    return AppendixView(
        extracts=tuple(_extract(item, item.number in unreadable) for item in shown),
        register=tuple(_register_row(item, item.number in missing) for item in snapshot.evidence),
        method=_method(snapshot),
        playbook=_playbook(snapshot),
    )


def _extract(item: EvidenceItem, is_unreadable: bool) -> ExtractView:
    dated = ""
    if item.effective_on:
        dated = f"Shows {long_day(item.effective_on)} ({SOURCES.get(item.effective_source, item.effective_source)}). "
    added = f"Added by {item.received_by} on {long_day(item.received_on)}."
    asked = f" {_questions(item.questions)}." if item.questions else ""
    accounts = f" {_accounts(item.accounts)}." if item.accounts else ""
    return ExtractView(
        number=str(item.number),
        title=item.name,
        caption=f"{dated}{added}{asked}{accounts}",
        image=f"evidence:{item.number}" if item.preview and not is_unreadable else "",
        alt=f"Image of evidence E{item.number}, {item.name}. {dated}{added}",
        problem=MISSING.format(name=item.name) if item.preview and is_unreadable else "",
        table=_table(item),
    )


def _questions(numbers: tuple[int, ...]) -> str:
    return f"{'Question' if len(numbers) == 1 else 'Questions'} {words.listed([str(number) for number in numbers])}"


def _accounts(ids: tuple[str, ...]) -> str:
    """The accounts a file speaks for; of many only how many."""
    if len(ids) > ACCOUNTS_NAMED:
        return f"{len(ids)} AWS accounts"
    return f"{'Account' if len(ids) == 1 else 'Accounts'} {words.listed(ids)}"


def _table(item: EvidenceItem) -> ExtractTable | None:
    extract = item.extract
    if extract is None:
        return None
    left = extract.total_rows - len(extract.rows)
    breaching = sum(bool(row.breach) for row in extract.rows)
    parts = []
    if breaching:
        parts.append("Rows that need attention come first.")
    if left > 0:
        parts.append(f"{len(extract.rows)} of {extract.total_rows:,} rows are shown.")
    rows = tuple((bool(row.breach), row.breach, row.cells) for row in extract.rows)
    return ExtractTable(extract.columns, rows, " ".join(parts))


def _register_row(item: EvidenceItem, is_missing: bool) -> RegisterRow:
    return RegisterRow(
        number=str(item.number),
        name=item.name,
        kind=words.FORMATS.get(item.format) or words.KINDS.get(item.kind, item.kind),
        size=words.file_size(item.size),
        effective=day(item.effective_on) or "Not known",
        received=day(item.received_on),
        received_by=item.received_by,
        sha256=item.sha256,
        questions=evidence_refs(item.questions),
        problem=GONE if is_missing else "",
    )


def _method(snapshot: Snapshot) -> MethodView:
    method, score = snapshot.method, snapshot.score
    bands, above = [], "10"
    for band in method.grades:
        bands.append(Band(band.grade, grade_css(band.grade), f"{words.score(band.lowest)} to {above}"))
        above = words.score(band.lowest - STEP)
    if score.value is None:
        sum_line = "Nothing is scored yet, so there is no score."
    else:
        sum_line = (
            f"Here that is {words.number(score.earned)} points of {words.number(score.possible)}, "
            f"which gives {words.score(score.value)}."
        )
    return MethodView(
        results=tuple((verdict(result), *words.MEANINGS[result]) for result in words.MEANINGS),
        weights=tuple(
            (words.SEVERITIES.get(item.severity, item.severity), words.number(item.weight)) for item in method.weights
        ),
        bands=tuple(bands),
        sum_line=sum_line,
        cap_line=f"A critical question that is not met holds the grade at {method.cap_grade} at best.",
        priorities=tuple((priority_name(item.priority), words.within(item.days)) for item in method.priorities),
        second_look=second_look_line(snapshot.second_look),
    )


def _place(where: str) -> str:
    """Part of a criterion, in words."""
    return words.PLACES.get(where, where.replace("_", " "))


def _playbook(snapshot: Snapshot) -> PlaybookView:
    playbook = snapshot.playbook
    return PlaybookView(
        title=f"{playbook.title}, version {playbook.version}",
        reconstructed=tuple(
            (str(one.number), one.question) for one in snapshot.criteria if one.question_source == "reconstructed"
        ),
        errata=tuple(
            (str(item.question), _place(item.where), item.problem, item.used_instead) for item in snapshot.errata
        ),
        attribution=playbook.attribution,
        licence=playbook.licence,
        licence_url=playbook.licence_url,
        changes_made=playbook.changes_made,
        disclaimer=playbook.disclaimer,
    )
