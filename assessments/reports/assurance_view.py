"""What the files show, as the templates print it: beside each answer, where they contradict it, and how far they reach.

Pure. The snapshot is fitted before; see `report_view`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments.reports import words
from assessments.reports.evidence_facts import EvaluationFacts, Named
from assessments.reports.snapshot import CriterionResult, SecondLookFacts, Snapshot
from assessments.reports.text import sentence

PLACES = 6
"""Accounts or regions named in one cell; the rest is counted."""
GAPS = 2
"""Missing parts named beside one answer; the rest is counted."""
_QUOTED = re.compile(r"`([^`]*)`")
VERDICTS = {
    "acceptable": "The files show an acceptable response.",
    "failure": "The files show a failure.",
    "undetermined": "The files do not settle it.",
}


@dataclass(frozen=True)
class Contradiction:
    """A question whose files show otherwise than its answer, and how that was resolved."""

    number: str
    title: str
    said: str
    shown: str
    resolved: str
    is_open: bool


@dataclass(frozen=True)
class Gap:
    """Accounts that no file was read from in full, and the numbers of the questions for which that is so."""

    missing: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class AssuranceView:
    """`intro` says what was checked by machine; `accounts` are id, name, stage and whether a file speaks for it."""

    intro: str
    contradictions: tuple[Contradiction, ...]
    accounts: tuple[tuple[str, str, str, str], ...]
    found_only: str
    gaps: tuple[Gap, ...]


def assurance_view(snapshot: Snapshot) -> AssuranceView | None:
    """None for a snapshot from before evaluations were kept, which says nothing of them."""
    if snapshot.schema_version < 3:
        return None
    evaluated = [one for one in snapshot.criteria if one.evaluation]
    settled = sum(one.evaluation.verdict != "undetermined" for one in evaluated if one.evaluation)
    covered = set(snapshot.coverage.with_evidence)
    found_only = snapshot.coverage.found_only
    return AssuranceView(
        intro=(
            f"Files were checked by machine for {words.plural(len(evaluated), 'question')} and settled {settled} of "
            "them. A result is always given by a person."
            if evaluated
            else "No file could be checked by machine. All results rest on what people read."
        ),
        contradictions=tuple(_contradiction(one) for one in evaluated if one.is_contradiction),
        accounts=tuple(
            (account.id, account.name or "–", account.stage or "–", "Yes" if account.id in covered else "None")
            for account in snapshot.accounts
        ),
        found_only=f"Found in files and not declared: {_listed(found_only)}." if found_only else "",
        gaps=_gaps(snapshot),
    )


def _gaps(snapshot: Snapshot) -> tuple[Gap, ...]:
    """Questions with the same accounts missing stand together, those with most questions first."""
    declared = {account.id for account in snapshot.accounts}
    found: dict[tuple[str, ...], list[str]] = {}
    for one in snapshot.criteria:
        if one.evaluation and one.evaluation.missing_accounts:
            accounts = sorted({place.partition("/")[0] for place in one.evaluation.missing_accounts})
            found.setdefault(tuple(accounts), []).append(str(one.number))
    return tuple(
        Gap(
            f"All {words.plural(len(accounts), 'account')}" if declared <= set(accounts) else _listed(accounts),
            tuple(numbers),
        )
        for accounts, numbers in sorted(found.items(), key=lambda gap: (-len(gap[1]), gap[0]))
    )


def _contradiction(one: CriterionResult) -> Contradiction:
    said = one.statements if one.answer_kind == "statements" else (words.ANSWERS.get(one.answer_kind, one.answer_kind),)
    reason = one.note or one.deviation
    resolved = f"{words.RESULTS[one.result]}. {sentence(reason)}".strip() if one.result else "Open: not reviewed yet."
    return Contradiction(
        number=str(one.number),
        title=one.short_title,
        said=" ".join(map(sentence, said)),
        shown=_shown(one.evaluation),
        resolved=resolved,
        is_open=not one.result,
    )


def _shown(found: EvaluationFacts | None) -> str:
    return "" if found is None else unquoted(found.summary) or VERDICTS[found.verdict]


def shown_facts(found: EvaluationFacts | None) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """What the files show for one question: labels, paragraphs, and whether they are a list."""
    if found is None:
        return ()
    said = " ".join(dict.fromkeys((VERDICTS[found.verdict], *filter(None, (unquoted(found.summary),)))))
    seen = f"{found.accounts_seen} of {words.plural(found.accounts_required, 'account')} seen in full."
    missing = _named(found.gaps[:GAPS], found.gap_count)
    return (
        ("Files show", (said,), False),
        ("Concerned", _named(found.offenders, found.offender_count), True),
        ("Coverage", (" ".join((seen, *(f"Missing: {'; '.join(missing)}." for _ in missing[:1]))),), False),
    )


def unquoted(text: str) -> str:
    """The text without the marks around commands, which pages show in another face."""
    return _QUOTED.sub(r"\1", text)


def _named(rows: Iterable[Named], count: int) -> tuple[str, ...]:
    lines = tuple(unquoted(f"{row.ref}: {row.reason}" if row.reason else row.ref) for row in rows)
    left = count - len(lines)
    return (*lines, f"and {left:,} more") if left > 0 else lines


def _listed(places: Sequence[str]) -> str:
    left = len(places) - PLACES
    return ", ".join(places[:PLACES]) + (f" and {left:,} more" if left > 0 else "")


def second_look_line(look: SecondLookFacts | None) -> str:
    """How far a second analyst, who scored blind, agreed; "" where there was none."""
    if look is None:
        return ""
    kappa = f" (Cohen’s kappa {look.kappa:.2f})" if look.kappa is not None else ""
    apart = look.questions - look.agreed
    rest = f" {look.settled} of {words.plural(apart, 'difference')} settled afterwards." if apart else ""
    return (
        f"{look.analyst} scored {words.plural(look.questions, 'question')} a second time without seeing the first "
        f"results, and gave the same result for {look.agreed}{kappa}.{rest}"
    )
