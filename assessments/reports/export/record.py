"""The snapshot as a record for programs (JSON), as record.schema.json describes it. Pure.

It holds all that the report says and no key of the store. Texts are whole and exact, but for halves of characters,
which no JSON reader takes and which become U+FFFD.
"""

import json
import re
from pathlib import Path
from typing import Any, BinaryIO

from assessments.reports.material import Material
from assessments.reports.plain import plain
from assessments.reports.snapshot import Snapshot

VERSION = 1
"""Of the record; it grows with every change of its fields."""
SCHEMA = Path(__file__).with_name("record.schema.json")
_KEYS = ("file", "preview", "preview_width", "preview_height")
_HALVES = re.compile("[\ud800-\udfff]")


def write(snapshot: Snapshot, material: Material, out: BinaryIO) -> None:
    """Write the record to `out`: one object in ASCII, sorted by key."""
    material.on_step(1, 1)
    out.write(json.dumps(record(snapshot, material), indent=2, sort_keys=True, allow_nan=False).encode("ascii") + b"\n")


def record(snapshot: Snapshot, material: Material) -> dict[str, Any]:
    """The same as values. An older snapshot has the fields of today, empty where it knew nothing of them."""
    said = _whole(plain(snapshot))
    for item in said["evidence"]:
        for key in _KEYS:
            del item[key]
        item["is_missing"] = item["number"] in material.missing
    return {
        "record": "assay-assessment",
        "schema_version": VERSION,
        "digest": material.digest,
        "audit": {"position": material.trail.position, "hash": material.trail.hash},
        "snapshot": said,
    }


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the record."""
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return loaded


def as_markdown() -> str:
    """The tables of docs/record.md: one for the record, one for each kind of object in it."""
    whole = schema()
    parts = {"record": whole, **whole["$defs"]}
    return "\n".join(_table(name, part) for name, part in parts.items() if "properties" in part)


def _table(name: str, part: dict[str, Any]) -> str:
    rows = [f"| `{key}` | {_kind(rule)} | {rule['description']} |" for key, rule in part["properties"].items()]
    return "\n".join(
        [f"## {name}", "", part["description"], "", "| field | what | meaning |", "| --- | --- | --- |", *rows, ""]
    )


def _kind(rule: dict[str, Any]) -> str:
    """In words: "text", "list of finding", "day or null"."""
    if "$ref" in rule:
        return str(rule["$ref"]).rpartition("/")[2]
    if "anyOf" in rule:
        return " or ".join(_kind(one) for one in rule["anyOf"])
    if rule.get("type") == "array":
        return f"list of {_kind(rule['items'])}"
    if "const" in rule:
        return f"`{json.dumps(rule['const'])}`"
    if "enum" in rule:
        return ", ".join(f"`{json.dumps(one)}`" for one in rule["enum"])
    return {"string": "text", "integer": "number", "boolean": "true or false", "null": "null"}[rule["type"]]
