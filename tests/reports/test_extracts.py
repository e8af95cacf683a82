"""The extract of a credential report: rows that deserve a look first, labelled in words."""

from datetime import UTC, datetime

from assessments.evaluators.formats.credential_report import COLUMNS
from assessments.reports.evidence_facts import Extract
from assessments.reports.extracts import ROWS, credential_extract

AT = datetime(2026, 11, 20, 9, 14, tzinfo=UTC)
SOME = "2026-11-19T08:00:00+00:00"
OLD = "2026-04-20T08:00:00+00:00"


def row(user: str, **cells: str) -> str:
    """One line of a report of account 111122223333; what is not named is as AWS writes it where there is nothing."""
    values = {name: "false" if "active" in name or name == "mfa_active" else "N/A" for name in COLUMNS}
    arn = "root" if user == "<root_account>" else f"user/{user}"
    values |= {"user": user, "arn": f"arn:aws:iam::111122223333:{arn}", "user_creation_time": OLD}
    values |= {"password_enabled": "not_supported" if arn == "root" else "false", **cells}
    return ",".join(values[name] for name in COLUMNS)


def report(*rows: str) -> bytes:
    root = row("<root_account>", mfa_active="true", password_last_used="no_information")
    return "\n".join([",".join(COLUMNS), root, *rows, ""]).encode()


def extract(*rows: str, effective_at: datetime | None = AT) -> Extract:
    found = credential_extract(report(*rows), received_at=AT, effective_at=effective_at)
    assert found is not None
    return found


def key(number: int, used: str, made: str) -> dict[str, str]:
    return {
        f"access_key_{number}_active": "true",
        f"access_key_{number}_last_used_date": used,
        f"access_key_{number}_last_rotated": made,
    }


def test_rows_with_a_label_come_first_and_others_keep_their_order() -> None:
    found = extract(row("ci", **key(1, SOME, SOME)), row("old", **key(2, OLD, OLD)), row("new", **key(1, "N/A", SOME)))
    assert [(one.cells[0], one.breach) for one in found.rows] == [
        ("old", "Key 2 unused 214 days, Key 2 214 days old"),
        ("new", "Key 1 never used"),
        ("<root_account>", ""),
        ("ci", ""),
    ]
    assert found.total_rows == 4


def test_cells_are_words() -> None:
    found = extract(
        row("ci", password_enabled="true", password_last_used=SOME, mfa_active="true", **key(1, SOME, SOME))
    )
    assert found.rows[1].cells == (
        "ci",
        "Yes, used 19 Nov 2026",
        "Yes",
        "Active, used 19 Nov 2026; made 19 Nov 2026",
        "None active",
    )
    assert found.rows[0].cells[:2] == ("<root_account>", "Root, never used")


def test_a_console_password_without_a_second_factor_is_labelled() -> None:
    assert extract(row("j.moreau", password_enabled="true")).rows[0].breach == "No MFA"


def test_without_a_day_of_its_own_the_latest_time_in_the_file_counts() -> None:
    found = extract(row("ci", **key(1, SOME, SOME)), row("old", **key(1, OLD, SOME)), effective_at=None)
    assert found.rows[0].breach == "Key 1 unused 213 days"


def test_exactly_90_days_are_not_labelled() -> None:
    used = "2026-08-22T09:14:00+00:00"
    assert extract(row("ci", **key(1, used, SOME))).rows[1].breach == ""


def test_only_the_first_rows_are_kept() -> None:
    found = extract(*(row(f"user-{number}") for number in range(40)))
    assert (len(found.rows), found.total_rows) == (ROWS, 41)


def test_what_is_no_report_gives_no_extract() -> None:
    for content in (b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b",".join(name.encode() for name in COLUMNS)):
        assert credential_extract(content, received_at=AT, effective_at=None) is None
