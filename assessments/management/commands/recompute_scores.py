"""python manage.py recompute_scores"""

from typing import Any

from django.core.management.base import BaseCommand

from assessments.actions.totals import repair
from assessments.models import Assessment


class Command(BaseCommand):
    """Recompute the stored score, grade and counters of every assessment, and name what was different.

    Pages read what is stored; it is written with every answer and result, so there should be no difference. Exit
    status 0 when there was none, 1 when something was corrected.
    """

    help = "Recompute all stored scores and report differences."

    def handle(self, *args: Any, **options: Any) -> None:
        """One assessment at a time, each under its own lock, so that work can go on meanwhile."""
        count = differing = 0
        for pk in Assessment.objects.order_by("pk").values_list("pk", flat=True).iterator():
            count += 1
            wrong = repair(assessment_id=pk)
            differing += bool(wrong)
            for line in wrong:
                self.stdout.write(f"assessment {pk}: {line}")
        self.stdout.write(f"{count} checked, {differing} different")
        if differing:
            raise SystemExit(1)
