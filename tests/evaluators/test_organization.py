"""Criterion 1: every account belongs to one organization."""

import pytest

from assessments.evaluators import Source, State
from tests.evaluators.shared import ONE, THREE, TWO, cli, found, listed, member, refs

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
OUTSIDE = "AWSOrganizationsNotInUseException"


def outside(account: str) -> Source:
    return cli(account, "global", "organizations describe-organization", OUTSIDE)


CASES: dict[str, tuple[list[Source], tuple[str, ...], State, tuple[str, ...], list[str]]] = {
    "all in one": ([listed(ONE, TWO), member(ONE), member(TWO)], (), ACCEPTABLE, ("a1",), []),
    "a closed one beside": (
        [listed(ONE, TWO, THREE="SUSPENDED"), member(ONE), member(TWO)],
        (),
        ACCEPTABLE,
        ("a1",),
        [],
    ),
    "one not collected": ([listed(ONE, TWO), member(ONE)], (), UNDETERMINED, (), []),
    "the list is missing": ([member(ONE), member(TWO)], (), UNDETERMINED, (), []),
    "one alone, outside": ([outside(ONE)], (), FAILURE, ("f1",), [ONE]),
    "one alone, in its organization": ([listed(ONE), member(ONE)], (), FAILURE, ("f1",), [ONE]),
    "one alone, the other closed": ([listed(ONE, TWO="CLOSED"), member(ONE)], (), FAILURE, ("f1",), [ONE]),
    "one alone, the list is missing": ([member(ONE)], (), UNDETERMINED, (), []),
    "several, all outside": ([outside(ONE), outside(TWO)], (), FAILURE, ("f2",), [ONE, TWO]),
    "one of several outside": (
        [listed(ONE, TWO), member(ONE), member(TWO), outside(THREE)],
        (),
        FAILURE,
        ("f2",),
        [THREE],
    ),
    "another organization": (
        [listed(ONE, TWO), member(ONE), member(TWO), member(THREE, "o-otherorgid")],
        (),
        FAILURE,
        ("f2",),
        [THREE],
    ),
    "two organizations of one each": (
        [member(ONE), member(TWO, "o-otherorgid")],
        (),
        FAILURE,
        ("f2",),
        [ONE, TWO],
    ),
    "declared and not listed": ([listed(ONE, TWO), member(ONE), member(TWO)], (THREE,), FAILURE, ("f2",), [THREE]),
    "declared and no list": ([member(ONE), member(TWO)], (THREE,), UNDETERMINED, (), []),
    "refused": (
        [cli(ONE, "global", "organizations describe-organization", "AccessDenied")],
        (),
        UNDETERMINED,
        (),
        [],
    ),
    "nothing": ([], (), UNDETERMINED, (), []),
}


@pytest.mark.parametrize(("files", "scope", "state", "responses", "offenders"), CASES.values(), ids=CASES)
def test_organization(
    files: list[Source], scope: tuple[str, ...], state: State, responses: tuple[str, ...], offenders: list[str]
) -> None:
    evaluation = found(1, *files, scope=scope)
    assert evaluation.state is state, evaluation.explanation
    assert evaluation.responses == tuple(f"aws-core-1-{name}" for name in responses)
    assert refs(evaluation) == offenders


def test_an_incomplete_list_is_never_acceptable() -> None:
    rows = [{"Id": account, "Arn": "", "State": "ACTIVE"} for account in (ONE, TWO)]
    part = cli(ONE, "global", "organizations list-accounts", {"Accounts": rows, "NextToken": "more"})
    evaluation = found(1, part, member(ONE), member(TWO))
    assert (evaluation.state, evaluation.coverage.missing) == (UNDETERMINED, (ONE,))
