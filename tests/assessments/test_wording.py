"""Sentences that are marked where no framework is known, and translated by who shows them."""

import json
from collections.abc import Iterator

import pytest
from django.utils import translation

from assessments import wording
from assessments.intake import Refused
from assessments.intake.refusal import megabytes
from assessments.marking import Said, said
from assessments.wording import listed, number, spoken

GERMAN = {
    "The file is %(size)s. It may have %(limit)s.": "Die Datei hat %(size)s. Sie darf %(limit)s haben.",
    "The file is empty.": "Die Datei ist leer.",
}


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German with a catalogue of its own, so that nothing here depends on a translation."""
    monkeypatch.setattr(wording, "_", lambda text: GERMAN.get(text, text))
    with translation.override("de"):
        yield


def test_a_marked_sentence_reads_in_english() -> None:
    words = said("The file is %(size)s. It may have %(limit)s.", size=megabytes(20_100_000), limit=megabytes(5_000_000))
    assert words == "The file is 20.1 MB. It may have 5 MB."
    assert words.then(said("The file is empty.")) == f"{words} The file is empty."
    assert said("more than %(count)s values", count=5_000_000) == "more than 5,000,000 values"


@pytest.mark.usefixtures("german")
def test_it_is_translated_with_everything_in_it() -> None:
    size = megabytes(20_100_000)
    words = said("The file is %(size)s. It may have %(limit)s.", size=size, limit="7").then(said("The file is empty."))
    assert spoken(words) == "Die Datei hat 20,1 MB. Sie darf 7 haben. Die Datei ist leer."
    assert spoken(Refused(words)) == spoken(words)
    assert spoken("100 % of it") == "100 % of it"


@pytest.mark.usefixtures("german")
def test_it_comes_out_of_another_process_whole() -> None:
    words = said("The file is %(size)s. It may have %(limit)s.", size=megabytes(34_000_000), limit="7")
    back = Said.from_json(json.loads(json.dumps(words.to_json())))
    assert back == words
    assert spoken(back) == "Die Datei hat 34 MB. Sie darf 7 haben."


def test_numbers_and_lists() -> None:
    assert (number(2_000), number(20.1)) == ("2,000", "20.1")
    assert [listed(words) for words in ([5], [5, 6], [5, 6, 14])] == ["5", "5 and 6", "5, 6 and 14"]
    with translation.override("de"):
        assert (number(2_000), number(20.1)) == ("2.000", "20,1")
