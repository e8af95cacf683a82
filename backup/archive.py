"""The file of a backup: written beside its target and then renamed; read without believing anything in it.

A ZIP with `tables/<model>.jsonl`, `files/<key>` and `manifest.json`, which names every other member with its size in
bytes and SHA-256. `sha256` of the manifest is the digest of its canonical text without `sha256`. Knows no framework.
"""

import hashlib
import json
import os
import re
import secrets
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import jsonschema

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES: Final = 500_000_000  # about 200 for each file
CHUNK: Final = 1 << 20  # bytes read at once
_KEY: Final = r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
_LABEL: Final = r"[a-z_]+\.[A-Za-z_]+"
_MEMBER: Final = rf"(?:tables/{_LABEL}\.jsonl|files/{_KEY})"
_DIGEST: Final = {"type": "string", "pattern": r"^[0-9a-f]{64}\Z"}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}


def _pair(first: object, second: object) -> dict[str, object]:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}


def _record(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _named(pattern: str, values: object) -> dict[str, object]:
    return {"type": "object", "patternProperties": {rf"^{pattern}\Z": values}, "additionalProperties": False}


_SCHEMA: Final = _record(
    format={"const": FORMAT},
    application=_TEXT,
    database=_TEXT,
    made_at={"type": "string", "pattern": r"^[0-9T:.+-]{1,40}\Z"},
    migrations={"type": "array", "items": _pair(_TEXT, _TEXT)},
    tables=_named(_LABEL, _record(rows=_NUMBER, last_id=_NUMBER)),
    chains={"type": "object", "additionalProperties": _pair(_NUMBER, _DIGEST)},
    members=_named(_MEMBER, _pair(_NUMBER, _DIGEST)),
    problems={"type": "array", "items": _record(file=_TEXT, row=_TEXT, problem=_TEXT, kept={"type": "boolean"})},
    sha256=_DIGEST,
)


class Refused(Exception):
    """Why a backup is not made or not restored: one sentence for each problem."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def is_key(key: str) -> bool:
    """Whether this can be the name of a stored file: no way out of a folder, nothing that a terminal obeys."""
    return len(key) <= 100 and re.fullmatch(_KEY, key) is not None


def table_member(label: str) -> str:
    """Where the rows of a model such as `users.User` are."""
    return f"tables/{label}.jsonl"


def file_member(key: str) -> str:
    """Where the stored file of this name is."""
    return f"files/{key}"


def _canonical(facts: Mapping[str, object]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _digest(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(_canonical({key: value for key, value in facts.items() if key != "sha256"})).hexdigest()


# --- Writing ------------------------------------------------------------------------------------------------------


class Writer:
    """An archive that is being written. `members` has the size and SHA-256 of each member so far."""

    def __init__(self, out: zipfile.ZipFile) -> None:
        self._out = out
        self.members: dict[str, tuple[int, str]] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool) -> tuple[int, str]:
        """Write one member from its chunks, deflated or as it is. Returns its size in bytes and its SHA-256."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        size, digest = 0, hashlib.sha256()
        with self._out.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members[name] = (size, digest.hexdigest())
        return self.members[name]

    def finish(self, facts: Mapping[str, object]) -> str:
        """Write the manifest, with these facts and all members. Returns the digest over it."""
        whole = {**facts, "format": FORMAT, "members": self.members}
        digest = _digest(whole)
        self._out.writestr(zipfile.ZipInfo(MANIFEST), _canonical({**whole, "sha256": digest}), zipfile.ZIP_DEFLATED)
        return digest


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive: whole at `path` when the block ends, or not there at all. Readable by its owner alone."""
    if path.exists():
        raise Refused(f"{path} is there already. A backup overwrites nothing; take another name.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w") as out:
                yield Writer(out)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


# --- Reading ------------------------------------------------------------------------------------------------------


class Archive:
    """An archive whose members are those of its manifest. What is in them is known after `verify`."""

    def __init__(self, file: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self._file = file
        self.manifest = manifest

    def open(self, name: str) -> IO[bytes]:
        """One member, to be read from its beginning."""
        return self._file.open(name)

    def keys(self) -> Iterator[str]:
        """Names of the stored files that are whole in it."""
        broken = {each["file"] for each in self.manifest["problems"] if not each["kept"]}
        for name in self.manifest["members"]:
            kind, _, key = name.partition("/")
            if kind == "files" and key not in broken:
                yield key

    def verify(self) -> None:
        """Read every member once. Raises Refused with the name of each that was altered."""
        problems = []
        for name, (size, digest) in self.manifest["members"].items():
            label = name.removeprefix("tables/").removesuffix(".jsonl")
            rows = self.manifest["tables"][label]["rows"] if name.startswith("tables/") else None
            try:
                found = self._measure(name)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                found = None
            if found is None or found[:2] != (size, digest) or rows not in (None, found[2]):
                problems.append(f"{name} was altered: it has not the size and SHA-256 of the manifest.")
        if problems:
            raise Refused(*problems)

    def _measure(self, name: str) -> tuple[int, str, int]:
        """Size in bytes, SHA-256 and number of lines of a member."""
        size, lines, digest = 0, 0, hashlib.sha256()
        with self.open(name) as member:
            while chunk := member.read(CHUNK):
                size += len(chunk)
                lines += chunk.count(b"\n")
                digest.update(chunk)
        return size, digest.hexdigest(), lines


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """Open an archive. Raises Refused unless it has a whole manifest and exactly the members that are named there."""
    try:
        file = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        why = error.strerror if isinstance(error, OSError) else "it is cut off, or was never a backup"
        raise Refused(f"{path} cannot be read: {why}.") from error
    with file:
        infos = file.infolist()
        if problems := _unsafe(infos, path.stat().st_size):
            raise Refused(*problems)
        manifest = _manifest(file)
        if problems := _different(infos, manifest):
            raise Refused(*problems)
        yield Archive(file, manifest)


def _unsafe(infos: Sequence[zipfile.ZipInfo], size: int) -> list[str]:
    """What no archive of ours has: other names, links, members twice, encrypted, packed otherwise or overlapping."""
    problems = []
    for name, times in Counter(info.orig_filename for info in infos).items():
        if times > 1:
            problems.append(f"{name!a} is in it {times} times.")
        if name != MANIFEST and not (re.fullmatch(_MEMBER, name) and is_key(name.partition("/")[2])):
            problems.append(f"{name!a} is no name that a backup has.")
    for info in infos:
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            problems.append(f"{info.orig_filename!a} is no plain file.")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problems.append(f"{info.orig_filename!a} is encrypted, or packed in another way than a backup is.")
    if sum(info.compress_size for info in infos) > size:
        problems.append("Its members overlap: together they are larger than the file.")
    return problems


def _manifest(file: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, if it is whole and of this format."""
    if MANIFEST not in file.namelist():
        raise Refused(f"{MANIFEST} is missing.")
    if file.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise Refused(f"{MANIFEST} is larger than {MANIFEST_BYTES:,} bytes.")
    try:
        facts = json.loads(file.read(MANIFEST))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RecursionError) as error:
        raise Refused(f"{MANIFEST} was altered: it cannot be read.") from error
    made = facts.get("format") if isinstance(facts, dict) else None
    if made != FORMAT:
        raise Refused(f"The set has format {made!a}; this version of Assay reads format {FORMAT}.")
    if not jsonschema.Draft202012Validator(_SCHEMA).is_valid(facts):
        raise Refused(f"{MANIFEST} does not have the form of format {FORMAT}.")
    if facts["sha256"] != _digest(facts):
        raise Refused(f"{MANIFEST} was altered: its SHA-256 is not that of its content.")
    return dict(facts)


def _different(infos: Sequence[zipfile.ZipInfo], manifest: Mapping[str, Any]) -> list[str]:
    """Where the members are others than the manifest names, or have another size."""
    sizes = {info.filename: info.file_size for info in infos if info.filename != MANIFEST}
    named = {name: size for name, (size, _) in manifest["members"].items()}
    tables = {table_member(label) for label in manifest["tables"]}
    return [
        *(f"{name} is missing." for name in sorted((named.keys() | tables) - sizes.keys())),
        *(f"{name} is not in the manifest." for name in sorted(sizes.keys() - named.keys())),
        *(f"{name} is a table the manifest says nothing of." for name in sorted(_tables(named) - tables)),
        *(
            f"{name} was altered: it has {sizes[name]} bytes and not {named[name]}."
            for name in sorted(named.keys() & sizes.keys())
            if sizes[name] != named[name]
        ),
    ]


def _tables(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.startswith("tables/")}
