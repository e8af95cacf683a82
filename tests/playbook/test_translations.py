"""The German of the packaged playbook, what is refused as a translation, and which words a reader gets."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import override

from playbook import schema
from playbook.exporting import document_of
from playbook.loading import load
from playbook.models import Criterion, Domain
from playbook.problems import PlaybookInvalid, Problem
from tests.playbook.samples import SOURCE, changed
from tests.playbook.test_schema import drop, put

DOCUMENT = schema.read(SOURCE)
GERMAN = DOCUMENT["translations"][0]
LISTS = ("validation_steps", "validation_additions", "must_show", "remediation")
Change = Callable[[dict[str, Any]], object]


def test_the_packaged_file_has_german_and_nothing_else() -> None:
    assert [translation["language"] for translation in DOCUMENT["translations"]] == ["de"]
    assert (len(GERMAN["domains"]), len(GERMAN["criteria"])) == (6, 33)
    assert sum(len(criterion["responses"]) for criterion in GERMAN["criteria"]) == 94
    assert sum(len(criterion["must_show"]) for criterion in GERMAN["criteria"]) == 82


def test_a_playbook_may_have_the_languages_of_the_pages() -> None:
    allowed = schema.schema()["$defs"]["translation"]["properties"]["language"]["enum"]
    assert allowed == [code for code, _ in settings.LANGUAGES if not code.startswith("en")]


def texts_of(criterion: dict[str, Any], *, english: bool) -> list[str]:
    single = [criterion[key] for key in ("short_title", "question", "why_important")]
    if english:
        shown = [item["must_show"] for item in criterion["evidence_expected"]]
        said = [item["text"] for item in criterion["acceptable_responses"] + criterion["failure_responses"]]
        lists = [*criterion["validation_steps"], *criterion["validation_additions"], *shown, *criterion["remediation"]]
        return [*single, criterion["applicability"]["when"], criterion["severity"]["rationale"], *lists, *said]
    said = [item["text"] for item in criterion["responses"]]
    both = (criterion["when"], criterion["severity_rationale"])
    return [*single, *both, *(text for key in LISTS for text in criterion[key]), *said]


@pytest.mark.parametrize("at", range(33))
def test_every_text_of_a_criterion_is_german_and_keeps_its_names(at: int) -> None:
    """Nothing is left in English, and keys, numbers, field names and placeholders are those of the English text."""
    english = texts_of(DOCUMENT["criteria"][at], english=True)
    german = texts_of(GERMAN["criteria"][at], english=False)
    assert len(german) == len(english)
    for one, other in zip(english, german, strict=True):
        assert one != other
        assert names_in(one) == names_in(other), other
        labels = re.findall("„([^“]*)“", other)  # pages and fields of the console
        assert [label for label in labels if label not in one and label != "Nicht zutreffend"] == []


def names_in(text: str) -> list[str]:
    """Numbers, keys of statements, names of fields and of placeholders: what has to be the same in each language."""
    name = r"aws-core-\d+(?:-[af]\d+)?|[A-Za-z0-9_./:<>]*[0-9_][A-Za-z0-9_/:<>]*"
    words = re.findall(name, text.replace("3rd", "third"))
    return sorted(word.strip(".,:") for word in words)


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (put("translations", 0, "language", value="fr"), "translations[0].language", 'must be one of de, not "fr"'),
        (put("translations", 0, "note", value="x"), "translations[0].note", "is not a known key"),
        (drop("translations", 0, "criteria", 3, "when"), "translations[0].criteria[3].when", "is missing"),
        (
            put("translations", 0, "criteria", 3, "question", value=""),
            "translations[0].criteria[3].question",
            "must not be empty",
        ),
        (
            put("translations", 0, "criteria", 3, "id", value="aws-core-99"),
            "translations[0].criteria[3].id",
            'must be "aws-core-4", as in the English text, not "aws-core-99"',
        ),
        (
            drop("translations", 0, "criteria", 32),
            "translations[0].criteria",
            "must have 33 entries, as the English text has, not 32",
        ),
        (
            put("translations", 0, "domains", 1, "slug", value="colours"),
            "translations[0].domains[1].slug",
            'must be "encryption", as in the English text, not "colours"',
        ),
        (
            put("translations", 0, "criteria", 0, "responses", 1, "key", value="aws-core-1-f3"),
            "translations[0].criteria[0].responses[1].key",
            'must be "aws-core-1-f1", as in the English text, not "aws-core-1-f3"',
        ),
        (
            drop("translations", 0, "criteria", 0, "responses", 2),
            "translations[0].criteria[0].responses",
            "must have 3 entries, as the English text has, not 2",
        ),
        *(
            (
                put("translations", 0, "criteria", 6, key, value=[]),
                f"translations[0].criteria[6].{key}",
                f"must have {count} entries, as the English text has, not 0",
            )
            for key, count in zip(LISTS, (3, 1, 2, 3), strict=True)
        ),
        (
            lambda document: document["translations"].append(deepcopy(document["translations"][0])),
            "translations[1].language",
            'must come after "de": one translation for a language, in alphabetical order',
        ),
    ],
)
def test_a_translation_that_is_not_whole_is_refused(change: Change, path: str, reason: str) -> None:
    with pytest.raises(PlaybookInvalid) as caught:
        schema.read(changed(change))
    assert caught.value.problems == [Problem(path, reason)]


@pytest.mark.django_db
def test_translations_are_published_and_exported(capsys: pytest.CaptureFixture[str]) -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml")
    assert document_of(playbook)["translations"] == DOCUMENT["translations"]
    call_command("export_playbook", "aws-core")
    text = capsys.readouterr().out
    assert yaml.safe_load(text)["translations"] == DOCUMENT["translations"]
    assert load(text.encode(), "exported.yaml") == (playbook, False)


@pytest.mark.django_db
def test_another_translation_is_other_content() -> None:
    """A published translation changes as little as the English text."""
    load(SOURCE, "aws-core.yaml")
    with pytest.raises(PlaybookInvalid, match="published already with other content"):
        load(changed(put("translations", 0, "criteria", 0, "question", value="Und?")), "mine.yaml")
    with pytest.raises(PlaybookInvalid, match="published already with other content"):
        load(changed(drop("translations")), "mine.yaml")


@pytest.mark.django_db
def test_the_words_are_those_of_the_reader() -> None:
    playbook, _ = load(SOURCE, "aws-core.yaml")
    criterion = playbook.criteria.select_related("domain").get(number=8)
    option, request = criterion.options.get(key="aws-core-8-a2"), criterion.evidence_requests.get(order=2)

    def read() -> list[object]:
        words = criterion.words
        return [
            criterion.domain.words.name,
            words.short_title,
            words.question,
            words.validation_additions[2],
            words.of(f"{criterion.remediation[2]}\n\nAsk Ana."),
            words.statement(option),
            words.must_show(request)[:22],
            words.when,
            words.is_translated,
        ]

    english = [
        "Encryption",
        "Data stores encrypted at rest",
        "Is encryption at rest turned on for RDS and all other data stores you use?",
        "Check every active region.",
        "Delete the old instances, snapshots and backups once the switch is confirmed.\n\nAsk Ana.",
        "No AWS account uses any data store service.",
        "The RDS Databases list",
        "The acceptable list already covers the case: a vendor without any data store picks aws-core-8-a2.",
        False,
    ]
    assert read() == english
    with override("de"):
        assert read() == [
            "Verschlüsselung",
            "Datenspeicher im Ruhezustand verschlüsselt",
            "Ist die Verschlüsselung im Ruhezustand (encryption at rest) für RDS und alle anderen verwendeten "
            "Datenspeicher eingeschaltet?",
            "Prüfen Sie jede aktive Region.",
            "Löschen Sie die alten Instanzen, Snapshots und Backups, sobald die Umstellung bestätigt ist.\n\nAsk Ana.",
            "Kein AWS-Konto verwendet einen Datenspeicherdienst.",
            "Die RDS-Liste „Databas",
            "Die Aussagen decken den Fall bereits ab: Ein Lieferant ohne Datenspeicher wählt aws-core-8-a2.",
            True,
        ]
    with override("de-at"):
        assert criterion.words.short_title == "Datenspeicher im Ruhezustand verschlüsselt"
    with override("fr"):
        assert read() == english


def test_a_row_without_translations_is_read_in_english() -> None:
    with override("de"):
        assert Domain(name="Encryption", what="Data", why="Theft").words.name == "Encryption"
        criterion = Criterion(question="Is it?", applicability={"when": "Never."})
        assert (criterion.words.question, criterion.words.when) == ("Is it?", "Never.")
