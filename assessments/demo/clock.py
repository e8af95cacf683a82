"""A clock that the demo turns, so that its history has the times a real one would have."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

# Django's own clock; kept, because the name in `timezone` is replaced while the demo plays.
from django.utils.timezone import now as real_now

_BETWEEN_CALLS = timedelta(milliseconds=7)


class Clock:
    """Says what time it is in the story. It only goes forward, and never past the real time."""

    def __init__(self, *, today: date | None = None) -> None:
        self.real = real_now()
        self.today = today or self.real.astimezone(UTC).date()
        self._now = self.real - timedelta(days=3650)
        self._latest = self.real
        # Chance gives working hours their unevenness; the same story gets the same hours at every load.
        self._chance = random.Random(20200601)  # noqa: S311 -- nothing secret hangs on it

    def __call__(self) -> datetime:
        """The present, a few milliseconds later at every call, so that events keep their order."""
        self._now = min(self._now + _BETWEEN_CALLS, self._latest)
        return self._now

    def day(self, days_ago: int) -> date:
        """A date of the story; negative is in the future."""
        return self.today - timedelta(days=days_ago)

    def begin(self) -> None:
        """Go back to the start: the next vendor's story begins long ago as well."""
        self._now = self.real - timedelta(days=3650)

    def morning(self, days_ago: int) -> datetime:
        """Go on to that day, some time between half past eight and ten, unless it is later already."""
        start = datetime.combine(self.day(days_ago), time(8, 30), tzinfo=UTC)
        self._now = max(
            self._now, start + timedelta(minutes=self._chance.randint(0, 90), seconds=self._chance.random() * 60)
        )
        return self._now

    def wait(self, least: int, most: int) -> datetime:
        """Let some minutes pass."""
        self._now += timedelta(minutes=self._chance.randint(least, most), seconds=self._chance.randint(0, 59))
        return self._now


@contextmanager
def turned(clock: Clock) -> Iterator[Clock]:
    """Everything that asks Django for the time gets the story's; for this process and this block only."""
    with mock.patch("django.utils.timezone.now", clock):
        yield clock
