"""manage.py render_report ID --out FILE"""

import os
from argparse import ArgumentParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.actions import reports
from assessments.models import Assessment, Report
from assessments.reports import makers
from assessments.reports.build import build_snapshot
from assessments.reports.material import RenderFailed
from assessments.reports.snapshot import Snapshot
from audit.trail import head_of


class Command(BaseCommand):
    """Make one document of one assessment here and now, without queue, row or event."""

    help = "Write the report of an assessment, or another document of it, from what the database says now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The assessment's number, which document, and where it goes."""
        parser.add_argument("assessment", type=int, metavar="ID", help="number of the assessment")
        parser.add_argument("--kind", default="report", choices=sorted(makers.MAKERS), help="which document")
        parser.add_argument("--out", required=True, metavar="FILE", help="file to write; an older one is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the document, whole or not at all."""
        number, out = options["assessment"], Path(options["out"])
        assessment = Assessment.objects.filter(pk=number).first()
        if assessment is None:
            raise CommandError(f"There is no assessment {number}.")
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise CommandError(f"{out} cannot be written: it must be a file in a folder that exists.")
        try:
            snapshot = build_snapshot(assessment, timezone.localdate())
            content = _made(assessment, snapshot, options["kind"])
        except RenderFailed as error:
            raise CommandError(f"The report could not be rendered. {error}") from error
        except OSError as error:
            raise CommandError(f"The evidence could not be read: {error}") from error
        _write(out, content)
        self.stdout.write(f"{out}: {len(content):,} bytes, snapshot {snapshot.digest()}")


def _made(assessment: Assessment, snapshot: Snapshot, kind: str) -> bytes:
    position, head = head_of(assessment.vendor_id)
    report = Report(
        kind=kind,
        assessment=assessment,
        snapshot_sha256=snapshot.digest(),
        trail_position=position,
        trail_hash=head,
    )
    missing = frozenset(reports.lost_files(snapshot))
    with reports.make(report, snapshot, missing=missing) as out:
        return out.read()


def _write(out: Path, content: bytes) -> None:
    """Beside the target first, so that nobody ever sees half a file."""
    try:
        with NamedTemporaryFile(dir=out.absolute().parent, prefix=f".{out.name[:40]}.", delete=False) as part:
            part.write(content)
        os.replace(part.name, out)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
