"""manage.py export_mappings SLUG [--format csv|json]"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from playbook.mapping_tables import to_csv, to_json
from playbook.mappings import for_playbook
from playbook.queries import newest_published, short_titles


class Command(BaseCommand):
    """Write the mappings of a playbook to standard output."""

    help = "Write what other frameworks ask for the same as each criterion of a published playbook, newest version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=("csv", "json"), default="csv")

    def handle(self, *, slug: str, format: str, **options: object) -> None:
        """Exits with 1 when there is no such playbook or nothing is mapped for it."""
        playbook = newest_published(slug)
        if playbook is None:
            raise CommandError(f"There is no published playbook {slug}.")
        mappings = for_playbook(slug)
        if not mappings.frameworks:
            raise CommandError(f"The criteria of {slug} are mapped to no other framework.")
        table = to_json if format == "json" else to_csv
        self.stdout.write(table(mappings, short_titles(playbook)), ending="")
