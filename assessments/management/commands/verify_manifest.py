"""`manage.py verify_manifest FILE FOLDER`: check a receipt and the files it names, without a database or settings."""

import hashlib
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.intake import Refused, examine_manifest
from assessments.reports import seal
from assessments.reports.manifest import Changed, Compared, Found, Manifest, NotAManifest, compare, read

_PAGES = "The PDF was changed or saved again: it is not the file that was issued, byte for byte."


class Command(BaseCommand):
    """Exit status 0 only if everything agrees, 1 if anything does not, 2 for wrong usage or a missing path."""

    help = "Check a receipt (PDF) or its manifest.json, and that a folder holds exactly the files it names, unchanged."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The PDF, or the manifest.json that is attached to it.")
        parser.add_argument("folder", metavar="FOLDER", help="Where the evidence files were downloaded to.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: object, file: str, folder: str, **options: object) -> None:
        path, place = Path(file), Path(folder)
        if not path.is_file() or not os.access(path, os.R_OK):
            raise CommandError(f"{file} is not a file that can be read.", returncode=2)
        if not place.is_dir() or not os.access(place, os.R_OK):
            raise CommandError(f"{folder} is not a folder that can be read.", returncode=2)
        manifest, problem = _manifest(path)
        rows = compare(manifest.files, list(_found(place, path))) if manifest else []
        agrees = not problem and all(row.status == "same" for row in rows)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(file, manifest, problem, rows, agrees), indent=2, ensure_ascii=False))
        else:
            for line in _lines(file, manifest, problem, rows):
                self.stdout.write(line)
        if not agrees:
            sys.exit(1)


def _manifest(path: Path) -> tuple[Manifest | None, str]:
    """The manifest, and what is wrong. Where the manifest itself is changed, nothing it says of files counts."""
    with path.open("rb") as stream:
        try:
            carried = examine_manifest(stream)
            manifest = read(carried.manifest)
        except (Refused, NotAManifest, Changed) as error:
            return None, str(error)
    is_whole = carried.pdf is None or seal.is_whole(carried.pdf)
    return manifest, "" if is_whole else _PAGES


def _found(folder: Path, receipt: Path) -> Iterator[Found]:
    """Every file below the folder but the receipt itself; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(place, name)
            if file.is_symlink() or not file.is_file() or file.samefile(receipt):
                continue
            try:
                with file.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
            yield Found(file.as_posix(), name, digest)


def _as_json(
    file: str, manifest: Manifest | None, problem: str, rows: Sequence[Compared], agrees: bool
) -> dict[str, object]:
    return {
        "file": file,
        "kind": manifest.kind if manifest else None,
        "sha256": manifest.sha256 if manifest else None,
        "problem": problem or None,
        "files": [{"status": r.status, "number": r.number, "name": r.name, "path": r.path or None} for r in rows],
        "agrees": agrees,
    }


def _lines(file: str, manifest: Manifest | None, problem: str, rows: Sequence[Compared]) -> Iterator[str]:
    """The same for people."""
    if problem:
        yield f"{file}: {problem}"
    if manifest is None:
        return
    yield f"The manifest is whole. SHA-256 {manifest.sha256}"
    for row in rows:
        number = "" if row.number is None else f"E{row.number} "
        yield f"{row.status}: {number}{row.name}" + (f" ({row.path})" if row.path else "")
    same = sum(row.status == "same" for row in rows)
    yield f"{same} of {len(manifest.files)} files are the same."
