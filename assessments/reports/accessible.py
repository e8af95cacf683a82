"""What WeasyPrint leaves out of its tagged PDF, added before the file is written: PDF/UA-1 and PDF/A-3a in one.

Headers of tables get their scope, identifiers of their own and the tree that finds them; a heading over a group of
rows heads these rows alone. Drawings say where they are in the units of the page, and links where they lead in words.
The metadata declares both standards: WeasyPrint writes one, though the files differ in nothing else. The profile of
the colours is put in here, since WeasyPrint leaves its file open.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pydyf

VARIANT = "pdf/a-3a"
"""Of WeasyPrint's, the one that tags, and says what an attached file is to the document."""
OUTPUT_INTENT = "ours"
"""No name that WeasyPrint knows, so that it adds no profile."""
PROFILE = "sRGB2014.icc"
POINTS = 0.75
"""Points of a CSS pixel."""
SECTIONS = ("/THead", "/TBody", "/TFoot")
_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_PLACES = (
    (re.compile(r"e(\d+)"), "Evidence E{}"),
    (re.compile(r"q(\d+)"), "Question {}"),
    (re.compile(r"f(\d+)"), "Finding {}"),
)

Element = dict[str, Any]


def finish(document: Any, pdf: pydyf.PDF) -> None:
    """Make the tags of a WeasyPrint document complete. `pdf` is what it is about to write."""
    objects = {item.reference: item for item in pdf.objects if isinstance(item, dict)}
    elements = [item for item in objects.values() if item.get("Type") == "/StructElem"]
    root = next(item for item in objects.values() if item.get("Type") == "/StructTreeRoot")
    _name_headers(root, elements, objects)
    for element in elements:
        if element["S"] == "/Figure":
            _place(element, document.pages[0].height)
    for annotation in (item for item in objects.values() if item.get("Subtype") == "/Link"):
        if "Dest" in annotation:
            annotation["Contents"] = pydyf.String(_in_words(annotation["Dest"].string))
    if "AF" in pdf.catalog:  # which WeasyPrint fills twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    _add_profile(pdf)
    _declare(pdf)


def _name_headers(root: Element, elements: list[Element], objects: dict[bytes, Element]) -> None:
    """Scope and unique identifier of every header cell; WeasyPrint counts anew on each page of a table."""
    named: list[tuple[str, bytes]] = []
    for number, table in enumerate(item for item in elements if item["S"] == "/Table"):
        groups: dict[int, bytes] = {}  # key of a heading over rows, by identity: the section it heads
        for place, (section, cell) in enumerate(_cells(table, objects)):
            if cell["S"] != "/TH":
                continue
            is_group = section["S"] != "/THead" and "ColSpan" in cell["A"]
            is_column = section["S"] == "/THead" or is_group
            cell["A"]["Scope"] = "/Column" if is_column else "/Row"
            cell["ID"].string = f"h{number:05}-{place:05}"  # the same object stands in the cells it heads
            named.append((cell["ID"].string, cell.reference))  # type: ignore[attr-defined]  # an object of pydyf
            if is_group:
                groups[id(cell["ID"])] = section.reference  # type: ignore[attr-defined]  # the same
        for section, cell in _cells(table, objects):
            if groups and "Headers" in cell["A"]:
                kept = [
                    key for key in cell["A"]["Headers"] if groups.get(id(key), section.reference) == section.reference
                ]
                cell["A"]["Headers"] = pydyf.Array(kept)
    if named:
        pairs = [part for name, reference in sorted(named) for part in (pydyf.String(name), reference)]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(pairs)})


def _cells(table: Element, objects: dict[bytes, Element]) -> Iterator[tuple[Element, Element]]:
    """Each cell of a table with the section it stands in."""
    for section in _children(table, objects):
        for row in _children(section, objects) if section["S"] in SECTIONS else ():
            for cell in _children(row, objects):
                if cell["S"] in ("/TH", "/TD"):
                    yield section, cell


def _children(element: Element, objects: dict[bytes, Element]) -> list[Element]:
    found = (objects.get(kid) for kid in element.get("K", ()) if isinstance(kid, bytes))
    return [kid for kid in found if kid is not None and kid.get("Type") == "/StructElem"]


def _place(figure: Element, page_height: float) -> None:
    """Pixels from the top of the page become points from its foot."""
    left, top, right, bottom = figure["A"]["BBox"]
    corners = (left, page_height - bottom, right, page_height - top)
    figure["A"]["BBox"] = pydyf.Array([round(float(corner) * POINTS, 2) for corner in corners])


def _in_words(anchor: str) -> str:
    """Where a link inside the document leads."""
    for pattern, words in _PLACES:
        if match := pattern.fullmatch(anchor):
            return f"Go to {words.format(match[1])}"
    return f"Go to {anchor}"


def _add_profile(pdf: pydyf.PDF) -> None:
    """What the red, green and blue of all our colours are."""
    content = files("weasyprint.pdf").joinpath(PROFILE).read_bytes()
    profile = pydyf.Stream([content], pydyf.Dictionary({"N": 3}), compress=True)
    pdf.add_object(profile)
    intent = pydyf.Dictionary({"Type": "/OutputIntent", "S": "/GTS_PDFA1", "DestOutputProfile": profile.reference})
    intent["OutputConditionIdentifier"] = intent["Info"] = pydyf.String(PROFILE)
    pdf.catalog["OutputIntents"] = pydyf.Array([intent])


def _declare(pdf: pydyf.PDF) -> None:
    metadata = next(item for item in pdf.objects if item.reference == pdf.catalog["Metadata"])
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", _UA + b"</rdf:RDF>")]
