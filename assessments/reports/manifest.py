"""A manifest: what was handed in or issued, as one canonical JSON text with a SHA-256 over everything in it. Pure.

The text is sorted by key, without spaces, in ASCII, so that two programs write the same bytes. `sha256` is the digest
of the same text without `sha256`. It shows that nothing was changed; who issued it is known only to the database that
keeps the digest, and to whoever wrote the digest down.

`kind` says what the manifest is of: "submission", or "report" for any document about an assessment, whose own kind is
its `document`. All kinds have `schema`, `kind`, `files` and `sha256`; each file has `number`, `name`, `size` (bytes)
and `sha256`. Instants are ISO 8601 in UTC, days are ISO 8601.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.marking import said as _

SCHEMA = "assay-manifest/1"
MOST_FILES = 5_000
"""Files one manifest may name; an assessment may hold 400."""
FILE_NAME = "manifest.json"
"""What a manifest is called where it is attached to a PDF."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # what no page and no database takes
_NUMBERED = re.compile(r"E([0-9]{2,5}) ")
_NOT_ONE = _("This is not a manifest of Assay.")
_CHANGED = "The manifest was changed after it was made: its SHA-256 is not that of its content."


class NotAManifest(ValueError):
    """The bytes are something else, or a manifest of a schema this version does not know. A sentence for people."""


class Changed(ValueError):
    """A manifest whose SHA-256 is not that of its content. A sentence for people."""


@dataclass(frozen=True)
class NamedFile:
    """One file that a manifest names; `size` in bytes."""

    number: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """A manifest that is whole: `data` is all it says, `sha256` the digest over it."""

    data: Mapping[str, Any]
    files: Sequence[NamedFile]

    @property
    def kind(self) -> str:
        """What it is of: "submission" or "report"."""
        return str(self.data["kind"])

    @property
    def document(self) -> str | None:
        """What kind of document a "report" is: "report", "letter" and so on."""
        found = self.data.get("document")
        return found if isinstance(found, str) else None

    @property
    def snapshot_sha256(self) -> str | None:
        """Of what a "report" was made from: 64 hexadecimal digits, whatever else a stranger put there."""
        found = self.data.get("snapshot_sha256")
        return found if isinstance(found, str) and _DIGEST.fullmatch(found) else None

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return str(self.data["sha256"])


def canonical(value: object) -> str:
    """The one text of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(facts: Mapping[str, object]) -> str:
    """SHA-256 over everything but `sha256` itself."""
    rest = {key: value for key, value in facts.items() if key != "sha256"}
    return hashlib.sha256(canonical(rest).encode("ascii")).hexdigest()


def seal(*, kind: str, files: Sequence[Mapping[str, object]], facts: Mapping[str, object]) -> str:
    """The manifest of these facts, as its canonical text."""
    whole = {**facts, "schema": SCHEMA, "kind": kind, "files": list(files)}
    return canonical({**whole, "sha256": digest(whole)})


def sha256_of(text: str) -> str:
    """The digest that stands in a manifest of our own making."""
    return read(text.encode("ascii")).sha256


def read(data: bytes) -> Manifest:
    """A manifest that is whole to the byte. Raises NotAManifest or Changed."""
    try:
        facts = json.loads(data.decode("ascii"))
        written = canonical(facts)  # refuses NaN, which is no JSON and is read as if it were
    except (ValueError, RecursionError):
        raise NotAManifest(_NOT_ONE) from None
    if not isinstance(facts, dict) or "schema" not in facts or "sha256" not in facts:
        raise NotAManifest(_NOT_ONE)
    if facts["schema"] != SCHEMA:
        raise NotAManifest(_("This is a manifest of another version of Assay, which this version cannot read."))
    # Blanks, a key said twice or another spelling of a letter would keep the digest and show people something else.
    if facts["sha256"] != digest(facts) or written.encode("ascii") != data:
        raise Changed(_CHANGED)
    return Manifest(facts, _files(facts))


def _files(facts: Mapping[str, Any]) -> tuple[NamedFile, ...]:
    """The files, if they have the shape of files: whoever can compute a digest can write anything below it."""
    rows = facts.get("files")
    if not isinstance(facts.get("kind"), str) or not isinstance(rows, list) or len(rows) > MOST_FILES:
        raise NotAManifest(_NOT_ONE)
    return tuple(_file(row) for row in rows)


def _file(row: object) -> NamedFile:
    if not isinstance(row, dict):
        raise NotAManifest(_NOT_ONE)
    number, name, size, sha256 = (row.get(key) for key in ("number", "name", "size", "sha256"))
    if type(number) is not int or type(size) is not int or not isinstance(name, str) or not isinstance(sha256, str):
        raise NotAManifest(_NOT_ONE)
    if not _DIGEST.fullmatch(sha256) or _NO_TEXT.search(name):
        raise NotAManifest(_NOT_ONE)
    return NamedFile(number, name, size, sha256)


@dataclass(frozen=True)
class Found:
    """A file that lies somewhere: its path, the last part of the path, and its SHA-256."""

    path: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Compared:
    """One file of the manifest or of the folder: "same", "changed", "missing" or "extra" (which has no number)."""

    status: str
    number: int | None
    name: str
    path: str


def compare(files: Sequence[NamedFile], found: Sequence[Found]) -> list[Compared]:
    """Each file of a manifest against what was found, then what the manifest does not name.

    The content decides, since a browser renames what it downloads twice. A file that has a name of the manifest, or its
    number as the archive of evidence writes it ("E05 ..."), and another content is changed; two copies of one file are
    both the same.
    """
    wanted = {file.sha256 for file in files}
    by_digest = {one.sha256: one for one in reversed(found)}
    strangers = {one.name: one for one in reversed(found) if one.sha256 not in wanted}
    numbered = {int(match[1]): one for name, one in strangers.items() if (match := _NUMBERED.match(name))}
    rows, changed = [], set()
    for file in files:
        if one := by_digest.get(file.sha256):
            rows.append(Compared("same", file.number, file.name, one.path))
        elif one := strangers.get(file.name) or numbered.get(file.number):
            changed.add(one.path)
            rows.append(Compared("changed", file.number, file.name, one.path))
        else:
            rows.append(Compared("missing", file.number, file.name, ""))
    left = [one for one in found if one.sha256 not in wanted and one.path not in changed]
    return rows + [Compared("extra", None, one.name, one.path) for one in left]
