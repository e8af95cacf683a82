"""Text, CSV and JSON: decoded, read whole and strictly, so that whoever reads the file later finds what we found."""

import csv
import io
import json
import math
import re
from collections.abc import Generator, Iterator
from typing import Any

from assessments.intake.refusal import Refused
from assessments.intake.signatures import MUST_BE
from assessments.limits import CSV_CELL_BYTES, CSV_ROW_CELLS, JSON_DEPTH, JSON_VALUES
from assessments.marking import Said
from assessments.marking import said as _

_NOT_TEXT = MUST_BE.then(_("Save it in one of these formats and add it again."))
_MARKUP = re.compile(r"<(!doctype|html|head|body|script|\?xml|svg|!--|meta|link|iframe)", re.IGNORECASE)
_NUMBER_OR_WORD = r"(-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)"
_JSON_START = re.compile(rf'\{{\s*["}}]|\[\s*([\[{{"\]]|{_NUMBER_OR_WORD}\s*[,\]])')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_CONTROL = re.compile(r"[^\t\r\n\f\x1b\x20-\x7e\xa0-\U0010ffff]")
_DELIMITERS = (",", ";", "\t")


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with a mark, or Windows-1252. Raises Refused for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_readable(text):
            return text
        break
    raise Refused(_NOT_TEXT)


def _is_readable(text: str) -> bool:
    """No zero bytes and hardly any control characters: not a program and no image."""
    if "\x00" in text:
        return False
    head = text[:20_000]
    return len(_CONTROL.findall(head)) * 100 <= len(head)


def kind_of(text: str, name: str) -> str:
    """ "json", "csv" or "text". Raises Refused for a web page, an SVG or other markup.

    Among these three, which differ in nothing but their meaning, the name settles what the content leaves open: a
    table of one column, prose with commas, a file that is said to be JSON and has to be it then.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise Refused(_("The file is empty. Check it and add it again."))
    if _MARKUP.match(start):
        raise Refused(
            _(
                "This is a web page or a drawing, not evidence. If you saved it from the AWS console, the sign-in may "
                "have ended: sign in, download it again and add that. For a picture, save it as a PNG."
            )
        )
    claimed = name.rpartition(".")[2].strip().casefold()
    if claimed == "json" or _JSON_START.match(start):
        return "json"
    if claimed in {"csv", "tsv"}:
        return "csv"
    return "csv" if _looks_like_table(start, least=3 if claimed in {"txt", "log", "md"} else 2) else "text"


def _looks_like_table(text: str, least: int) -> bool:
    """The first lines have the same number of cells, at least `least`; or one line has at least three."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:6]
    if lines and lines[0].lower().startswith("sep="):
        return True
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter, strict=True)]
        except csv.Error:
            continue
        if len(widths) > 1 and min(widths) >= least and len(set(widths[:3])) == 1:
            return True
        if len(widths) == 1 and widths[0] >= 3:
            return True
    return False


def csv_rows(text: str) -> Generator[tuple[int, list[str]], None, None]:
    """Each row with the number of its first line.

    Raises Refused for a row of too many cells, a cell that is too long and quotes that never close.
    """
    before = csv.field_size_limit(CSV_CELL_BYTES)
    delimiter = max(_DELIMITERS, key=text[:20_000].count)
    separators = 0  # of the row being read, which may go over many lines

    def lines() -> Iterator[str]:
        nonlocal separators
        for line in io.StringIO(text, newline=""):
            separators += line.count(delimiter)
            if separators > CSV_ROW_CELLS:  # the reader would hold them all at once
                words = _(
                    "A row of the CSV has more than %(count)s cells. Export the table again.", count=CSV_ROW_CELLS
                )
                raise Refused(words)
            yield line

    try:
        reader, line = csv.reader(lines(), delimiter=delimiter), 1
        for row in reader:
            separators = 0
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            _("The CSV cannot be read: a cell is longer than 64 kB, or a quote never closes. Export it again.")
        ) from error
    finally:
        csv.field_size_limit(before)


def check_csv(text: str) -> None:
    """Raises Refused where the table cannot be read to its end."""
    for _row in csv_rows(text):
        pass


def read_json(text: str) -> Any:
    """The value, read strictly. Raises Refused for whatever two programs could read in two ways."""
    if text.count(",") + text.count("[") + text.count("{") > JSON_VALUES:
        words = _("The JSON holds more than %(count)s values. Add the output of single commands.", count=JSON_VALUES)
        raise Refused(words)
    try:
        value = json.loads(
            text.lstrip("\ufeff"), parse_constant=_refuse_constant, object_pairs_hook=_unique, parse_float=_finite
        )
    except RecursionError as error:
        raise Refused(_too_deep()) from error
    except json.JSONDecodeError as error:
        raise Refused(
            _(
                "The JSON is damaged at line %(line)s, column %(column)s. Run the command again and add its output.",
                line=str(error.lineno),
                column=str(error.colno),
            )
        ) from error
    except ValueError as error:  # thousands of digits, or beyond what programs can hold
        words = _("The JSON holds a number that is too large. Run the command again and add its output.")
        raise Refused(words) from error
    _check_depth(value)
    if _SURROGATE.search(text):
        _refuse_half_characters(value)
    return value


def _refuse_half_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        words = _("The JSON holds half a character. Run the command again and add its output.")
        raise Refused(words) from error


def _refuse_constant(name: str) -> Any:
    raise Refused(_("The JSON holds %(name)s, which is no JSON. Run the command again and add its output.", name=name))


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(text)
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused(_("The JSON holds the same key twice. Run the command again and add its output unchanged."))
    return made


def _too_deep() -> Said:
    return _("The JSON is nested more than %(count)s levels deep. Add the output of single commands.", count=JSON_DEPTH)


def _check_depth(value: Any) -> None:
    level, depth = [item for item in [value] if isinstance(item, dict | list)], 0
    while level:
        depth += 1
        if depth > JSON_DEPTH:
            raise Refused(_too_deep())
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = [item for item in inner if isinstance(item, dict | list)]
