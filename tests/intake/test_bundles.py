"""A ZIP is an evidence bundle, byte for byte as it says, or it is refused."""

import io
import stat
import struct
import zipfile
import zlib

import pytest

from assessments import limits
from assessments.intake import Refused, bundles, examine
from tests.intake.samples import MANIFEST, MEMBERS, bundle, pdf, png

UNPACK = "This ZIP is not an evidence bundle. Unpack it and add the files."
DAMAGED = "The ZIP is damaged. Run the collector again, or unpack it and add the files."
LARGE = "The ZIP holds more than an evidence bundle may. Add one bundle for each account."
LOCKED = "The ZIP is protected by a password. Unpack it and add the files."
GLOBAL = "111122223333/global/"


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        examine(io.BytesIO(data), "evidence.zip")
    return str(refused.value)


def with_member(name: str, data: bytes = b"{}", **fields: int) -> bytes:
    """A good bundle and one file more, whose entry may carry anything."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each, content in MEMBERS.items():
            archive.writestr(each, content)
        info = zipfile.ZipInfo(name)
        for field, value in fields.items():
            setattr(info, field, value)
        archive.writestr(info, data)
    return out.getvalue()


def patched(data: bytes, signature: bytes, offset: int, value: bytes, last: bool = True) -> bytes:
    """`data` with some bytes of a record written over; the last such record unless told otherwise."""
    place = (data.rindex if last else data.index)(signature) + offset
    return data[:place] + value + data[place + len(value) :]


CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_is_taken(compression: int) -> None:
    taken = examine(io.BytesIO(bundle(compression=compression)), "Acme.ZIP")
    assert (taken.kind, taken.name, taken.content_type) == ("zip", "Acme.zip", "application/zip")
    assert taken.facts == {"files": 3, "accounts": ["111122223333"], "generated_at": "2026-11-20T08:00:00+00:00"}
    assert taken.file.tell() == 0


def test_one_folder_on_top_is_let_through() -> None:
    assert examine(io.BytesIO(bundle({f"acme/{n}": d for n, d in MEMBERS.items()})), "x.zip").facts["files"] == 3


def test_a_bundle_written_as_a_stream_is_taken() -> None:
    """Then sizes and checksums stand behind each file, not before it."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    assert examine(io.BytesIO(bytes(pipe.data)), "x.zip").facts["files"] == 3


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"photo.png": png(), "notes.txt": b"x"},
        {name: data for name, data in MEMBERS.items() if name != "manifest.json"},
        {"manifest.json": MANIFEST},
        {**MEMBERS, "manifest.json": b"[]"},
        {**MEMBERS, GLOBAL + "evil.exe": b"MZ"},
        {**MEMBERS, GLOBAL + "nested.zip": bundle()},
        {**MEMBERS, GLOBAL + "nested.json": bundle()},
        {**MEMBERS, GLOBAL + "page.csv": b"MZ\x00\x00"},
        {**MEMBERS, GLOBAL + "policy.txt": pdf()},
        {**MEMBERS, GLOBAL + "zeros.csv": b"a,\x00b"},
        {**MEMBERS, "__MACOSX/._manifest.json": b"x"},
    ],
    ids=["empty", "ordinary", "no manifest", "manifest alone", "manifest is a list", "program", "nested",
         "nested under another name", "program under another name", "PDF under another name", "zeros", "other folder"],
)  # fmt: skip
def test_what_is_no_bundle_is_to_be_unpacked(members: dict[str, bytes]) -> None:
    assert refusal(bundle(members)) == UNPACK


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        GLOBAL + "../../x.json",
        "/etc/x.json",
        "C:/x.json",
        "C:x.json",
        "111122223333\\global\\x.json",
        GLOBAL + "a\nb.json",
        GLOBAL + "a\x1b[31m.json",
        GLOBAL + "\u202egnp.json",
        GLOBAL + "x" * 300 + ".json",
        "//x.json",
        "1111/global/x.json",
        GLOBAL,  # a folder that has content
    ],
)
def test_paths_stay_inside(name: str) -> None:
    assert refusal(with_member(name)) in {UNPACK, DAMAGED}


def test_a_name_that_ends_early_for_some_readers_is_refused() -> None:
    data = with_member(GLOBAL + "x.json!.exe").replace(b"x.json!.exe", b"x.json\x00.exe")
    assert refusal(data) == UNPACK


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    assert refusal(with_member(GLOBAL + "x.json", b"/etc/passwd", external_attr=(kind | 0o777) << 16)) == UNPACK


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = with_member("manifest.json", MANIFEST)
    assert refusal(data) == UNPACK


def test_an_office_document_is_to_be_saved_as_a_pdf() -> None:
    assert refusal(bundle({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})) == (
        "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. Save the document as a PDF and add it again."
    )


@pytest.mark.parametrize("flag", [0x1, 0x40 | 0x1, 0x2000])
def test_encryption_is_refused(flag: int) -> None:
    data = bundle()
    entry = data.rindex(CENTRAL)
    (flags,) = struct.unpack("<H", data[entry + 8 : entry + 10])
    assert refusal(patched(data, CENTRAL, 8, struct.pack("<H", flags | flag))) in {LOCKED, DAMAGED}


def test_the_password_flag_says_so() -> None:
    both = patched(patched(bundle(), CENTRAL, 8, b"\x01\x00"), LOCAL, 6, b"\x01\x00")
    assert refusal(both) == LOCKED


@pytest.mark.parametrize(
    "data",
    [
        b"#!/bin/sh\n" + bundle(),
        bundle() + b"x",
        bundle() + bundle(),
        patched(bundle(), END, 20, b"\x05\x00") + b"hello",
        bundle()[:-30],
        bundle()[: len(bundle()) // 2],
        b"PK\x03\x04" + bytes(100),
        png() + bundle(),
    ],
    ids=["in front", "behind", "twice", "comment", "no end", "half", "start only", "image in front"],
)
def test_what_is_a_zip_and_something_else_is_refused(data: bytes) -> None:
    assert "Unpack it and add" in refusal(data) or refusal(data) in {
        DAMAGED,
        "There is something behind the end of the image. Open it, save it as a PNG and add it again.",
        "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. A program is no evidence.",
    }


@pytest.mark.parametrize(
    ("offset_central", "value"),
    [
        (10, b"\x00\x00"),  # method: stored here, deflated there
        (16, b"\x00\x00\x00\x00"),  # checksum
        (20, b"\x01\x00\x00\x00"),  # packed size
        (24, b"\x01\x00\x00\x00"),  # size
        (42, b"\x00\x00\x00\x00"),  # place: shared with the first file
        (46, b"9"),  # first letter of the name
    ],
)
def test_the_directory_and_the_files_have_to_agree(offset_central: int, value: bytes) -> None:
    assert refusal(patched(bundle(), CENTRAL, offset_central, value)) == DAMAGED


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (6, b"\x00\x08"),  # flags
        (8, b"\x00\x00"),  # method
        (14, b"abcd"),  # checksum
        (18, b"\x01\x00\x00\x00"),  # packed size
        (22, b"\x01\x00\x00\x00"),  # size
    ],
)
def test_a_header_that_lies_to_readers_without_directory_is_refused(offset: int, value: bytes) -> None:
    assert refusal(patched(bundle(), LOCAL, offset, value)) == DAMAGED


@pytest.mark.parametrize("before", [CENTRAL, LOCAL], ids=["before the directory", "before the last file"])
def test_nothing_can_stand_between_the_files(before: bytes) -> None:
    """Readers that follow the directory never see it; others do."""
    hidden = bundle({"111122223333/global/hidden.json": b"{}"})[: len(LOCAL) + 60]
    data = bundle()
    place = data.index(before) if before == CENTRAL else data.rindex(before)
    grown = data[:place] + hidden + data[place:]
    (start,) = struct.unpack("<I", data[data.rindex(END) + 16 :][:4])
    grown = patched(grown, END, 16, struct.pack("<I", start + len(hidden)))
    if before == LOCAL:
        grown = patched(grown, CENTRAL, 42, struct.pack("<I", place + len(hidden)))
    assert refusal(grown) == DAMAGED


def test_a_size_that_lies_in_both_places_is_found_while_reading() -> None:
    data = bundle()
    lie = struct.pack("<I", 5)
    assert refusal(patched(patched(data, CENTRAL, 24, lie), LOCAL, 22, lie)) == DAMAGED


def test_a_checksum_that_lies_in_both_places_is_found_while_reading() -> None:
    data = bundle()
    assert refusal(patched(patched(data, CENTRAL, 16, b"abcd"), LOCAL, 14, b"abcd")) == DAMAGED


def test_a_bomb_is_refused_by_what_it_announces() -> None:
    assert refusal(bundle({**MEMBERS, GLOBAL + "x.json": b" " * 10_000_000})) == LARGE


def test_a_bomb_that_lies_is_stopped_while_reading() -> None:
    data = bundle({**MEMBERS, GLOBAL + "x.json": b" " * 10_000_000})
    lie = struct.pack("<I", 1_000)
    assert refusal(patched(patched(data, CENTRAL, 24, lie), LOCAL, 22, lie)) == DAMAGED


def test_files_that_share_their_bytes_are_refused() -> None:
    """The directory names the same packed bytes many times."""
    data = bundle()
    start = data.index(CENTRAL)
    end = data.rindex(END)
    entry = data[data.rindex(CENTRAL) : end]
    copies = b"".join(entry[:46] + entry[46:].replace(b"vpcs", b"vp%02d" % n) for n in range(50))
    grown = data[:start] + data[start:end] + copies
    record = struct.pack("<4s4H2IH", END, 0, 0, 53, 53, len(grown) - start, start, 0)
    assert refusal(grown + record) == DAMAGED


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "BUNDLE_FILES", 2)
    assert refusal(bundle()) == LARGE
    monkeypatch.undo()
    monkeypatch.setattr(bundles, "BUNDLE_FILE_BYTES", 50)
    assert refusal(bundle()) == LARGE
    monkeypatch.undo()
    monkeypatch.setattr(bundles, "BUNDLE_BYTES", 100)
    assert refusal(bundle()) == LARGE
    assert (limits.BUNDLE_FILES, limits.BUNDLE_FILE_BYTES, limits.BUNDLE_BYTES) == (20_000, 50_000_000, 500_000_000)


def test_a_directory_of_a_million_files_is_not_even_read() -> None:
    record = struct.pack("<4s4H2IH", END, 0, 0, 65_535, 65_535, 0xFFFFFFFF, 0, 0)
    assert refusal(LOCAL + bytes(1_000) + record) == LARGE


def test_a_manifest_is_read_strictly() -> None:
    assert refusal(bundle({**MEMBERS, "manifest.json": b'{"a": 1, "a": 2}'})).startswith("The JSON holds the same key")


def test_other_ways_of_packing_are_refused() -> None:
    assert refusal(with_member(GLOBAL + "x.json", b"{}" * 50, compress_type=zipfile.ZIP_BZIP2)) == DAMAGED


def test_rubbish_in_packed_data_is_refused() -> None:
    data = bundle()
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(MEMBERS["manifest.json"]) + packed.flush()
    place = data.find(body[:10])
    broken = data if place < 0 else data[:place] + b"\xff" * 10 + data[place + 10 :]
    assert place > 0
    assert refusal(broken) == DAMAGED
