"""Anchors: what all chains end with, folded into one digest that is also written down outside the database.

Whoever owns the database could rewrite a chain from some event on, hashes and all. A digest that stands in a log on
another machine, or in a mail, does not change with it. An anchor holds the chains that grew since the anchor before
and that one's digest, so its own digest stands for everything up to then, and anchoring takes as long as there is news.
"""

import logging
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.models import Anchor, Chain, Event
from audit.trail import START, sha256

BATCH = 1_000
log = logging.getLogger("assay.audit")


class AnchorBroken(Exception):
    """An anchor that the trail does not fit any more. A sentence that names it."""


def digest_of(previous: str, position: int, heads: Mapping[str, object]) -> str:
    """SHA-256 over the digest before it, its place, and the heads: name of a chain to [events so far, last hash]."""
    return sha256([previous, position, dict(heads)])


@transaction.atomic
def anchor() -> Anchor | None:
    """Fold the news of all chains into one digest and write it to the log; None where nothing was added."""
    # Whoever comes second waits here, and then finds nothing left to anchor.
    grown = list(Chain.objects.select_for_update().filter(length__gt=F("anchored")).order_by("pk"))
    if not grown:
        return None
    last = Anchor.objects.order_by("-position").first()
    heads = {chain.name: [chain.length, chain.head] for chain in grown}
    previous, position = (last.digest, last.position + 1) if last else (START, 1)
    made = Anchor.objects.create(
        position=position,
        at=timezone.now(),
        heads=heads,
        previous=previous,
        digest=digest_of(previous, position, heads),
    )
    for chain in grown:
        chain.anchored = chain.length
    Chain.objects.bulk_update(grown, ["anchored"], batch_size=BATCH)
    log.info("audit trail anchored", extra={"anchor": made.position, "digest": made.digest, "chains": len(heads)})
    return made


def verify_anchors() -> int:
    """How many anchors the trail fits. Raises AnchorBroken at the first that it does not."""
    previous, position = START, 0
    for found in Anchor.objects.order_by("position").iterator(chunk_size=BATCH):
        position += 1
        if (found.position, found.previous) != (position, previous):
            raise AnchorBroken(f"anchor {position} is missing, or does not follow the one before it")
        if found.digest != digest_of(previous, position, found.heads):
            raise AnchorBroken(f"anchor {position} was altered")
        for name in _rewritten(found):
            raise AnchorBroken(f"{name} was rewritten after anchor {position} of {found.at:%Y-%m-%d %H:%M} UTC")
        previous = found.digest
    return position


def _rewritten(found: Anchor) -> Iterator[str]:
    """The chains whose event at the anchored place is another one now, or is gone."""
    for name, (length, head) in found.heads.items():
        if not Event.objects.filter(chain__name=name, position=length, hash=head).exists():
            yield name


def anchored(digest: str) -> Anchor | None:
    """The anchor with this digest, which somebody kept outside."""
    return Anchor.objects.filter(digest=digest).first()
