"""The translations of a playbook file: what is wrong with them, and which row each text belongs to. Pure.

A translation is whole or it is refused: every domain, criterion and response in the order of the file, and every list
as long as the English one, so that no text can end up beside another question. English is what counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook.problems import Problem

Texts = dict[str, Any]
# Language -> the texts of one row, as a row stores them.
Translations = dict[str, Texts]


def problems_of(document: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the translations of a document that fits the schema."""
    before = ""
    for at, translation in enumerate(document.get("translations", [])):
        path, language = f"translations[{at}]", translation["language"]
        if language <= before:
            reason = f'must come after "{before}": one translation for a language, in alphabetical order'
            yield Problem(f"{path}.language", reason)
        before = language
        yield from _in_step(f"{path}.domains", translation["domains"], document["domains"], "slug")
        yield from _in_step(f"{path}.criteria", translation["criteria"], document["criteria"], "id")
        for position, (own, english) in enumerate(zip(translation["criteria"], document["criteria"], strict=False)):
            if own["id"] == english["id"]:
                yield from _criterion_problems(f"{path}.criteria[{position}]", own, english)


def _criterion_problems(path: str, own: Texts, english: Texts) -> Iterator[Problem]:
    responses = [*english["acceptable_responses"], *english["failure_responses"]]
    yield from _in_step(f"{path}.responses", own["responses"], responses, "key")
    for key, source in (
        ("validation_steps", "validation_steps"),
        ("validation_additions", "validation_additions"),
        ("must_show", "evidence_expected"),
        ("remediation", "remediation"),
    ):
        yield from _as_long(f"{path}.{key}", own[key], english[source])


def _in_step(path: str, own: Sequence[Texts], english: Sequence[Texts], key: str) -> Iterator[Problem]:
    """Both lists name the same things in the same order."""
    yield from _as_long(path, own, english)
    for at, (one, other) in enumerate(zip(own, english, strict=False)):
        if one[key] != other[key]:
            yield Problem(f"{path}[{at}].{key}", f'must be "{other[key]}", as in the English text, not "{one[key]}"')


def _as_long(path: str, own: Sequence[object], english: Sequence[object]) -> Iterator[Problem]:
    if len(own) != len(english):
        yield Problem(path, f"must have {len(english)} entries, as the English text has, not {len(own)}")


def by_row(document: Mapping[str, Any], part: str, key: str) -> dict[str, Translations]:
    """The texts of each row of `part` ("domains" or "criteria") by its `key`, then by language."""
    rows: dict[str, Translations] = {item[key]: {} for item in document[part]}
    for translation in document.get("translations", []):
        for item in translation[part]:
            texts = {name: value for name, value in item.items() if name != key}
            rows[item[key]][translation["language"]] = texts
    return rows


def as_in_file(domains: Mapping[str, Translations], criteria: Mapping[str, Translations]) -> list[Texts]:
    """The reverse of `by_row`: one entry for each language; the mappings are in the order of the file."""
    languages = sorted({language for row in (*domains.values(), *criteria.values()) for language in row})
    return [
        {
            "language": language,
            "domains": [{"slug": slug} | row[language] for slug, row in domains.items()],
            "criteria": [{"id": code} | row[language] for code, row in criteria.items()],
        }
        for language in languages
    ]
