"""When a vendor's leads are reminded of a due date: so many days before it, and every so many days after it.

Of overdue findings they are told together, on any day, and again so many days after that; so is a manager of conditions
past their date.
"""

from datetime import date

from django.conf import settings

from outbox.queries import occasions_beginning


def step_on(today: date, due_on: date) -> int | None:
    """The step of the schedule that is true today, in days from the due date: -14, -7, -1, then 1, 8, 15 and so on.

    None before the first step, and where the settings ask for no such reminder.
    """
    late = (today - due_on).days
    if late > 0:
        every = settings.OVERDUE_EVERY_DAYS
        return 1 + (late - 1) // every * every if every else None
    steps = [days for days in settings.REMIND_DAYS_BEFORE if days >= -late]
    return -min(steps) if steps else None


def occasion(assessment_id: int, due_on: date, user_id: int, step: int) -> str:
    """Names the one mail that tells this person of this due date at this step."""
    return f"{_beginning(assessment_id, due_on)}{user_id}/{step}"


def _beginning(assessment_id: int, due_on: date) -> str:
    return f"due/{assessment_id}/{due_on.isoformat()}/"


def last_steps(assessment_id: int, due_on: date) -> dict[int, int]:
    """Id of the person to the latest step at which they were told of this due date. One query."""
    found: dict[int, int] = {}
    for words in occasions_beginning(_beginning(assessment_id, due_on)):
        user_id, step = (int(part) for part in words.split("/")[-2:])
        found[user_id] = max(step, found.get(user_id, step))
    return found


def chase_occasion(vendor_id: int, user_id: int, day: date) -> str:
    """Names the one mail that tells this person on this day of the vendor's overdue findings."""
    return f"findings/{vendor_id}/{user_id}/{day.isoformat()}"


def last_chased(vendor_id: int) -> dict[int, date]:
    """Id of the person to the last day they were told of this vendor's overdue findings. One query."""
    return _last_days(f"findings/{vendor_id}/")


def condition_occasion(user_id: int, day: date) -> str:
    """Names the one mail that tells this manager on this day of conditions past their date."""
    return f"conditions/{user_id}/{day.isoformat()}"


def last_told(user_id: int) -> date | None:
    """The last day this manager was told of conditions past their date. One query."""
    return _last_days(f"conditions/{user_id}/").get(user_id)


def _last_days(beginning: str) -> dict[int, date]:
    found: dict[int, date] = {}
    for words in occasions_beginning(beginning):
        user_id, day = words.split("/")[-2:]
        at = date.fromisoformat(day)
        found[int(user_id)] = max(at, found.get(int(user_id), at))
    return found
