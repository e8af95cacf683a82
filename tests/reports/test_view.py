"""What the report says: sentences, counts, findings and bars made from the facts."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from assessments.reports import charts
from assessments.reports.appendix_view import appendix_view
from assessments.reports.report_view import ReportView, report_view
from assessments.reports.snapshot import (
    ConditionOfApproval,
    Counts,
    DecisionFacts,
    Finding,
    PreviousScore,
    Snapshot,
)
from assessments.reports.summary import summary_of
from assessments.reports.text import fitted
from tests.reports import samples


def view(snapshot: Snapshot) -> ReportView:
    return report_view(fitted(snapshot), digest=snapshot.digest())


def test_the_headline_is_two_sentences_of_facts() -> None:
    assert summary_of(samples.full()).headline == (
        "Halvorsen Payments meets 20 questions of the 32 that apply. It scores highest in Encryption (10.0) and lowest "
        "in Identity and Access Management (4.3); there are 12 findings, 3 of priority 1."
    )


def test_a_draft_speaks_of_what_is_reviewed() -> None:
    summary = summary_of(samples.draft())
    assert summary.headline.startswith("Halvorsen Payments meets 9 questions of the 16 reviewed so far.")
    assert summary.pending == "16 questions are not reviewed yet."
    assert summary_of(samples.empty()).headline.startswith("No answer of Halvorsen Payments has been reviewed yet.")


def test_the_five_counts() -> None:
    tiles = [(tile.count, tile.label) for tile in summary_of(samples.full()).tiles]
    assert tiles == [
        ("20", "Met"),
        ("4", "Partly met"),
        ("7", "Not met"),
        ("1", "Not verified"),
        ("1", "Not applicable"),
    ]


def test_what_needs_work_names_what_was_found() -> None:
    needs = summary_of(samples.full()).needs
    assert needs[0] == "Access keys are the main way in which users work with the AWS API."
    assert needs[3].startswith("CloudTrail logs in a dedicated account: Five of six accounts send")


def test_priority_1_actions_have_question_and_date() -> None:
    actions = summary_of(samples.full()).actions
    assert [(action.question, action.due) for action in actions] == [
        ("aws-core-12", "16 Jan 2027"),
        ("aws-core-16", "16 Jan 2027"),
        ("aws-core-32", "16 Jan 2027"),
    ]


@pytest.mark.parametrize(
    ("before", "grade", "said"),
    [
        ("5.2", "D", "The score rose from 5.2 to 7.7, and the grade went from D to B (compared with 2025)."),
        ("7.9", "B", "The score fell from 7.9 to 7.7, and the grade stays B (compared with 2025)."),
        ("7.7", "B", "The score is unchanged at 7.7, and the grade stays B (compared with 2025)."),
    ],
)
def test_the_change_since_last_time(before: str, grade: str, said: str) -> None:
    previous = PreviousScore("2025", Decimal(before), grade)
    assert summary_of(dataclasses.replace(samples.full(), previous=previous)).change == said


def decided(kind: str, expires_on: date | None, *conditions: ConditionOfApproval) -> Snapshot:
    decision = DecisionFacts(
        kind, "Sound at heart.\n\nKeys are not.", conditions, expires_on, date(2026, 12, 16), "Max Solheim"
    )
    return dataclasses.replace(samples.full(), decision=decision)


@pytest.mark.parametrize(
    ("kind", "expires_on", "words"),
    [
        ("approved", date(2027, 12, 16), "Approved until 16 December 2027."),
        ("conditions", date(2027, 6, 30), "Approved with conditions until 30 June 2027."),
        ("rejected", None, "Rejected."),
    ],
)
def test_the_summary_names_the_decision(kind: str, expires_on: date | None, words: str) -> None:
    snapshot = decided(kind, expires_on, ConditionOfApproval("Remove the unused keys", date(2027, 1, 31)))
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    decision = view(snapshot).summary.decision
    assert decision is not None
    assert decision.words == f"{words} Decided by Max Solheim on 16 December 2026."
    assert decision.reason == ("Sound at heart.", "Keys are not.")
    assert decision.conditions == ("Remove the unused keys (by 31 January 2027)",)
    assert view(samples.full()).summary.decision is None


def test_the_cover() -> None:
    cover = view(samples.full()).cover
    assert (cover.vendor, cover.grade, cover.score) == ("Halvorsen Payments", "B", "7.7 out of 10")
    assert cover.subtitle == "Card settlement service. Critical vendor."
    assert cover.lines == ("20 of 33 questions met. 12 findings.", "Before (2025): D, 5.2")
    assert dict(cover.facts) == {
        "Report date": "17 December 2026",
        "Status": "Final",
        "Answers submitted": "11 December 2026",
        "Answers due": "14 December 2026",
        "Analyst": "Ana Okafor",
        "Closed by": "Ana Okafor · 16 Dec 2026",
        "Scope": "3 AWS accounts",
        "Playbook": "aws-core 2020-06",
    }


def test_a_capped_and_a_provisional_grade_say_so() -> None:
    capped = dataclasses.replace(samples.full(), is_grade_capped=True, is_provisional=True)
    assert view(capped).cover.lines[2:] == (
        "Provisional: some answers are not reviewed yet.",
        "Held at B: a critical question is not met.",
    )


def test_nothing_scored_is_a_dash_and_never_zero() -> None:
    report = view(samples.empty())
    assert (report.cover.grade, report.cover.score) == ("–", "Not scored yet")
    assert {(row.score, row.grade, row.found) for row in report.domains} == {("–", "–", "Not reviewed yet.")}


def test_a_domain_in_words() -> None:
    found = {row.name: row.found for row in view(samples.full()).domains}
    assert found["Encryption"] == "All questions met."
    assert found["Network Security"] == (
        "4 of 6 met. Not met: Outbound traffic restricted. Partly met: S3 Block Public Access turned on."
    )


def test_every_question_is_in_the_results_and_in_the_detail() -> None:
    report = view(samples.full())
    numbers = [str(number) for number in range(1, 34)]
    assert [row.number for group in report.results for row in group.rows] == numbers
    assert [card.number for group in report.answers for card in group.cards] == numbers
    assert report.results_title == "All 33 results"


def test_a_finding_says_what_why_what_to_do_and_the_plan() -> None:
    card = view(samples.full()).findings[0]
    assert (card.number, card.title, card.css) == ("1", "IAM roles instead of access keys", "p1")
    assert card.tags == ("High severity", "Priority 1", "Question 12", "Due 16 Jan 2027", "Fix planned")
    facts = {fact.label: fact.lines for fact in card.facts}
    assert list(facts) == ["What we saw", "Why it matters", "What to do", "Vendor’s plan"]
    assert facts["Vendor’s plan"] == (samples.PLANS[12], "Planned for 8 January 2027.")
    assert card.evidence.numbers == ("1", "2")


def test_a_finding_without_a_date_waits_for_the_next_assessment() -> None:
    snapshot = samples.full()
    finding: Finding = dataclasses.replace(snapshot.findings[0], priority="P4", due_on=None)
    card = view(dataclasses.replace(snapshot, findings=(finding,))).findings[0]
    assert card.tags[-2:] == ("Due at the next assessment", "Fix planned")


def test_only_a_long_card_may_be_split() -> None:
    cards = {card.number: card.css for group in view(samples.extreme()).answers for card in group.cards}
    assert cards["1"] == cards["2"] == "long"
    assert cards["5"] == ""


def test_the_answer_is_not_printed_twice() -> None:
    card = next(card for group in view(samples.full()).answers for card in group.cards if card.number == "5")
    facts = {fact.label: fact.lines for fact in card.facts}
    assert facts["Matches"] == ("Acceptable response, as answered.",)
    assert facts["Answer"] == ("Every Root account is protected by MFA and none has an active access key.",)


def test_the_bar_shows_each_result_as_wide_as_its_count() -> None:
    bar = charts.bar(Counts(met=5, partly_met=1, not_met=1), largest=9)
    assert bar.alt == "5 met, 1 partly met, 1 not met"
    assert [(part.count, part.x, part.width) for part in bar.segments] == [
        ("5", "0.5", "133"),
        ("1", "135.5", "25"),
        ("1", "162.5", "25"),
    ]


def test_a_large_playbook_still_fits_the_bar() -> None:
    bar = charts.bar(Counts(met=200, not_met=300), largest=500)
    last = bar.segments[-1]
    assert float(last.x) + float(last.width) <= charts.BAR_WIDTH


def test_the_legend_names_only_what_can_be_seen() -> None:
    assert len(view(samples.full()).legend) == 5
    assert [entry.label for entry in view(samples.draft()).legend][-1] == "Not reviewed"


def test_the_method_prints_the_numbers_it_was_made_with() -> None:
    method = appendix_view(fitted(samples.full()), unreadable=frozenset()).method
    assert method.weights == (("Critical", "8"), ("High", "4"), ("Medium", "2"), ("Low", "1"))
    assert [(band.grade, band.span) for band in method.bands] == [
        ("A", "8.5 to 10"),
        ("B", "7.0 to 8.4"),
        ("C", "5.5 to 6.9"),
        ("D", "4.0 to 5.4"),
        ("F", "0.0 to 3.9"),
    ]
    assert method.sum_line == "Here that is 89 points of 116, which gives 7.7."
    assert method.priorities[0] == ("Priority 1", "within 30 days")
    assert method.priorities[3] == ("Priority 4", "at the next assessment")


def test_the_register_has_the_whole_digest() -> None:
    snapshot = samples.full()
    register = appendix_view(fitted(snapshot), unreadable=frozenset()).register
    assert [row.sha256 for row in register] == [item.sha256 for item in snapshot.evidence]
    assert register[0].kind == "IAM credential report"
    assert register[4].effective == "Not known"


def test_an_unreadable_preview_is_a_box_that_names_the_file() -> None:
    extracts = appendix_view(fitted(samples.full()), unreadable=frozenset({2})).extracts
    assert [(item.number, item.image) for item in extracts] == [
        ("1", ""),
        ("2", ""),
        ("3", "evidence:3"),
        ("4", "evidence:4"),
    ]
    assert extracts[1].problem.startswith("The preview of payments-prod-users.png could not be read")


def test_reconstructed_questions_and_errata_are_listed() -> None:
    playbook = appendix_view(fitted(samples.full()), unreadable=frozenset()).playbook
    assert [number for number, _ in playbook.reconstructed][:3] == ["3", "4", "6"]
    assert playbook.errata[0][:2] == ("2", "validation steps")
    assert playbook.licence == "Creative Commons Attribution-ShareAlike 4.0 International"


def test_a_decision_that_is_over_says_so() -> None:
    decision = DecisionFacts("approved", "", (), date(2026, 12, 16), date(2026, 11, 1), "Max Weber")
    over = view(dataclasses.replace(samples.full(), decision=decision)).summary.decision
    assert over is not None
    assert over.words == ("Approved until 16 December 2026, which is over. Decided by Max Weber on 1 November 2026.")
    holds = dataclasses.replace(decision, expires_on=samples.MADE_ON)
    last_day = view(dataclasses.replace(samples.full(), decision=holds)).summary.decision
    assert last_day is not None
    assert last_day.words.startswith("Approved until 17 December 2026. Decided")
