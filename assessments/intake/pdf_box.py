"""Run by itself, in a process with little memory and time: opens the PDF on standard input and says what it is.

A few kilobytes of PDF can unpack to gigabytes while it is being opened, and its parser is the largest piece of foreign
code that sees a vendor's bytes. Prints one JSON object: {"pages": 3} or {"refused": REASON, "detail": WORDS}.

Told a name and a size, it looks for one attached file of that name and adds {"attached": TEXT} in Latin-1, or null.
"""

import io
import json
import resource
import sys
from typing import Any

# Actions that do more than turn to a page or open a link when it is clicked; ISO 32000-2, table 201.
ACTIONS = {
    "/JavaScript": "a script",
    "/Launch": "a program to start",
    "/SubmitForm": "a form that sends itself",
    "/ImportData": "a form that loads data",
    "/GoToE": "a link into another file",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
KEYS = {"/JS": "a script", "/AA": "an automatic action", "/XFA": "an XFA form", "/RichMediaContent": "media"}
MEDIA = {"/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"}


class Found(Exception):
    """Something no evidence needs: why, and in words."""


def main(memory: int, seconds: int, most_objects: int, name: str = "", most_bytes: int = 0) -> dict[str, object]:
    """Bytes, seconds of processor time, objects: the limits of this process; then the file that may be attached."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    import pikepdf  # noqa: PLC0415 -- foreign code is loaded inside the box

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            if pdf.is_encrypted:
                return {"refused": "locked"}
            look_at(pikepdf, pdf, most_objects, may_attach=bool(name))
            answer: dict[str, object] = {"pages": len(pdf.pages)}
            if name:
                answer["attached"] = attached(pdf, name, most_bytes)
            if warnings := pdf.get_warnings():  # an object that could not be read was not looked at either
                return {"refused": "too large" if any("bad_alloc" in str(each) for each in warnings) else "damaged"}
            return answer
    except Found as found:
        reason, detail = found.args
        return {"refused": reason, "detail": detail}
    except pikepdf.PasswordError:
        return {"refused": "locked"}
    except MemoryError:
        return {"refused": "too large"}
    except Exception:  # whatever goes wrong in here, the file is not taken
        return {"refused": "damaged"}


def look_at(pikepdf: Any, pdf: Any, most_objects: int, *, may_attach: bool) -> None:
    """Every object, resolved; words in the raw bytes prove nothing either way. Raises Found."""
    check_opening(pikepdf, pdf.Root.get("/OpenAction"))
    containers = (pikepdf.Array, pikepdf.Dictionary, pikepdf.Stream)
    seen = 0
    for root in [pdf.trailer, *pdf.objects]:
        waiting = [root]
        while waiting:
            item = waiting.pop()
            seen += 1 + (len(item) if isinstance(item, pikepdf.Array) else 0)
            if seen > most_objects:
                raise Found("too large", "")
            if isinstance(item, pikepdf.Array):
                children = list(item)
            elif isinstance(item, containers):
                check(item, may_attach=may_attach)
                children = [child for _, child in item.items()]
            else:
                continue
            # What is written in place; indirect objects come by themselves, so loops end nowhere.
            waiting += [child for child in children if isinstance(child, containers) and not child.is_indirect]


def check_opening(pikepdf: Any, action: Any) -> None:
    """Office programs write the page to begin with; anything else would happen without a click."""
    if action is None or isinstance(action, pikepdf.Array):
        return
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo" and "/Next" not in action:
        return
    raise Found("active", "an automatic action")


def attached(pdf: Any, name: str, most_bytes: int) -> str | None:
    """The one file inside, if it has this name. Raises Found where there are others, or where it is too large."""
    files = [file for spec in pdf.attachments.values() for file in [spec.get_file()] if spec.filename == name]
    if len(files) != len(pdf.attachments) or len(files) > 1:
        raise Found("attached", "")
    if not files:
        return None
    content: bytes = files[0].read_bytes()
    if len(content) > most_bytes:
        raise Found("too large", "")
    return content.decode("latin-1")


def check(item: Any, *, may_attach: bool) -> None:
    """One dictionary. Raises Found."""
    keys = set(item.keys())
    if not may_attach and keys & {"/EmbeddedFiles", "/EF"}:
        raise Found("attached", "")
    for key in KEYS.keys() & keys:
        raise Found("active", KEYS[key])
    if words := ACTIONS.get(str(item.get("/S", ""))):
        raise Found("active", words)
    if str(item.get("/Subtype", "")) in MEDIA:
        raise Found("active", "media")


if __name__ == "__main__":
    numbers, more = [int(word) for word in sys.argv[1:4]], sys.argv[4:]
    said = main(*numbers, more[0], int(more[1])) if more else main(*numbers)
    print(json.dumps(said))  # noqa: T201 -- standard output is the answer
