"""Which questions a second look takes. Pure, and the same every time for the same seed."""

import hashlib
from collections.abc import Mapping

# The most serious first: it wins where a place could go to either.
SEVERITIES = ("critical", "high", "medium", "low")


def draw(severities: Mapping[int, str], *, count: int, seed: str) -> list[int]:
    """Draw `count` questions, stratified by severity; `severities` says for each number of a question how severe it is.

    Each severity gets its share of the places (count x its questions / all questions), rounded down; the places left
    go to the largest remainders, to the more severe one where two are equal. Within a severity the questions are
    taken in the order of SHA-256 of "seed:number", so that nobody chooses them and anybody can draw them again.
    Returns the numbers in order. More than there are is all of them. Raises ValueError for fewer than one.
    """
    if count < 1:
        raise ValueError("draw at least one question")
    total = len(severities)
    if count >= total:
        return sorted(severities)
    strata = {one: [number for number, each in severities.items() if each == one] for one in SEVERITIES}
    places = {one: count * len(numbers) // total for one, numbers in strata.items()}
    by_remainder = sorted(SEVERITIES, key=lambda one: -(count * len(strata[one]) % total))  # stable: severe first
    for one in by_remainder[: count - sum(places.values())]:
        places[one] += 1
    drawn: list[int] = []
    for one, numbers in strata.items():
        drawn += sorted(numbers, key=lambda number: _rank(seed, number))[: places[one]]
    return sorted(drawn)


def _rank(seed: str, number: int) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
