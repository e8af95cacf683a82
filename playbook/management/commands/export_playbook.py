"""manage.py export_playbook SLUG [--version V] [--format yaml|oscal]"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from playbook.exporting import ContentAltered, to_oscal, to_yaml
from playbook.queries import find, newest_published


class Command(BaseCommand):
    """Write a playbook to standard output."""

    help = "Write a published playbook to standard output: the newest version unless told otherwise."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version would be in the way of ours.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--version", dest="playbook_version", metavar="V", help="for example 2020-06")
        parser.add_argument("--format", choices=("yaml", "oscal"), default="yaml", help="oscal is a catalog in JSON")

    def handle(self, *, slug: str, playbook_version: str | None, format: str, **options: object) -> None:
        """Exits with 1 when there is no such playbook or its rows were altered."""
        playbook = find(slug, playbook_version) if playbook_version else newest_published(slug)
        if playbook is None:
            raise CommandError(f"There is no published playbook {' '.join(filter(None, [slug, playbook_version]))}.")
        try:
            self.stdout.write((to_oscal if format == "oscal" else to_yaml)(playbook), ending="")
        except ContentAltered as error:
            raise CommandError(str(error)) from error
