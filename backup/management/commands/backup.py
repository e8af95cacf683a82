"""`manage.py backup FILE`: rows and stored files as one consistent, hashed set."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backup.archive import Refused
from backup.making import make


class Command(BaseCommand):
    """Exit status 0 if the set is whole; 1 if a file was missing or altered (the set is written) or none was made."""

    help = "Write the database and every stored file it names to one new file, while the site runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE", help="A file that is not there yet.")

    def handle(self, *args: object, path: Path, **options: object) -> None:
        try:
            made = make(path)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path} was not written: {error.strerror or error}.") from error
        self.stdout.write(
            f"{path}: {made.rows} rows of {made.tables} tables, {made.files} files, {made.size:,} bytes.\n"
            f"SHA-256 of the manifest {made.sha256}"
        )
        if made.problems:
            raise CommandError("\n".join([*made.problems, "The backup was written and says so."]))
