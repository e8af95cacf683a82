"""`manage.py check_upload PATH...`: run files through the door without storing anything or asking a database."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.intake import Refused, examine


class Command(BaseCommand):
    """Exit status 0 if all files were accepted, 1 if not, 2 for wrong usage or a path that is no file."""

    help = "Say for each file whether an upload of it would be accepted, as what, and why not."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--name", help="The name the browser sent, for a single PATH; the file's own otherwise.")
        parser.add_argument("--json", action="store_true", help="Print one JSON array.")

    def handle(self, *args: object, paths: list[str], name: str | None, **options: object) -> None:
        if name is not None and len(paths) != 1:
            raise CommandError("--name goes with a single PATH.", returncode=2)
        for path in paths:
            if not Path(path).is_file() or not os.access(path, os.R_OK):
                raise CommandError(f"{path} is not a file that can be read.", returncode=2)
        rows = [_row(path, Path(path).name if name is None else name) for path in paths]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            for row in rows:
                words = f"accepted as {row['kind']}, {row['name']}" if row["accepted"] else f"refused: {row['problem']}"
                self.stdout.write(f"{row['path']}: {words}")
        if not all(row["accepted"] for row in rows):
            sys.exit(1)


def _row(path: str, name: str) -> dict[str, object]:
    """What is printed of one file."""
    with open(path, "rb") as stream:
        try:
            accepted = examine(stream, name)
        except Refused as refused:
            return {
                "path": path,
                "accepted": False,
                "kind": None,
                "name": None,
                "problem": str(refused),
                "sha256": None,
            }
    return {
        "path": path,
        "accepted": True,
        "kind": accepted.kind,
        "name": accepted.name,
        "problem": None,
        "sha256": accepted.sha256,
    }
