"""Raise findings, and follow them until they are fixed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.finding_letters import tell_analyst_of_fix, tell_leads_of_check, tell_leads_of_findings
from assessments.limits import FINDING_TEXT_LENGTH
from assessments.models import Answer, Assessment, Finding, Review
from assessments.queries import gaps
from assessments.scoring import GAPS, Result
from assessments.states import FINDING_MOVES, FindingState, State
from audit.trail import record
from users.models import User

RAISED_IN = (State.SUBMITTED, State.CLOSED)


@dataclass(frozen=True)
class FindingContent:
    """What the analyst says of a gap. `due_on` None means by the next assessment."""

    title: str
    what_we_saw: str
    why_it_matters: str
    what_to_do: str
    severity: str
    priority: str
    due_on: date | None


class FindingRefused(Exception):
    """It cannot be done; the message says why and what to do."""


class StaleFinding(Exception):
    """Somebody changed the finding meanwhile. `current` is the finding as it stands."""

    def __init__(self, current: Finding) -> None:
        super().__init__(f"version {current.version} was saved meanwhile")
        self.current = current


def proposed(review: Review, *, today: date) -> FindingContent:
    """What a new finding says: the playbook's words and the analyst's, priority and due date by the rule."""
    criterion = review.answer.criterion
    options = {option.key: option for option in criterion.options.all()}
    priority = scoring.priority(
        severity=criterion.severity, tier=review.answer.assessment.vendor.tier, result=Result(review.result)
    )
    return FindingContent(
        title=criterion.short_title,
        what_we_saw="\n".join(gaps.what_we_saw(review, options))[:FINDING_TEXT_LENGTH],
        why_it_matters=gaps.why_it_matters(criterion)[:FINDING_TEXT_LENGTH],
        what_to_do="\n".join(gaps.what_to_do(criterion))[:FINDING_TEXT_LENGTH],
        severity=criterion.severity,
        priority=priority,
        due_on=scoring.fix_by(priority=priority, start=today, days=settings.FINDING_DUE_DAYS),
    )


@transaction.atomic
def raise_finding(*, answer: Answer, by: User) -> Finding:
    """Make the finding of one answer from its review; a second click gets the one that is there.

    Raises FindingRefused where there is no result that is a gap, and while the vendor has the questionnaire.
    """
    assessment = (
        Assessment.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=answer.assessment_id)
    )
    if assessment.state not in RAISED_IN:
        raise FindingRefused(_("The vendor has the questions now. Raise it once they are submitted again."))
    made = Finding.objects.filter(answer=answer).first()
    if made is not None:
        return made
    review = (
        Review.objects.select_related("answer__criterion", "answer__assessment__vendor").filter(answer=answer).first()
    )
    if review is None or review.result not in GAPS:
        raise FindingRefused(_("Save a result first: not met, partly met or not verified."))
    finding = Finding.objects.create(
        answer=answer,
        carried_from=_of_last_time(assessment, answer),
        raised_at=timezone.now(),
        raised_by=by,
        **asdict(proposed(review, today=timezone.localdate())),
    )
    carried = finding.carried_from_id
    _record("finding.raised", finding, by, {**_facts(finding), "carried_from": carried})
    if assessment.state == State.CLOSED:
        tell_leads_of_findings(assessment=assessment)
    return finding


def _of_last_time(assessment: Assessment, answer: Answer) -> Finding | None:
    """The finding of the assessment before about the same question, if it was never verified as fixed."""
    closed = Assessment.objects.closed_before(assessment)
    before = closed.filter(playbook__slug=assessment.playbook.slug).values("pk")[:1]
    found = Finding.objects.filter(answer__assessment__in=list(before.values_list("pk", flat=True)))
    return found.filter(answer__criterion__code=answer.criterion.code).exclude(state=FindingState.VERIFIED).first()


@transaction.atomic
def edit_finding(*, finding: Finding, content: FindingContent, base_version: int, by: User) -> Finding:
    """Change what a finding says. The same content again is no write.

    Raises StaleFinding where it was changed since `base_version`, FindingRefused for one that is verified.
    """
    current = _locked(finding)
    if all(getattr(current, name) == value for name, value in asdict(content).items()):
        return current
    _check_version(current, base_version)
    if current.state == FindingState.VERIFIED:
        raise FindingRefused(_("This finding is verified as fixed, so it can only be read. Open it again first."))
    before = _facts(current)
    for name, value in asdict(content).items():
        setattr(current, name, value)
    _save(current, *asdict(content))
    _record("finding.changed", current, by, {"before": before, "after": _facts(current)})
    return current


@transaction.atomic
def remove_finding(*, finding: Finding, by: User) -> None:
    """Take back a finding that the vendor has never seen. Taking it back twice does nothing.

    Raises FindingRefused once the assessment was closed, and when the vendor has answered it.
    """
    assessment = Assessment.objects.select_for_update().get(pk=finding.answer.assessment_id)
    current = Finding.objects.select_for_update().filter(pk=finding.pk).first()
    if current is None:
        return
    if assessment.state == State.CLOSED:
        raise FindingRefused(_("The vendor sees this finding already, so it stays. Verify it, with the reason."))
    if current.plan or current.state != FindingState.OPEN or current.proofs.exists():
        raise FindingRefused(_("The vendor has answered this finding, so it stays."))
    target = f"answer:{current.answer_id}"  # which stays
    record(kind="finding.removed", by=by, vendor=assessment.vendor_id, target=target, details=_facts(current))
    current.delete()


@transaction.atomic
def plan_fix(*, finding: Finding, plan: str, plan_due_on: date, base_version: int, by: User) -> Finding:
    """The vendor says what it will do, and by when. The same plan again is no write.

    Raises FindingRefused where nothing is left to plan, StaleFinding where it was changed since `base_version`.
    """
    current = _with_vendor(finding)
    if (current.plan, current.plan_due_on, current.state) == (plan, plan_due_on, FindingState.PLANNED):
        return current
    _check_version(current, base_version)
    facts = {"plan": plan, "plan_due_on": plan_due_on.isoformat()}
    return move(finding=current, name="plan", by=by, facts=facts, plan=plan, plan_due_on=plan_due_on)


@transaction.atomic
def mark_fixed(*, finding: Finding, words: str, by: User) -> Finding:
    """The vendor says that it is fixed: by a file that shows it, or in words. Our analyst is told, and checks it.

    Raises FindingRefused where nothing shows it, and where it is not to be fixed any more. Twice is once.
    """
    current = _with_vendor(finding, passed=FindingState.FIXED)
    if current.state == FindingState.FIXED:
        return current
    proofs = current.proofs.filter(withdrawn_at=None)
    if not words.strip() and not proofs.exists():
        raise FindingRefused(_("Add a file that shows it, or write what was done."))
    fixed = move(
        finding=current, name="fix", by=by, facts={"words": words.strip()}, fixed_at=timezone.now(), verified_at=None
    )
    tell_analyst_of_fix(finding=fixed)
    return fixed


@transaction.atomic
def verify(*, finding: Finding, words: str, base_version: int, by: User) -> Finding:
    """Our analyst has checked that it is fixed. `words` say how; needed where the vendor has not said so itself.

    Raises FindingRefused without them and where it is verified already, StaleFinding as the others do.
    """
    current = _locked(finding)
    _check_version(current, base_version)
    if current.state != FindingState.FIXED and not words.strip():
        raise FindingRefused(_("The vendor has not said that this is fixed. Write how you know."))
    facts = {"words": words.strip()}
    verified = move(finding=current, name="verify", by=by, facts=facts, verified_at=timezone.now())
    if verified.assessment.state == State.CLOSED:
        tell_leads_of_check(finding=verified)
    return verified


@transaction.atomic
def reopen(*, finding: Finding, words: str, base_version: int, by: User) -> Finding:
    """It is not fixed after all, or not accepted any more. The vendor's leads are told, and read the words.

    Raises FindingRefused without words, StaleFinding as the others do.
    """
    current = _locked(finding)
    _check_version(current, base_version)
    if not words.strip():
        raise FindingRefused(_("Write what is still missing. The vendor reads it."))
    opened = move(
        finding=current,
        name="reopen",
        by=by,
        facts={"words": words.strip()},
        fixed_at=None,
        verified_at=None,
        accepted_reason="",
        accepted_until=None,
        accepted_by=None,
    )
    if opened.assessment.state == State.CLOSED:
        tell_leads_of_check(finding=opened)
    return opened


@transaction.atomic
def move(
    *, finding: Finding, name: str, by: User, facts: Mapping[str, object] | None = None, **changes: object
) -> Finding:
    """Carry out one move of FINDING_MOVES. Nothing else in the code base writes Finding.state.

    `changes` are further columns written with it, `facts` what its event says besides. Raises FindingRefused from a
    state the move does not start in.
    """
    step = FINDING_MOVES[name]
    current = _locked(finding)
    before = current.shown_state
    if before not in step.sources:
        raise FindingRefused(_("This finding was changed meanwhile. Look at it again. Nothing was changed."))
    current.state = step.target.value
    for column, value in changes.items():
        setattr(current, column, value)
    _save(current, "state", *changes)
    _record(
        f"finding.{step.target}" if name != "reopen" else "finding.reopened",
        current,
        by,
        {
            "from": before,
            "to": current.state,
            **(facts or {}),
        },
    )
    return current


def _locked(finding: Finding) -> Finding:
    locked = Finding.objects.select_for_update(of=("self",)).select_related("answer__assessment", "answer__criterion")
    return locked.get(pk=finding.pk)


def _with_vendor(finding: Finding, *, passed: FindingState | None = None) -> Finding:
    """The finding, locked, while the vendor may act on it; also when it is in the state that is asked for."""
    assessment = Assessment.objects.select_for_update().get(pk=finding.answer.assessment_id)
    current = _locked(finding)
    if assessment.state != State.CLOSED:
        raise FindingRefused(_("The assessment was opened again meanwhile. Nothing was changed."))
    if current.carried_to.filter(answer__assessment__state=State.CLOSED).exists():
        raise FindingRefused(_("This finding was carried over to a newer assessment. Answer it there."))
    if not current.is_to_fix and current.state != passed:
        raise FindingRefused(_("This finding is not open any more. Nothing was changed."))
    return current


def to_prove(finding: Finding) -> Finding:
    """The finding, locked, if the vendor may add a file to it now. Raises FindingRefused."""
    return _with_vendor(finding, passed=FindingState.FIXED)


def _check_version(current: Finding, base_version: int) -> None:
    if current.version != base_version:
        raise StaleFinding(current)


def _save(finding: Finding, *columns: str) -> None:
    finding.version += 1
    finding.save(update_fields=["version", *columns])


def _facts(finding: Finding) -> dict[str, object]:
    due_on = finding.due_on.isoformat() if finding.due_on else None
    return {
        "title": finding.title,
        "what_we_saw": finding.what_we_saw,
        "severity": finding.severity,
        "priority": finding.priority,
        "due_on": due_on,
    }


def _record(kind: str, finding: Finding, by: User, details: Mapping[str, object]) -> None:
    vendor = finding.answer.assessment.vendor_id
    record(kind=kind, by=by, vendor=vendor, target=f"finding:{finding.pk}", details=dict(details))
