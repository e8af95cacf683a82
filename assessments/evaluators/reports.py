"""Credential reports by account, each with the clock its ages are measured by: evidence contract, 1.2.6 and 1.3."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from assessments.evaluators.clock import STATED_DAY, UNKNOWN, Clock, written
from assessments.evaluators.formats.credential_report import COLUMNS, CredentialReport, Row, is_used_before_made
from assessments.evaluators.formats.facts import ReportFact
from assessments.evaluators.formats.times import MARKS, DateOrder, Time, read_time

_CERTIFICATES: Final = tuple(COLUMNS.index(name) for name in ("cert_1_last_rotated", "cert_2_last_rotated"))


class Reading(NamedTuple):
    """One way of reading a row, and the clock that goes with it."""

    row: Row
    clock: Clock


@dataclass(frozen=True)
class AccountReport:
    """What one file says of one account.

    `readings` holds one way of reading all rows, or two where day and month cannot be told apart: the same rows in
    the same order, and only what both say is sure.
    """

    account: str
    path: str
    readings: tuple[tuple[Row, ...], ...]
    clocks: tuple[Clock, ...]  # one for each way of reading
    has_root: bool
    is_damaged: bool  # rows were left out: what was found stands, and nothing is acceptable
    has_doubtful_times: bool  # a last use before its creation, or dates in two orders: edited, or saved wrongly
    problems: tuple[str, ...] = ()  # of the clock: a stated date that cannot be

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they are read first; who they are is the same in both readings."""
        return self.readings[0]

    @property
    def users(self) -> int:
        """How many users it lists, root aside."""
        return len({row.user for row in self.rows if not row.is_root})

    @property
    def is_dated(self) -> bool:
        """Whether it is known when it was made: the instant, or the day that somebody states."""
        return self.clocks[0].spans <= STATED_DAY

    def entries(self) -> Iterator[tuple[Reading, ...]]:
        """Each row in all its readings."""
        for rows in zip(*self.readings, strict=True):
            yield tuple(map(Reading, rows, self.clocks))


class _Made(NamedTuple):
    """When a report was made, and how we know; the better source has the lower rank."""

    rank: int
    moment: datetime | None


def by_account(facts: Iterable[ReportFact], stated: datetime | None) -> dict[str, tuple[AccountReport, ...]]:
    """The reports that count for each account: the newest, and beside it all of unknown age.

    The same rows twice are one report, with the better of both clocks. `stated` is the date somebody states for
    evidence without its own; one from before the latest time in the file is refused and named in `problems`.
    """
    found: dict[str, dict[tuple[tuple[str, ...], ...], tuple[_Made, AccountReport]]] = {}
    for fact in facts:
        for account in fact.report.accounts:
            made, report = _account_report(fact, account, stated)
            known = found.setdefault(account, {})
            content = tuple(sorted(row.cells for row in report.rows))
            if content not in known or _is_better((made, report), known[content]):
                known[content] = (made, report)
    return {account: _counting(list(known.values())) for account, known in sorted(found.items())}


def _is_better(new: tuple[_Made, AccountReport], old: tuple[_Made, AccountReport]) -> bool:
    """The same rows twice: the better source of the clock counts, then the later report, then the path."""

    def key(one: tuple[_Made, AccountReport]) -> tuple[bool, int, float, str]:
        made, report = one
        return (report.is_damaged, made.rank, -(made.moment.timestamp() if made.moment else 0.0), report.path)

    return key(new) < key(old)


def _counting(reports: Sequence[tuple[_Made, AccountReport]]) -> tuple[AccountReport, ...]:
    newest = max((made.moment for made, _ in reports if made.moment), default=None)
    kept = [report for made, report in reports if made.moment in (newest, None)]
    return tuple(sorted(kept, key=lambda report: report.path))


def _account_report(fact: ReportFact, account: str, stated: datetime | None) -> tuple[_Made, AccountReport]:
    report = fact.report
    ways = [rows for rows in (report.rows, report.rows_other_order) if rows]
    readings = tuple(tuple(row for row in rows if row.account == account) for rows in ways)
    orders = [report.date_order] if len(ways) == 1 else [DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST]
    latest = [_latest(rows, order) for rows, order in zip(readings, orders, strict=True)]
    earliest = min((moment for moment in latest if moment), default=None)
    made, problems = _made(fact, earliest, stated)
    clocks = tuple(_clock(made, moment, fact) for moment in latest)
    return made, AccountReport(
        account=account,
        path=fact.path,
        readings=readings,
        clocks=clocks,
        has_root=report.has_root(account),
        is_damaged=bool(report.damaged_lines) or _is_cut(report),
        has_doubtful_times=report.date_order is DateOrder.MIXED or _is_doubtful(readings),
        problems=problems,
    )


def _is_cut(report: CredentialReport) -> bool:
    return any("cut off" in problem for problem in report.problems)


def _made(fact: ReportFact, earliest: datetime | None, stated: datetime | None) -> tuple[_Made, tuple[str, ...]]:
    """The first source that can be true: no report is older than the latest time in it.

    A day that was stated for the file is no instant; it only narrows the clock.
    """
    sources = (fact.report.generated_at, fact.collected_at, stated)
    for rank, moment in enumerate(sources):
        if moment and (earliest is None or moment >= earliest):
            return _Made(rank, moment), ()
    problems: tuple[str, ...] = ()
    early = stated or (fact.stated.high if fact.stated else None)
    if early and earliest and early < earliest:
        problems = (
            f"The stated date, {written(early)}, is before the latest time in the report, {written(earliest)}, and "
            "was not used. State when the report was made.",
        )
    return _Made(len(sources), None), problems


def _clock(made: _Made, latest: datetime | None, fact: ReportFact) -> Clock:
    """The instant itself, or the span it lies in: after the latest time in the file, before the file came in."""
    if made.moment:
        return Clock.at(made.moment)
    stated = fact.stated or UNKNOWN
    if latest and stated.high and stated.high < latest:
        stated = UNKNOWN
    lows = [moment for moment in (latest, stated.low) if moment]
    highs = [moment for moment in (fact.received_at, stated.high) if moment]
    return Clock(max(lows, default=None), min(highs, default=None))


def _latest(rows: Sequence[Row], order: DateOrder) -> datetime | None:
    """The latest time AWS wrote, password_next_rotation aside: the report was not made before it."""
    return max((time for row in rows for time in _times(row, order) if isinstance(time, datetime)), default=None)


def _times(row: Row, order: DateOrder) -> Iterator[Time]:
    yield row.created_at
    yield row.password_last_used
    yield row.password_last_changed
    for key in row.keys:
        yield key.last_rotated
        yield key.last_used
    for place in _CERTIFICATES:
        if (cell := row.cells[place]) not in MARKS:
            yield read_time(cell, order)


def _is_doubtful(readings: Sequence[Sequence[Row]]) -> bool:
    """Whether a last use lies before the creation it belongs to, however the dates are read."""
    return all(any(map(is_used_before_made, rows)) for rows in readings)
