"""What all documents but the full report share: page head and foot, logo and colour, and what they may load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from weasyprint import Attachment

from assessments.reports import brand
from assessments.reports.fetcher import LOGO, ClosedFetcher, icons, logo
from assessments.reports.material import Material
from assessments.reports.render import STYLE, lay_out
from assessments.reports.seal import sealed

DOCUMENT_STYLE = Path(__file__).parent / "assets" / "document.css"


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


def make(
    template: str,
    context: Mapping[str, object],
    *,
    head: Head,
    material: Material,
    styles: Sequence[Path] = (),
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The template as a tagged and sealed PDF in the organisation's look. Raises RenderFailed."""
    look = material.brand
    html = render_to_string(template, {**context, "head": head, "logo": LOGO if look.logo else ""})
    pdf = lay_out(
        html,
        styles=[STYLE, DOCUMENT_STYLE, *styles],
        look=brand.style(look),
        fetcher=ClosedFetcher(icons() | logo(look)),
        digest=material.digest,
        attachments=attachments,
        on_step=material.on_step,
        on_page=material.on_page,
    )
    return sealed(pdf)
