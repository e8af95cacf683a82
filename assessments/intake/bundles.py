"""A ZIP is taken only as an evidence bundle, and read without unpacking it to disk.

The layout is that of Assay's collector: `<account>/<region or global>/<service>.<command>[.<argument>].json`,
`credential-report.csv` beside them, and `manifest.json` on top.
"""

import re
import stat
import struct
import zipfile
import zlib
from datetime import datetime
from typing import BinaryIO

from assessments.intake import secrets
from assessments.intake.refusal import Refused
from assessments.intake.signatures import HEAD, SAVE_AS_PDF, sniff
from assessments.intake.texts import decode, read_json
from assessments.limits import BUNDLE_BYTES, BUNDLE_FILE_BYTES, BUNDLE_FILES, BUNDLE_RATIO
from assessments.marking import said as _

_UNPACK = _("This ZIP is not an evidence bundle. Unpack it and add the files.")
_DAMAGED = _("The ZIP is damaged. Run the collector again, or unpack it and add the files.")
_LARGE = _("The ZIP holds more than an evidence bundle may. Add one bundle for each account.")
_TOP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(json|md|txt|csv)")
_MEMBER = re.compile(
    r"(\d{12})/(global|[a-z]{2,4}(-[a-z]+)+-\d{1,2})/[A-Za-z0-9][A-Za-z0-9._+=@,-]{0,200}\.(json|csv|txt)"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FOLDER = re.compile(r"(\d{12}/)?([a-z0-9-]+/)?")
_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_DIRECTORY_ENTRY = 400  # bytes of one directory entry with a long path, on average over a whole bundle
_LOCKED = 0x1 | 0x40 | 0x2000  # flags: encrypted, strongly encrypted, headers masked


def inspect(stream: BinaryIO, size: int) -> dict[str, object]:
    """Accounts, number of files and time of collection. Raises Refused for everything else than a bundle."""
    try:
        _check_end(stream, size)
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _check_frame(archive, members)
            names = _check_members(members)
            _check_places(stream, archive, members)
            manifest = _read_all(archive, members, names)
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, NotImplementedError, ValueError, EOFError) as error:
        raise Refused(_DAMAGED) from error
    accounts = sorted({found[1] for name in names.values() if (found := _MEMBER.fullmatch(name))})
    return {"files": len(names), "accounts": accounts, "generated_at": _collected_at(manifest)}


def unpacked(stream: BinaryIO, size: int) -> int:
    """Bytes of all files as the directory states them, beyond which `inspect` reads none; 0 if it cannot be read."""
    try:
        _check_end(stream, size)
        with zipfile.ZipFile(stream) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (Refused, zipfile.BadZipFile, struct.error, OSError, NotImplementedError, ValueError, EOFError):
        return 0


def _check_end(stream: BinaryIO, size: int) -> None:
    """The end record stands at the very end and announces a directory of a size we are ready to read.

    A comment, or anything else behind it, and the large format (ZIP64), which no bundle needs, are refused.
    """
    stream.seek(max(size - _END.size, 0))
    record = stream.read()
    if len(record) != _END.size:
        raise Refused(_DAMAGED)
    signature, disk, start_disk, here, count, length, start, comment = _END.unpack(record)
    if signature != b"PK\x05\x06" or disk or start_disk or here != count or comment:
        raise Refused(_DAMAGED)
    if count > BUNDLE_FILES or length > BUNDLE_FILES * _DIRECTORY_ENTRY:
        raise Refused(_LARGE)
    if start + length + _END.size != size:
        raise Refused(_DAMAGED)


def _check_frame(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Nothing stands before the first file: what is a ZIP and something else is refused."""
    if not members:
        raise Refused(_UNPACK)
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise Refused(SAVE_AS_PDF)
    if min(member.header_offset for member in members) != 0:
        raise Refused(_DAMAGED)


def _check_members(members: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Stored name to name inside the bundle, without a common folder on top."""
    if sum(member.file_size for member in members) > BUNDLE_BYTES:
        raise Refused(_LARGE)
    names: dict[str, str] = {}
    top = _common_folder([member.filename for member in members])
    for member in members:
        if member.flag_bits & _LOCKED:
            raise Refused(_("The ZIP is protected by a password. Unpack it and add the files."))
        mode = member.external_attr >> 16
        if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
            raise Refused(_UNPACK)
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused(_DAMAGED)
        # `orig_filename` still has what zipfile cuts off at a zero byte.
        name = member.orig_filename.removeprefix(top)
        if name.endswith("/") or not name:
            if not _FOLDER.fullmatch(name) or member.file_size:
                raise Refused(_UNPACK)
            continue
        if not (_TOP.fullmatch(name) or _MEMBER.fullmatch(name)) or member.orig_filename in names:
            raise Refused(_UNPACK)
        if member.file_size > BUNDLE_FILE_BYTES or member.file_size > BUNDLE_RATIO * max(member.compress_size, 1):
            raise Refused(_LARGE)
        names[member.orig_filename] = name
    if "manifest.json" not in names.values() or not any(map(_MEMBER.fullmatch, names.values())):
        raise Refused(_UNPACK)
    return names


def _common_folder(names: list[str]) -> str:
    """ "acme/" where everything lies in that one folder."""
    top, slash, _rest = names[0].partition("/")
    folder = top + slash
    is_common = slash and not top.isdigit() and all(name.startswith(folder) for name in names)
    return folder if is_common and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}", top) else ""


def _check_places(stream: BinaryIO, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Each file's own header says what the directory says, and no two share a byte."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset for member in ordered[1:]] + [archive.start_dir]
    for member, end in zip(ordered, ends, strict=True):
        stream.seek(member.header_offset)
        fields = _LOCAL.unpack(stream.read(_LOCAL.size))
        signature, flags, method, crc, packed, unpacked, name_length, extra = fields[0], *fields[2:4], *fields[6:11]
        name = stream.read(name_length)
        same_name = name == member.orig_filename.encode("utf-8" if flags & 0x800 else "cp437")
        has_descriptor = bool(flags & 0x8)
        is_same = (flags, method) == (member.flag_bits, member.compress_type) and (
            has_descriptor or (crc, packed, unpacked) == (member.CRC, member.compress_size, member.file_size)
        )
        data_end = member.header_offset + _LOCAL.size + name_length + extra + member.compress_size
        gap = end - data_end
        if (
            signature != b"PK\x03\x04"
            or not same_name
            or not is_same
            or gap not in ({12, 16, 24} if has_descriptor else {0})
        ):
            raise Refused(_DAMAGED)


def _read_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], names: dict[str, str]) -> dict[str, object]:
    """Read every file once, so that its size and checksum are true and it holds no secret; give back the manifest."""
    manifest: object = None
    for member in members:
        if member.orig_filename not in names:
            continue
        read = 0
        parts = []
        with archive.open(member) as file:
            while chunk := file.read(1 << 20):
                if not read:
                    _check_start(chunk)
                read += len(chunk)
                if read > member.file_size:
                    raise Refused(_DAMAGED)
                parts.append(chunk)
        if read != member.file_size:
            raise Refused(_DAMAGED)
        name, data = names[member.orig_filename], b"".join(parts)
        if name == "manifest.json" and data:
            manifest = read_json(decode(data))
        _check_secrets(data, name)
    if not isinstance(manifest, dict):
        raise Refused(_UNPACK)
    return manifest


def _check_secrets(data: bytes, name: str) -> None:
    """Also in what is no clean text: letters and digits look the same in every other encoding."""
    try:
        text = decode(data)
    except Refused:
        text = data.decode("latin-1")
    ending = name.rpartition(".")[2]
    secrets.check(text, ending if ending in {"json", "csv"} else "text", member=name)


def _check_start(chunk: bytes) -> None:
    """A bundle holds text and nothing else: no archive, program or page hides in it under another name."""
    try:
        is_text = sniff(chunk[:HEAD]) == "text" and (chunk.startswith(_UTF16) or b"\x00" not in chunk[:HEAD])
    except Refused:
        is_text = False
    if not is_text:
        raise Refused(_UNPACK)


def _collected_at(manifest: dict[str, object]) -> str | None:
    """When the collector ran, as ISO 8601 with a zone, where the manifest says so."""
    text = manifest.get("collected_at")
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.isoformat() if moment.tzinfo else None


def members_of(stream: BinaryIO) -> list[tuple[str, int]]:
    """Name and size in bytes of every file of a stored bundle, for the page that shows it."""
    with zipfile.ZipFile(stream) as archive:
        return [(member.filename, member.file_size) for member in archive.infolist() if not member.is_dir()]
