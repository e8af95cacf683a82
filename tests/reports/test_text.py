"""Foreign text: cleaned, capped, breakable, and otherwise left alone."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.reports import text
from assessments.reports.words import file_size, listed, number, plural
from tests.reports import samples

BREAK = text.ZERO_WIDTH_SPACE


def test_a_run_may_break_after_every_40_characters() -> None:
    assert text.breakable("a" * 40) == "a" * 40
    assert text.breakable("a" * 41) == "a" * 40 + BREAK + "a"
    assert text.breakable("a" * 100) == BREAK.join(["a" * 40, "a" * 40, "a" * 20])
    assert text.breakable(("a" * 39 + " ") * 3) == ("a" * 39 + " ") * 3


def test_an_accent_stays_with_its_letter() -> None:
    assert text.breakable("a" * 40 + "\u0301" + "b" * 10) == "a" * 39 + BREAK + "a\u0301" + "b" * 10


@given(st.text(max_size=300))
def test_breaking_adds_breaks_and_nothing_else(value: str) -> None:
    broken = text.breakable(value.replace(BREAK, ""))
    assert broken.replace(BREAK, "") == value.replace(BREAK, "")
    assert all(len(run) <= 2 * text.RUN_LENGTH for part in broken.split() for run in part.split(BREAK))


@given(st.text(max_size=300))
def test_clean_text_has_nothing_that_acts(value: str) -> None:
    cleaned = text.clean(value)
    assert not set(cleaned) & set("\0\r\x1b\u202e\u2066\ud800\uffff")
    cleaned.encode("utf-8")


def test_line_breaks_of_all_kinds_become_one_kind() -> None:
    assert text.clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


def test_long_text_says_how_much_is_missing() -> None:
    assert text.capped("abc", 3) == "abc"
    assert text.capped("abcdef", 3) == "abc … [shortened: 3 more characters are in the record]"
    assert text.capped("a\n" * 5, lines=2) == "a\na … [shortened: 7 more characters are in the record]"


def test_names_are_one_short_line() -> None:
    assert text.fit_name(" Acme\n  Pay\tments ") == "Acme Pay ments"
    assert text.whole(text.fit_name("n" * 500)) == "n" * 199 + "…"


def test_shorten_cuts_at_a_word() -> None:
    assert text.shorten("one two three", 13) == "one two three"
    assert text.shorten("one two three", 12) == "one two…"
    assert text.shorten("x" * 20, 10) == "x" * 9 + "…"


def test_fitting_keeps_digests_keys_and_codes() -> None:
    snapshot = samples.full()
    shown = text.fitted(snapshot)
    assert [item.sha256 for item in shown.evidence] == [item.sha256 for item in snapshot.evidence]
    assert [item.preview for item in shown.evidence] == [item.preview for item in snapshot.evidence]
    assert dataclasses.replace(shown, playbook=snapshot.playbook).findings == snapshot.findings
    assert all(len(item.sha256) == 64 for item in shown.evidence)


def test_fitting_reaches_every_text() -> None:
    shown = text.fitted(samples.extreme())
    notes = {one.number: one.notes for one in shown.criteria}
    assert notes[1].startswith("x" * 40 + BREAK + "x" * 40)
    assert len(notes[1]) < 6_000
    assert notes[2].count("\n") == text.LINE_LIMIT - 1
    assert "\0" not in notes[3]
    assert notes[14].startswith("gnp.exe")


@pytest.mark.parametrize(
    ("value", "short", "long"),
    [
        (date(2026, 9, 1), "1 Sep 2026", "1 September 2026"),
        (None, "", ""),
        (date(2024, 2, 29), "29 Feb 2024", "29 February 2024"),
    ],
)
def test_dates_are_the_same_everywhere(value: date | None, short: str, long: str) -> None:
    assert (text.day(value), text.long_day(value)) == (short, long)


def test_small_words() -> None:
    assert [plural(0, "finding"), plural(1, "finding"), plural(2_000, "entry", "entries")] == [
        "0 findings",
        "1 finding",
        "2,000 entries",
    ]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [file_size(1), file_size(999), file_size(12_345), file_size(4_000_000)] == [
        "1 byte",
        "999 bytes",
        "12.3 kB",
        "4.0 MB",
    ]
    assert number(samples.full().score.earned) == "89"
