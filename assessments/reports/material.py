"""What the maker of a document may use beside the frozen snapshot. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from assessments.reports.brand import Brand


class RenderFailed(Exception):
    """The document could not be made. The message is a sentence for people."""


@dataclass(frozen=True)
class Trail:
    """Where the vendor's audit trail stood when the document was asked for: events so far, and the hash of the last."""

    position: int
    hash: str


def ignore(*numbers: int) -> None:
    """Nobody asks how far it is."""


@dataclass(frozen=True)
class Material:
    """Beside the snapshot, all that a document is made from: the same material gives the same bytes.

    `kind` is what is made, `digest` the SHA-256 of the snapshot as it is stored (64 hexadecimal digits). `open_file`
    opens what is stored under a key, and raises FileNotFoundError where it is gone. `missing` has the numbers of the
    evidence whose stored bytes are gone. `on_step` is told (the step that begins, of how many), `on_page` the number of
    each further page that is laid out; what they raise ends the making. `brand` is the organisation's look.
    """

    kind: str
    digest: str
    trail: Trail
    open_file: Callable[[str], BinaryIO]
    on_step: Callable[[int, int], None]
    on_page: Callable[[int], None] = ignore
    missing: frozenset[int] = frozenset()
    brand: Brand = Brand()
