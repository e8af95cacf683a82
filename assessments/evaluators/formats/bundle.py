"""Open an evidence bundle that came as a ZIP: evidence contract, section 3, "Reading a bundle".

Nothing is unpacked to disk; a file is read when its turn comes, up to the size it was announced with.
"""

import io
import re
import stat
import zipfile
import zlib
from typing import Final, NamedTuple

from assessments import limits
from assessments.evaluators.formats.errors import TooLarge, Unreadable

_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PATH: Final = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[^/\\\x00][^\\\x00]*")
_SPREADSHEET: Final = "[Content_Types].xml"
_DAMAGED: Final = "The ZIP is damaged. Run the collector again, or unpack it and add the files."
_LARGE: Final = "The ZIP holds more than an evidence bundle may. Add one bundle for each account."
_ERRORS: Final = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, ValueError, EOFError, RuntimeError)


class Member(NamedTuple):
    """One file of a ZIP."""

    path: str
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def read(self) -> bytes:
        """The content. Raises Unreadable if it is damaged, or not of the size it was announced with."""
        try:
            with self.archive.open(self.info) as file:
                data = file.read(self.info.file_size + 1)
        except _ERRORS:
            raise Unreadable(_DAMAGED) from None
        if len(data) != self.info.file_size:
            raise Unreadable(_DAMAGED)
        return data


def is_zip(head: bytes) -> bool:
    """Whether a file begins like a ZIP."""
    return head.startswith(_SIGNATURES)


def members(data: bytes) -> list[Member]:
    """The files of a ZIP in the order of their paths, unread. Raises TooLarge over the caps, else Unreadable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except _ERRORS:
        raise Unreadable(_DAMAGED) from None
    if len(infos) > limits.BUNDLE_FILES or sum(info.file_size for info in infos) > limits.BUNDLE_BYTES:
        raise TooLarge(_LARGE)
    if any(info.filename == _SPREADSHEET for info in infos):
        raise Unreadable("This is a document of an office program. Save it as CSV or PDF and add that.")
    found = [Member(info.filename, archive, info) for info in infos]
    for problem in map(_problem, infos):
        if problem:
            raise TooLarge(problem) if problem == _LARGE else Unreadable(problem)
    if len({member.path for member in found}) != len(found):
        raise Unreadable("The ZIP holds two files of the same name. Run the collector again.")
    return sorted(found, key=lambda member: member.path)


def _problem(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if info.flag_bits & 0x1:
        return "The ZIP is protected by a password. Unpack it and add the files."
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or not _PATH.fullmatch(info.orig_filename):
        return "The ZIP holds a link, or a path that leads out of it. Run the collector again."
    if info.file_size > limits.BUNDLE_FILE_BYTES or info.file_size > limits.BUNDLE_RATIO * max(info.compress_size, 1):
        return _LARGE
    return ""
