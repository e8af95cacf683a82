"""Every kind of PDF is tagged as PDF/UA-1 asks and fit to be archived as PDF/A-3a: read from the file itself."""

import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from assessments.reports import executive, letter, manifest, portfolio_render, render
from assessments.reports.brand import Brand
from assessments.reports.receipt import render_receipt
from tests.reports import samples, test_portfolio_report
from tests.reports.pdfs import made, material

LOGO = Brand(samples.bitmap("PNG", (300, 100)), "image/png", "#7a1f5c")


def _portfolio() -> bytes:
    snapshot, out = test_portfolio_report.many(60), io.BytesIO()
    portfolio_render.write(snapshot, material(snapshot, "portfolio", brand=LOGO), out)
    return out.getvalue()


def _receipt() -> bytes:
    """A receipt of one answer with one file."""
    at = "2026-11-25T04:01:02Z"
    file = {
        "number": 1, "name": "users.png", "kind": "image", "size": 3, "sha256": "a" * 64, "received_at": at,
        "received_by": "Rita Raman", "effective_at": None, "effective_source": "", "accounts": [], "questions": [1],
    }  # fmt: skip
    answer = {
        "number": 1, "domain": "Encryption", "title": "Data encrypted", "question": "Is all data encrypted?",
        "kind": "statements", "statements": ["Every store is."], "reason": "", "notes": "", "plan": "",
        "plan_due_on": None, "answered_by": "Rita Raman", "answered_at": at, "files": [1],
    }  # fmt: skip
    text = manifest.seal(
        kind="submission",
        files=[file],
        facts={
            "organisation": "Alder Mutual",
            "vendor": {"name": "Halvorsen Payments"},
            "assessment": {"id": 1, "title": "AWS assessment 2026", "period": "2026"},
            "playbook": {
                "slug": "aws-core", "title": "AWS core", "version": "2020-06", "sha256": "b" * 64,
                "attribution": "Adapted.", "licence": "CC BY-SA 4.0", "licence_url": "https://licence.example/",
            },
            "round": 1,
            "submitted": {"at": at, "by": "Rita Raman", "signed_as": "Rita Raman", "statement": "It is true."},
            "accounts": [{"id": "111122223333", "name": "Production", "stage": "Production"}],
            "answers": [answer],
            "audit": {"position": 7, "hash": "5" * 64},
        },
    )  # fmt: skip
    return render_receipt(text)


KINDS: dict[str, Callable[[], bytes]] = {
    "report": lambda: made(render.write, samples.full(), material(samples.full(), "report", brand=LOGO)),
    "draft": lambda: made(render.write, samples.draft(), material(samples.draft(), "report")),
    "summary": lambda: made(executive.write, samples.full(), material(samples.full(), "summary", brand=LOGO)),
    "letter": lambda: made(letter.write, samples.full(), material(samples.full(), "letter", brand=LOGO)),
    "portfolio": _portfolio,
    "receipt": _receipt,
}
HEADING = re.compile(r"/H[1-6]")
INSIDE = {  # what may stand in these
    "/L": {"/LI"},
    "/LI": {"/Lbl", "/LBody"},
    "/Table": {"/THead", "/TBody", "/TFoot", "/TR", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TR": {"/TH", "/TD"},
}


@pytest.fixture(scope="module", params=KINDS)
def content(request: pytest.FixtureRequest) -> bytes:
    return KINDS[request.param]()


@pytest.fixture(scope="module")
def pdf(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(content)) as document:
        yield document


def kids(node: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    """The structure elements directly in one, in reading order."""
    found = node.get("/K", [])
    listed = found if isinstance(found, pikepdf.Array) else [found]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def tree(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Every structure element, in reading order."""
    waiting = kids(pdf.Root.StructTreeRoot)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(kids(node)[::-1])


def attribute(node: pikepdf.Dictionary, name: str) -> str:
    """One attribute of an element, or ""."""
    return str(node.get("/A", {}).get(name, ""))


def test_the_document_says_what_it_is(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.MarkInfo.Marked) is True
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == str(pdf.docinfo.Title)
        assert (metadata["pdfuaid:part"], metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("1", "3", "A")
    described = bytes(pdf.Root.Metadata.read_bytes())
    assert b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>" in described


def test_colours_have_a_profile_and_fonts_are_inside(pdf: pikepdf.Pdf) -> None:
    (intent,) = pdf.Root.OutputIntents
    assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
    fonts = [
        one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert [str(one.FontName) for one in fonts if not {"/FontFile2", "/FontFile3"} & set(one.keys())] == []


def test_every_page_is_read_in_the_order_of_the_tags(pdf: pikepdf.Pdf) -> None:
    for number, page in enumerate(pdf.pages):
        assert (str(page.Tabs), int(page.StructParents)) == ("/S", number)
    for name in ("/OpenAction", "/AA", "/AcroForm"):
        assert name not in pdf.Root


def test_pictures_and_drawings_have_words_and_a_place_on_the_page(pdf: pikepdf.Pdf) -> None:
    for node in (node for node in tree(pdf) if node.S == "/Figure"):
        assert str(node.get("/Alt", "")).strip()
        left, bottom, right, top = (float(corner) for corner in node.A.BBox)
        assert 0 <= left < right <= 596
        assert 0 <= bottom < top <= 842


def test_each_kind_but_the_receipt_has_pictures(request: pytest.FixtureRequest, pdf: pikepdf.Pdf) -> None:
    figures = sum(node.S == "/Figure" for node in tree(pdf))
    assert (figures == 0) == ("[receipt]" in request.node.name)


def test_what_is_attached_says_what_it_is(request: pytest.FixtureRequest, pdf: pikepdf.Pdf) -> None:
    files = list(pdf.Root.get("/AF", []))
    assert len(files) == (0 if "[portfolio]" in request.node.name else 1)
    for file in files:
        assert (str(file.UF), str(file.AFRelationship)) == ("manifest.json", "/Source")
        assert str(file.EF.F.Subtype) == "/application/json"


def test_headings_go_down_one_step_at_a_time(pdf: pikepdf.Pdf) -> None:
    levels = [int(str(node.S)[2]) for node in tree(pdf) if HEADING.fullmatch(str(node.S))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(one, two) for one, two in zip(levels, levels[1:], strict=False) if two > one + 1] == []


def test_lists_and_tables_hold_what_belongs_in_them(pdf: pikepdf.Pdf) -> None:
    wrong = Counter(
        (str(node.S), str(kid.S))
        for node in tree(pdf)
        for kid in kids(node)
        if str(node.S) in INSIDE and str(kid.S) not in INSIDE[str(node.S)]
    )
    assert wrong == {}


def cells(table: pikepdf.Dictionary) -> list[tuple[pikepdf.Dictionary, pikepdf.Dictionary]]:
    """Each cell with the section it stands in."""
    return [(section, cell) for section in kids(table) for row in kids(section) for cell in kids(row)]


def test_tables_have_headers_that_can_be_found(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.StructTreeRoot.IDTree.Names
    listed = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    assert list(listed) == sorted(listed)
    tables = [node for node in tree(pdf) if node.S == "/Table"]
    assert tables
    seen: Counter[str] = Counter()
    for table in tables:
        headers = {str(cell.ID): section for section, cell in cells(table) if cell.S == "/TH"}
        seen.update(list(headers))
        assert headers
        for section, cell in cells(table):
            if cell.S == "/TH":
                assert listed[str(cell.ID)].objgen == cell.objgen
                is_column = section.S == "/THead" or attribute(cell, "/ColSpan")
                assert attribute(cell, "/Scope") == ("/Column" if is_column else "/Row")
            else:
                assert {str(name) for name in cell.A.Headers} <= set(headers)
                assert cell.A.Headers
    assert [name for name, count in seen.items() if count > 1] == []
    assert set(seen) == set(listed)


def test_a_heading_over_rows_heads_these_rows_alone(pdf: pikepdf.Pdf) -> None:
    for table in (node for node in tree(pdf) if node.S == "/Table"):
        groups = {
            str(cell.ID): section.objgen
            for section, cell in cells(table)
            if cell.S == "/TH" and section.S == "/TBody" and attribute(cell, "/ColSpan")
        }
        for section, cell in cells(table):
            for name in cell.A.get("/Headers", []):
                assert groups.get(str(name), section.objgen) == section.objgen


def test_links_say_where_they_lead(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for link in page.get("/Annots", []):
            assert link.Subtype == "/Link"
            assert re.match(r"Go to |https://", str(link.Contents))
            assert int(link.F) == 4
            assert "/StructParent" in link


def test_what_is_drawn_is_tagged_or_decoration(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                depth += 1
            elif name == "EMC":
                depth -= 1
            elif name in ("Tj", "TJ", "Do", "f", "S", "B", "f*", "B*", "sh"):
                assert depth, (operands, name)


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_verapdf_agrees(content: bytes, flavour: str, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    done = subprocess.run(["verapdf", "--flavour", flavour, "--format", "text", path], capture_output=True, text=True)
    assert done.stdout.startswith("PASS"), done.stdout
