"""What a credential report says of one user or key, however its dates are read: evidence contract, 1.4.

And what Prowler says of them: it counts whole days, so only its text tells whether a limit of the contract is passed.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from assessments.evaluators.algebra import Truth, agreed
from assessments.evaluators.clock import DAY, Clock
from assessments.evaluators.criteria.common import Case
from assessments.evaluators.formats.credential_report import COLUMNS, Key, is_absent
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.times import MARKS, Time
from assessments.evaluators.reports import AccountReport, Reading
from assessments.evaluators.result import GLOBAL, ref

ROTATION: Final = 90 * DAY
IDLE: Final = 90 * DAY
DATE: Final = "State when the credential report was made, or add the JSON of get-credential-report, which says it."

_MORE: Final = COLUMNS.index("additional_credentials_info")
_AGE: Final = re.compile(r"\((\d{1,5}) days\)")
_ROOT_USE: Final = re.compile(r"last accessed (\d{1,5}) days? ago")


def days_said(finding: Finding) -> int | None:
    """The whole days Prowler puts in brackets behind what it found of a key; None where there are none."""
    return int(found[1]) if (found := _AGE.search(finding.text)) else None


def says_root_use(finding: Finding) -> bool:
    """Whether Prowler says that root was used in the last 7 days: at 7 whole days it may have been longer ago."""
    found = _ROOT_USE.search(finding.text)
    return found is not None and int(found[1]) < 7


def says_idle(finding: Finding) -> bool:
    """Whether Prowler says that a key was not used for more than 90 days; it fails keys from 45 days on."""
    return (days_said(finding) or 0) * DAY > IDLE


def is_of_user(finding: Finding) -> bool:
    """Whether a finding is about an IAM user; root has a password by right."""
    return not finding.uid.endswith(":root")


class Slot(NamedTuple):
    """One access key slot of one user, in all readings of its row."""

    report: AccountReport
    number: int  # 1 or 2
    readings: tuple[Reading, ...]

    @property
    def key(self) -> Key:
        """The slot as it is read first; only its times may differ from the other reading."""
        return self.readings[0].row.keys[self.number - 1]

    @property
    def clock(self) -> Clock:
        """The clock of the first reading, for sentences."""
        return self.readings[0].clock

    @property
    def ref(self) -> str:
        """`account/global/user/name#access_key_1`."""
        return user_ref(self.readings[0], f"access_key_{self.number}")

    @property
    def is_used(self) -> Truth:
        """Whether the slot holds a key at all, active or not."""
        key = self.key
        held = isinstance(key.last_rotated, datetime) or isinstance(key.last_used, datetime)
        return True if key.active or held else None if key.active is None or key.last_rotated is None else False

    def says(self, test: Callable[[Key, Clock], Truth]) -> Truth:
        """What all readings of the slot say alike."""
        return agreed(test(reading.row.keys[self.number - 1], reading.clock) for reading in self.readings)


def user_ref(reading: Reading, detail: str = "") -> str:
    """`account/global/user/name#detail`, or `account/global/root#detail`."""
    row = reading.row
    return ref(row.account, GLOBAL, "root" if row.is_root else "user", "" if row.is_root else row.user, detail)


def doubt_more(case: Case, report: AccountReport) -> bool:
    """Doubt the users who, as AWS says, have more keys or certificates than the report shows; True if there are any.

    AWS does not document the words, so anything but a mark counts.
    """
    more = [row for row in report.rows if row.cells[_MORE].strip() not in ("", *MARKS)]
    for row in more:
        said = row.cells[_MORE].strip()[:100]
        name = user_ref(Reading(row, report.clocks[0]))
        case.doubt(name, f"There are more keys or certificates than the report shows: {said}")
    return bool(more)


def slots(report: AccountReport) -> Iterator[Slot]:
    """All key slots of a report, root's included."""
    for readings in report.entries():
        for number in (1, 2):
            yield Slot(report, number, readings)


def is_idle(key: Key, clock: Clock) -> Truth:
    """Never used, even minutes after creation, or last used more than 90 days ago."""
    return True if is_absent(key.last_used) else _measured(key.last_used, clock.older_than, IDLE)


def is_old(key: Key, clock: Clock) -> Truth:
    """90 days or older: not below 90 days. Unknown where an active key shows no date."""
    return _measured(key.last_rotated, clock.at_least, ROTATION)


def is_overdue(key: Key, clock: Clock) -> Truth:
    """More than 90 days old."""
    return _measured(key.last_rotated, clock.older_than, ROTATION)


def was_within(time: Time, clock: Clock, age: timedelta) -> Truth:
    """Whether something was used in the last `age`, exactly `age` ago included; a mark of AWS is no use."""
    if is_absent(time):
        return False
    older = _measured(time, clock.older_than, age)
    return None if older is None else not older


def _measured(time: Time, test: Callable[[datetime, timedelta], Truth], age: timedelta) -> Truth:
    return test(time, age) if isinstance(time, datetime) else None


def age_in_words(moment: Time, clock: Clock) -> str:
    """ "62 days ago", counted to the report; "" where either end is unknown."""
    days = clock.days_since(moment) if isinstance(moment, datetime) else None
    if days is None:
        return ""
    least = "" if clock.is_exact else "at least "
    return f"{least}{days:,} day{'' if days == 1 else 's'}"
