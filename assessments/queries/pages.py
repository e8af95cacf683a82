"""The pages of a PDF as pictures, as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.models import Evidence, EvidenceKind, PageImages


@dataclass(frozen=True)
class PageImage:
    """One page; width and height in pixels."""

    number: int
    width: int
    height: int


@dataclass(frozen=True)
class Pages:
    """What is shown of a PDF: pictures, or why there are none."""

    images: Sequence[PageImage] = ()
    count: int = 0  # pages of the file
    is_waiting: bool = False
    problem: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the file has pages that were not drawn."""
        return len(self.images) < self.count


def pages_of(evidence: Evidence) -> Pages | None:
    """The pictures of a PDF, `page_images` fetched or not; None for any other file, and a withdrawn one."""
    found: PageImages | None = getattr(evidence, "page_images", None) if evidence.kind == EvidenceKind.PDF else None
    if found is None:
        return None
    if found.state == PageImages.State.FAILED:
        return Pages(problem=_(found.problem))
    if found.state != PageImages.State.READY:
        return Pages(is_waiting=True)
    images = [PageImage(number, width, height) for number, (_key, width, height) in enumerate(found.pages, 1)]
    return Pages(images=images, count=int(evidence.facts.get("pages", len(images))))


def key_asked(evidence: Evidence, number: str) -> str:
    """Where the picture of the page of this number is stored; "" where there is none."""
    found: PageImages | None = getattr(evidence, "page_images", None)
    keys = {str(place): str(key) for place, (key, _width, _height) in enumerate(found.pages, 1)} if found else {}
    return keys.get(number, "")
