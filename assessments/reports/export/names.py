"""What an evidence file is called outside of the store. Pure."""

from urllib.parse import quote

from assessments.intake.names import EXTENSIONS, clean_name
from assessments.reports.evidence_facts import EvidenceItem

FOLDER = "evidence"
"""Of the archive."""
NAME_BYTES = 150
"""Of a file's name in UTF-8, number and extension included; what every file system and archiver takes."""
MEDIA_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "json": "application/json",
    "pdf": "application/pdf",
    "text": "text/plain",
    "zip": "application/zip",
}


def true_type(item: EvidenceItem) -> str:
    """What the file is, as intake names it; of an image, its extension tells, which intake has set."""
    if item.kind == "image":
        return "jpeg" if item.name.lower().endswith(EXTENSIONS["jpeg"]) else "png"
    return item.kind if item.kind in EXTENSIONS else "text"


def archive_name(item: EvidenceItem, of: int) -> str:
    """E01 and the name, safe on every system, for one of so many files; no two are the same."""
    name = clean_name(item.name, true_type(item))
    stem, _, extension = name.rpartition(".")
    before = f"E{item.number:0{max(2, len(str(of)))}} "
    room = NAME_BYTES - len(f"{before}.{extension}".encode())
    kept = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{before}{kept}.{extension}"


def archive_address(item: EvidenceItem, of: int) -> str:
    """Where the file is in the archive, as an address relative to its root."""
    return quote(f"{FOLDER}/{archive_name(item, of)}")
