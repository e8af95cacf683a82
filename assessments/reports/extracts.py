"""The part of an IAM credential report that the assessment report shows: rows that deserve a look first.

This only orders and labels rows for a reader. Whether a question is met is decided by the analyst, never here.
"""

from datetime import datetime, timedelta

from assessments.evaluators.formats import credential_report
from assessments.evaluators.formats.errors import HeaderOnly, TooLarge, Unreadable
from assessments.evaluators.formats.times import Mark, Time
from assessments.reports.evidence_facts import Extract, ExtractRow
from assessments.reports.text import day

ROWS = 15
"""Rows shown of one file."""
KEY_DAYS = 90
"""Days without use, or since the last rotation, after which a key is labelled."""
COLUMNS = ("User", "Console password", "MFA", "Access key 1", "Access key 2")


def credential_extract(content: bytes, *, received_at: datetime, effective_at: datetime | None) -> Extract | None:
    """The rows to show, or None where the file cannot be read. Days are counted to the day the report speaks of."""
    try:
        report = credential_report.parse(content, received_at=received_at)
    except (Unreadable, HeaderOnly, TooLarge):
        return None
    # Without a time of its own, or with dates that can be read in two ways, nothing is counted.
    as_of = None if report.rows_other_order else effective_at or report.latest_in_file
    rows = [ExtractRow(_cells(row, len(report.accounts) > 1), _label(row, as_of)) for row in report.rows]
    rows.sort(key=lambda row: not row.breach)  # stable: the order of the file stays
    return Extract(COLUMNS, tuple(rows[:ROWS]), len(rows))


def _cells(row: credential_report.Row, has_accounts: bool) -> tuple[str, ...]:
    user = f"{row.account}: {row.user}" if has_accounts else row.user
    return (user, _password(row), _yes(row.mfa_active), *(_key(key) for key in row.keys))


def _password(row: credential_report.Row) -> str:
    if row.is_root:
        return f"Root, {_used(row.password_last_used)}"
    if row.password_enabled is None:
        return "Not readable"
    return f"Yes, {_used(row.password_last_used)}" if row.password_enabled else "None"


def _key(key: credential_report.Key) -> str:
    if key.active is None:
        return "Not readable"
    if not key.active:
        return "None active"
    return f"Active, {_used(key.last_used)}; {_rotated(key.last_rotated)}"


def _used(time: Time) -> str:
    if isinstance(time, datetime):
        return f"used {day(time.date())}"
    return "use not readable" if time is None else "never used"


def _rotated(time: Time) -> str:
    return f"made {day(time.date())}" if isinstance(time, datetime) else "age not known"


def _yes(value: bool | None) -> str:
    return "Not readable" if value is None else "Yes" if value else "No"


def _label(row: credential_report.Row, as_of: datetime | None) -> str:
    """Why a row deserves a look, in a few words, or ""."""
    found = []
    has_key = any(key.active for key in row.keys)
    if row.is_root and has_key:
        found.append("Root has a key")
    if row.mfa_active is False and (row.is_root or row.password_enabled):
        found.append("No MFA")
    for number, key in enumerate(row.keys, start=1):
        if key.active:
            found.extend(f"Key {number} {words}" for words in _key_labels(key, as_of))
    return ", ".join(found)


def _key_labels(key: credential_report.Key, as_of: datetime | None) -> list[str]:
    if isinstance(key.last_used, Mark):
        return ["never used"]
    if as_of is None:
        return []
    limit = timedelta(days=KEY_DAYS)
    found = []
    if isinstance(key.last_used, datetime) and as_of - key.last_used > limit:
        found.append(f"unused {(as_of - key.last_used).days} days")
    if isinstance(key.last_rotated, datetime) and as_of - key.last_rotated > limit:
        found.append(f"{(as_of - key.last_rotated).days} days old")
    return found
