"""A name that is safe to show and to download under."""

import re
import unicodedata

from assessments.limits import FILE_NAME_LENGTH

# What a person may have meant as the extension; replaced by the true one.
_EXTENSION = re.compile(r"\.(?=\d*[A-Za-z])[A-Za-z0-9]{1,8}$")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Extensions that are right for what the file is, besides the first, which is set where none of them fits.
EXTENSIONS = {
    "png": ("png",),
    "jpeg": ("jpg", "jpeg"),
    "pdf": ("pdf",),
    "csv": ("csv", "tsv"),
    "json": ("json",),
    "text": ("txt", "log", "md"),
    "zip": ("zip",),
}


def clean_name(name: str, true_type: str) -> str:
    """The name without folders, control, direction and zero-width characters, with the extension of what the file is.

    At most FILE_NAME_LENGTH characters; "evidence" where nothing is left.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = re.split(r"[/\\]", text)[-1]
    # Cc control, Cf direction and zero width, Cs lone surrogates, Co private, Cn unassigned, Zl and Zp line ends.
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    text = _FORBIDDEN.sub("_", text).strip(" .")
    found = _EXTENSION.search(text)
    given = found.group()[1:].lower() if found else ""
    right = EXTENSIONS[true_type]
    stem = text[: found.start()] if found else text
    if given not in right and (inner := _EXTENSION.search(stem)) and inner.group()[1:].lower() in right:
        stem, given = stem[: inner.start()], inner.group()[1:].lower()  # invoice.pdf.exe, and it is a PDF
    extension = given if given in right else right[0]
    stem = stem.strip(" .") or "evidence"
    return f"{stem[: FILE_NAME_LENGTH - len(extension) - 1]}.{extension}"
