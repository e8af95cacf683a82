"""Mappings as a file: CSV for a spreadsheet, JSON for a program. Pure, as playbook.mappings is."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from playbook.mappings import Control, Framework, Mappings, Sure

COLUMNS = (
    "criterion",
    "short_title",
    "framework",
    "publisher",
    "control",
    "control_name",
    "how_sure",
    "note",
)
NONE_KNOWN = "None known"
# What makes a spreadsheet take a cell for a formula or a command, also behind spaces.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet shows it and never runs it: an apostrophe in front makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def to_csv(mappings: Mappings, titles: Mapping[int, str]) -> str:
    """One line for each control; a framework that has none for a criterion gets one that says so.

    `titles` are the short titles by number; a criterion without one is left out. Line ends as RFC 4180 has them.
    No cell is a bare number, since a spreadsheet would make 1.1 of the control 1.10.
    """
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    for number, title in sorted(titles.items()):
        for row in mappings.of(number):
            about = row.framework
            head = [f"{mappings.slug}-{number}", title, about.title, about.publisher]
            tails = [[_worded(about, one), one.name, one.sure.label, one.note] for one in row.controls]
            for tail in tails or [["", "", NONE_KNOWN, ""]]:
                writer.writerow([safe_cell(cell) for cell in (*head, *tail)])
    return page.getvalue()


def _worded(framework: Framework, control: Control) -> str:
    """The control's id, behind the framework's first word where it would read as a number: "CIS 1.10"."""
    return f"{framework.short_name.split()[0]} {control.id}" if control.id[0].isdigit() else control.id


def to_json(mappings: Mappings, titles: Mapping[int, str]) -> str:
    """The same as one object: frameworks, what the marks mean, and the criteria with a list for each framework."""
    document: dict[str, Any] = {
        "playbook": mappings.slug,
        "frameworks": [
            {"key": one.key, "name": one.name, "version": one.version, "publisher": one.publisher}
            for one in mappings.frameworks
        ],
        "how_sure": {mark: mark.meaning for mark in Sure},
        "criteria": [
            {
                "criterion": f"{mappings.slug}-{number}",
                "short_title": title,
                "controls": {
                    row.framework.key: [
                        {"id": one.id, "name": one.name, "how_sure": one.sure, "note": one.note} for one in row.controls
                    ]
                    for row in mappings.of(number)
                },
            }
            for number, title in sorted(titles.items())
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
