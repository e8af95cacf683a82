"""Receipts: the rounds of one assessment, and what can be said of a receipt or report that is brought to be checked."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessments.intake import Carried, Wholeness, wholeness
from assessments.limits import VERIFY_BYTES
from assessments.models import Assessment, Evidence, Report, Submission
from assessments.reports import makers
from assessments.reports.kinds import Kind
from assessments.reports.manifest import Changed, Compared, Found, Manifest, NamedFile, compare, read
from assessments.reports.material import Trail
from assessments.reports.plain import SnapshotError
from assessments.reports.report_manifest import report_manifest
from users.models import User

_CHUNK = 1 << 20  # bytes


def rounds_of(user: User, assessment: Assessment) -> list[Submission]:
    """What was submitted, the newest round first. One query."""
    mine = Submission.objects.visible_to(user).filter(assessment=assessment)
    return list(mine.select_related("by").defer("manifest"))


@dataclass(frozen=True)
class CheckedFile:
    """One file a manifest names, held against what is stored and may be seen, and against what was sent with it.

    `status`: "same" was read again just now; "recorded" has the hash in our records and is too large to read again
    here; "changed" has another content than it had; "missing" could not be read; "unseen" is nothing this person may
    see.
    `sent`: "same", "changed" or "missing", and "" where no file was sent to be compared.
    """

    file: NamedFile
    status: str
    sent: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it is not what it was when it was named."""
        return self.status in {"changed", "missing"} or self.sent in {"changed", "missing"}


@dataclass(frozen=True)
class CheckedDocument:
    """What can be said. `receipt` or `report` is what was issued here, if this person may see it.

    `pdf` is None for a manifest that came alone. `is_as_stored` says that the PDF is the stored file to the byte. Names
    of files: `added` to the assessment since, and `strangers` that were sent and that the manifest does not name.
    """

    is_manifest_whole: bool
    pdf: Wholeness | None
    receipt: Submission | None = None
    report: Report | None = None
    is_as_stored: bool = False
    sha256: str = ""
    files: Sequence[CheckedFile] = ()
    added: Sequence[str] = ()
    strangers: Sequence[str] = ()

    @property
    def issued(self) -> Submission | Report | None:
        """What the manifest was issued with."""
        return self.receipt or self.report

    @property
    def assessment(self) -> Assessment | None:
        """What it is about, where it was issued here."""
        return self.issued.assessment if self.issued else None

    @property
    def has_unread(self) -> bool:
        """Whether some stored file was too large to be read again."""
        return any(one.status == "recorded" for one in self.files)

    @property
    def is_good(self) -> bool:
        """Whether nothing was changed as far as we can see."""
        return (
            self.is_manifest_whole
            and (self.pdf is None or (self.pdf.is_whole and (self.is_as_stored or not self.issued)))
            and not any(
                one.status in {"changed", "missing"} or one.sent in {"changed", "missing"} for one in self.files
            )
            and not self.strangers
        )


def checked(user: User, carried: Carried, sent: Sequence[Found] = ()) -> CheckedDocument:
    """What this person may know of a document. Four queries, and stored files are read. Raises NotAManifest.

    `sent` are files to be compared with what the manifest names.
    """
    pdf = None if carried.pdf is None else wholeness(carried.pdf)
    try:
        manifest = read(carried.manifest)
    except Changed:
        return CheckedDocument(is_manifest_whole=False, pdf=pdf)
    receipt, report = _receipt(user, manifest), _report(user, manifest)
    issued = receipt or report
    rows = compare(manifest.files, sent) if sent else []
    return CheckedDocument(
        is_manifest_whole=True,
        pdf=pdf,
        receipt=receipt,
        report=report,
        is_as_stored=bool(carried.pdf and issued and hashlib.sha256(carried.pdf).hexdigest() == issued.sha256),
        sha256=manifest.sha256,
        files=_files(user, manifest, rows),
        added=_added(user, manifest, issued.assessment) if issued else (),
        strangers=[row.name for row in rows if row.status == "extra"],
    )


def _receipt(user: User, manifest: Manifest) -> Submission | None:
    """The submission whose manifest this is. One query."""
    visible = Submission.objects.visible_to(user).select_related("assessment__vendor", "by").defer("manifest")
    return visible.filter(manifest_sha256=manifest.sha256).first()


def _report(user: User, manifest: Manifest) -> Report | None:
    """The report whose manifest this is: made again from what was frozen, it is the same. At most one query."""
    digest, kind = manifest.snapshot_sha256, manifest.document
    if digest is None or kind not in set(Kind) - {Kind.PORTFOLIO}:
        return None
    visible = Report.objects.visible_to(user).select_related("assessment__vendor", "requested_by")
    for report in visible.filter(kind=kind, snapshot_sha256=digest)[:1]:
        trail = Trail(report.trail_position, report.trail_hash)
        try:
            snapshot = makers.snapshot_of(Kind(kind), report.snapshot)
        except SnapshotError:  # written down by a newer version
            return None
        text = report_manifest(snapshot, kind=kind, digest=digest, trail=trail)
        if read(text.encode("ascii")).sha256 == manifest.sha256:
            return report
    return None


def _added(user: User, manifest: Manifest, assessment: Assessment) -> list[str]:
    """Files that the assessment holds now and the manifest does not name. One query."""
    known = {file.sha256 for file in manifest.files}
    kept = Evidence.objects.visible_to(user).filter(assessment=assessment).for_answers().kept()
    rows = kept.order_by("received_at", "pk").values_list("name", "sha256").distinct()
    return [name for name, sha256 in rows if sha256 not in known]


def _files(user: User, manifest: Manifest, sent: Sequence[Compared]) -> list[CheckedFile]:
    """Each file once more from the store, as far as the limit goes. Whoever writes a manifest learns nothing from it
    but what is stored of their own.
    """
    digests = {file.sha256 for file in manifest.files}
    stored = {one.sha256: one for one in Evidence.objects.visible_to(user).filter(sha256__in=digests).order_by("-pk")}
    statuses = dict(_statuses(stored))
    said = [row.status for row in sent] or [""] * len(manifest.files)  # in the order of the manifest
    return [
        CheckedFile(file, statuses.get(file.sha256, "unseen"), word)
        for file, word in zip(manifest.files, said, strict=False)
    ]


def _statuses(stored: Mapping[str, Evidence]) -> Iterable[tuple[str, str]]:
    left = VERIFY_BYTES
    for digest, item in stored.items():
        if item.size > left:
            yield digest, "recorded"
            continue
        left -= item.size
        yield digest, _read_again(item)


def _read_again(item: Evidence) -> str:
    digest = hashlib.sha256()
    try:
        with item.file.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return "missing"
    return "same" if digest.hexdigest() == item.sha256 else "changed"
