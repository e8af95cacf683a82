"""PDFs: pages and nothing else. What is forbidden is found in the objects, however it is written."""

import io
import os
import resource
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from assessments.intake import Refused, examine
from tests.intake.samples import bundle, pdf

AGAIN = "Print it to a new PDF and add that."
DAMAGED = f"The PDF is damaged or incomplete. {AGAIN}"
LOCKED = "The PDF is protected by a password. Save it without protection and add it again."
SCRIPT = f"The PDF holds active content (a script). {AGAIN}"
AUTOMATIC = f"The PDF holds active content (an automatic action). {AGAIN}"
ATTACHED = f"The PDF has other files inside it. {AGAIN}"
COMPLICATED = f"The PDF is too complicated. {AGAIN}"


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        examine(io.BytesIO(data), "policy.pdf")
    return str(refused.value)


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def on_opening(action: object) -> object:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = action(document) if callable(action) else action

    return change


def annotated(**fields: object) -> object:
    def change(document: pikepdf.Pdf) -> None:
        note = document.make_indirect(Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **fields))
        document.pages[0].obj.Annots = Array([note])

    return change


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["tool.exe"] = b"MZ"


def test_pages_are_counted() -> None:
    taken = examine(io.BytesIO(pdf()), "Policy.PDF")
    assert (taken.kind, taken.name, taken.content_type, taken.facts) == (
        "pdf",
        "Policy.pdf",
        "application/pdf",
        {"pages": 1},
    )


@pytest.mark.parametrize(
    "change",
    [
        on_opening(lambda document: Array([document.pages[0].obj, Name.Fit])),
        on_opening(lambda document: Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]))),
        annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://aws.amazon.com/"))),
    ],
    ids=["first page", "first page as action", "link"],
)
def test_what_office_programs_write_is_taken(change: object) -> None:
    assert examine(io.BytesIO(pdf(change)), "x.pdf").kind == "pdf"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (on_opening(script()), AUTOMATIC),
        (on_opening(Dictionary(S=Name.URI, URI=String("https://evil.example/"))), AUTOMATIC),
        (on_opening(Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=script())), AUTOMATIC),
        (lambda d: setattr(d.Root, "AA", Dictionary(WC=script())), AUTOMATIC),
        (lambda d: setattr(d.pages[0].obj, "AA", Dictionary(O=script())), AUTOMATIC),
        (annotated(Subtype=Name.Link, A=script()), SCRIPT),
        (annotated(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("calc.exe"))),
         f"The PDF holds active content (a program to start). {AGAIN}"),
        (annotated(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("https://evil.example/"))),
         f"The PDF holds active content (a form that sends itself). {AGAIN}"),
        (annotated(Subtype=Name.RichMedia), f"The PDF holds active content (media). {AGAIN}"),
        (annotated(Subtype=Name.Screen), f"The PDF holds active content (media). {AGAIN}"),
        (lambda d: setattr(d.Root, "AcroForm", Dictionary(Fields=Array([]), XFA=String("<x/>"))),
         f"The PDF holds active content (an XFA form). {AGAIN}"),
        (lambda d: setattr(d.Root, "Names", Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script()])))),
         SCRIPT),
        (attached, ATTACHED),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode.__members__))
def test_active_content_is_refused(change: object, sentence: str, mode: str) -> None:
    data = pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.__members__[mode])
    assert refusal(data) == sentence


def test_names_are_resolved_and_words_are_not() -> None:
    hidden = (
        pdf(annotated(Subtype=Name.Link, A=script()))
        .replace(b"/JavaScript", b"/J#61vaScrip#74")
        .replace(b"/JS", b"/#4aS")
    )
    assert b"/JavaScript" not in hidden
    assert refusal(hidden) == SCRIPT
    harmless = pdf(lambda d: setattr(d.docinfo, "Title", String("/JavaScript /Launch /EmbeddedFiles")))
    assert examine(io.BytesIO(harmless), "x.pdf").kind == "pdf"


@pytest.mark.parametrize("user", ["", "secret"], ids=["opens without a password", "asks for one"])
def test_an_encrypted_pdf_is_refused(user: str) -> None:
    assert refusal(pdf(encryption=pikepdf.Encryption(owner="owner", user=user))) == LOCKED


@pytest.mark.parametrize(
    "data",
    [
        pdf()[:-7],
        pdf()[: len(pdf()) // 2],
        b"%PDF-1.7\n",
        b"%PDF-1.7\nhello\n%%EOF\n",
        b"%PDF-" + bytes(500) + b"%%EOF",
    ],
    ids=["end cut off", "half", "first line", "no objects", "zeros"],
)
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    assert refusal(data) == DAMAGED


@pytest.mark.parametrize("tail", [bundle(), b"<script>alert(1)</script>"], ids=["zip", "html"])
def test_a_pdf_that_is_something_else_as_well_is_refused(tail: bytes) -> None:
    assert refusal(pdf() + tail) == f"There is something behind the end of the PDF. {AGAIN}"


def test_pages_that_contain_one_another_are_refused() -> None:
    def loop(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Kids = Array([document.Root.Pages])

    assert refusal(pdf(loop)) == DAMAGED


def test_nesting_without_end_is_refused() -> None:
    start = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/X "
    deep = b"[" * 100_000 + b"]" * 100_000
    rest = b">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    assert refusal(start + deep + rest) in {DAMAGED, COMPLICATED}


def test_a_few_kilobytes_that_unpack_to_gigabytes_stay_in_the_box() -> None:
    """The parser unpacks an object stream when it opens a file; without the box this took 17 GB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(_stream_of_objects(200_000_000)) == COMPLICATED
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB


def test_the_box_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {}

    def run(*args: object, **options: object) -> object:
        given.update(options)
        raise ValueError

    monkeypatch.setattr("assessments.intake.pdfs.subprocess.run", run)
    assert refusal(pdf()) == COMPLICATED
    assert os.environ
    assert given["env"] == {}


def _stream_of_objects(unpacked: int) -> bytes:
    packer = zlib.compressobj(9)
    packed = packer.compress(b"5 0 [") + b"".join(
        packer.compress(b"1 " * 500_000) for _ in range(unpacked // 1_000_000)
    )
    packed += packer.compress(b"]") + packer.flush()
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
        b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
        + packed
        + b"\nendstream endobj\n",
    ]
    body, places = b"%PDF-1.5\n", []
    for each in objects:
        places.append(len(body))
        body += each
    rows = [(0, 0, 255), *((1, place, 0) for place in places), (1, len(body), 0), (2, 3, 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4) + bytes([index]) for kind, place, index in rows)
    head = b"4 0 obj<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + head + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
