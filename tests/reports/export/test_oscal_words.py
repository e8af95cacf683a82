"""The properties of our own namespace are those that docs/oscal.md explains, and no others."""

import dataclasses
import json
import re
from datetime import UTC, date, datetime
from typing import Any

from assessments.reports.export import oscal as results
from assessments.reports.snapshot import DecisionFacts
from playbook import oscal as catalogs
from playbook.mappings import for_playbook
from playbook.schema import PACKAGED, read
from tests.reports import samples
from tests.reports.export.samples import made
from tests.test_layering import ROOT

DECIDED = DecisionFacts("approved", "All is well.", (), date(2027, 12, 31), date(2026, 12, 17), "Max Solheim")


def names(value: Any) -> set[str]:
    """Of every property of our own namespace."""
    if isinstance(value, list):
        return {name for one in value for name in names(one)}
    if not isinstance(value, dict):
        return set()
    own = {value["name"]} if value.get("ns") == catalogs.NS and "value" in value else set()
    return own.union(*(names(one) for one in value.values()))


def test_every_property_is_explained_and_every_explained_one_is_there() -> None:
    catalog = catalogs.catalog(
        read(PACKAGED.read_bytes()), published_at=datetime(2026, 11, 25, tzinfo=UTC), mappings=for_playbook("aws-core")
    )
    snapshot = dataclasses.replace(samples.full(), decision=DECIDED)
    used = names(catalog) | names(json.loads(made(results.write, snapshot)))
    text = (ROOT / "docs" / "oscal.md").read_text("utf-8")
    table = text[text.index("| of | properties |") :]
    assert set(re.findall(r"`([^`]+)`", table)) == used
    assert f"`{catalogs.NS}`" in text


def test_a_decision_is_told_in_words() -> None:
    snapshot = dataclasses.replace(samples.full(), decision=DECIDED)
    (found,) = json.loads(made(results.write, snapshot))["assessment-results"]["results"]
    assert found["remarks"].split("\n\n") == [
        "Approved by Max Solheim on 17 December 2026. It holds until 31 December 2027.",
        "All is well.",
    ]
    assert [one["title"] for one in found["assessment-log"]["entries"]] == [
        "The vendor submitted its answers",
        "The assessment was closed",
        "It was decided on",
    ]
