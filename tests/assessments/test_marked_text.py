"""Text in numbered lines, with those marked that name something."""

import pytest

from assessments.queries.marked_text import MOST_LINES, decoded, marked_text, readable_json


def marked(text: str, word: str) -> list[int]:
    return [line.number for line in marked_text(text, word).lines if line.is_marked]


@pytest.mark.parametrize(
    ("line", "is_marked"),
    [
        ("bob,true", True),
        ('"UserName": "bob"', True),
        ("arn:aws:iam::999999999999:user/bob", True),
        ("bob.", True),
        ("bobby,true", False),
        ("bob-2,true", False),
        ("not_bob", False),
        ("Bob", False),
    ],
)
def test_a_name_is_marked_as_a_whole(line: str, *, is_marked: bool) -> None:
    assert marked(line, "bob") == ([1] if is_marked else [])


def test_no_name_marks_nothing() -> None:
    text = marked_text("a\nb\n", "")
    assert [(line.number, line.text, line.is_marked) for line in text.lines] == [(1, "a", False), (2, "b", False)]
    assert (text.line_count, text.marked_count, text.first) == (2, 0, 0)


def test_of_a_long_text_the_lines_around_the_marks_are_kept() -> None:
    lines = [f"line {number}" for number in range(1, 5001)]
    lines[99] = lines[3999] = "here is bob"
    text = marked_text("\n".join(lines), "bob")
    assert [text.lines[0].number, text.lines[-1].number, len(text.lines)] == [80, 4020, 82]
    assert [line.number for line in text.lines if line.is_after_gap] == [80, 3980]
    assert (text.line_count, text.marked_count, text.first) == (5000, 2, 100)
    plain = marked_text("\n".join(lines), "alice")
    assert [line.number for line in plain.lines] == list(range(1, MOST_LINES + 1))


def test_json_is_laid_out_and_anything_else_stays() -> None:
    assert readable_json('{"a":[1,"é"]}') == '{\n  "a": [\n    1,\n    "é"\n  ]\n}'
    assert readable_json("user,arn\n") == "user,arn\n"
    assert readable_json("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_of_any_encoding(encoding: str) -> None:
    assert decoded("Zoë!".encode(encoding)) == "Zoë!"
