"""Assessment to snapshot: reads what belongs to this one assessment, in a constant number of queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from assessments import scoring
from assessments.agreement import Agreement, of_answer, of_result
from assessments.models import Answer, Assessment, Evaluation, Evidence, Finding, Review
from assessments.queries import decisions, gaps, second_looks
from assessments.reports import build_evidence
from assessments.reports import snapshot as frozen
from assessments.reports.text import masked
from assessments.scoring import Mark, Result
from assessments.states import State
from playbook.models import Criterion, ResponseOption

PAST_SCORES = 8
"""Earlier scores that a report shows over time."""


@dataclass(frozen=True)
class _Item:
    """An answer with what belongs to it."""

    answer: Answer
    criterion: Criterion
    options: Mapping[str, ResponseOption]
    review: Review | None
    evidence: tuple[int, ...]
    evaluation: Evaluation | None  # of what was submitted
    finding: Finding | None = None

    @property
    def severity(self) -> str:
        """Of the gap: as its finding says, else the criterion's."""
        return self.finding.severity if self.finding else self.criterion.severity

    def priority_for(self, tier: str) -> str:
        """By the rule, for a vendor of this tier; only of a gap."""
        return scoring.priority(severity=self.criterion.severity, tier=tier, result=Result(self.review.result))

    @property
    def verdict(self) -> str:
        """What the files show; "" where nothing was evaluated."""
        return self.evaluation.state if self.evaluation else ""

    @property
    def is_contradiction(self) -> bool:
        """Whether the files show otherwise than the answer."""
        sides = {option.key: option.side for option in self.options.values()}
        answer = self.answer
        found = of_answer(kind=answer.kind, statements=answer.statements, sides=sides, verdict=self.verdict)
        return bool(self.verdict) and found is Agreement.CONTRADICTS

    @property
    def result(self) -> Result | None:
        return Result(self.review.result) if self.review else None

    @property
    def assurance(self) -> str:
        """How the result is proven; "" without a result."""
        if self.result is None:
            return ""
        agrees = of_result(result=self.result, verdict=self.verdict) is Agreement.AGREES
        return scoring.assurance(has_evidence=bool(self.evidence), machine_agrees=agrees)

    def matched(self) -> tuple[frozen.MatchedResponse, ...]:
        """The responses the analyst found to be true, in the playbook's order."""
        keys = set(self.review.matched) if self.review else set()
        return tuple(
            frozen.MatchedResponse(option.key, option.side, option.text)
            for option in self.options.values()
            if option.key in keys
        )


def build_snapshot(assessment: Assessment, made_on: date) -> frozen.Snapshot:
    """What the assessment says now, as the report of the day `made_on` prints it, with ids masked as the settings say.

    Reads the database and small credential reports from the store. Raises OSError where the store does not answer.
    """
    key_ids, account_ids = settings.REPORT_MASK_KEY_IDS, settings.REPORT_MASK_ACCOUNT_IDS
    return masked(_whole(assessment, made_on), key_ids=key_ids, account_ids=account_ids)


def _whole(assessment: Assessment, made_on: date) -> frozen.Snapshot:
    """The snapshot with every id in full."""
    vendor = assessment.vendor
    files = build_evidence.files_of(assessment)
    items = _items(assessment, files)
    history = _history(assessment)
    accounts = list(vendor.aws_accounts.order_by("account_id"))
    outcome = scoring.score(
        Mark(item.criterion.domain.slug, item.criterion.severity, item.result, item.answer.is_complete)
        for item in items
    )
    return frozen.Snapshot(
        organisation=settings.ORGANISATION_NAME,
        vendor=frozen.VendorFacts(vendor.name, vendor.service, vendor.tier),
        period=assessment.period,
        made_on=made_on,
        is_draft=assessment.state != State.CLOSED,
        analyst=_name(assessment.analyst),
        closed_by=_name(assessment.closed_by) if assessment.state == State.CLOSED else "",
        closed_on=_closed_on(assessment),
        submitted_on=_day(assessment.submitted_at),
        due_on=assessment.due_on,
        accounts=tuple(
            frozen.AccountInScope(account.account_id, account.name, account.get_stage_display()) for account in accounts
        ),
        playbook=_playbook(assessment),
        score=_score(outcome.total, outcome.grade),
        is_provisional=outcome.is_provisional,
        is_grade_capped=outcome.is_capped,
        previous=_previous(history),
        counts=_counts(items),
        domains=_domains(assessment, items, outcome),
        criteria=tuple(_criterion(item) for item in items),
        findings=_findings(items, tier=vendor.tier, start=_closed_on(assessment) or made_on),
        evidence=build_evidence.evidence(files, {item.criterion.number: item.evidence for item in items}),
        errata=tuple(
            frozen.Erratum(item.criterion.number, erratum["where"], erratum["source_problem"], erratum["we_use"])
            for item in items
            for erratum in item.criterion.errata
        ),
        method=_method(),
        decision=_decision(assessment),
        assessment=assessment.pk,
        history=history,
        second_look=_second_look(assessment),
        coverage=build_evidence.coverage(
            [account.account_id for account in accounts], files, [item.evaluation for item in items if item.evaluation]
        ),
    )


def _items(assessment: Assessment, files: Sequence[Evidence]) -> list[_Item]:
    numbers: dict[int, list[int]] = {}
    for number, file in enumerate(files, start=1):
        for link in file.links.all():
            numbers.setdefault(link.answer_id, []).append(number)
    evaluations = {row.answer_id: row for row in Evaluation.objects.filter(run=assessment.submitted_run_id)}
    answers = assessment.answers.select_related(
        "criterion__domain", "review", "finding__carried_from__answer__assessment"
    )
    answers = answers.prefetch_related("criterion__options")
    return [
        _Item(
            answer=answer,
            criterion=answer.criterion,
            options={option.key: option for option in answer.criterion.options.all()},
            review=getattr(answer, "review", None),
            evidence=tuple(numbers.get(answer.pk, ())),
            evaluation=evaluations.get(answer.pk),
            finding=getattr(answer, "finding", None),
        )
        for answer in answers.order_by("criterion__number")
    ]


def _criterion(item: _Item) -> frozen.CriterionResult:
    answer, criterion, review = item.answer, item.criterion, item.review
    return frozen.CriterionResult(
        number=criterion.number,
        code=criterion.code,
        domain=criterion.domain.slug,
        short_title=criterion.short_title,
        question=criterion.question,
        question_source=criterion.question_source,
        severity=criterion.severity,
        answer_kind=answer.kind,
        statements=tuple(option.text for option in item.options.values() if option.key in answer.statements),
        reason=answer.reason,
        notes=answer.notes,
        plan=answer.plan,
        plan_due_on=answer.plan_due_on,
        result=str(item.result or ""),
        matched=item.matched(),
        deviation=review.deviation if review else "",
        note=review.note if review else "",
        assurance=item.assurance,
        evidence=item.evidence,
        is_contradiction=item.is_contradiction,
        evaluation=build_evidence.evaluation(item.evaluation) if item.evaluation else None,
    )


def _findings(items: Sequence[_Item], *, tier: str, start: date) -> tuple[frozen.Finding, ...]:
    """Reviews that are not met, partly met or not verified; most serious first."""
    found = [
        (item.finding.priority if item.finding else item.priority_for(tier), item)
        for item in items
        if item.result in scoring.GAPS
    ]
    found.sort(
        key=lambda gap: scoring.finding_order(
            priority=gap[0],
            severity=gap[1].severity,
            result=gap[1].result,
            number=gap[1].criterion.number,
        )
    )
    return tuple(_finding(number, item, priority, start) for number, (priority, item) in enumerate(found, start=1))


def _finding(number: int, item: _Item, priority: str, start: date) -> frozen.Finding:
    """A gap in the words of its finding where one was raised, else in the playbook's and the analyst's own."""
    answer, criterion, raised = item.answer, item.criterion, item.finding
    due_on = scoring.fix_by(priority=priority, start=start, days=settings.FINDING_DUE_DAYS)
    return frozen.Finding(
        number=number,
        question=criterion.number,
        code=criterion.code,
        title=raised.title if raised else criterion.short_title,
        result=str(item.result),
        severity=item.severity,
        priority=priority,
        due_on=raised.due_on if raised else due_on,
        what_we_saw=_what_we_saw(item),
        why_it_matters=raised.why_it_matters if raised else gaps.why_it_matters(criterion),
        what_to_do=tuple(raised.what_to_do.splitlines()) if raised else tuple(gaps.what_to_do(criterion)),
        response=(raised.plan if raised else "") or answer.plan,
        response_due_on=(raised.plan_due_on if raised else None) or answer.plan_due_on,
        evidence=item.evidence,
        state=raised.shown_state if raised else "",
    )


def _what_we_saw(item: _Item) -> tuple[str, ...]:
    if item.finding is None:
        return gaps.what_we_saw(item.review, item.options) if item.review else ()
    saw = tuple(item.finding.what_we_saw.splitlines())
    before = item.finding.carried_from
    return (
        (*saw, f"Carried over from {before.assessment.period}, where it was not verified as fixed.") if before else saw
    )


def _domains(assessment: Assessment, items: Sequence[_Item], outcome: scoring.Score) -> tuple[frozen.DomainResult, ...]:
    found = []
    for domain in assessment.playbook.domains.order_by("order"):
        part = outcome.domains.get(domain.slug)
        if part is None:
            continue
        own = [item for item in items if item.criterion.domain.slug == domain.slug]
        score = _score(part, scoring.grade_for(part.score))
        found.append(frozen.DomainResult(domain.slug, domain.name, score, _counts(own)))
    return tuple(found)


def _score(part: scoring.Part, grade: str) -> frozen.ScoreFacts:
    return frozen.ScoreFacts(part.score, grade, part.earned, Decimal(part.possible))


def _counts(items: Sequence[_Item]) -> frozen.Counts:
    found = Counter(str(item.result or "pending") for item in items)
    return frozen.Counts(**{name: found[name] for name in (*map(str, Result), "pending")})


def _previous(history: Sequence[frozen.PastScore]) -> frozen.PreviousScore | None:
    last = history[-1] if history else None
    return frozen.PreviousScore(last.period, last.value, last.grade) if last else None


def _history(assessment: Assessment) -> tuple[frozen.PastScore, ...]:
    """The vendor's last scores before this assessment, by whatever version of the same playbook; oldest first."""
    earlier = Assessment.objects.closed_before(assessment)
    earlier = earlier.filter(playbook__slug=assessment.playbook.slug, score__isnull=False, closed_at__isnull=False)
    rows = list(earlier.values_list("period", "closed_at", "score", "grade")[:PAST_SCORES])
    return tuple(
        frozen.PastScore(period, timezone.localdate(closed_at), score, grade)
        for period, closed_at, score, grade in reversed(rows)
    )


def _second_look(assessment: Assessment) -> frozen.SecondLookFacts | None:
    """What came of a finished second look. Two queries at most."""
    standing = second_looks.standing(assessment)
    if standing is None or standing.kappa is None:
        return None
    found = standing.kappa
    return frozen.SecondLookFacts(
        analyst=_name(standing.look.analyst),
        questions=found.count,
        agreed=found.agreed,
        settled=found.count - found.agreed - standing.unsettled,
        kappa=found.rounded,
    )


def _playbook(assessment: Assessment) -> frozen.PlaybookFacts:
    playbook, header = assessment.playbook, assessment.playbook.data
    licence = header.get("licence") or {}
    return frozen.PlaybookFacts(
        slug=playbook.slug,
        title=playbook.title,
        version=playbook.version,
        attribution=header.get("attribution") or "",
        licence=licence.get("name") or "",
        licence_url=licence.get("url") or "",
        changes_made=header.get("changes_made") or "",
        disclaimer=header.get("disclaimer") or "",
        sha256=playbook.content_sha256,
    )


def _method() -> frozen.Method:
    return frozen.Method(
        weights=tuple(frozen.SeverityWeight(name, Decimal(weight)) for name, weight in scoring.WEIGHTS.items()),
        grades=(
            *(frozen.GradeBand(grade, lowest) for grade, lowest in scoring.GRADES),
            frozen.GradeBand("F", Decimal("0.0")),
        ),
        priorities=tuple(frozen.PriorityTime(name, settings.FINDING_DUE_DAYS.get(name)) for name in scoring.PRIORITIES),
        cap_grade=scoring.CAP,
    )


def _decision(assessment: Assessment) -> frozen.DecisionFacts | None:
    """The newest decision since it was closed. One query."""
    found = decisions.in_force(assessment)
    if found is None:
        return None
    return frozen.DecisionFacts(
        kind=found.kind,
        reason=found.reason,
        conditions=tuple(frozen.ConditionOfApproval(one.text, one.due_on) for one in found.listed_conditions),
        expires_on=found.expires_on,
        decided_on=timezone.localdate(found.at),
        decided_by=_name(found.by),
    )


def _closed_on(assessment: Assessment) -> date | None:
    return _day(assessment.closed_at) if assessment.state == State.CLOSED else None


def _day(at: datetime | None) -> date | None:
    return None if at is None else timezone.localdate(at)


def _name(person: object | None) -> str:
    return "" if person is None else str(person)
