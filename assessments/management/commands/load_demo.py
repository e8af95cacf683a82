"""manage.py load_demo [--print-logins]"""

import signal
from argparse import ArgumentParser
from types import FrameType

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.demo.cast import PASSWORD, logins
from assessments.demo.load import load
from assessments.models import Report
from users.models import User


class Command(BaseCommand):
    """Fill a database that has no vendors with the demo."""

    help = "Load three invented vendors with people, answers, evidence and reports. For the demo only (DEMO=1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print-logins", action="store_true", help="load nothing; say who can sign in, and how")

    def handle(self, *, print_logins: bool, **options: object) -> None:
        """Exits with 1 outside the demo; with 0 and nothing changed where there are vendors already."""
        if not settings.DEMO:
            raise CommandError("This is not the demo: DEMO is not set. Nothing was changed.")
        if not print_logins:
            self._load()
        self._print_logins()

    def _load(self) -> None:
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            played = load()
        finally:
            signal.signal(signal.SIGTERM, before)
        if not played:
            self.stdout.write("There are vendors already, so the demo was not loaded. Nothing was changed.")
            return
        self.stdout.write(f"Loaded 5 vendors and {len(played)} assessments.")
        unfinished = Report.objects.exclude(state=Report.State.READY).count()
        if unfinished:
            self.stderr.write(f"{unfinished} of the reports could not be rendered; their pages offer another try.")

    def _print_logins(self) -> None:
        emails = [person.email for _, person in logins()]
        there = set(User.objects.filter(email__in=emails, is_active=True).values_list("email", flat=True))
        if not there:
            self.stdout.write("The people of the demo are not in this database.")
            return
        self.stdout.write(f"Sign in at {settings.SITE_URL} with the password: {PASSWORD}")
        for words, person in logins():
            if person.email in there:
                self.stdout.write(f"  {person.email:<26}{person.name:<16}{words}: {person.does}")


def _stop(number: int, frame: FrameType | None) -> None:
    """End like Ctrl-C, so that the transaction is rolled back and the files are deleted."""
    raise KeyboardInterrupt
