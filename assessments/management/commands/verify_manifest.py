"""`manage.py verify_manifest FILE FOLDER`: check a report or receipt and the files it names, with no database."""

import hashlib
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.intake import Refused, Signer, examine_manifest, wholeness
from assessments.reports.manifest import Changed, Compared, Found, Manifest, NotAManifest, compare, read

_PAGES = "The PDF was changed or saved again: it is not the file that was issued, byte for byte."
_UNREAD = (
    "The PDF looks signed, and checking that needs the packages of requirements-sign.txt. Its pages are unchanged."
)
_NOT_BY = "The PDF is not signed with the certificate {sha256}."


@dataclass(frozen=True)
class _Checked:
    """What the file itself is worth. `problem` is "" where nothing was changed."""

    manifest: Manifest | None
    problem: str
    is_pdf: bool = False
    signer: Signer | None = None


class Command(BaseCommand):
    """Exit status 0 only if everything agrees, 1 if anything does not, 2 for wrong usage or a missing path."""

    help = (
        "Check a report or receipt (PDF) or its manifest.json, and that a folder holds exactly the files it names, "
        "unchanged."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The PDF, or the manifest.json that is attached to it.")
        parser.add_argument("folder", metavar="FOLDER", help="Where the evidence files were downloaded to.")
        parser.add_argument("--signed-by", metavar="SHA256", help="The PDF must be signed with this certificate.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: object, file: str, folder: str, signed_by: str | None, **options: object) -> None:
        path, place = Path(file), Path(folder)
        if not path.is_file() or not os.access(path, os.R_OK):
            raise CommandError(f"{file} is not a file that can be read.", returncode=2)
        if not place.is_dir() or not os.access(place, os.R_OK):
            raise CommandError(f"{folder} is not a folder that can be read.", returncode=2)
        checked = _checked(path, signed_by)
        rows = compare(checked.manifest.files, list(_found(place, path))) if checked.manifest else []
        agrees = not checked.problem and all(row.status == "same" for row in rows)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(file, checked, rows, agrees), indent=2))
        else:
            for line in _lines(file, checked, rows):
                self.stdout.write(line)
        if not agrees:
            sys.exit(1)


def _checked(path: Path, signed_by: str | None) -> _Checked:
    """The manifest, and what is wrong. Where the manifest itself is changed, nothing it says of files counts."""
    with path.open("rb") as stream:
        try:
            carried = examine_manifest(stream)
            manifest = read(carried.manifest)
        except (Refused, NotAManifest, Changed) as error:
            return _Checked(None, str(error))
    problem, signer = "", None
    if carried.pdf is not None:
        found = wholeness(carried.pdf)
        signer = found.signer
        if not found.is_whole:
            problem = _UNREAD if found.is_unread else _PAGES
    wanted = (signed_by or "").replace(":", "").replace(" ", "").lower()
    if wanted and not problem and (signer is None or signer.sha256 != wanted):
        problem = _NOT_BY.format(sha256=wanted)
    return _Checked(manifest, problem, is_pdf=carried.pdf is not None, signer=signer)


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


def _as_json(file: str, checked: _Checked, rows: Sequence[Compared], agrees: bool) -> dict[str, object]:
    manifest, signer = checked.manifest, checked.signer
    return {
        "file": file,
        "kind": manifest.kind if manifest else None,
        "document": manifest.document if manifest else None,
        "sha256": manifest.sha256 if manifest else None,
        "signed_by": {"name": signer.name, "certificate_sha256": signer.sha256} if signer else None,
        "problem": checked.problem or None,
        "files": [{"status": r.status, "number": r.number, "name": r.name, "path": r.path or None} for r in rows],
        "agrees": agrees,
    }


def _lines(file: str, checked: _Checked, rows: Sequence[Compared]) -> Iterator[str]:
    """The same for people."""
    if checked.problem:
        yield f"{file}: {checked.problem}"
    if checked.manifest is None:
        return
    yield f"The manifest is whole. SHA-256 {checked.manifest.sha256}"
    if checked.signer:
        name, certificate = _shown(checked.signer.name), checked.signer.sha256
        yield f"Signed by {name}, over the whole file. Certificate SHA-256 {certificate}"
    elif checked.is_pdf and not checked.problem:
        yield "The PDF is whole, and not signed."
    for row in rows:
        number = "" if row.number is None else f"E{row.number} "
        yield f"{row.status}: {number}{_shown(row.name)}" + (f" ({_shown(row.path)})" if row.path else "")
    same = sum(row.status == "same" for row in rows)
    yield f"{same} of {len(checked.manifest.files)} files are the same."


def _shown(text: str) -> str:
    """A name that anybody may have given, on one line: what would end it or steer a terminal is spelt out."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
