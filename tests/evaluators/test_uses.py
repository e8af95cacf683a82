"""What each file was used for, and the day that somebody states for a file."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

from assessments.evaluators import Source, evaluate
from assessments.evaluators.clock import Clock
from tests.evaluators.shared import FIXTURES
from tests.intake.samples import HEADER, root, user

BAD = FIXTURES / "acme-bad"
REPORT = FIXTURES / "credential-reports"


def numbers(criteria: tuple[str, ...]) -> list[int]:
    return [int(name.rpartition("-")[2]) for name in criteria]


def bad_files() -> dict[str, bytes]:
    return {path.relative_to(BAD).as_posix(): path.read_bytes() for path in BAD.rglob("*") if path.is_file()}


def test_a_credential_report_is_used_for_the_questions_about_credentials() -> None:
    name, data = next((n, d) for n, d in bad_files().items() if n.endswith("credential-report.csv"))
    use = evaluate([(name, data)]).uses[name]
    assert numbers(use.criteria) == [5, 6, 10, 11, 12, 13, 14]
    assert use.accounts == {name[:12]}
    assert use.made_at is None


def test_one_answer_of_the_command_line_is_used_where_its_call_is_asked_for() -> None:
    wanted = {
        "999999999999/us-east-1/ec2.describe-volumes.json": [9],
        "999999999999/us-east-1/ec2.describe-security-groups.json": [19, 22, 33],
        "999999999999/us-east-1/guardduty.list-detectors.json": [27],
    }
    for name, questions in wanted.items():
        assert numbers(evaluate([(name, bad_files()[name])]).uses[name].criteria) == questions


def test_a_bundle_names_its_accounts_and_when_it_was_made() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in bad_files().items():
            archive.writestr(name, data)
    uses = evaluate([("7/bundle.zip", packed.getvalue())]).uses
    assert {path.split("/")[0] for path in uses} == {"7"}
    assert {account for use in uses.values() for account in use.accounts} == {"555555555555", "999999999999"}
    used = sorted({number for use in uses.values() for number in numbers(use.criteria)})
    assert used == [number for number in range(1, 34) if number not in (4, 30)]
    assert max(use.made_at for use in uses.values() if use.made_at) == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_image_is_used_for_nothing() -> None:
    assert evaluate([("a.png", b"\x89PNG\r\n\x1a\n")]).uses == {}


ROWS = "user,arn,{head}\n<root_account>,arn:aws:iam::111122223333:root,{cells}\n"
HEAD = (
    "user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,"
    "access_key_2_last_rotated,access_key_2_last_used_date"
)


# 90 days before some moment of the stated day, and not before others.
KEY = "true,2026-08-20T12:00:00Z,2026-11-01T00:00:00Z,eu-west-1,s3"


def root_used(moment: str) -> bytes:
    cells = f"2020-01-01T00:00:00Z,true,{moment},2020-01-01T00:00:00Z,not_supported,true,false,N/A,N/A,false,N/A,N/A"
    return ROWS.format(head=HEAD, cells=cells).encode()


def state_of_6(stated: Clock | None) -> str:
    received = datetime(2026, 11, 20, 12, tzinfo=UTC)
    source = Source("r.csv", root_used("2026-11-01T00:00:00Z"), received, stated)
    return evaluate([source]).criteria["aws-core-6"].state.value


def test_a_day_stated_for_a_report_narrows_its_clock() -> None:
    day = datetime(2026, 11, 18, tzinfo=UTC)
    assert state_of_6(None) == "undetermined"  # it was made between the last use and its arrival
    assert state_of_6(Clock(day, day + timedelta(days=1))) == "acceptable"
    assert state_of_6(Clock(day - timedelta(days=10), day)) == "undetermined"  # 7 days before either end differ


def test_a_day_before_the_latest_time_in_a_report_is_refused_with_the_reason() -> None:
    day = datetime(2026, 10, 1, tzinfo=UTC)
    source = Source("r.csv", root_used("2026-11-01T00:00:00Z"), None, Clock(day, day))
    outcome = evaluate([source])
    assert (outcome.files[0].problem or "").endswith(
        " The stated date, 1 October 2026, 00:00 UTC, is before the latest time in the report, 1 November 2026, "
        "00:00 UTC, and was not used. State when the report was made."
    )
    assert outcome.criteria["aws-core-6"].state.value == "undetermined"


def test_whoever_stated_the_day_is_not_asked_for_it_again() -> None:
    rows = [HEADER, root(used="2026-01-01T00:00:00Z"), user("a", key=KEY)]
    day = datetime(2026, 11, 18, tzinfo=UTC)
    stated = Clock(day - timedelta(hours=14), day + timedelta(hours=36))
    source = Source("r.csv", "\n".join(rows).encode(), datetime(2026, 11, 20, tzinfo=UTC))
    ask = "State when the credential report was made"
    assert ask in evaluate([source]).criteria["aws-core-14"].explanation
    known = evaluate([source._replace(stated=stated)]).criteria["aws-core-14"]
    assert (known.state.value, ask in known.explanation) == ("undetermined", False)
