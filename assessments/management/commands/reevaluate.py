"""manage.py reevaluate [ID...]"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from assessments.actions.evaluations import reevaluate
from assessments.evaluators import VERSION
from assessments.models import Assessment
from assessments.states import State


class Command(BaseCommand):
    """Exit status 0 when everything was evaluated, 1 for an id that does not exist or an evaluation that failed."""

    help = "Evaluate open assessments again, here and now, with the evaluators that are installed. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="Assessments; all open ones unless told.")

    def handle(self, *, ids: list[int], **options: object) -> None:
        """A closed assessment keeps the evaluation it was closed on."""
        chosen = Assessment.objects.exclude(state__in=[State.DRAFT, State.CLOSED, State.CANCELLED]).order_by("pk")
        if ids:
            chosen = chosen.filter(pk__in=ids)
            left_out = sorted(set(ids) - set(chosen.values_list("pk", flat=True)))
            if left_out:
                raise CommandError(f"Not an open assessment: {', '.join(map(str, left_out))}. Nothing was changed.")
        failed = 0
        for assessment in chosen.select_related("vendor"):
            before, after = reevaluate(assessment=assessment)
            words = "no machine evidence" if not (before or after) else "unchanged" if before == after else "changed"
            if before and not after:
                words, failed = "failed; the log says why", failed + 1
            self.stdout.write(f"{assessment.pk} {assessment}: {words}")
        self.stdout.write(f"Evaluator version {VERSION}.")
        if failed:
            raise CommandError(f"{failed} could not be evaluated.")
