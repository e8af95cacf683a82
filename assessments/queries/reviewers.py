"""Who scores what, for our own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assessments.models import Answer, Assessment
from assessments.queries.portfolio import SHORT_NAMES


@dataclass(frozen=True)
class ToScore:
    """One question with who scores it."""

    number: int
    title: str
    reviewer: str  # their name, or ""


@dataclass(frozen=True)
class Domain:
    """The questions of one domain."""

    slug: str
    name: str
    tasks: Sequence[ToScore]


def domains_of(assessment: Assessment) -> list[Domain]:
    """All questions by domain, without their results. One query."""
    rows = Answer.objects.filter(assessment=assessment).select_related("criterion__domain", "reviewer")
    return [
        Domain(
            domain.slug,
            str(SHORT_NAMES.get(domain.slug, domain.name)),
            [
                ToScore(one.criterion.number, one.criterion.short_title, one.reviewer.name if one.reviewer else "")
                for one in answers
            ],
        )
        for domain, answers in groupby(rows.order_by("criterion__number"), key=lambda one: one.criterion.domain)
    ]
