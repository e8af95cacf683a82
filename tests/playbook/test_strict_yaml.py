"""One file, one meaning: what YAML allows and a playbook does not."""

import pytest
import yaml

from playbook.problems import PlaybookInvalid, Problem
from playbook.strict_yaml import MAX_BYTES, parse
from tests.playbook.samples import SOURCE


def problems(source: bytes) -> list[Problem]:
    with pytest.raises(PlaybookInvalid) as caught:
        parse(source)
    return caught.value.problems


def test_plain_values() -> None:
    source = b"a: text\nb: 'yes'\nc: [1, -20, true, False, null, ~, ]\nd: {e: \"2020-06-01\"}\nf:\n"
    assert parse(source) == {
        "a": "text",
        "b": "yes",
        "c": [1, -20, True, False, None, None],
        "d": {"e": "2020-06-01"},
        "f": None,
    }


def test_the_packaged_file_means_the_same_to_an_ordinary_reader() -> None:
    assert parse(SOURCE) == yaml.safe_load(SOURCE)


def test_a_byte_order_mark_is_no_content() -> None:
    assert parse(b"\xef\xbb\xbfa: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("source", "path", "reason"),
    [
        (b"", "file", "is empty"),
        (b"# only a comment\n", "file", "is empty"),
        (b"a: \xff", "byte 3", "is not UTF-8 text"),
        (b"a: 1\nb:\n  c: 2\n  c: 3\n", "b.c", "appears twice in the same mapping (line 4)"),
        (b"a: [{b: 1}, {b: 1, b: 2}]", "a[1].b", "appears twice in the same mapping (line 1)"),
        (b"a: 1\n'a': 2\n", "a", "appears twice in the same mapping (line 2)"),
        (b"a: &x 1\nb: *x\n", "a", "has an anchor (&); anchors and aliases are not allowed (line 1)"),
        (b"a: *x\n", "a", "repeats another part by an alias (*); write the value out (line 1)"),
        (b"a: !!python/name:os.system x\n", "a", "has a tag (!); tags are not allowed (line 1)"),
        (b"a: !!str 1\n", "a", "has a tag (!); tags are not allowed (line 1)"),
        (b"a: yes\n", "a", '"yes" could be read as bool; put text in quotes (line 1)'),
        (b"a:\n - b\n - No\n", "a[1]", '"No" could be read as bool; put text in quotes (line 3)'),
        (b"a: 2020-06-01\n", "a", '"2020-06-01" could be read as timestamp; put text in quotes (line 1)'),
        (b"a: 1.5\n", "a", '"1.5" could be read as float; put text in quotes (line 1)'),
        (b"a: 0x1F\n", "a", '"0x1F" could be read as int; put text in quotes (line 1)'),
        (b"a: 010\n", "a", '"010" could be read as int; put text in quotes (line 1)'),
        (b"a: 12:30\n", "a", '"12:30" could be read as int; put text in quotes (line 1)'),
        (b"a: 9999999999\n", "a", '"9999999999" could be read as int; put text in quotes (line 1)'),
        (b"<<: {a: 1}\n", "(key)", '"<<" could be read as merge; put text in quotes (line 1)'),
        (b"1: a\n", "top level", "has a key that is not text (line 1)"),
        (b"? [a]\n: b\n", "top level", "has a key that is not text (line 1)"),
        (b'a: "x\\0y"\n', "a", "contains a control character (line 1)"),
        (b'a: "x "\n', "a", "begins or ends with a space or an empty line (line 1)"),
        (b"a: 1\n---\nb: 2\n", "line 2, column 1", "begins a second document; one is allowed"),
        (b"a: " + b"[" * 25 + b"]" * 25, "a[0][0]", "is nested more than 20 levels deep (line 1)"),
        (b"x" * 101 + b": 1", "top level", "has a key of more than 100 characters (line 1)"),
        (b"#" * (MAX_BYTES + 1), "file", "is larger than 1000000 bytes"),
    ],
)
def test_refused(source: bytes, path: str, reason: str) -> None:
    assert problems(source) == [Problem(path, reason)]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (b"a: [1, 2\nb: 3\n", "line 2, column 2"),
        (b"a: b: c\n", "line 1, column 5"),
        (b"\tb: 1\n", "line 1, column 1"),
    ],
)
def test_not_yaml(source: bytes, path: str) -> None:
    (problem,) = problems(source)
    assert (problem.path, problem.reason[:13]) == (path, "is not YAML: ")


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    levels = [b'a0: &a0 ["x"]'] + [b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    assert problems(b"\n".join(levels)) == [
        Problem("a0", "has an anchor (&); anchors and aliases are not allowed (line 1)")
    ]


@pytest.mark.parametrize("source", [b"[" * 900, b"- " * 900 + b"x", b"[" * 100_000, b"- " * 100_000 + b"x"])
def test_a_deep_nest_does_not_exhaust_the_stack(source: bytes) -> None:
    (problem,) = problems(source)
    assert problem.path in ("[0][0][0]", "line 1, column 1001", "line 1, column 2001")
