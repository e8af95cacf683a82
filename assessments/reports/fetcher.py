"""What the layout engine may load: a fixed set of named bytes, and nothing else."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from assessments.reports.brand import Brand
from assessments.reports.evidence_facts import EvidenceItem

# Importing WeasyPrint switches this on for the whole process, and then half an image passes as a whole one, here and
# where uploads are checked.
ImageFile.LOAD_TRUNCATED_IMAGES = False

LOGO = "brand:logo"
ICONS = Path(__file__).parent / "assets" / "icons"
IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
IMAGE_SIDE = 4_000
"""Pixels; previews are at most 1,400 wide. What is larger was not made by us."""


class UnreadableImage(Exception):
    """The bytes are no preview of ours."""


@dataclass(frozen=True)
class Resource:
    """Bytes under a name, with their type."""

    content_type: str
    content: bytes


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type hints
    """Answers the names it was given and ends the rendering at any other: no network, no files, no data addresses."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._resources = dict(resources)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The resource of this name. Raises FatalURLFetchingError, a BaseException, for any other."""
        found = self._resources.get(url)
        if found is None:
            raise FatalURLFetchingError(f"the report refers to something outside of it: {url[:100]}")
        return URLFetcherResponse(url, found.content, {"Content-Type": found.content_type})


def icons() -> dict[str, Resource]:
    """The marks of the results, by name: icon:met and so on."""
    return {f"icon:{path.stem}": Resource("image/svg+xml", path.read_bytes()) for path in sorted(ICONS.glob("*.svg"))}


def logo(look: Brand) -> dict[str, Resource]:
    """The picture of the organisation under the name that templates use, if there is one."""
    return {LOGO: Resource(look.logo_type, look.logo)} if look.logo else {}


def previews(
    evidence: tuple[EvidenceItem, ...], open_file: Callable[[str], BinaryIO]
) -> tuple[dict[str, Resource], frozenset[int]]:
    """Previews by name, evidence:1 and so on, and the numbers of those that are missing or damaged.

    Any other trouble of the storage is raised: a report without its images because a disk was away would stay wrong.
    """
    found: dict[str, Resource] = {}
    unreadable = set()
    for item in evidence:
        if not item.preview:
            continue
        try:
            with open_file(item.preview) as file:
                found[f"evidence:{item.number}"] = _image(file.read())
        except (FileNotFoundError, UnreadableImage):
            unreadable.add(item.number)
    return found, frozenset(unreadable)


def _image(content: bytes) -> Resource:
    """The bytes as a resource, if all of them decode as a JPEG or PNG of sensible size. Raises UnreadableImage."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(IMAGE_TYPES)) as image:
            if max(image.size) > IMAGE_SIDE:
                raise UnreadableImage(f"{image.size} is too large")
            content_type = IMAGE_TYPES[str(image.format)]
            image.draft("RGB", (image.width // 8, image.height // 8))  # all of a JPEG is read, and few pixels are made
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage(str(error)) from error
    return Resource(content_type, content)
