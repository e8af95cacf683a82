"""Cohen's kappa against tables that were worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assessments.kappa import Kappa, cohen
from assessments.sampling import draw


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    """The pairs of a table: rows are the first person's categories, columns the second's."""
    names = "abc"
    return [
        (names[row], names[column])
        for row, cells in enumerate(table)
        for column, times in enumerate(cells)
        for _ in range(times)
    ]


@pytest.mark.parametrize(
    ("table", "observed", "expected", "value", "rounded", "meaning"),
    [
        # 35 of 50 agree; rows 25, 25 and columns 30, 20: (25*30 + 25*20) / 2500 = 1/2; (7/10 - 1/2) / (1/2).
        ([[20, 5], [10, 15]], "7/10", "1/2", "2/5", "0.40", "fair agreement"),
        # 7 of 10; rows 4, 4, 2, columns 4, 3, 3: 34/100; (70 - 34) / (100 - 34).
        ([[3, 1, 0], [1, 2, 1], [0, 0, 2]], "7/10", "17/50", "6/11", "0.55", "moderate agreement"),
        # All agree, on two categories.
        ([[2, 0], [0, 2]], "1", "1/2", "1", "1.00", "almost perfect agreement"),
        # The first says always the same: no more than chance.
        ([[1, 1], [0, 0]], "1/2", "1/2", "0", "0.00", "slight agreement"),
        # Never the same.
        ([[0, 1], [1, 0]], "0", "1/2", "-1", "-1.00", "less agreement than chance alone would give"),
        # 9 of 10; rows 5, 5, columns 6, 4: 1/2; 2 * 9/10 - 1.
        ([[5, 0], [1, 4]], "9/10", "1/2", "4/5", "0.80", "substantial agreement"),
    ],
)
def test_tables(table: list[list[int]], observed: str, expected: str, value: str, rounded: str, meaning: str) -> None:
    found = cohen(pairs(table))
    assert (found.observed, found.expected, found.value) == (Fraction(observed), Fraction(expected), Fraction(value))
    assert (found.rounded, found.meaning, found.why_undefined) == (Decimal(rounded), meaning, "")


def test_nothing_compared_has_no_kappa() -> None:
    found = cohen([])
    assert found == Kappa(0, 0, None, None, None)
    assert (found.rounded, found.percent, found.meaning) == (None, None, "")
    assert found.why_undefined == "Nothing was compared, so there is no kappa."


def test_one_category_alone_has_no_kappa_but_full_agreement() -> None:
    found = cohen([("met", "met")] * 3)
    assert (found.count, found.agreed, found.percent) == (3, 3, 100)
    assert (found.value, found.rounded, found.meaning) == (None, None, "")
    assert found.why_undefined == (
        "Both gave every question the same one result. They agree fully, but chance would give the same, so kappa is "
        "not defined."
    )


def test_halves_are_rounded_away_from_zero() -> None:
    assert Kappa(1, 1, Fraction(1, 200), None, Fraction(1, 8)).rounded == Decimal("0.13")
    assert Kappa(1, 1, Fraction(1, 200), None, Fraction(-1, 8)).rounded == Decimal("-0.13")
    assert Kappa(1, 1, Fraction(1, 200), None, None).percent == 1


QUESTIONS = {number: "critical" for number in range(1, 5)} | {
    **{number: "high" for number in range(5, 8)},
    **{8: "medium", 9: "medium", 10: "low"},
}


def test_each_severity_gets_its_share_and_a_tie_goes_to_the_more_severe() -> None:
    # Shares of 5 places: 2, 1.5, 1 and 0.5; the place that is left goes to "high", not to "low".
    drawn = draw(QUESTIONS, count=5, seed="one")
    assert [QUESTIONS[number] for number in drawn] == ["critical", "critical", "high", "high", "medium"]
    assert drawn == draw(dict(reversed(QUESTIONS.items())), count=5, seed="one")
    assert drawn == [2, 4, 5, 7, 8]
    assert draw(QUESTIONS, count=5, seed="two") != drawn


def test_more_than_there_are_is_all_and_none_is_refused() -> None:
    assert draw(QUESTIONS, count=11, seed="one") == list(range(1, 11))
    with pytest.raises(ValueError, match="at least one"):
        draw(QUESTIONS, count=0, seed="one")
