"""Snapshots of older versions: what they lacked, so that they are still read, and keep the digest they have. Pure.

Version 1 knew no decision. Version 2 knew no evaluations, no coverage, no past scores and no second look. Version 3
did not know what had become of a finding.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from assessments.reports.plain import SnapshotError

SCHEMA_VERSION = 4

_NO_COVERAGE = {"declared": [], "with_evidence": [], "found_only": []}
_ADDED: dict[int, tuple[tuple[str, str, object], ...]] = {
    2: (("", "decision", None),),
    3: (
        ("", "assessment", 0),
        ("", "history", []),
        ("", "second_look", None),
        ("", "coverage", _NO_COVERAGE),
        ("playbook", "sha256", ""),
        ("criteria", "is_contradiction", False),
        ("criteria", "evaluation", None),
        ("evidence", "file", ""),
    ),
    4: (("findings", "state", ""),),
}
"""By version: in which part of the snapshot, which field, and what stands there in an older one."""


def as_today(data: object) -> dict[str, Any]:
    """A copy with all fields of today. Raises SnapshotError for a version that is not known."""
    version = data.get("schema_version") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or type(version) is not int or not 1 <= version <= SCHEMA_VERSION:
        raise SnapshotError(f"snapshot has schema version {version!r}; this version reads 1 to {SCHEMA_VERSION}")
    whole = copy.deepcopy(dict(data))
    for part, field, default in _added_after(version):
        for place in _places(whole, part):
            place.setdefault(field, copy.deepcopy(default))
    return whole


def as_stored(data: dict[str, Any]) -> dict[str, Any]:
    """The same without what its version did not have. Changes `data`."""
    for part, field, _default in _added_after(data["schema_version"]):
        for place in _places(data, part):
            del place[field]
    return data


def _added_after(version: int) -> Iterator[tuple[str, str, object]]:
    for later in range(version + 1, SCHEMA_VERSION + 1):
        yield from _ADDED[later]


def _places(data: dict[str, Any], part: str) -> Iterator[dict[str, Any]]:
    """The objects that a part consists of; what has another shape is left for the reader to refuse."""
    value = data.get(part) if part else data
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
