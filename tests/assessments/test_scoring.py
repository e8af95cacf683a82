"""Score and grade: examples worked out by hand, and laws that hold for every input."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import WEIGHTS, Mark, Part, Result, assurance, grade_for, priority, score

RESULTS = list(Result)
marks = st.builds(
    Mark,
    domain=st.sampled_from(["account-management", "encryption", "processes"]),
    severity=st.sampled_from(list(WEIGHTS)),
    result=st.sampled_from([None, *RESULTS]),
    is_answered=st.booleans(),
)


def mark(severity: str, result: Result | None, *, answered: bool = True, domain: str = "encryption") -> Mark:
    return Mark(domain=domain, severity=severity, result=result, is_answered=answered)


def test_worked_example() -> None:
    outcome = score(
        [
            mark("critical", Result.MET, domain="a"),  # 8 of 8
            mark("high", Result.PARTLY_MET, domain="a"),  # 2 of 4
            mark("medium", Result.NOT_VERIFIED, domain="b"),  # 0 of 2
            mark("low", Result.NOT_APPLICABLE, domain="b"),  # leaves the sum
            mark("low", None, answered=False, domain="b"),  # unanswered: 0 of 1
        ]
    )
    assert outcome.domains == {
        "a": Part(Decimal("10.0"), 12, Decimal("8.3")),
        "b": Part(Decimal(0), 3, Decimal("0.0")),
    }
    assert outcome.total == Part(Decimal("10.0"), 15, Decimal("6.7"))
    assert (outcome.grade, outcome.is_provisional, outcome.is_capped) == ("C", False, False)


def test_nothing_scored_is_none_and_never_zero() -> None:
    assert score([]).total.score is None
    outcome = score([mark("high", None), mark("low", None, answered=False)])
    assert (outcome.total.score, outcome.grade, outcome.is_provisional) == (None, "", True)


def test_everything_not_applicable_has_no_score() -> None:
    outcome = score([mark("high", Result.NOT_APPLICABLE)])
    assert (outcome.total.score, outcome.grade) == (None, "")


def test_answer_not_reviewed_is_left_out_and_makes_the_score_provisional() -> None:
    outcome = score([mark("low", Result.MET), mark("critical", None)])
    assert (outcome.total.score, outcome.is_provisional) == (Decimal("10.0"), True)


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("10.0", "A"),
        ("8.5", "A"),
        ("8.4", "B"),
        ("7.0", "B"),
        ("6.9", "C"),
        ("5.5", "C"),
        ("5.4", "D"),
        ("4.0", "D"),
        ("3.9", "F"),
        ("0.0", "F"),
    ],
)
def test_grade_is_read_from_the_rounded_score(value: str, letter: str) -> None:
    assert grade_for(Decimal(value)) == letter


def test_rounding_is_half_up() -> None:
    # 8.45 exactly: 169 of 200 possible points.
    met, missed = [mark("low", Result.MET)] * 169, [mark("low", Result.NOT_MET)] * 31
    assert score(met + missed).total.score == Decimal("8.5")


@pytest.mark.parametrize(
    ("met", "score_is", "grade", "is_capped"),
    [(99, "9.9", "C", True), (9, "9.0", "C", True), (3, "7.5", "C", True), (1, "5.0", "D", False)],
)
def test_critical_gap_caps_the_grade_at_c(met: int, score_is: str, grade: str, is_capped: bool) -> None:
    outcome = score([mark("critical", Result.NOT_MET), *[mark("critical", Result.MET)] * met])
    assert (str(outcome.total.score), outcome.grade, outcome.is_capped) == (score_is, grade, is_capped)


def test_critical_partly_met_does_not_cap() -> None:
    outcome = score([mark("critical", Result.PARTLY_MET), *[mark("critical", Result.MET)] * 9])
    assert (outcome.total.score, outcome.grade, outcome.is_capped) == (Decimal("9.5"), "A", False)


@given(st.lists(marks, max_size=40))
def test_domains_add_up_to_the_total(given_marks: list[Mark]) -> None:
    outcome = score(given_marks)
    assert sum((part.earned for part in outcome.domains.values()), Decimal(0)) == outcome.total.earned
    assert sum(part.possible for part in outcome.domains.values()) == outcome.total.possible


@given(st.lists(marks, max_size=40))
def test_score_stays_between_0_and_10_with_one_decimal(given_marks: list[Mark]) -> None:
    value = score(given_marks).total.score
    if value is not None:
        assert Decimal(0) <= value <= Decimal(10)
        assert value.as_tuple().exponent == -1


@given(st.lists(marks, max_size=40), st.randoms())
def test_order_does_not_matter(given_marks: list[Mark], chance: object) -> None:
    shuffled = list(given_marks)
    chance.shuffle(shuffled)
    assert score(shuffled).total == score(given_marks).total


@given(st.lists(marks, min_size=1, max_size=20), st.data())
def test_a_better_result_never_lowers_the_score(given_marks: list[Mark], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(given_marks) - 1))
    worse, better = given_marks[:], given_marks[:]
    old = given_marks[index]
    worse[index] = Mark(old.domain, old.severity, Result.NOT_MET, True)
    better[index] = Mark(old.domain, old.severity, Result.MET, True)
    assert score(better).total.score >= score(worse).total.score


@given(st.lists(marks, max_size=20), st.sampled_from(list(WEIGHTS)))
def test_not_applicable_changes_nothing(given_marks: list[Mark], severity: str) -> None:
    more = [*given_marks, Mark("encryption", severity, Result.NOT_APPLICABLE, True)]
    assert score(more).total == score(given_marks).total


@given(st.lists(marks, max_size=40))
def test_provisional_exactly_when_an_answer_waits_for_review(given_marks: list[Mark]) -> None:
    waiting = any(m.is_answered and m.result is None for m in given_marks)
    assert score(given_marks).is_provisional is waiting


@pytest.mark.parametrize(
    ("severity", "tier", "result", "expected"),
    [
        ("critical", "critical", Result.NOT_MET, "P1"),
        ("critical", "critical", Result.PARTLY_MET, "P1"),
        ("high", "critical", Result.NOT_MET, "P1"),
        ("high", "critical", Result.NOT_VERIFIED, "P2"),
        ("high", "high", Result.NOT_MET, "P2"),
        ("high", "high", Result.PARTLY_MET, "P3"),
        ("medium", "medium", Result.NOT_MET, "P3"),
        ("medium", "medium", Result.NOT_VERIFIED, "P4"),
        ("low", "low", Result.NOT_MET, "P4"),
    ],
)
def test_priority(severity: str, tier: str, result: Result, expected: str) -> None:
    assert priority(severity=severity, tier=tier, result=result) == expected


def test_assurance_says_how_an_answer_is_proven() -> None:
    assert assurance(has_evidence=True, machine_agrees=True) == "verified"
    assert assurance(has_evidence=True) == "documented"
    assert assurance(has_evidence=False) == "asserted"
