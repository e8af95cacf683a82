"""What all documents but the full report share: page head and foot, logo and colour, and what they may load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from weasyprint import Attachment

from assessments.reports import brand
from assessments.reports.brand import Brand
from assessments.reports.fetcher import ClosedFetcher, Resource, icons
from assessments.reports.material import Material
from assessments.reports.render import STYLE, lay_out

DOCUMENT_STYLE = Path(__file__).parent / "assets" / "document.css"
LOGO = "brand:logo"


@dataclass(frozen=True)
class Head:
    """What the properties of the document and every page say. `created` is as 2026-12-17T00:00:00Z."""

    title: str
    organisation: str
    description: str
    created: str
    left: str
    right: str
    footer: str
    state: str


def logo(look: Brand) -> dict[str, Resource]:
    """The picture of the organisation under the name that templates use, if there is one."""
    return {LOGO: Resource(look.logo_type, look.logo)} if look.logo else {}


def make(
    template: str,
    context: Mapping[str, object],
    *,
    head: Head,
    material: Material,
    styles: Sequence[Path] = (),
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The template as a tagged PDF in the organisation's look. Raises RenderFailed."""
    look = material.brand
    html = render_to_string(template, {**context, "head": head, "logo": LOGO if look.logo else ""})
    return lay_out(
        html,
        styles=[STYLE, DOCUMENT_STYLE, *styles],
        look=brand.style(look),
        fetcher=ClosedFetcher(icons() | logo(look)),
        digest=material.digest,
        attachments=attachments,
        on_step=material.on_step,
    )
