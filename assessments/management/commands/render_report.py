"""manage.py render_report ID --out FILE"""

import os
from argparse import ArgumentParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.models import Assessment
from assessments.reports.build import build_snapshot
from assessments.reports.render import RenderFailed, render


class Command(BaseCommand):
    """Render one assessment's report here and now, without queue, row or event."""

    help = "Render the report of an assessment as a PDF file, from what the database says now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The assessment's number, and where the PDF goes."""
        parser.add_argument("assessment", type=int, metavar="ID", help="number of the assessment")
        parser.add_argument("--out", required=True, metavar="FILE", help="file to write; an older one is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the PDF, whole or not at all."""
        number, out = options["assessment"], Path(options["out"])
        assessment = Assessment.objects.filter(pk=number).first()
        if assessment is None:
            raise CommandError(f"There is no assessment {number}.")
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise CommandError(f"{out} cannot be written: it must be a file in a folder that exists.")
        try:
            snapshot = build_snapshot(assessment, timezone.localdate())
            pdf = render(snapshot, open_image=_open_image)
        except RenderFailed as error:
            raise CommandError(f"The report could not be rendered. {error}") from error
        except OSError as error:
            raise CommandError(f"The evidence could not be read: {error}") from error
        _write(out, pdf)
        self.stdout.write(f"{out}: {len(pdf):,} bytes, snapshot {snapshot.digest()}")


def _open_image(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def _write(out: Path, content: bytes) -> None:
    """Beside the target first, so that nobody ever sees half a file."""
    try:
        with NamedTemporaryFile(dir=out.absolute().parent, prefix=f".{out.name[:40]}.", delete=False) as part:
            part.write(content)
        os.replace(part.name, out)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
