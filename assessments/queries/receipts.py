"""Receipts: the rounds of one assessment, and what can be said of a receipt that somebody brings to be checked."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessments.intake import Carried
from assessments.limits import VERIFY_BYTES
from assessments.models import Assessment, Evidence, Submission
from assessments.reports import seal
from assessments.reports.manifest import Changed, Manifest, NamedFile, read
from users.models import User

_CHUNK = 1 << 20  # bytes


def rounds_of(user: User, assessment: Assessment) -> list[Submission]:
    """What was submitted, the newest round first. One query."""
    mine = Submission.objects.visible_to(user).filter(assessment=assessment)
    return list(mine.select_related("by").defer("manifest"))


@dataclass(frozen=True)
class CheckedFile:
    """One file a manifest names, held against what is stored and may be seen.

    "same" was read again just now; "recorded" has the hash in our records and is too large to read again here;
    "changed" has another content than it had; "missing" could not be read; "unseen" is nothing this person may see.
    """

    file: NamedFile
    status: str


@dataclass(frozen=True)
class CheckedReceipt:
    """What can be said. `issued` is None where nothing was issued here that this person may see."""

    is_manifest_whole: bool
    is_pdf: bool
    is_pdf_whole: bool
    issued: Submission | None = None
    sha256: str = ""
    files: Sequence[CheckedFile] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing was changed as far as we can see."""
        return (
            self.is_manifest_whole
            and (self.is_pdf_whole or not self.is_pdf)
            and not any(one.status in {"changed", "missing"} for one in self.files)
        )


def checked(user: User, carried: Carried) -> CheckedReceipt:
    """What this person may know of a receipt. Three queries, and the stored files are read. Raises NotAManifest."""
    is_pdf = carried.pdf is not None
    try:
        manifest = read(carried.manifest)
    except Changed:
        return CheckedReceipt(is_manifest_whole=False, is_pdf=is_pdf, is_pdf_whole=False)
    visible = Submission.objects.visible_to(user).select_related("assessment__vendor", "by").defer("manifest")
    return CheckedReceipt(
        is_manifest_whole=True,
        is_pdf=is_pdf,
        is_pdf_whole=carried.pdf is not None and seal.is_whole(carried.pdf),
        issued=visible.filter(manifest_sha256=manifest.sha256).first(),
        sha256=manifest.sha256,
        files=_files(user, manifest),
    )


def _files(user: User, manifest: Manifest) -> list[CheckedFile]:
    """Each file once more from the store, as far as the limit goes. Whoever writes a manifest learns nothing from it
    but what is stored of their own.
    """
    digests = {file.sha256 for file in manifest.files}
    stored = {one.sha256: one for one in Evidence.objects.visible_to(user).filter(sha256__in=digests).order_by("-pk")}
    statuses = dict(_statuses(stored))
    return [CheckedFile(file, statuses.get(file.sha256, "unseen")) for file in manifest.files]


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
