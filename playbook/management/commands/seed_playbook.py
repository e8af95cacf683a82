"""manage.py seed_playbook [FILE]"""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from playbook.loading import load
from playbook.problems import PlaybookInvalid
from playbook.schema import PACKAGED
from playbook.strict_yaml import MAX_BYTES


class Command(BaseCommand):
    """Publish a playbook from a file; safe to run again."""

    help = "Check a playbook file and publish it. Nothing is written when the file has any problem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=PACKAGED, help="default: the packaged file")

    def handle(self, *, file: Path, **options: object) -> None:
        """Exits with 1 and one line for each problem: file, path, reason."""
        try:
            with file.open("rb") as handle:
                source = handle.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
        try:
            playbook, created = load(source, str(file))
        except PlaybookInvalid as error:
            raise CommandError(f"{error}\nNothing was written.") from error
        if created:
            criteria = playbook.data["counts"]["criteria"]
            self.stdout.write(f"Published {playbook.slug} {playbook.version} with {criteria} criteria.")
        else:
            self.stdout.write(f"{playbook.slug} {playbook.version} is published already with the same content.")
