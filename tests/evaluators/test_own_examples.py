"""The examples written from the rules: every state of every criterion, every tolerance, every trap of Prowler."""

import functools
from typing import Any

import pytest

from assessments.evaluators import Evaluation, Outcome, evaluate
from tests.evaluators.own import HOME, Example, examples
from tests.evaluators.shared import refs

REPORTS, BUNDLES, PROWLER = examples("credential-reports"), examples("bundles"), examples("prowler")


def test_there_are_at_least_as_many_as_were_shared() -> None:
    assert len(REPORTS) >= 30
    assert sum(len(example.expect) for example in BUNDLES) >= 66
    assert len(PROWLER) >= 10


def test_names_are_unique() -> None:
    names = [example.name for example in (*REPORTS, *BUNDLES, *PROWLER)]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("number", range(1, 34))
def test_every_criterion_has_two_states_at_least(number: int) -> None:
    """Only 28, 30 and 31 know no failure, and 4, 17, 18, 30 and 33 are never proven to be acceptable."""
    states = {
        row[0].rstrip("?") for example in (*REPORTS, *BUNDLES) for key, row in example.expect.items() if key == number
    }
    assert "undetermined" in states
    assert ("failure" in states) == (number not in (28, 30, 31, 32))
    assert ("acceptable" in states) == (number not in (4, 17, 18, 30, 33))


@functools.cache
def _outcome(example: Example) -> Outcome:
    return evaluate(example.files, as_of=example.as_of, scope=example.scope)


Example.__hash__ = object.__hash__  # type: ignore[method-assign]  # each stands for itself
CASES = [
    pytest.param(example, number, id=f"{example.name} {number}")
    for example in (*REPORTS, *BUNDLES)
    for number in example.expect
]


@pytest.mark.parametrize(("example", "number"), CASES)
def test_example(example: Example, number: int) -> None:
    """`?` after a state: undetermined is a fair answer too, the opposite state never is."""
    word, response, *offenders = example.expect[number]
    evaluation = _outcome(example).criteria[f"aws-core-{number}"]
    if word.endswith("?") and "undetermined" in (evaluation.state, word[:-1]):
        return
    assert evaluation.state == word.rstrip("?"), (example.why, evaluation.explanation)
    _check_response(number, response, evaluation)
    if evaluation.state != "undetermined":
        _check_offenders([_ref(name) for name in offenders], example.tolerate.get(number, []), evaluation)
    for place in example.missing.get(number, []):
        assert place in evaluation.coverage.missing, example.why


def _check_response(number: int, response: str | None, evaluation: Evaluation) -> None:
    if response:
        assert f"aws-core-{number}-{response.lower()}" in evaluation.responses
    elif evaluation.state == "failure":
        assert evaluation.responses == ()


def _check_offenders(expected: list[str], tolerated: list[str], evaluation: Evaluation) -> None:
    named = refs(evaluation)
    assert len(set(named)) == len(named)
    assert set(expected) - set(named) == set()
    assert set(named) - set(expected) - set(tolerated) == set()


def _ref(name: str) -> str:
    """Reports name their offenders without the account, all of them are about one."""
    return f"{HOME}/global/{name}" if name.startswith(("user/", "root#")) else name


@pytest.mark.parametrize(
    ("example", "number", "row"),
    [
        pytest.param(example, number, row, id=f"{example.name} {number}")
        for example in PROWLER
        for number, row in example.expect.items()
    ],
)
def test_prowler(example: Example, number: int, row: list[Any]) -> None:
    evaluation = _outcome(example).criteria[f"aws-core-{number}"]
    state, *offenders = row
    assert evaluation.state == state, (example.why, evaluation.explanation)
    if state != "undetermined":
        assert sorted(refs(evaluation)) == sorted(offenders)


@pytest.mark.parametrize("example", [example for example in PROWLER if example.status], ids=lambda it: it.name)
def test_what_is_no_run_of_today_is_said(example: Example) -> None:
    (file,) = _outcome(example).files
    assert file.status in example.status
    assert file.problem
    for word in example.problem:
        assert word in file.problem.casefold()
