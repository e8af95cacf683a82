"""A PDF with its own SHA-256 in a comment, so that a changed byte on any page shows without asking a database. Pure.

The comment stands before the last three lines, where no offset points behind it. A PDF that another program has saved
again has lost it, which is what happened to it: it is no longer the file that was issued. A signature is appended to
the sealed bytes (`signature`), so they are still the beginning of a signed file.
"""

import hashlib
import re

_MARK = b"%Assay-SHA256 "
_END = re.compile(rb"startxref\n\d+\n%%EOF\n\Z")
_SEAL = re.compile(rb"%Assay-SHA256 ([0-9a-f]{64})\n(?=startxref\n\d+\n%%EOF\n)")
_TAIL = 200  # bytes at the end in which the comment stands


def sealed(pdf: bytes) -> bytes:
    """The PDF with the comment. Raises ValueError for one that does not end as the layout engine ends it."""
    end = _END.search(pdf, max(0, len(pdf) - _TAIL))
    if end is None:
        raise ValueError("this PDF does not end with startxref")
    line = _MARK + hashlib.sha256(pdf).hexdigest().encode("ascii") + b"\n"
    with memoryview(pdf) as view:  # a report with many screenshots is copied once and no more
        return b"".join((view[: end.start()], line, view[end.start() :]))


def sealed_length(pdf: bytes) -> int:
    """How many bytes from the first on are as they were when they were sealed; 0 where none are."""
    at = pdf.rfind(_MARK)
    found = _SEAL.match(pdf, at) if at >= 0 else None
    if found is None:
        return 0
    end = pdf.index(b"%%EOF\n", found.end()) + len(b"%%EOF\n")
    digest = hashlib.sha256()
    with memoryview(pdf) as view:  # it may be large, so nothing is copied
        digest.update(view[: found.start()])
        digest.update(view[found.end() : end])
    return end if digest.hexdigest().encode("ascii") == found[1] else 0


def is_whole(pdf: bytes) -> bool:
    """Whether every byte is as it was when the PDF was sealed."""
    return 0 < sealed_length(pdf) == len(pdf)
