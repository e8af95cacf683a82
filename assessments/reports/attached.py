"""The manifest that a document carries, so that it and the files it names can be checked without a server. Pure."""

from datetime import UTC, datetime, time

from weasyprint import Attachment

from assessments.reports import manifest
from assessments.reports.material import Material
from assessments.reports.report_manifest import report_manifest
from assessments.reports.snapshot import Snapshot


def manifest_of(snapshot: Snapshot, material: Material) -> str:
    """The canonical text. `snapshot` is as it was stored, not fitted to the page."""
    return report_manifest(snapshot, kind=material.kind, digest=material.digest, trail=material.trail)


def attached_manifest(snapshot: Snapshot, material: Material) -> Attachment:
    """manifest.json of this kind of document. `snapshot` is as it was stored, not fitted to the page."""
    at = datetime.combine(snapshot.made_on, time(), UTC)
    return Attachment(
        string=manifest_of(snapshot, material),
        name=manifest.FILE_NAME,
        description="What this document says and which files it rests on, for verification",
        created=at,
        modified=at,
        relationship="Source",
    )
