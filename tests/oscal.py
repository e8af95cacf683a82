"""OSCAL read by somebody else's program, compliance-trestle, and what neither it nor a schema looks at."""

import html
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cmarkgfm
from trestle.core.validator_factory import validator_factory

NUMBERED_BY_CONTENT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def read(kind: Any, text: str) -> Any:
    """The document as trestle's model, after it passed trestle's validators and came back as it went in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.json"
        path.write_text(text, "ascii")
        model = kind.oscal_read(path)
    assert json.loads(model.oscal_serialize_json()) == json.loads(text)
    # Quiet: trestle looks for references to random ids (version 4) only, and misses ours; see check_references.
    assert all(one.model_is_valid(model, True) for one in validator_factory.get_all())
    check_references(json.loads(text))
    return model


def check_references(document: dict[str, Any]) -> None:
    """Ids are made from the content and stand once; references lead to one, and one leads to every resource."""
    uuids = [value for key, value in pairs(document) if key == "uuid"]
    assert [value for value in uuids if not NUMBERED_BY_CONTENT.fullmatch(value)] == []
    ids = [value for key, value in pairs(document) if key == "id"]
    assert [value for value, times in Counter([*uuids, *ids]).items() if times > 1] == []
    inner = {value[1:] for key, value in pairs(document) if key == "href" and value.startswith("#")}
    named = {value for key, value in pairs(document) if key.endswith("-uuid")}
    assert (inner | named) - {*uuids, *ids} == set()
    (body,) = document.values()
    assert {one["uuid"] for one in body["back-matter"]["resources"]} - inner - named == set()


def pairs(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every text of a document with its key; items of a list have the key of the list, without a plural."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from pairs(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from pairs(item, key.removesuffix("s"))
    else:
        yield key, value


def shown(markdown: str) -> tuple[set[str], str]:
    """What a reader of Markdown makes of a text: the tags, and the words."""
    page = cmarkgfm.markdown_to_html(markdown)
    return set(re.findall(r"</?(\w+)", page)), html.unescape(re.sub(r"<[^>]*>", "", page))
