"""What other rooms show on the page of a vendor. They register a reader; this room does not import theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from users.models import User
    from vendors.models import Vendor

# Given who reads, the vendor and the number of the page of its timeline: what the template shows, by name.
Reader = Callable[["User", "Vendor", "str | int"], Mapping[str, object]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Have this shown as well. The same one twice is once."""
    if reader not in _readers:
        _readers.append(reader)


def shown(user: User, vendor: Vendor, page: str | int) -> dict[str, object]:
    """What all of them have to show about a vendor that came through the door."""
    found: dict[str, object] = {}
    for reader in _readers:
        found |= reader(user, vendor, page)
    return found
