"""Answer and score a whole assessment with a few statements of SQL, for the factories.

The rows are those that the product's actions leave behind, one action for each question; test_factories.py holds the
two side by side. An assessment that no action would touch, or not in the plain way, is left to the actions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.answers import AnswerContent
from assessments.actions.reviews import ReviewContent
from assessments.actions.totals import recompute, recompute_answered
from assessments.models import Answer, AnswerVersion, Assessment, Review, SecondLook
from assessments.queries.contradictions import contradictions
from assessments.states import WITH_VENDOR, State
from audit import trail
from audit.models import Chain, Event, EventDetail
from users.models import User


@dataclass(frozen=True)
class Fact:
    """One event to be."""

    kind: str
    target: str
    details: dict[str, Any]


def record(facts: Sequence[Fact], *, by: User, vendor: int) -> None:
    """Add these to the vendor's chain, as `trail.record` does one by one."""
    Chain.objects.get_or_create(name=trail.chain_name(vendor))
    chain = Chain.objects.select_for_update().get(name=trail.chain_name(vendor))
    events = []
    for fact in facts:
        event = Event(
            chain=chain,
            position=chain.length + 1,
            at=timezone.now(),
            actor=by.pk,
            kind=fact.kind,
            target=fact.target,
            details_hash=trail.sha256(fact.details),
            previous=chain.head,
        )
        event.hash = trail._link(event)
        chain.length, chain.head = event.position, event.hash
        events.append(event)
    Event.objects.bulk_create(events)
    EventDetail.objects.bulk_create(
        EventDetail(event=event, data=fact.details) for event, fact in zip(events, facts, strict=True)
    )
    chain.save(update_fields=["length", "head"])


@transaction.atomic
def complete(assessment: Assessment, contents: dict[Answer, AnswerContent], *, by: User) -> None:
    """Complete these answers, which nobody has begun. As `answers.save` of each with `complete`."""
    assert assessment.state in WITH_VENDOR
    Assessment.objects.select_for_update().get(pk=assessment.pk)  # first, as the actions do: a worker may be at it
    versions, facts = [], []
    for answer, content in contents.items():
        answer.kind, answer.statements = content.kind, list(content.statements)
        answer.reason, answer.notes = content.reason, content.notes
        answer.plan, answer.plan_due_on = content.plan, content.plan_due_on
        answer.is_complete, answer.version = True, 1
        answer.updated_by, answer.updated_at = by, timezone.now()
        now, said = timezone.now(), answer.content()
        versions.append(
            AnswerVersion(answer=answer, number=1, content=said, by=by, started_at=now, saved_at=now, closed_at=now)
        )
        facts.append(Fact("answer.completed", f"answer:{answer.pk}", {"version": 1, "content": said}))
    columns = ["kind", "statements", "reason", "notes", "plan", "plan_due_on"]
    columns += ["is_complete", "version", "updated_at", "updated_by"]
    # An upsert of rows that are all there: bulk_update builds a CASE for each column, which costs ten times as much.
    Answer.objects.bulk_create(contents, update_conflicts=True, unique_fields=["id"], update_fields=columns)
    AnswerVersion.objects.bulk_create(versions)
    record(facts, by=by, vendor=assessment.vendor_id)
    recompute_answered(assessment=assessment)


def plainly_scored(assessment: Assessment, *, by: User) -> bool:
    """Whether nothing stands between this person and any result: no second look, and no evidence that disagrees."""
    looks = SecondLook.objects.filter(assessment=assessment).exists()
    return assessment.state == State.SUBMITTED and not looks and not contradictions(by, [assessment.pk])


@transaction.atomic
def score(assessment: Assessment, contents: Iterable[tuple[Answer, ReviewContent]], *, by: User) -> None:
    """Give these answers, which have no result, theirs. As `reviews.review_answer` of each."""
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    rows, facts = [], []
    for answer, content in contents:
        result, matched = str(content.result), list(content.matched)
        rows.append(
            Review(
                answer=answer,
                result=result,
                matched=matched,
                deviation=content.deviation,
                note=content.note,
                version=1,
                at=timezone.now(),
                by=by,
            )
        )
        details = {"before": None, "result": result, "matched": matched, "version": 1}
        facts.append(Fact("review.saved", f"answer:{answer.pk}", details))
    Review.objects.bulk_create(rows)
    record(facts, by=by, vendor=assessment.vendor_id)
    recompute(assessment=assessment)
