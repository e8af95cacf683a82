"""What must be true of templates, style sheets and scripts, read as text."""

import json
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from assessments import limits
from tests.test_layering import ROOT
from tests.test_repository import hits

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
STYLES = [ROOT / "static/css" / name for name in ("tokens.css", "app.css", "pages.css")]
SCREENS = [path for path in TEMPLATES if "reports" not in path.parts]
PARTIALS = ROOT / "templates/partials"


def text_of(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_template_and_what_it_includes_parses(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    get_template(str(path.relative_to(ROOT / "templates")))
    for name in re.findall(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""", source):
        get_template(name)


def test_nothing_inline_that_the_policy_forbids() -> None:
    """A trigger filter is worse than dead: without eval it is dropped, and the request fires on every event."""
    assert hits(r"\sstyle\s*=|<style\b", SCREENS) == []
    assert hits(r"\son[a-z]+\s*=\s*[\"']", TEMPLATES) == []
    assert hits(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))", TEMPLATES) == []
    assert hits(r"hx-on|hx-vals\s*=\s*[\"']?\s*js:|hx-(?:vars|headers)|javascript:", TEMPLATES) == []
    assert hits(r"hx-trigger\s*=\s*[\"'][^\"']*\[", TEMPLATES) == []


def test_scripts_run_no_text() -> None:
    """Text from people and from the server goes in as text. One place parses markup, and takes out what could run."""
    assert hits(r"\beval\(|new Function\(|insertAdjacentHTML|outerHTML\s*=|document\.write", SCRIPTS) == []
    assert [line.split(":")[0] for line in hits(r"innerHTML\s*=[^=]", SCRIPTS)] == ["static/js/accounts.js"]
    assert [line.split(":")[0] for line in hits(r"\bDOMParser\b", SCRIPTS)] == ["static/js/upload.js"]
    assert hits(r"localStorage", SCRIPTS) == []


def icons_of(source: str) -> set[str]:
    """Names of the icons a template may show, through every branch of `#i-{% if a %}up{% endif %}-arrow`."""
    names: set[str] = set()
    for value in re.findall(r'href="#i-((?:[^"{]|{[%{].*?[%}]})+)"', re.sub(r"{#.*?#}", "", source)):
        first, *branches = re.split(r"{%.*?%}", value)
        if "{{" in value:
            continue  # the name comes from the view
        if not branches:
            names.add(first)
        else:
            *choices, last = branches
            names |= {first + choice + last for choice in choices if choice}
    return names


def test_every_icon_in_use_is_in_the_sprite() -> None:
    drawn = re.findall(r'<symbol id="i-([\w-]+)"', (PARTIALS / "icons.html").read_text(encoding="utf-8"))
    assert len(drawn) == len(set(drawn))
    used = icons_of(text_of(SCREENS))
    used |= set(re.findall(r'\bicon\("([\w-]+)"\)', text_of(SCRIPTS)))
    used |= {
        name
        for block in re.findall(r"const ICONS = {(.*?)}", text_of(SCRIPTS))
        for name in re.findall(r'"([\w-]+)"', block)
    }
    assert used - set(drawn) == set()
    assert {"met", "partly", "notmet", "unverified", "na", "lock", "up-arrow"} <= used


def test_scripts_find_the_modules_they_name() -> None:
    for path in SCRIPTS:
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} names {name}"


def test_colours_stand_in_the_tokens_alone() -> None:
    """Two exceptions that must be white whatever the theme: paper, and the ground of a QR code."""
    found = [line.split(": ", 1)[1] for line in hits(r"#[0-9a-fA-F]{3,8}\b(?![^{]*{)", STYLES[1:])]
    assert [line for line in found if "background: #fff" not in line] == []


def test_every_token_in_use_is_defined() -> None:
    given = set(re.findall(r"(--[a-z0-9-]+)\s*:", text_of(STYLES)))
    used = {name for name in re.findall(r"var\((--[a-z0-9-]+)", text_of(STYLES)) if not name.startswith("--bs-")}
    assert used - given == set()


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    ("ink", "surface"),
    ("ink-2", "surface"),
    ("ink-3", "surface"),
    ("ink-3", "canvas"),
    ("ink-3", "sunken"),
    ("action", "surface"),
    ("action", "canvas"),
    ("action-strong", "action-tint"),
    ("on-action", "action"),
    ("met", "met-tint"),
    ("partly", "partly-tint"),
    ("notmet", "notmet-tint"),
    ("notmet", "surface"),
    ("unverified", "unverified-tint"),
    ("na", "na-tint"),
    *((f"g-{grade}-ink", f"g-{grade}-bg") for grade in "abcdf"),
]
SHAPE_PAIRS = [("control", "surface"), ("focus", "surface"), ("focus", "canvas")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (SHAPE_PAIRS, 3.0)], ids=["text", "shapes"])
def test_colours_can_be_told_apart(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    """WCAG 2.2: 1.4.3 for text, 1.4.11 for borders and focus."""
    source = STYLES[0].read_text(encoding="utf-8")
    block = source[source.index("color-scheme: " + theme) :]
    values = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block[: block.index("\n}")]))
    poor = {(ink, ground): round(contrast(values[ink], values[ground]), 2) for ink, ground in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < least} == {}


def test_the_upload_page_knows_the_limits_of_the_server() -> None:
    source = (PARTIALS / "upload.html").read_text(encoding="utf-8")
    told = json.loads(re.search(r"data-limits='([^']+)'", source).group(1))
    image = limits.IMAGE_BYTES
    assert told == {
        "png": image,
        "jpg": image,
        "jpeg": image,
        "pdf": limits.PDF_BYTES,
        "txt": limits.TEXT_BYTES,
        "csv": limits.CSV_BYTES,
        "json": limits.JSON_BYTES,
        "zip": limits.ZIP_BYTES,
    }
    accepted = re.search(r'accept="([^"]+)"', source).group(1)
    assert {"." + name for name in told} == set(accepted.split(","))
