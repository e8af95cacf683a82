"""Text as Markdown, read by somebody else's Markdown reader."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playbook.markdown import bullets, code, literal, literal_line, numbered
from tests.oscal import shown

AWKWARD = st.text(alphabet=list("\\`*_{}[]<>()#+-.!|&~^=:;\"'/$@ \n\t19ax\u00e9\u0301\u00a0\u202e😀"), max_size=60)


@settings(max_examples=200, deadline=None)
@given(AWKWARD)
@example("<script>alert(1)</script> [a](javascript:alert(1)) ![b](file:///etc/passwd) &amp; &#60;")
@example("# heading\n===\n---\n- item\n+ item\n* item\n1. one\n2) two\n> said\n    code\n```\n~~~")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    tags, words = shown(literal(text))
    assert tags <= {"p"}
    assert words.split() == text.split()


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("access_key_1 is _old_", r"access_key_1 is \_old\_"),
        ("{{ insert: param, x }}", r"\{\{ insert: param, x }}"),
        ("H~2~O ^up^ a|b", r"H\~2\~O \^up\^ a\|b"),
        ("- 3 of 4", r"\- 3 of 4"),
        ("2026. A year", r"2026\. A year"),
        ("R & D &lt;", r"R & D \&lt;"),
        (" one \n\n  two ", "one\n\ntwo"),
    ],
)
def test_what_is_marked(text: str, markdown: str) -> None:
    assert literal(text) == markdown


def test_one_line_stays_one() -> None:
    assert literal_line(" a\n# b\t*c*") == r"a # b \*c\*"


def test_lists_hold_exact_texts() -> None:
    assert bullets(["a\nb", "*c*"]) == "- a\n  b\n- \\*c\\*"
    assert numbered(["a\nb", "1. c"]) == "1. a\n   b\n2. 1\\. c"
    assert shown(numbered(["- x", "y"])) == ({"ol", "li"}, "\n- x\ny\n\n")


def test_code_keeps_blanks_and_backticks() -> None:
    assert shown(code(["a  <b>", "```", "c"])) == ({"pre", "code"}, "a  <b>\n```\nc\n\n")
