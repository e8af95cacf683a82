"""Read the collector's manifest.json: evidence contract, section 3. What is not of the right type is not there."""

import re
from typing import Any, Final

from assessments.evaluators.formats import fields
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.formats.facts import Manifest, ManifestAccount, ManifestFile

_ACCOUNT: Final = re.compile(r"\d{12}")
_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}")


def is_manifest(value: Any) -> bool:
    """Whether a JSON value is a manifest: it lists accounts and files."""
    return isinstance(fields.dig(value, "files"), list) and isinstance(fields.dig(value, "accounts"), list)


def parse(value: Any) -> Manifest:
    """The manifest in a JSON value. Raises Unreadable for what is none."""
    if not is_manifest(value):
        raise Unreadable("This manifest.json was not made by the collector. Run the collector again.")
    return Manifest(
        collected_at=fields.instant(value, "collected_at"),
        accounts=tuple(
            ManifestAccount(
                account,
                fields.flag(item, "management") is True,
                _regions(item, "regions_enabled"),
                _regions(item, "regions_active"),
            )
            for item in fields.items(value, "accounts")
            if _ACCOUNT.fullmatch(account := fields.text(item, "id"))
        ),
        declared=tuple(filter(_ACCOUNT.fullmatch, fields.strings(value, "declared_accounts"))),
        files={path: _file(item) for item in fields.items(value, "files") if (path := fields.text(item, "path"))},
    )


def _regions(item: fields.Item, key: str) -> tuple[str, ...] | None:
    """The regions of a list, or None where there is no list, or one that holds something else."""
    found = item.get(key)
    names = fields.strings(item, key)
    whole = isinstance(found, list) and len(names) == len(found) and all(map(_REGION.fullmatch, names))
    return tuple(sorted(names)) if whole else None


def _file(item: fields.Item) -> ManifestFile:
    size, code = item.get("bytes"), item.get("exit_code")
    return ManifestFile(
        size=size if isinstance(size, int) else None,
        sha256=fields.text(item, "sha256").lower() or None,
        command=tuple(fields.strings(item, "command")),
        exit_code=code if isinstance(code, int) else None,
    )
