"""What a file is, from its first bytes. The name and what the browser says are never asked."""

from assessments.intake.refusal import Refused
from assessments.marking import said as _

HEAD = 4096  # bytes that are looked at

MUST_BE = _("The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP.")
_SAVE_AS_PNG = MUST_BE.then(_("Save it as a PNG and add it again."))
SAVE_AS_PDF = MUST_BE.then(_("Save the document as a PDF and add it again."))
_UNPACK = MUST_BE.then(_("Unpack it and add the files."))
_NOT_EVIDENCE = MUST_BE.then(_("A program is no evidence."))

# Each with the sentence for who sends it.
_REFUSED_STARTS = (
    (b"GIF8", _SAVE_AS_PNG),
    (b"BM", _SAVE_AS_PNG),
    (b"II*\x00", _SAVE_AS_PNG),
    (b"MM\x00*", _SAVE_AS_PNG),
    (b"\x00\x00\x01\x00", _SAVE_AS_PNG),
    (b"\xd0\xcf\x11\xe0", SAVE_AS_PDF),
    (b"{\\rtf", SAVE_AS_PDF),
    (b"%!PS", SAVE_AS_PDF),
    (b"\x1f\x8b", _UNPACK),
    (b"7z\xbc\xaf", _UNPACK),
    (b"Rar!", _UNPACK),
    (b"BZh", _UNPACK),
    (b"\xfd7zXZ", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
    (b"MZ", _NOT_EVIDENCE),
    (b"\x7fELF", _NOT_EVIDENCE),
    (b"\xca\xfe\xba\xbe", _NOT_EVIDENCE),
    (b"#!", _NOT_EVIDENCE),
)


def sniff(head: bytes) -> str:
    """ "png", "jpeg", "pdf", "zip" or "text", which still has to be read. Raises Refused for a known other kind."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftypavif", b"ftyphevc"}:
        raise Refused(MUST_BE.then(_("Save it as a JPEG and add it again.")))
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise Refused(_SAVE_AS_PNG)
    if head[257:262] == b"ustar":
        raise Refused(_UNPACK)
    for start, sentence in _REFUSED_STARTS:
        if head.startswith(start) and not _is_plain_text(start, head):
            raise Refused(sentence)
    return "text"


def _is_plain_text(start: bytes, head: bytes) -> bool:
    """ "BM" and "MZ" begin words as well; a bitmap or a program has zero bytes soon after."""
    return start in {b"BM", b"MZ"} and b"\x00" not in head[:64]
