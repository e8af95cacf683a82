"""Text, CSV and JSON: strict where two readers could disagree, lenient where people differ."""

import base64
import io
import json

import pytest

from assessments.intake import Accepted, Refused, examine
from tests.intake.samples import HEADER, report, root, user

NOT_TEXT = "The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. Save it in one of these formats and add it again."


def take(data: bytes, name: str) -> Accepted:
    return examine(io.BytesIO(data), name)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        take(data, name)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "sent", "kind", "name"),
    [
        (b"a,b,c\n1,2,3\n", "rows.csv", "csv", "rows.csv"),
        (b"a,b,c\n1,2,3\n", "photo.png", "csv", "photo.csv"),
        (b"a;b\n1;2\n", "x", "csv", "x.csv"),
        (b"name\nalice\n", "one-column.csv", "csv", "one-column.csv"),
        (b"a,b\n1\n1,2,3,4\n", "ragged.csv", "csv", "ragged.csv"),
        (b"=cmd|' /C calc'!A0,<script>alert(1)</script>\n1,2\n", "formula.csv", "csv", "formula.csv"),
        (b"Dear team, hello\nRegards, Bob\n", "letter.txt", "text", "letter.txt"),
        (b"plain words", "words.pdf", "text", "words.txt"),
        ("Zürich\n".encode("cp1252"), "w.txt", "text", "w.txt"),
        ("Zürich\n".encode("utf-16"), "w.txt", "text", "w.txt"),
        ("\ufeffZürich\n".encode(), "w.log", "text", "w.log"),
        (b"[settings]\nmfa = on\n", "w.ini", "text", "w.txt"),
        (b"[2026-11-20 08:00] started\n", "w.log", "text", "w.log"),
        (b'{"Vpcs": []}', "vpcs.json", "json", "vpcs.json"),
        (b'{"Vpcs": []}', "vpcs.txt", "json", "vpcs.json"),
        (b"\xef\xbb\xbf[1, 2]", "x.json", "json", "x.json"),
        ('{"ü": [1.5, -2e3, null, true]}'.encode("utf-16"), "x.json", "json", "x.json"),
    ],
)
def test_text_is_what_it_holds(data: bytes, sent: str, kind: str, name: str) -> None:
    taken = take(data, sent)
    assert (taken.kind, taken.name, taken.format, taken.preview) == (kind, name, "", None)


@pytest.mark.parametrize("data", [b"", b"\n \t\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_is_refused(data: bytes) -> None:
    assert refusal(data, "x.csv") == "The file is empty. Check it and add it again."


@pytest.mark.parametrize(
    "start",
    ["<!DOCTYPE html><p>Sign in", "<html>", "\n  <HTML lang=en>", "<?xml version='1.0'?>", "<svg onload=alert(1)>",
     "<script>", "<!-- x -->", "\ufeff<body>"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["report.csv", "x.txt", "x.svg", "x.json"])
def test_markup_is_refused_whatever_it_is_called(start: str, name: str) -> None:
    assert refusal(start.encode(), name).startswith("This is a web page or a drawing, not evidence.")


@pytest.mark.parametrize("data", [b"a,b\n1,\x002\n", b"\x81\x8d\x8f\x90\x9d", b"\xff\xfea", bytes(range(1, 32)) * 9])
def test_binary_is_no_text(data: bytes) -> None:
    assert refusal(data, "x.csv") == NOT_TEXT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ" + bytes(100), "A program is no evidence."),
        (b"\x7fELF" + bytes(100), "A program is no evidence."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Save the document as a PDF and add it again."),
        (b"{\\rtf1 hello}", "Save the document as a PDF and add it again."),
        (b"\x1f\x8b\x08" + bytes(20), "Unpack it and add the files."),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "Unpack it and add the files."),
        (b"Rar!\x1a\x07\x01\x00", "Unpack it and add the files."),
        (b"name".ljust(257, b"\x00") + b"ustar", "Unpack it and add the files."),
    ],
)
def test_other_files_are_refused_with_what_to_do(data: bytes, words: str) -> None:
    assert refusal(data, "evidence.csv") == f"The file must be a PNG, JPEG, PDF, CSV, JSON, TXT or ZIP. {words}"


# --- CSV -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["x" * 70_000, '"' + "x\n" * 70_000])
def test_a_huge_cell_is_refused(cell: str) -> None:
    assert refusal(f"a,b\n1,{cell}\n".encode(), "x.csv") == (
        "The CSV cannot be read: a cell is longer than 64 kB, or a quote never closes. Export it again."
    )


def test_sizes_are_those_of_the_kind() -> None:
    assert refusal(b"words " * 1_000_000, "x.txt") == (
        "The text file is 6 MB. It must be smaller than 5 MB. Add only the part that shows the answer."
    )
    assert refusal(b"a" * 51_000_000, "x.csv").startswith("The text file is 51 MB. It must be smaller than 50 MB.")
    assert take(b"a,b\n" * 1_500_000, "x.csv").size == 6_000_000


# --- JSON ------------------------------------------------------------------------------------------------------


def test_depth() -> None:
    assert take(b"[" * 64 + b"]" * 64, "x.json").kind == "json"
    sentence = "The JSON is nested more than 64 levels deep. Add the output of single commands."
    assert refusal(b"[" * 65 + b"]" * 65, "x.json") == sentence
    assert refusal(b"[" * 200_000 + b"]" * 200_000, "x.json") == sentence
    assert refusal(b'{"a":' * 65 + b"1" + b"}" * 65, "x.json") == sentence


@pytest.mark.parametrize("name", ["x.json", "x.txt"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": NaN}', "The JSON holds NaN, which is no JSON."),
        ("[NaN]", "The JSON holds NaN, which is no JSON."),
        ("[1, -Infinity]", "The JSON holds -Infinity, which is no JSON."),
        ('{"a": 1, "a": 2}', "The JSON holds the same key twice."),
        ('{"a": 1, "\\u0061": 2}', "The JSON holds the same key twice."),
        ('{"a": [{"b": {"c": 1, "c": 1}}]}', "The JSON holds the same key twice."),
        ('{"a": "\\ud800"}', "The JSON holds half a character."),
        ('{"\\udc00x": 1}', "The JSON holds half a character."),
        (f'{{"a": {"9" * 5_000}}}', "The JSON holds a number that is too large."),
        ('{"a": 1e999}', "The JSON holds a number that is too large."),
        ('{"a": 1', "The JSON is damaged at line 1, column 8."),
        ('{"a": 1} {"b": 2}', "The JSON is damaged at line 1, column 10."),
        ('{"a": 1,\n"b" 2}', "The JSON is damaged at line 2, column 5."),
        ('{"a": 1,}', "The JSON is damaged at line 1, column 9."),
        ('{"a": "\t"}', "The JSON is damaged at line 1, column 8."),
    ],
)
def test_json_two_programs_could_read_differently(name: str, text: str, words: str) -> None:
    assert refusal(text.encode(), name).startswith(words)


def test_pairs_of_surrogates_are_one_character() -> None:
    assert take(b'{"a": "\\ud83d\\ude00"}', "x.json").kind == "json"


def test_what_calls_itself_json_has_to_be_it() -> None:
    assert refusal(b"hello", "x.json") == (
        "The JSON is damaged at line 1, column 1. Run the command again and add its output."
    )


def test_a_small_file_cannot_fill_the_memory() -> None:
    assert refusal(b"[" + b"[]," * 2_600_000 + b"1]", "x.json") == (
        "The JSON holds more than 5,000,000 values. Add the output of single commands."
    )


# --- Credential reports ----------------------------------------------------------------------------------------


def test_a_credential_report_is_recognised_by_its_content() -> None:
    taken = take(report(), "status.png")
    assert (taken.kind, taken.name, taken.format) == ("csv", "status.csv", "iam-credential-report")
    assert taken.facts == {
        "rows": 2,
        "accounts": ["111122223333"],
        "generated_at": None,
        "latest_in_file": "2026-11-18T21:15:00+00:00",
        "date_order": "iso",
        "damaged": 0,
        "problems": taken.facts["problems"],
    }


@pytest.mark.parametrize("name", ["report.json", "report.txt", "report"])
def test_its_table_is_a_csv_even_with_tabs_and_another_name(name: str) -> None:
    taken = take(report().decode().replace(",", "\t").encode("utf-16"), name)
    assert (taken.kind, taken.name, taken.facts["rows"]) == ("csv", "report.csv", 2)


def test_the_wrapper_stays_json_and_base64_stays_text() -> None:
    packed = base64.b64encode(report()).decode()
    wrapper = take(json.dumps({"Content": packed, "GeneratedTime": "2026-11-19T07:00:00Z"}).encode(), "x.csv")
    assert (wrapper.kind, wrapper.name) == ("json", "x.json")
    assert wrapper.facts["generated_at"] == "2026-11-19T07:00:00+00:00"
    bare = take(packed.encode(), "x.csv")
    assert (bare.kind, bare.name, bare.facts["rows"]) == ("text", "x.txt", 2)


def test_damage_is_told_and_not_refused() -> None:
    taken = take(report(root(), user("bob"), "carol,arn:aws:iam::1111"), "report.csv")
    assert taken.facts["damaged"] == 1
    assert taken.facts["problems"][0] == "1 row is damaged and was left out (line 4). Download the report again."


def test_times_are_held_against_the_day_it_came_in() -> None:
    taken = take(report(root(used="2199-01-01T00:00:00Z")), "report.csv")
    assert taken.facts["problems"] == ["The report holds a time that has not come yet. Download it again."]


def test_a_header_alone_is_a_csv_and_no_report() -> None:
    taken = take(HEADER.encode(), "report.csv")
    assert (taken.kind, taken.format, taken.facts) == ("csv", "", {})


def test_a_report_over_its_own_cap_is_refused() -> None:
    rows = [user(f"user{n:07}") for n in range(100_001)]
    assert refusal(report(*rows), "report.csv").startswith("The credential report ")
