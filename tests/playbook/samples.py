"""The packaged playbook, to be spoilt by the tests."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import yaml

from playbook.schema import PACKAGED, Document, read

SOURCE = PACKAGED.read_bytes()


@cache
def _document() -> Document:
    return read(SOURCE)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The packaged playbook as YAML after `change` was applied to its content."""
    document = copy.deepcopy(_document())
    change(document)
    return yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()


def replaced(old: bytes, new: bytes) -> bytes:
    """The packaged file with one piece of text, which has to be in it, replaced where it stands first."""
    assert old in SOURCE
    return SOURCE.replace(old, new, 1)


def with_version(version: str) -> bytes:
    """The packaged playbook under another version."""
    return replaced(b'version: "2020-06"', f'version: "{version}"'.encode())
