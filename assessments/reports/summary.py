"""The first page in words: sentences made from the facts alone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assessments.reports import words
from assessments.reports.snapshot import CriterionResult, DecisionFacts, DomainResult, Finding, Snapshot
from assessments.reports.text import day, long_day, sentence, shorten

POINTS = 4
"""Points listed under "What works well" and under "What needs work"."""
POINT_LENGTH = 170
"""Characters of one point."""
ACTIONS = 8
"""Priority 1 actions listed; the findings have all of them."""


@dataclass(frozen=True)
class Tile:
    """One of the five counts."""

    count: str
    label: str
    css: str


@dataclass(frozen=True)
class Action:
    """A thing to do first."""

    text: str
    question: str
    due: str


@dataclass(frozen=True)
class Decided:
    """What a manager decided: a sentence, the reason by paragraphs, and the conditions."""

    words: str
    reason: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """The summary page."""

    headline: str
    tiles: tuple[Tile, ...]
    pending: str
    works: tuple[str, ...]
    needs: tuple[str, ...]
    actions: tuple[Action, ...]
    more_actions: str
    change: str
    decision: Decided | None


def summary_of(snapshot: Snapshot, *, points: int = POINTS, length: int = POINT_LENGTH) -> Summary:
    """The summary of a snapshot whose texts are fitted already, with so many points of so many characters."""
    counts = snapshot.counts
    first = [finding for finding in snapshot.findings if finding.priority == "P1"]
    left = len(first) - ACTIONS
    return Summary(
        headline=_headline(snapshot),
        tiles=tuple(
            Tile(str(getattr(counts, result)), words.RESULTS[result], f"v-{words.RESULT_CLASSES[result]}")
            for result in words.RESULTS
            if result
        ),
        pending=_pending(counts.pending),
        works=_works(snapshot.criteria, points, length),
        needs=_needs(snapshot, points, length),
        actions=tuple(action(finding) for finding in first[:ACTIONS]),
        more_actions=f"{words.plural(left, 'more priority 1 action')} in the findings." if left > 0 else "",
        change=_change(snapshot),
        decision=decided(snapshot.decision, snapshot.made_on) if snapshot.decision else None,
    )


def decided(decision: DecisionFacts, today: date) -> Decided:
    """A decision in words; `today` is the day of the document."""
    until = f" until {long_day(decision.expires_on)}" if decision.expires_on else ""
    if decision.expires_on and decision.expires_on < today:
        until += ", which is over"
    made = f"Decided by {decision.decided_by} on {long_day(decision.decided_on)}."
    return Decided(
        words=f"{words.DECISIONS[decision.kind]}{until}. {made}",
        reason=tuple(filter(None, decision.reason.split("\n"))),
        conditions=tuple(f"{one.text} (by {long_day(one.due_on)})" for one in decision.conditions),
    )


def _pending(number: int) -> str:
    return f"{words.plural(number, 'question is', 'questions are')} not reviewed yet." if number else ""


def _headline(snapshot: Snapshot) -> str:
    counts, name = snapshot.counts, snapshot.vendor.name
    if not counts.reviewed:
        return f"No answer of {name} has been reviewed yet. This draft shows what was asked and answered."
    reviewed = counts.reviewed - counts.not_applicable
    scope = f"the {reviewed} reviewed so far" if counts.pending else f"the {counts.applicable} that apply"
    first = f"{name} meets {words.plural(counts.met, 'question')} of {scope}."
    return f"{first} {_second(snapshot)}"


def _second(snapshot: Snapshot) -> str:
    """Where the vendor is strong and weak, and what that leaves to do."""
    scored = [domain for domain in snapshot.domains if domain.score.value is not None]
    first = sum(finding.priority == "P1" for finding in snapshot.findings)
    number = len(snapshot.findings)
    todo = f"there {'is' if number == 1 else 'are'} {words.plural(number, 'finding') if number else 'no findings'}"
    if first:
        todo += f", {first} of priority 1"
    ordered = sorted(scored, key=_by_value, reverse=True)
    if len(ordered) < 2 or ordered[0].score.value == ordered[-1].score.value:
        return todo[0].upper() + todo[1:] + "."
    best, worst = ordered[0], ordered[-1]
    return (
        f"It scores highest in {best.name} ({words.score(best.score.value)}) and lowest in {worst.name} "
        f"({words.score(worst.score.value)}); {todo}."
    )


def _by_value(domain: DomainResult) -> tuple[object, int]:
    # Of two domains with the same score the one with more questions says more.
    return (domain.score.value, domain.counts.total)


def _works(criteria: Iterable[CriterionResult], points: int, length: int) -> tuple[str, ...]:
    """The most important questions that are met, in the words of the response that was found."""
    met = [one for one in criteria if one.result == "met"]
    met.sort(key=lambda one: (words.SEVERITY_ORDER.get(one.severity, 9), one.number))
    return _points((_side_text(one, "acceptable") or one.short_title for one in met[:points]), length)


def _needs(snapshot: Snapshot, points: int, length: int) -> tuple[str, ...]:
    by_number = {one.number: one for one in snapshot.criteria}
    texts = []
    for finding in snapshot.findings[:points]:
        one = by_number.get(finding.question)
        failure = _side_text(one, "failure") if one else ""
        # A failure response speaks for itself; a deviation or a note needs to be told what it is about.
        texts.append(failure or ": ".join((finding.title, *finding.what_we_saw[:1])))
    return _points(texts, length)


def _side_text(one: CriterionResult, side: str) -> str:
    return next((item.text for item in one.matched if item.side == side), "")


def _points(texts: Iterable[str], length: int) -> tuple[str, ...]:
    return tuple(sentence(shorten(text, length)) for text in texts)


def action(finding: Finding, length: int = POINT_LENGTH) -> Action:
    """The first step of a finding, in so many characters."""
    text = next(iter(finding.what_to_do), finding.title)
    due = day(finding.due_on) or "Next assessment"
    return Action(text=sentence(shorten(text, length)), question=finding.code, due=due)


def _change(snapshot: Snapshot) -> str:
    before, now = snapshot.previous, snapshot.score
    if before is None or now.value is None:
        return ""
    if now.value == before.value:
        verb = f"The score is unchanged at {now.value:.1f}"
    else:
        verb = f"The score {'rose' if now.value > before.value else 'fell'} from {before.value:.1f} to {now.value:.1f}"
    moved = f"went from {before.grade} to {now.grade}"
    grades = f"the grade {f'stays {now.grade}' if now.grade == before.grade else moved}"
    return f"{verb}, and {grades} (compared with {before.period})."
