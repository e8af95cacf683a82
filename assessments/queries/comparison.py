"""Several vendors side by side: the latest assessment of each, by domain and by question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assessments.models import Assessment, Review
from assessments.queries.portfolio import Heat
from assessments.queries.worklist import vendors_to_assess
from assessments.querysets import not_blind
from assessments.scoring import grade_for
from assessments.states import State
from playbook.models import Criterion

if TYPE_CHECKING:
    from users.models import User
    from vendors.models import Vendor

MOST_VENDORS = 4  # a column each; more do not fit beside one another


@dataclass(frozen=True, kw_only=True)
class Column:
    """One vendor. `assessment` is None where it was never asked."""

    vendor: Vendor
    assessment: Assessment | None
    others: Sequence[int]  # ids of the vendors that stay when this one is left out

    @property
    def is_draft(self) -> bool:
        """Whether the score can still change."""
        return self.assessment is not None and self.assessment.state != State.CLOSED


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question with a result for each vendor: None where it was not asked, "" where it has none yet."""

    number: int
    title: str
    results: Sequence[str | None]

    @property
    def differs(self) -> bool:
        """Whether the vendors that have a result do not all have the same."""
        return len({result for result in self.results if result}) > 1


@dataclass(frozen=True, kw_only=True)
class Block:
    """One domain: a score for each vendor, then its questions."""

    name: str
    scores: Sequence[Heat]
    questions: Sequence[Question]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything the page shows."""

    columns: Sequence[Column]
    blocks: Sequence[Block]
    choices: Sequence[tuple[int, str]]  # vendors that can be added
    is_full: bool


def comparison(user: User, chosen: Iterable[str]) -> Comparison:
    """Compare the vendors with these ids, in this order; ids that are unknown, or too many, are left out."""
    everybody = {vendor.pk: vendor for vendor in vendors_to_assess(user)}
    wanted = dict.fromkeys(int(one) for one in chosen if one.isascii() and one.isdigit() and len(one) < 19)
    ids = [pk for pk in wanted if pk in everybody][:MOST_VENDORS]
    latest = {
        one.vendor_id: one
        for one in Assessment.objects.visible_to(user)
        .with_blindness(user)
        .filter(vendor__in=ids, is_latest=True)
        .select_related("playbook")
    }
    columns = [
        Column(vendor=everybody[pk], assessment=latest.get(pk), others=[other for other in ids if other != pk])
        for pk in ids
    ]
    return Comparison(
        columns=columns,
        blocks=_blocks(user, columns),
        choices=[(vendor.pk, vendor.name) for vendor in everybody.values() if vendor.pk not in ids],
        is_full=len(ids) == MOST_VENDORS,
    )


def _blocks(user: User, columns: Sequence[Column]) -> list[Block]:
    """By the questions of the newest playbook version among the assessments."""
    asked = [column.assessment for column in columns if column.assessment]
    if not asked:
        return []
    newest = max(asked, key=lambda one: one.playbook_id).playbook
    reviews = Review.objects.filter(not_blind(user, "answer__assessment__"), answer__assessment__in=asked)
    results = {
        (assessment, code): result
        for assessment, code, result in reviews.values_list("answer__assessment", "answer__criterion__code", "result")
    }
    known: dict[int, set[str]] = {}
    codes = Criterion.objects.filter(playbook__in={one.playbook_id for one in asked}).values_list("playbook", "code")
    for playbook, code in codes:
        known.setdefault(playbook, set()).add(code)

    def result_of(column: Column, code: str) -> str | None:
        if column.assessment is None or code not in known[column.assessment.playbook_id]:
            return None
        return results.get((column.assessment.pk, code), "")

    blocks: dict[str, Block] = {}
    for criterion in newest.criteria.select_related("domain").order_by("number"):
        domain = criterion.domain
        block = blocks.setdefault(
            domain.slug,
            Block(
                name=domain.name, scores=[_heat(column, domain.slug, domain.name) for column in columns], questions=[]
            ),
        )
        block.questions.append(
            Question(
                number=criterion.number,
                title=criterion.short_title,
                results=[result_of(column, criterion.code) for column in columns],
            )
        )
    return list(blocks.values())


def _heat(column: Column, slug: str, name: str) -> Heat:
    scores = column.assessment.domain_scores if column.assessment and not column.assessment.is_blind else {}
    score = scores.get(slug)
    return Heat(name, name, score or "–", grade_for(Decimal(score)) if score else "")
