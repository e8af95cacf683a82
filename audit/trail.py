"""Add to the trail, and check it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audit.models import Chain, Erasure, Event, EventDetail

START = "0" * 64


class HasKey(Protocol):
    """A saved row."""

    pk: int


class ChainBroken(Exception):
    """The first event that does not fit. `position` counts from 1."""

    def __init__(self, chain: str, position: int, reason: str) -> None:
        super().__init__(f"{chain}, event {position}: {reason}")
        self.chain, self.position, self.reason = chain, position, reason


class ChainErased(Exception):
    """The vendor was erased: nothing may be written about it any more, and what the event describes must not be."""


def chain_name(vendor: int | None) -> str:
    """The chain for a vendor's id, or for what belongs to no vendor."""
    return "site" if vendor is None else f"vendor-{vendor}"


def head_of(vendor: int | None) -> tuple[int, str]:
    """How many events the chain has, and the hash of the last; 0 and zeros for a chain that has not begun."""
    chain = Chain.objects.filter(name=chain_name(vendor)).first()
    return (0, START) if chain is None else (chain.length, chain.head)


def sha256(value: object) -> str:
    """SHA-256 of the one text of a JSON value, 64 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _link(event: Event) -> str:
    """The event's own hash, over everything it says and the hash before it."""
    return sha256(
        [
            event.previous,
            event.position,
            event.at.isoformat(),
            event.actor,
            event.kind,
            event.target,
            event.details_hash,
        ]
    )


@transaction.atomic
def record(
    *,
    kind: str,
    by: HasKey | None,
    vendor: int | None,
    target: str,
    details: Mapping[str, object] | None = None,
) -> Event:
    """Add one event, in the transaction of the write it describes.

    `kind` is noun.verb ("assessment.sent"), `vendor` the id of the vendor concerned, `target` the object as name:id,
    `details` JSON values without any secret or token. Raises ChainErased where the vendor was erased.
    """
    name = chain_name(vendor)
    Chain.objects.get_or_create(name=name)
    erased = Exists(Erasure.objects.filter(name=OuterRef("name")))
    chain = Chain.objects.select_for_update().annotate(is_erased=erased).get(name=name)
    if chain.is_erased:
        raise ChainErased(name)
    data = dict(details or {})
    event = Event(
        chain=chain,
        position=chain.length + 1,
        at=timezone.now(),
        actor=by.pk if by else None,
        kind=kind,
        target=target,
        details_hash=sha256(data),
        previous=chain.head,
    )
    event.hash = _link(event)
    event.save(force_insert=True)
    EventDetail(event=event, data=data).save(force_insert=True)
    Chain.objects.filter(pk=chain.pk).update(length=event.position, head=event.hash)
    return event


@transaction.atomic
def erase_details(*, vendor: int, users: Iterable[int]) -> int:
    """Delete what the events of a vendor, and those about these people, say. Returns how many details are gone.

    Events and hashes stay and verify; the vendor's chain ends here. Only erasing a vendor may call this: the marks it
    leaves are what the database asks for before it lets a detail go.
    """
    name = chain_name(vendor)
    Chain.objects.get_or_create(name=name)
    Chain.objects.select_for_update().get(name=name)
    people, now = [f"user:{pk}" for pk in users], timezone.now()
    Erasure.objects.bulk_create((Erasure(name=one, at=now) for one in [name, *people]), ignore_conflicts=True)
    gone = EventDetail.objects.filter(Q(event__chain__name=name) | Q(event__target__in=people))
    return gone.delete()[0]


def verify_chain(chain: Chain) -> int:
    """Number of events checked. Raises ChainBroken at the first that was altered, removed or put in."""
    previous, position = START, 0
    events = Event.objects.filter(chain=chain).order_by("position").select_related("detail")
    for event in events.iterator(chunk_size=1000):
        position += 1
        if event.position != position:
            raise ChainBroken(chain.name, position, "an event is missing")
        if event.previous != previous:
            raise ChainBroken(chain.name, position, "it does not follow the event before it")
        if event.hash != _link(event):
            raise ChainBroken(chain.name, position, "it was altered")
        detail = getattr(event, "detail", None)
        if detail is not None and sha256(detail.data) != event.details_hash:
            raise ChainBroken(chain.name, position, "its details were altered")
        previous = event.hash
    if (position, previous) != (chain.length, chain.head):
        raise ChainBroken(chain.name, position + 1, "events at the end are missing")
    return position
