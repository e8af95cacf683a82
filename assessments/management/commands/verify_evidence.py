"""`manage.py verify_evidence PATH...`: check evidence without a server, a database or any setting."""

import json
import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.evaluators import Outcome, Source, evaluate


class Command(BaseCommand):
    """Exit status 0 if everything could be read, 1 if a file was refused, 2 for wrong usage or a missing path."""

    help = "Say for each criterion what files, folders and bundles prove, name the offenders and what is missing."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="Files, folders or bundles.")
        parser.add_argument("--as-of", help="The instant of evidence without its own time: 2026-11-01T00:00:00Z.")
        parser.add_argument("--scope", default="", help="Declared account ids, separated by commas.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: object, paths: list[str], as_of: str | None, scope: str, **options: object) -> None:
        sources = [source for path in paths for source in _sources(Path(path))]
        outcome = evaluate(sources, as_of=_instant(as_of), scope=_accounts(scope))
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
        else:
            for line in _lines(outcome):
                self.stdout.write(line)
        if any(file.status == "refused" for file in outcome.files):
            sys.exit(1)


def _sources(path: Path) -> Iterator[Source]:
    """The file, or every file below the folder; links inside a folder are not followed."""
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                if file.is_file() and not file.is_symlink():
                    yield Source(file.as_posix(), file.read_bytes)
    elif path.is_file() and os.access(path, os.R_OK):
        yield Source(path.as_posix(), path.read_bytes)
    else:
        raise CommandError(f"{path} is not a file or folder that can be read.", returncode=2)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-of: {text} is no instant such as 2026-11-01T00:00:00Z.", returncode=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _accounts(text: str) -> list[str]:
    accounts = [part.strip() for part in text.split(",") if part.strip()]
    for account in accounts:
        if not re.fullmatch(r"[0-9]{12}", account):
            raise CommandError(f"--scope: {account} is no account id of twelve digits.", returncode=2)
    return accounts


def _lines(outcome: Outcome) -> Iterator[str]:
    """The same for people: files that were not read whole, then each criterion with its offenders."""
    for file in outcome.files:
        if file.problem or file.status not in ("read", "kept"):
            yield f"{file.path}: {file.status}. {file.problem or ''}".rstrip()
    for name, evaluation in outcome.criteria.items():
        yield f"{name}: {evaluation.state}. {evaluation.explanation}".rstrip()
        for resource in evaluation.resources:
            yield f"    {resource.ref}: {resource.reason}"
