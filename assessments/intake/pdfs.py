"""PDFs: kept for download only, and refused where they could do anything but show pages."""

from typing import Any, BinaryIO

import pikepdf

from assessments.intake.refusal import Refused
from assessments.limits import PDF_OBJECTS

_PRINT_AGAIN = "Print it to a new PDF and add that."
_DAMAGED = f"The PDF is damaged. {_PRINT_AGAIN}"
_LOCKED = "The PDF is protected by a password. Save it without protection and add it again."
_ACTIVE = f"The PDF holds active content ({{}}). {_PRINT_AGAIN}"
_ATTACHED = f"The PDF has other files inside it. {_PRINT_AGAIN}"

# Actions that do more than turn to a page or open a link; ISO 32000-2, table 201.
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMediaExecute",
    "/SetOCGState",
    "/Trans",
}
_KEYS = {"/JS": "a script", "/AA": "an automatic action", "/XFA": "an XFA form", "/RichMediaContent": "rich media"}


def inspect(stream: BinaryIO) -> dict[str, object]:
    """Number of pages. Raises Refused for an encrypted or damaged PDF and for active content.

    Objects are resolved and looked at; words in the raw bytes prove nothing either way.
    """
    try:
        with pikepdf.open(stream) as pdf:
            if pdf.is_encrypted:
                raise Refused(_LOCKED)
            _look_at(pdf)
            return {"pages": len(pdf.pages)}
    except pikepdf.PasswordError as error:
        raise Refused(_LOCKED) from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError, RuntimeError) as error:
        raise Refused(_DAMAGED) from error


def _look_at(pdf: pikepdf.Pdf) -> None:
    seen = 0
    for root in [pdf.trailer, *pdf.objects]:
        waiting: list[Any] = [root]
        while waiting:
            item = waiting.pop()
            seen += 1
            if seen > PDF_OBJECTS:
                raise Refused(f"The PDF is too complicated. {_PRINT_AGAIN}")
            if isinstance(item, pikepdf.Array):
                waiting += [child for child in item if _is_inside(child)]
            elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                _check(item)
                waiting += [child for _, child in item.items() if _is_inside(child)]


def _is_inside(item: Any) -> bool:
    """A container written in place; indirect ones are objects of their own and come by themselves."""
    is_container = isinstance(item, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream)
    return is_container and not item.is_indirect


def _check(item: Any) -> None:
    keys = set(item.keys())
    if keys & {"/EmbeddedFiles", "/EF"}:
        raise Refused(_ATTACHED)
    for key, words in _KEYS.items():
        if key in keys:
            raise Refused(_ACTIVE.format(words))
    action = str(item.get("/S", ""))
    if action in _ACTIONS:
        raise Refused(_ACTIVE.format(f"{action[1:]} action"))
    if str(item.get("/Subtype", "")) in {"/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"}:
        raise Refused(_ACTIVE.format("rich media"))
