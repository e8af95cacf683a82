"""What the files show: beside each answer, against it, and how far they reach."""

import dataclasses

import pytest

from assessments.reports.assurance_view import (
    Contradiction,
    Gap,
    assurance_view,
    second_look_line,
    shown_facts,
)
from assessments.reports.evidence_facts import EvaluationFacts, Named
from assessments.reports.snapshot import Snapshot
from tests.reports import samples
from tests.reports.test_render import flat, text_of


@pytest.fixture(scope="module")
def words() -> str:
    return flat(text_of(samples.rendered(samples.full())))


def with_result(snapshot: Snapshot, number: int, result: str, note: str = "") -> Snapshot:
    criteria = tuple(
        dataclasses.replace(one, result=result, note=note) if one.number == number else one for one in snapshot.criteria
    )
    return dataclasses.replace(snapshot, criteria=criteria)


def test_a_contradiction_is_open_until_a_person_has_given_a_result() -> None:
    snapshot = samples.full()
    said = snapshot.criteria[12].statements[0]
    one = Contradiction(
        "13", snapshot.criteria[12].short_title, said, "3 of 7 active keys had no use in 90 days.", "", is_open=True
    )
    opened = assurance_view(with_result(snapshot, 13, ""))
    assert opened is not None
    assert opened.contradictions == (dataclasses.replace(one, resolved="Open: not reviewed yet."),)
    closed = assurance_view(with_result(snapshot, 13, "not_met", "Seen in the report"))
    assert closed is not None
    assert closed.contradictions == (dataclasses.replace(one, resolved="Not met. Seen in the report.", is_open=False),)


def test_accounts_say_whether_a_file_speaks_for_them() -> None:
    view = assurance_view(samples.full())
    assert view is not None
    assert view.accounts == (
        ("111122223333", "payments-prod", "Production", "Yes"),
        ("444455556666", "payments-staging", "Staging or test", "None"),
        ("555555555555", "sandbox", "Development", "None"),
    )
    assert view.found_only == "Found in files and not declared: 999999999999."
    assert view.gaps == (Gap("444455556666, 555555555555", ("13",)),)
    assert view.intro.startswith("Files were checked by machine for 2 questions and settled 2 of them.")


def test_an_older_snapshot_says_nothing_of_what_it_did_not_keep() -> None:
    assert assurance_view(dataclasses.replace(samples.full(), schema_version=2)) is None


def test_questions_with_the_same_accounts_missing_stand_together() -> None:
    snapshot = samples.full()
    everything = EvaluationFacts(
        "undetermined", "", (), 0, (), 0, 3, 0, ("111122223333/eu-west-1", "444455556666", "555555555555"), ()
    )
    criteria = tuple(
        dataclasses.replace(one, evaluation=everything) if one.number in (2, 9, 31) else one
        for one in snapshot.criteria
    )
    view = assurance_view(dataclasses.replace(snapshot, criteria=criteria))
    assert view is not None
    assert view.gaps == (Gap("All 3 accounts", ("2", "9", "31")), Gap("444455556666, 555555555555", ("13",)))


def test_concerned_resources_are_named_and_the_rest_is_counted() -> None:
    gaps = tuple(Named(place, "`aws iam get-credential-report` is missing") for place in "xyz")
    found = EvaluationFacts("failure", "`t` idles.", (Named("a", "idle"), Named("b", "")), 1_230, gaps, 9, 6, 1, (), ())
    assert shown_facts(found) == (
        ("Files show", ("The files show a failure. t idles.",), False),
        ("Concerned", ("a: idle", "b", "and 1,228 more"), True),
        (
            "Coverage",
            (
                "1 of 6 accounts seen in full. Missing: x: aws iam get-credential-report is missing; "
                "y: aws iam get-credential-report is missing; and 7 more.",
            ),
            False,
        ),
    )
    bare = EvaluationFacts("undetermined", "", (), 0, (), 0, 2, 2, (), ())
    assert shown_facts(bare) == (
        ("Files show", ("The files do not settle it.",), False),
        ("Concerned", (), True),
        ("Coverage", ("2 of 2 accounts seen in full.",), False),
    )
    assert shown_facts(None) == ()


def test_the_second_look_is_told_in_one_sentence_or_two() -> None:
    look = samples.full().second_look
    assert second_look_line(look) == (
        "Ines Duarte scored 12 questions a second time without seeing the first results, and gave the same result "
        "for 10 (Cohen’s kappa 0.71). 2 of 2 differences settled afterwards."
    )
    assert look is not None
    assert second_look_line(dataclasses.replace(look, agreed=12, kappa=None)).endswith("the same result for 12.")
    assert second_look_line(None) == ""


def test_the_report_prints_all_of_it(words: str) -> None:
    for text in (
        "Contradictions and coverage",
        "111122223333/global/user/svc-legacy-sftp#access_key_1: last used 214 days before the report",
        "Files contradict the answer",
        "1 of 3 accounts seen in full. Missing: 444455556666: no credential report of this account",
        "Found in files and not declared: 999999999999.",
        "Ines Duarte scored 12 questions a second time",
        "Score over time",
    ):
        assert text in words, text
