"""JSON within caps: values are counted before anything is built from them."""

import pytest

from assessments import limits
from assessments.evaluators.formats import json_text
from assessments.evaluators.formats.errors import TooLarge, Unreadable


@pytest.mark.parametrize("text", ["[1, 2, 3, 4]", "[[[[]]]]", '{"a": {"b": {"c": {}}}}', "[[], {}]"])
def test_every_value_counts_also_an_empty_one(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Brackets inside brackets need no comma, and fill the memory all the same."""
    monkeypatch.setattr(limits, "JSON_VALUES", 4)
    json_text.load(text.encode())
    monkeypatch.setattr(limits, "JSON_VALUES", 2)
    with pytest.raises(TooLarge, match=r"The JSON holds more than 2 values\. Add the output of single commands\."):
        json_text.load(text.encode())


@pytest.mark.parametrize("ends", ["[]", '{"a": }'])
def test_depth(ends: str) -> None:
    start, end = ends[:-1], ends[-1]
    deepest = start * 62 + "[[], {}, 1]" + end * 62
    json_text.load(deepest.encode())
    with pytest.raises(Unreadable, match=r"nested more than 64 levels deep"):
        json_text.load(f"{start}{deepest}{end}".encode())


def test_brackets_in_a_text_are_no_levels() -> None:
    assert json_text.load(b'"' + b"[" * 100 + b'"') == "[" * 100
