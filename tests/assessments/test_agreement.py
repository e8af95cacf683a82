"""How an answer, and a result, stand to what the evidence shows: every pair."""

import pytest

from assessments.agreement import Agreement, of_answer, of_result
from assessments.scoring import Result

SIDES = {"a1": "acceptable", "a2": "acceptable", "f1": "failure"}
AGREES, CONTRADICTS, OPEN = Agreement.AGREES, Agreement.CONTRADICTS, Agreement.OPEN


@pytest.mark.parametrize(
    ("kind", "statements", "acceptable", "failure"),
    [
        ("statements", ["a1"], AGREES, CONTRADICTS),
        ("statements", ["a1", "a2"], AGREES, CONTRADICTS),
        ("statements", ["f1"], CONTRADICTS, AGREES),
        ("statements", ["a1", "f1"], CONTRADICTS, AGREES),  # one failure makes the whole answer say failure
        ("statements", [], OPEN, OPEN),
        ("statements", ["gone"], OPEN, OPEN),
        ("statements", ["gone", "f1"], CONTRADICTS, AGREES),
        ("not_applicable", [], OPEN, CONTRADICTS),
        ("not_applicable", ["a1"], OPEN, CONTRADICTS),  # chosen before, and not said any more
        ("none_fits", ["a1"], OPEN, OPEN),
        ("unknown", ["f1"], OPEN, OPEN),
        ("", ["a1"], OPEN, OPEN),
    ],
)
def test_an_answer(kind: str, statements: list[str], acceptable: Agreement, failure: Agreement) -> None:
    found = [
        of_answer(kind=kind, statements=statements, sides=SIDES, verdict=verdict)
        for verdict in ("acceptable", "failure", "undetermined")
    ]
    assert found == [acceptable, failure, OPEN]


@pytest.mark.parametrize(
    ("result", "acceptable", "failure"),
    [
        (Result.MET, AGREES, CONTRADICTS),
        (Result.PARTLY_MET, CONTRADICTS, AGREES),
        (Result.NOT_MET, CONTRADICTS, AGREES),
        (Result.NOT_VERIFIED, OPEN, OPEN),
        (Result.NOT_APPLICABLE, OPEN, OPEN),
    ],
)
def test_a_result(result: Result, acceptable: Agreement, failure: Agreement) -> None:
    found = [of_result(result=result, verdict=verdict) for verdict in ("acceptable", "failure", "undetermined")]
    assert found == [acceptable, failure, OPEN]
