"""Evidence with one thing spoiled deep inside: every file is named with what became of it, and nothing breaks."""

import csv
import io
import json
import random
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.evaluators import Source, evaluate
from tests.evaluators.own import Example, examples
from tests.evaluators.shared import FIXTURES, NOW, sources, zipped

ODD: Final[list[Any]] = [
    *(None, True, False, 0, -1, 1e308, 10**30, 1.5, "", " ", "x", "null", "true", "0", "N/A", "\u0000", "\ud83d\udca9"),
    *(
        "2026-02-30T25:61:61Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "1795161600",
        "arn:",
        "arn:aws",
    ),
    *("arn:aws:iam::111122223333:root", "::/0", "0.0.0.0/0", "0.0.0.0/33", "999999999999", "*", "AAAA" * 50),
    *([], {}, [[]], [{}], [None], {"": None}, ["x"], [0], {"Id": []}, [{"Id": {}}], [[[[[[[[]]]]]]]]),
]
CELLS: Final = [str(one) for one in ODD if isinstance(one, str | int | float)] + [
    '"',
    '""',
    "a\nb",
    ";",
    ",",
    "\t",
    "'",
]
BYTES: Final = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"PK\x03\x04",
    b'"',
    b"{",
    b"[" * 80,
    b"\r",
    b"\n\n",
    b",;\t",
    b"=",
    b"\xf0\x9f",
]
ALL: Final = [*examples("credential-reports"), *examples("bundles"), *examples("prowler")]
TABLES: Final = [
    path.read_bytes()
    for folder in ("credential-reports", "prowler")
    for path in sorted((FIXTURES / folder).glob("*.csv"))
    if path.stat().st_size < 60_000
]
ZIP: Final = zipped([file._replace(path=file.path.partition("/")[2]) for file in sources("acme-bad")])
FEW: Final = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def check(files: list[Source], **more: Any) -> None:
    outcome = evaluate(files, **more)
    assert {file.path for file in files} <= {file.path for file in outcome.files}
    assert all(file.problem for file in outcome.files if file.status == "refused")
    assert len(outcome.criteria) == 33
    json.dumps(outcome.as_json(), ensure_ascii=False)


def replaced(value: Any, chance: random.Random) -> Any:
    """The same value with something odd in one place, or with one member gone."""
    if isinstance(value, (dict, list)) and value and chance.random() < 0.85:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        place = chance.choice(keys)
        if chance.random() < 0.1:
            kept = [key for key in keys if key != place]
            return {key: value[key] for key in kept} if isinstance(value, dict) else [value[key] for key in kept]
        changed = replaced(value[place], chance)
        pairs = {**dict(zip(keys, (value[key] for key in keys), strict=True)), place: changed}
        return pairs if isinstance(value, dict) else list(pairs.values())
    return chance.choice(ODD)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Bytes with up to three places cut, doubled or overwritten."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice([0, 1, 7, 60, 400]))
        data = data[:start] + chance.choice([*BYTES, data[start:end] * 2]) + data[end:]
    return data


def inside(chance: random.Random) -> None:
    """One value of one file of an example; the manifest's hash of it is forgotten, so that it is read."""
    example: Example = chance.choice(ALL)
    files = list(example.files)
    place = chance.randrange(len(files))
    data = files[place].read()
    try:
        value = json.loads(data)
    except ValueError:
        spoiled = cut(data, chance)
    else:
        spoiled = json.dumps(replaced(value, chance)).encode("utf-8", "surrogatepass")
    files[place] = files[place]._replace(content=spoiled)
    if files[place].path != "manifest.json" and files[0].path == "manifest.json":
        head = json.loads(files[0].read())
        head["files"] = [{**row, "sha256": ""} for row in head["files"]]
        files[0] = files[0]._replace(content=json.dumps(head).encode())
    check(files, as_of=example.as_of, scope=example.scope)


def cells(chance: random.Random) -> None:
    """Cells of a credential report or of Prowler's table."""
    text = chance.choice(TABLES).decode("utf-8", "replace")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    for _ in range(chance.randint(1, 4)):
        row = chance.choice(rows or [[]])
        row += [""] * (not row)
        row[chance.randrange(len(row))] = chance.choice(CELLS)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    check([Source("table.csv", out.getvalue().encode("utf-8", "replace"))], as_of=NOW)


def archive(chance: random.Random) -> None:
    """Bytes of a ZIP: its directory, a header, a compressed file."""
    check([Source("bundle.zip", cut(ZIP, chance))])


def noise(chance: random.Random) -> None:
    """What follows the first bytes of every format."""
    starts = [
        b"user,arn,",
        b"dXNlcixhcm4s",
        b'{"Content": "dXNlcixhcm4',
        b"AUTH_METHOD;CHECK_ID;STATUS;ACCOUNT_UID",
        b"PK\x03\x04",
    ]
    start = chance.choice([*starts, b'[{"finding_info": ', b'{"error": ', b'{"files": [', b"sep=;\n", b"\xff\xfeu\x00"])
    check(
        [
            Source(
                chance.choice(["x.csv", "x.json", "manifest.json", "x"]),
                start + chance.randbytes(chance.randint(0, 90)),
            )
        ]
    )


PARTS: Final = [pytest.param(part, id=part.__name__) for part in (inside, cells, archive, noise)]


def search(part: Callable[[random.Random], None], how: settings) -> None:
    how(given(st.randoms(use_true_random=True))(part))()


@pytest.mark.parametrize("part", PARTS)
def test_a_few(part: Callable[[random.Random], None]) -> None:
    search(part, FEW)


@pytest.mark.fuzz
@pytest.mark.parametrize("part", PARTS)
def test_many(part: Callable[[random.Random], None]) -> None:
    search(part, settings(FEW, max_examples=1_200))
