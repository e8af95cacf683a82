"""The portfolio to its frozen snapshot, for one person and one filter, in a constant number of queries."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import override

from assessments.models import DecisionKind, Finding
from assessments.queries import open_findings, portfolio
from assessments.queries.portfolio import NO_ASSESSMENT, PortfolioFilter, PortfolioRow
from assessments.reports import portfolio_snapshot as frozen
from assessments.scoring import GRADES, PRIORITIES
from assessments.states import FINDING_LABELS, LABELS, WITH_VENDOR, FindingState, State
from users.models import User
from vendors.models import Tier

NOT_YET = "No assessment"
TOP_FINDINGS = 25
"""The most serious findings that a snapshot keeps; all are counted."""
_DECISIONS = {**dict(DecisionKind.choices), "renew": "to renew", "none": "none yet"}
_GRADES = {"below_c": "below C"}


def build_portfolio(user: User, chosen: PortfolioFilter, *, made_on: date) -> frozen.PortfolioSnapshot:
    """What this person sees of all vendors that the filter leaves, in English. Eight queries at most."""
    with override("en"):
        domains, rows = portfolio.every_row(user, chosen)
        vendors = [row.vendor for row in rows]
        return frozen.PortfolioSnapshot(
            organisation=settings.ORGANISATION_NAME,
            made_on=made_on,
            made_by=user.name,
            filters=_filters(chosen),
            domains=tuple(frozen.DomainColumn(slug, short, name) for slug, short, name in domains),
            grades=(
                *(frozen.LowestScore(grade, lowest) for grade, lowest in GRADES),
                frozen.LowestScore("F", Decimal("0.0")),
            ),
            vendors=tuple(_vendor(row) for row in rows),
            priorities=_priorities(user, rows),
            findings=tuple(_finding(one, made_on) for one in open_findings.most_serious(user, vendors, TOP_FINDINGS)),
        )


def _filters(chosen: PortfolioFilter) -> tuple[str, ...]:
    """What was chosen, in words."""
    state = (
        NOT_YET if chosen.state == NO_ASSESSMENT else str(LABELS.get(State(chosen.state), "")) if chosen.state else ""
    )
    owner = dict(portfolio.assigned_analysts()).get(chosen.owner, "somebody who left") if chosen.owner else ""
    said = (
        (chosen.q, f"Name or service contains “{chosen.q}”"),
        (chosen.tier, f"Importance: {Tier(chosen.tier).label.lower()}" if chosen.tier else ""),
        (state, f"Status: {state.lower()}"),
        (chosen.grade, f"Grade: {_GRADES.get(chosen.grade, chosen.grade)}"),
        (chosen.decision, f"Decision: {str(_DECISIONS.get(chosen.decision, chosen.decision)).lower()}"),
        (owner, f"Analyst: {owner}"),
        (chosen.overdue, "Answers are overdue"),
    )
    return tuple(words for is_set, words in said if is_set)


def _vendor(row: PortfolioRow) -> frozen.PortfolioVendor:
    standing = row.decision
    return frozen.PortfolioVendor(
        name=row.name,
        service=row.service,
        tier=row.tier.lower(),
        status=str(LABELS[State(row.state)]) if row.state else NOT_YET,
        period=row.period,
        answers_due_on=row.due.on if row.due and row.state in WITH_VENDOR else None,
        score=row.score,
        grade=row.grade,
        is_draft=row.is_provisional and row.score is not None,
        domain_scores=tuple(Decimal(cell.score) if cell.grade else None for cell in row.heat),
        findings=row.findings.total,
        analyst=row.analyst,
        decision=frozen.DecisionInForce(standing.decision.kind, standing.decision.expires_on, standing.problem)
        if standing
        else None,
    )


def _priorities(user: User, rows: Sequence[PortfolioRow]) -> tuple[frozen.PriorityCount, ...]:
    left = Counter[str]()
    for row in rows:
        left.update(row.findings.counts)
    overdue = open_findings.overdue_of(user, [row.vendor for row in rows])
    return tuple(frozen.PriorityCount(name, left[name], overdue.get(name, 0)) for name in PRIORITIES)


def _finding(one: Finding, made_on: date) -> frozen.OpenFinding:
    return frozen.OpenFinding(
        vendor=one.assessment.vendor.name,
        period=one.assessment.period,
        number=one.answer.criterion.number,
        title=one.title,
        severity=one.severity,
        priority=one.priority,
        due_on=one.due_on,
        is_overdue=one.assessment.state == State.CLOSED and one.is_overdue(made_on),
        status=str(FINDING_LABELS[FindingState(one.shown_state)]),
    )
