"""`manage.py restore FILE`: a backup into an empty database. `--check` reads the file and touches nothing."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backup.archive import Refused
from backup.restoring import Checked, check, restore


class Command(BaseCommand):
    """Exit status 0 if all that is in the set was restored and agrees with it."""

    help = "Restore a backup into an empty database and storage, then compare counts, files and the audit trail."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="Only read the file, whole; needs no database.")

    def handle(self, *args: object, path: Path, **options: object) -> None:
        try:
            if options["check"]:
                self._say(check(path), "The set is whole")
                return
            done = restore(path)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Nothing was restored: {error.strerror or error}.") from error
        self._say(done.set, "Restored")
        if done.broken:
            raise CommandError("\n".join(["It was restored as it is in the set, but:", *done.broken]))
        self.stdout.write(
            "Numbers of rows and SHA-256 of files are those of the set. "
            f"Audit trail: {done.chains} chains, {done.events} events and {done.anchors} anchors verified, same heads."
        )

    def _say(self, found: Checked, done: str) -> None:
        self.stdout.write(
            f"{done}: {found.rows} rows of {found.tables} tables, {found.files} files, as of {found.made_at}.\n"
            f"SHA-256 of the manifest {found.sha256}"
        )
        for problem in found.problems:
            self.stderr.write(f"Already so when it was made: {problem}")
