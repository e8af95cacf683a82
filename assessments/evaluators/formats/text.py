"""Decode text as people really save it: UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1252."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

CHUNK: Final = 1_000_000  # bytes decoded at a time, so that checking never holds a second copy of a file
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Characters no text file has; tab, line ends, form feed and escape (coloured logs) are let through.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def encoding_of(data: bytes) -> str | None:
    """The codec that reads all of `data`, or None when it is not text in any encoding we take.

    The codec named swallows a leading BOM.
    """
    if data.startswith(_UTF16_MARKS):
        candidates: tuple[str, ...] = ("utf-16",)
    elif data.startswith(codecs.BOM_UTF8):
        candidates = ("utf-8-sig",)
    else:
        candidates = ("utf-8", "cp1252")
    return next((name for name in candidates if _decodes(data, name)), None)


def is_printable(data: bytes, encoding: str) -> bool:
    """Whether `data`, which decodes with `encoding`, holds no NUL and no other control character."""
    return not any(_CONTROL.search(piece) for piece in _pieces(data, encoding))


def head_of(data: bytes, size: int = 65_536) -> str:
    """The beginning of `data` as text without leading BOM and blanks; bytes that do not decode are replaced."""
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    return data[:size].decode(encoding, errors="replace").lstrip("\ufeff \t\r\n\f")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        for _ in _pieces(data, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _pieces(data: bytes, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    for start in range(0, len(data), CHUNK):
        yield decoder.decode(bytes(view[start : start + CHUNK]))
    yield decoder.decode(b"", final=True)
