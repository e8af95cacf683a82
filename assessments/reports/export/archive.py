"""All evidence as received, with the manifest that proves it (ZIP). Pure."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from assessments.reports.evidence_facts import EvidenceItem
from assessments.reports.export.names import FOLDER, archive_name
from assessments.reports.manifest import FILE_NAME
from assessments.reports.material import Material
from assessments.reports.report_manifest import report_manifest
from assessments.reports.snapshot import Snapshot
from assessments.reports.text import fit_name, long_day, whole
from assessments.reports.words import file_size, plural
from assessments.spreadsheets.packing import LONG_AGO

README, MISSING = "README.txt", "MISSING.txt"
_CHUNK = 1 << 20  # bytes
_PACKED = {"csv", "json", "text"}  # the others are packed already


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """Write the archive to `out`, file by file; no file is held in memory.

    A file that is not in the store any more is left out and named in MISSING.txt, as is one that is in the store with
    other bytes than those received. What else goes wrong in the store is raised.
    """
    steps = len(snapshot.evidence) + 1
    missing: list[EvidenceItem] = []
    changed: list[EvidenceItem] = []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        _text(archive, README, _readme(snapshot, material))
        _text(
            archive,
            FILE_NAME,
            report_manifest(snapshot, kind=material.kind, digest=material.digest, trail=material.trail),
        )
        for step, item in enumerate(snapshot.evidence, 1):
            material.on_step(step, steps)
            source = _opened(item, material)
            if source is None:
                missing.append(item)
                continue
            with source:
                if _copy(source, archive, item, len(snapshot.evidence)) != item.sha256:
                    changed.append(item)
        material.on_step(steps, steps)
        if missing or changed:
            _text(archive, MISSING, _problems(missing, changed, len(snapshot.evidence)))


def _opened(item: EvidenceItem, material: Material) -> BinaryIO | None:
    """The stored bytes; None where they are gone, or where the snapshot is too old to know where they are."""
    if not item.file or item.number in material.missing:
        return None
    try:
        return material.open_file(item.file)
    except FileNotFoundError:
        return None


def _copy(source: BinaryIO, archive: ZipFile, item: EvidenceItem, of: int) -> str:
    """Copy the bytes into the archive; returns their SHA-256."""
    info = _entry(f"{FOLDER}/{archive_name(item, of)}", ZIP_DEFLATED if item.kind in _PACKED else ZIP_STORED)
    digest = hashlib.sha256()
    info.file_size = item.size  # only a hint, whether it needs the larger kind of entry
    with archive.open(info, "w") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _text(archive: ZipFile, name: str, text: str) -> None:
    archive.writestr(_entry(name, ZIP_DEFLATED), text.encode())


def _entry(name: str, compression: int) -> ZipInfo:
    """An entry without a time, a host or an owner of its own."""
    info = ZipInfo(name, LONG_AGO)
    info.compress_type, info.external_attr, info.create_system = compression, 0o644 << 16, 3
    return info


def _readme(snapshot: Snapshot, material: Material) -> str:
    size = sum(item.size for item in snapshot.evidence)
    state = "a draft" if snapshot.is_draft else f"closed on {_day(snapshot.closed_on)}"
    return f"""Evidence of an AWS assessment

Vendor:      {_line(snapshot.vendor.name)}
Assessment:  {_line(snapshot.period)}, {state}
Assessed by: {_line(snapshot.organisation)}
Made on:     {_day(snapshot.made_on)}
Files:       {plural(len(snapshot.evidence), "file")}, {file_size(size)}

{FOLDER}/ holds the files as they were received; E01 is what the report calls E1.
{FILE_NAME} names each with its size and SHA-256, and the answers and results they belong to.
{MISSING}, if it is there, names files that could not be put here as they were received.

How to verify

1. Unpack the archive.
2. With Assay, without a database or a network:

       python manage.py verify_manifest {FILE_NAME} {FOLDER}

   It says for each file: same, changed, missing or extra. Or give the PDF of the report in place of {FILE_NAME}.
3. Without Assay, compare the numbers of this command with those in {FILE_NAME}:

       sha256sum {FOLDER}/*

SHA-256 of the snapshot, which the report prints: {material.digest}
Audit trail of the vendor, event {material.trail.position}: {material.trail.hash}

The files are the vendor's. Open them as you would any file from outside.
"""


def _problems(missing: Sequence[EvidenceItem], changed: Sequence[EvidenceItem], of: int) -> str:
    parts = []
    if missing:
        parts += [
            "These files are named in the manifest and are not here, since their stored bytes were not found:",
            "",
        ]
        parts += [f"  {archive_name(item, of)}\n      SHA-256 {item.sha256}" for item in missing]
    if changed:
        parts += [""] if parts else []
        parts += ["These files are here with other bytes than those that were received:", ""]
        parts += [f"  {archive_name(item, of)}\n      SHA-256 as received {item.sha256}" for item in changed]
    return "\n".join(parts) + "\n"


def _line(text: str) -> str:
    return whole(fit_name(text)) or "–"


def _day(value: date | None) -> str:
    return long_day(value) or "–"
