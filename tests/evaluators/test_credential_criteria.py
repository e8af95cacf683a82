"""What the credential report decides: 5, 6, 11, 12, 13 and 14, at their boundaries and with what is missing."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from assessments.evaluators import Source, State, evaluate
from assessments.evaluators.clock import Clock, written
from tests.evaluators.shared import NOW, ONE, THREE, TWO, cli, found, listed, manifest, refs, state
from tests.intake.samples import NO_KEY, report, root, user

ACCEPTABLE, FAILURE, UNDETERMINED = State.ACCEPTABLE, State.FAILURE, State.UNDETERMINED
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def ago(age: timedelta) -> str:
    return (NOW - age).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(made: timedelta, used: timedelta | None, active: str = "true") -> str:
    return f"{active},{ago(made)},{'N/A' if used is None else ago(used)},us-east-1,s3"


def file(*rows: str, name: str = "report.csv", at: datetime | None = None) -> Source:
    return Source(name, report(*rows), at)


def wrapper(data: bytes, at: datetime) -> Source:
    body = {"Content": base64.b64encode(data).decode(), "ReportFormat": "text/csv", "GeneratedTime": at.isoformat()}
    return Source("wrapper.json", json.dumps(body).encode())


BOB = f"{ONE}/global/user/bob#access_key_1"


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (timedelta(0), ACCEPTABLE),
        (90 * DAY - SECOND, ACCEPTABLE),
        (90 * DAY, ACCEPTABLE),  # not more than 90 days
        (90 * DAY + SECOND, FAILURE),
        (90 * DAY + timedelta(hours=5), FAILURE),  # exact durations, no whole days
        (None, FAILURE),
    ],
)
def test_13_counts_the_last_use(used: timedelta | None, expected: State) -> None:
    evaluation = found(13, file(root(), user("bob", key=key(200 * DAY, used))))
    assert (evaluation.state, refs(evaluation)) == (expected, [BOB] if expected is FAILURE else [])


@pytest.mark.parametrize(
    ("made", "expected", "responses"),
    [
        (90 * DAY - SECOND, ACCEPTABLE, ("aws-core-14-a1",)),
        (90 * DAY, FAILURE, ()),  # neither below nor above: no response fits
        (90 * DAY + SECOND, FAILURE, ("aws-core-14-f1",)),
    ],
)
def test_14_counts_the_age(made: timedelta, expected: State, responses: tuple[str, ...]) -> None:
    evaluation = found(14, file(root(), user("bob", key=key(made, DAY))))
    assert (evaluation.state, evaluation.responses) == (expected, responses)
    assert refs(evaluation) == ([BOB] if expected is FAILURE else [])


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (timedelta(0), FAILURE),
        (7 * DAY - SECOND, FAILURE),
        (7 * DAY, FAILURE),  # within 7 x 24 hours
        (7 * DAY + SECOND, ACCEPTABLE),
    ],
)
def test_6_counts_the_last_use_of_root(used: timedelta, expected: State) -> None:
    evaluation = found(6, file(root(used=ago(used))))
    assert (evaluation.state, evaluation.responses) == (expected, () if expected is FAILURE else ("aws-core-6-a1",))
    assert refs(evaluation) == ([f"{ONE}/global/root#password_last_used"] if expected is FAILURE else [])


def test_6_counts_a_key_of_root_that_is_inactive_now() -> None:
    row = root().replace(NO_KEY, key(300 * DAY, 2 * DAY, active="false"), 1)
    assert refs(found(6, file(row))) == [f"{ONE}/global/root#access_key_1_last_used_date"]


def test_6_names_the_moment_where_the_report_is_dated_to_the_day_alone() -> None:
    rows = (root(used=ago(2 * DAY)), user("bob", key=key(80 * DAY, DAY)))
    assert found(6, file(*rows)).resources[0].reason == "Root was used 2 days before the report."
    reason = found(6, file(*rows, at=NOW), as_of=None).resources[0].reason
    assert reason == f"Root was used on {written(NOW - 2 * DAY)}, in the 7 days before the report."


def test_a_never_used_key_is_a_failure_minutes_after_it_was_made_and_says_its_age() -> None:
    evaluation = found(13, file(root(), user("bob", key=key(timedelta(minutes=10), None))))
    assert evaluation.resources[0].reason == "The key was never used. It is 0 days old."


def test_an_unknown_date_of_the_report_decides_what_is_sure_at_both_ends() -> None:
    """L is the latest time in the file; U the day it came in, where that is known."""
    rows = (root(used=ago(30 * DAY)), user("bob", key=key(80 * DAY, 2 * DAY)))
    assert [state(number, file(*rows), as_of=None) for number in (13, 14)] == [UNDETERMINED, UNDETERMINED]
    assert "State when the credential report was made" in found(13, file(*rows), as_of=None).explanation
    assert state(6, file(*rows), as_of=None) is ACCEPTABLE  # sure at L: 28 days
    assert [state(number, file(*rows, at=NOW), as_of=None) for number in (13, 14)] == [ACCEPTABLE, ACCEPTABLE]
    late = NOW + 30 * DAY
    assert [state(number, file(*rows, at=late), as_of=None) for number in (13, 14)] == [ACCEPTABLE, UNDETERMINED]
    old = (root(), user("bob", key=key(400 * DAY, 200 * DAY)), user("ann", key=key(DAY, DAY)))
    assert [state(number, file(*old), as_of=None) for number in (13, 14)] == [FAILURE, FAILURE]


def test_the_time_in_the_wrapper_counts_before_the_stated_one() -> None:
    data = report(root(), user("bob", key=key(80 * DAY, 2 * DAY)))
    assert state(14, wrapper(data, NOW), as_of=NOW + 30 * DAY) is ACCEPTABLE


def test_a_stated_date_before_the_latest_time_is_refused_and_named() -> None:
    source = file(root(used=ago(30 * DAY)), user("bob", key=key(80 * DAY, 2 * DAY)))
    outcome = evaluate([source], as_of=NOW - 3 * DAY)
    assert outcome.criteria["aws-core-14"].state is UNDETERMINED
    assert (outcome.files[0].status, outcome.files[0].problem) == (
        "partial",
        "The stated date, 17 November 2026, 08:00 UTC, is before the latest time in the report, 18 November 2026, "
        "08:00 UTC, and was not used. State when the report was made.",
    )


def test_of_two_reports_the_later_counts() -> None:
    old = report(root(), user("bob", key=key(200 * DAY, 100 * DAY)))
    new = report(root(), user("bob", key=key(200 * DAY, 100 * DAY, active="false")))
    files = [wrapper(old, NOW - DAY), wrapper(new, NOW)._replace(path="newer.json")]
    for order in (files, files[::-1]):
        assert [state(number, *order, as_of=None) for number in (13, 14)] == [ACCEPTABLE, ACCEPTABLE]


def test_of_two_undated_reports_a_failure_in_either_stands() -> None:
    clean = file(root(), user("bob", key=key(5 * DAY, DAY)))
    stale = file(root(), user("bob", key=key(200 * DAY, None)), name="b.csv")
    assert state(13, clean, stale, as_of=None) is FAILURE
    assert state(11, clean, stale, as_of=None) is ACCEPTABLE


def test_the_same_rows_twice_are_one_report_with_the_better_clock() -> None:
    """A bundle holds the wrapper and the decoded table: the wrapper says when both were made."""
    data = report(root(), user("bob", key=key(90 * DAY - timedelta(minutes=1), DAY)))
    made = NOW - timedelta(hours=1)
    inside = [
        Source(f"{ONE}/global/credential-report.csv", data),
        wrapper(data, made)._replace(path=f"{ONE}/global/iam.get-credential-report.json"),
    ]
    later = (NOW + DAY).isoformat()
    assert state(14, *inside, manifest(inside, collected_at=later), as_of=None) is ACCEPTABLE
    assert state(14, inside[0], manifest(inside[:1], collected_at=later), as_of=None) is FAILURE


def test_one_clean_account_of_three_is_not_acceptable_and_the_others_are_named() -> None:
    evaluation = found(11, file(root()), listed(ONE, TWO), scope=(THREE,))
    assert (evaluation.state, evaluation.coverage.required, evaluation.coverage.seen) == (UNDETERMINED, 3, 1)
    assert evaluation.coverage.missing == (TWO, THREE)
    assert f"{TWO}: `aws iam get-credential-report` is missing" in evaluation.explanation
    assert state(11, file(root()), listed(ONE, TWO="SUSPENDED")) is ACCEPTABLE


def test_one_bad_account_of_three_is_a_failure() -> None:
    alice = user("alice", console="true,N/A,N/A,N/A")
    evaluation = found(11, file(root(), alice), listed(ONE, TWO))
    assert (evaluation.state, refs(evaluation)) == (FAILURE, [f"{ONE}/global/user/alice"])
    assert evaluation.coverage.missing == (TWO,)


def test_without_the_row_of_root_only_11_is_acceptable() -> None:
    rows = file(user("bob", key=key(5 * DAY, DAY)))
    states = {number: state(number, rows) for number in (5, 6, 11, 12, 13, 14)}
    assert [number for number, one in states.items() if one is not UNDETERMINED] == [11]
    assert states[11] is ACCEPTABLE


def test_damage_refuses_acceptable_and_keeps_failures() -> None:
    alice = user("alice", console="true,N/A,N/A,N/A")
    assert [state(n, file(root(), "a,b,c", user("bob"))) for n in (5, 6, 11, 12, 13, 14)] == [UNDETERMINED] * 6
    assert state(11, file(root(), alice, "a,b,c", user("bob"))) is FAILURE


def test_a_shorter_report_than_the_summary_counts_is_not_acceptable() -> None:
    def summary(users: int) -> Source:
        return cli(ONE, "global", "iam get-account-summary", {"SummaryMap": {"Users": users, "AccountMFAEnabled": 1}})

    rows = file(root(), user("bob"))
    assert state(11, rows, summary(1)) is ACCEPTABLE
    evaluation = found(11, rows, summary(2))
    assert evaluation.state is UNDETERMINED
    assert "lists 1 of the 2 users of the account" in evaluation.explanation


def test_dates_that_contradict_each_other_decide_nothing_about_time() -> None:
    """A key used before it was made: day and month are swapped, or the file was edited."""
    rows = file(root(), user("bob", key=key(5 * DAY, 6 * DAY)))
    assert [state(number, rows) for number in (6, 13, 14)] == [UNDETERMINED] * 3


@pytest.mark.parametrize(
    ("password", "mfa", "active", "expected", "refs_"),
    [
        ("true", "true", "false", ACCEPTABLE, []),
        ("true", "false", "false", FAILURE, ["mfa"]),
        ("true", "false", "true", FAILURE, ["access_key_1", "mfa"]),
        ("true", "true", "true", FAILURE, ["access_key_1"]),
        ("not_supported", "false", "false", FAILURE, ["mfa"]),  # older reports: root has a password
        ("not_supported", "true", "false", ACCEPTABLE, []),
        ("false", "false", "false", UNDETERMINED, []),  # nothing that MFA could guard
        ("false", "false", "true", FAILURE, ["access_key_1", "mfa"]),
        ("perhaps", "false", "false", UNDETERMINED, []),
        ("true", "perhaps", "false", UNDETERMINED, []),
        ("true", "true", "perhaps", UNDETERMINED, []),
    ],
)
def test_5_looks_at_root(password: str, mfa: str, active: str, expected: State, refs_: list[str]) -> None:
    made = "2019-02-03T10:11:12Z"
    row = (
        f"<root_account>,arn:aws:iam::{ONE}:root,{made},{password},N/A,{made},not_supported,{mfa},"
        f"{active},N/A,N/A,N/A,N/A,{NO_KEY},false,N/A,false,N/A"
    )
    evaluation = found(5, file(row))
    assert (evaluation.state, refs(evaluation)) == (expected, [f"{ONE}/global/root#{name}" for name in refs_])


def test_5_takes_a_root_without_credentials_where_root_access_is_central() -> None:
    row = (
        f"<root_account>,arn:aws:iam::{ONE}:root,2025-02-03T10:11:12Z,false,N/A,N/A,not_supported,false,"
        f"{NO_KEY},{NO_KEY},false,N/A,false,N/A"
    )
    features = cli(
        ONE,
        "global",
        "iam list-organizations-features",
        {"OrganizationId": "o-exampleorgid", "EnabledFeatures": ["RootCredentialsManagement"]},
    )
    assert "list-organizations-features" in found(5, file(row)).explanation
    evaluation = found(5, file(row), features)
    assert evaluation.state is ACCEPTABLE
    assert "its access is managed centrally" in evaluation.explanation


def test_5_believes_no_mfa_that_the_summary_denies() -> None:
    summary = cli(ONE, "global", "iam get-account-summary", {"SummaryMap": {"AccountMFAEnabled": 0}})
    assert state(5, file(root()), summary) is UNDETERMINED


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (user("bob"), ACCEPTABLE),
        (user("bob", key=key(300 * DAY, DAY, active="false")), ACCEPTABLE),
        (user("bob", key=key(5 * DAY, DAY)), UNDETERMINED),
        (user("bob", key=key(90 * DAY, DAY)), FAILURE),
        (user("bob", console="true,N/A,N/A,N/A", key=key(5 * DAY, DAY)), FAILURE),
        (user("bob", key="perhaps,N/A,N/A,N/A,N/A"), UNDETERMINED),
    ],
)
def test_12_asks_whose_the_active_keys_are(row: str, expected: State) -> None:
    evaluation = found(12, file(root(), row))
    assert evaluation.state is expected
    assert evaluation.responses == (("aws-core-12-a1",) if expected is ACCEPTABLE else ())


def test_an_active_key_without_dates_is_unknown() -> None:
    rows = file(root(), user("bob", key="true,N/A,2026-11-19T00:00:00Z,us-east-1,s3"))
    assert (state(13, rows), state(14, rows)) == (ACCEPTABLE, UNDETERMINED)


def test_no_keys_at_all_match_the_second_response() -> None:
    assert [found(number, file(root(), user("bob"))).responses for number in (13, 14)] == [
        ("aws-core-13-a2",),
        ("aws-core-14-a2",),
    ]


def test_nothing_at_all_says_what_to_add() -> None:
    evaluation = found(13)
    assert (evaluation.state, evaluation.coverage.required) == (UNDETERMINED, 0)
    assert "Add the output of `aws iam get-credential-report`." in evaluation.explanation


def test_a_clock_knows_what_is_sure() -> None:
    clock = Clock(datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    ages = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((11, 1), (11, 5), (11, 15))]
    assert [clock.older_than(moment, 8 * DAY) for moment in ages] == [True, None, False]
    assert [clock.at_least(moment, 15 * DAY) for moment in ages] == [None, None, False]
    assert [clock.at_least(moment, 5 * DAY) for moment in ages] == [True, True, None]
