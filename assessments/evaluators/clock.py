"""The instant that ages are counted to, as far as it is known: evidence contract, section 1.3."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from assessments.evaluators.algebra import Truth

DAY: Final = timedelta(days=1)
"""Exactly 24 hours; ages are exact durations and are never rounded to whole days."""

STATED_DAY: Final = timedelta(hours=50)
"""The longest a stated day may be: nobody says its zone, so it runs from 14 hours before the day in UTC to 12 after."""


@dataclass(frozen=True)
class Clock:
    """An instant that lies in [low, high]; both ends are the same where it is known, None where there is no bound."""

    low: datetime | None
    high: datetime | None

    @classmethod
    def at(cls, moment: datetime) -> "Clock":
        """A clock that is known."""
        return cls(moment, moment)

    @property
    def is_exact(self) -> bool:
        """Whether the instant itself is known."""
        return self.low is not None and self.low == self.high

    @property
    def spans(self) -> timedelta:
        """How long the instant is unknown for."""
        return timedelta.max if self.low is None or self.high is None else self.high - self.low

    def older_than(self, moment: datetime, age: timedelta) -> Truth:
        """Whether `moment` is more than `age` ago; a moment exactly `age` ago is not."""
        if self.low is not None and self.low - moment > age:
            return True
        return False if self.high is not None and self.high - moment <= age else None

    def at_least(self, moment: datetime, age: timedelta) -> Truth:
        """Whether `moment` is `age` or more ago; a moment exactly `age` ago is."""
        if self.low is not None and self.low - moment >= age:
            return True
        return False if self.high is not None and self.high - moment < age else None

    def days_since(self, moment: datetime) -> int | None:
        """Whole days since `moment`, for sentences only; counted to the earliest the instant can be."""
        return None if self.low is None else max((self.low - moment) // DAY, 0)

    def __str__(self) -> str:
        """ "20 November 2026, 08:00 UTC", or what is known of it."""
        if self.low is None or self.high is None or not self.is_exact:
            return "an unknown instant" if self.low is None else f"an instant after {written(self.low)}"
        return written(self.low)


UNKNOWN: Final = Clock(None, None)


def written(moment: datetime) -> str:
    """An instant in words, in UTC: "20 November 2026, 08:00 UTC"."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
