"""The translation files: up to date with the code, compiled as they stand, and German for all that vendors read.

That every text passes gettext at all is told by tests/test_language_pseudo.py.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORDS = ROOT / "locale" / "de" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")

# What only staff read, and so stays in English. A text that stands also anywhere else needs its German.
STAFF_ONLY = re.compile(
    r"templates/(assessments/staff|playbook|outbox)/|templates/vendors/vendor_"
    r"|playbook/(views|queries|mapping_tables|mappings)\.py"
    r"|assessments/(actions/(decisions|acceptances|campaigns|erasure|reviewers|reviews|second_looks)"
    r"|forms/(acceptances|assessments|campaigns|decisions|erasure|portfolio|reviewers|reviews|second_looks)"
    r"|models/(decisions|campaigns|second_looks)"
    r"|intake/vendor_lists|kappa|reports/kinds"
    r"|queries/(against|bars|calendar|campaign_plan|campaigns|comparison|decisions|events|overview|portfolio|portfolio_export|proposals"
    r"|recurrence|review_sheet|second_looks|sparks|vendor_page|worklist)"
    r"|views/(acceptances|campaigns|decisions|erasure|notes|overview|portfolio|queries|reports|reviewers|scoring|second_looks|workflow))\.py"
)

pytestmark = pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext is not installed")


@dataclass(frozen=True)
class Entry:
    """One text of a translation file: where it stands in the code, and its words."""

    places: tuple[str, ...]
    msgid: str
    msgstr: str
    is_fuzzy: bool


def entries(path: Path) -> Iterator[Entry]:
    """The texts of a .po file as GNU gettext prints it, one line a string; plural forms are one text."""
    for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        lines = block.splitlines()
        places = " ".join(line[3:] for line in lines if line.startswith("#: ")).split()
        flags = " ".join(line for line in lines if line.startswith("#,"))
        text = "\n".join(line for line in lines if not line.startswith("#"))
        strings = {
            key: "".join(re.findall(r'"(.*)"', value))
            for key, value in re.findall(r'^(msg\S+) ((?:".*"\n?)+)', text, re.MULTILINE)
        }
        forms = [value for key, value in strings.items() if key.startswith("msgstr")]
        yield Entry(tuple(places), strings.get("msgid", ""), "".join(forms) if all(forms) else "", "fuzzy" in flags)


def is_for_vendors(entry: Entry) -> bool:
    """Whether a text stands anywhere that vendors read."""
    return not all(STAFF_ONLY.match(place) for place in entry.places)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git knows, with the texts collected anew."""
    copy = tmp_path_factory.mktemp("words")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if name.startswith("tests/") or not (ROOT / name).is_file():
            continue
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    (copy / ".venv" / "bin").mkdir(parents=True)
    python = copy / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    subprocess.run([copy / "bin" / "words"], cwd=copy, check=True, capture_output=True)
    return copy / "locale" / "de" / "LC_MESSAGES"


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_of_the_code_is_collected(collected: Path, domain: str) -> None:
    now = {(entry.msgid, entry.places) for entry in entries(collected / f"{domain}.po")}
    then = {(entry.msgid, entry.places) for entry in entries(WORDS / f"{domain}.po")}
    assert now == then, "run bin/words and translate what is new"


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_file_is_made_of_what_stands_beside_it(collected: Path, domain: str) -> None:
    assert (collected / f"{domain}.mo").read_bytes() == (WORDS / f"{domain}.mo").read_bytes(), "run bin/words"


@pytest.mark.parametrize("domain", DOMAINS)
def test_german_is_complete_for_what_vendors_read(domain: str) -> None:
    found = [entry for entry in entries(WORDS / f"{domain}.po") if is_for_vendors(entry)]
    assert len(found) > 20
    assert [entry.msgid for entry in found if not entry.msgstr or entry.is_fuzzy] == []
