"""Stacked bars of results: widths are plain numbers, since no page may carry a style."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from assessments.scoring import Result

# Result, the class that paints it, and its word in a sentence; the last is what has no result yet.
PARTS = (
    (Result.MET, "met", gettext_lazy("met")),
    (Result.PARTLY_MET, "partly", gettext_lazy("partly met")),
    (Result.NOT_MET, "notmet", gettext_lazy("not met")),
    (Result.NOT_VERIFIED, "unverified", gettext_lazy("not verified")),
    (Result.NOT_APPLICABLE, "na", gettext_lazy("not applicable")),
    ("", "open", gettext_lazy("not scored")),
)


@dataclass(frozen=True)
class Part:
    """One piece of a bar, in questions."""

    css: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """How many questions have each result, as pieces and in words."""

    total: int
    counts: tuple[int, ...]  # in the order of PARTS
    parts: tuple[Part, ...]
    words: str


def bar(results: Iterable[str]) -> Bar:
    """The bar for these results; "" is a question without one."""
    found = Counter(results)
    counts = tuple(found[key] for key, _, _ in PARTS)
    parts, x = [], 0
    for count, (_, css, _) in zip(counts, PARTS, strict=True):
        if count:
            parts.append(Part(css, x, count))
            x += count
    words = ", ".join(f"{count} {word}" for count, (_, _, word) in zip(counts, PARTS, strict=True) if count)
    return Bar(total=x, counts=counts, parts=tuple(parts), words=words)
