"""The executive summary: two pages whatever the input, and words for what is left out."""

import dataclasses
import io
import json
from datetime import date
from decimal import Decimal

import pikepdf
import pytest

from assessments.reports import executive
from assessments.reports.brand import Brand
from assessments.reports.executive import FIRST, SECOND, write
from assessments.reports.seal import is_whole
from assessments.reports.snapshot import ConditionOfApproval, DecisionFacts, PastScore, Snapshot, VendorFacts
from assessments.reports.text import fitted
from tests.reports import samples
from tests.reports.pdfs import bookmarks, is_within_the_margins, made, material, wide, words_of

GERMAN = "Vereinigte Norddeutsche Rechenzentrumsdienstleistungsgesellschaft für Zahlungsverkehrsabwicklung mbH & Co. KG"
DECISION = DecisionFacts(
    "conditions",
    "The keys are being replaced.",
    tuple(ConditionOfApproval(f"Condition {number}", date(2027, 1, number)) for number in range(1, 7)),
    date(2027, 12, 31),
    date(2026, 12, 18),
    "Max Solheim",
)


def decided() -> Snapshot:
    """Reviewed, decided, with a history and a long German name."""
    full = samples.full()
    vendor = VendorFacts(GERMAN, full.vendor.service, "critical")
    return dataclasses.replace(full, vendor=vendor, decision=DECISION)


def widest() -> Snapshot:
    """Every text as long and as wide as can be; 36 findings of priority 1, 12 domains, 14 earlier scores."""
    full, long = samples.full(), wide()
    finding = dataclasses.replace(full.findings[0], priority="P1", title=long, what_to_do=(long,), what_we_saw=(long,))
    condition = ConditionOfApproval(long, date(2027, 1, 1))
    return dataclasses.replace(
        full,
        vendor=VendorFacts(long, long, "critical"),
        organisation=long,
        period=long,
        analyst=long,
        closed_by=long,
        is_draft=True,
        is_provisional=True,
        is_grade_capped=True,
        counts=dataclasses.replace(full.counts, met=full.counts.met - 3, pending=3),
        previous=dataclasses.replace(full.previous, period=long) if full.previous else None,
        history=tuple(PastScore(long, date(2010 + at, 1, 1), Decimal(at % 10), "F") for at in range(14)),
        decision=DecisionFacts("conditions", long, (condition,) * 10, date(2027, 12, 31), date(2026, 12, 18), long),
        domains=tuple(dataclasses.replace(domain, name=long) for domain in full.domains) * 2,
        criteria=tuple(
            dataclasses.replace(
                one, short_title=long, matched=tuple(dataclasses.replace(item, text=long) for item in one.matched)
            )
            for one in full.criteria
        ),
        findings=(finding,) * 36,
    )


def pdf_of(snapshot: Snapshot, brand: Brand | None = None) -> bytes:
    """The executive summary of one snapshot."""
    return made(write, snapshot, material(snapshot, "summary", brand=brand))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return pdf_of(decided())


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return words_of(pdf)


def test_page_one_says_grade_facts_decision_and_what_to_do_first(pages: list[str]) -> None:
    for said in (
        f"Executive summary · AWS assessment 2026 {GERMAN}",
        "Card settlement service. Critical vendor.",
        "7.7 out of 10",
        f"{GERMAN} meets 20 questions of the 32 that apply.",
        "there are 12 findings, 3 of priority 1.",
        "The score rose from 5.2 to 7.7, and the grade went from D to B (compared with 2025).",
        "What works well",
        "What needs work",
        "Approved with conditions until 31 December 2027. Decided by Max Solheim on 18 December 2026.",
        "The keys are being replaced.",
        "Condition 1 (by 1 January 2027)",
        "Priority 1 actions",
        "aws-core-12 16 Jan 2027",
        "Page 1 of 2",
    ):
        assert said in pages[0], said
    assert "Condition 6" not in pages[0]


def test_page_two_says_domains_history_findings_and_how_to_read_it(pages: list[str]) -> None:
    for said in (
        "Results by domain",
        "Identity and Access",
        "Score over time",
        "1 IAM roles instead of access keys High Not met P1 16 Jan 2027",
        "Points go by severity: critical 8, high 4, medium 2 and low 1.",
        "A is 8.5 to 10, B is 7.0 to 8.4",
        "This covers 3 AWS accounts in scope",
        f"Made from the record with the SHA-256 {decided().digest()}",
        "Adapted from the RiskRecon AWS Assessment Playbook (June 2020)",
        "Licence of the questions: Creative Commons Attribution-",
        "Page 2 of 2",
    ):
        assert said in pages[1], said
    assert len(pages) == 2


def test_each_part_is_a_bookmark(pdf: bytes) -> None:
    assert bookmarks(pdf) == [
        "In short",
        "What works well",
        "What needs work",
        "Decision",
        "Priority 1 actions",
        "Results by domain",
        "Score over time",
        "Most serious findings",
        "How to read it",
    ]


@pytest.mark.parametrize("snapshot", [samples.empty, samples.draft, samples.extreme, widest])
def test_there_are_two_pages_whatever_the_input(snapshot: object) -> None:
    pdf = pdf_of(snapshot())  # type: ignore[operator]  # one of the four above
    assert is_within_the_margins(pdf)
    pages = words_of(pdf)
    assert [page.count(f"Page {number} of 2") for number, page in enumerate(pages, start=1)] == [1, 1]
    assert "How to read it" in pages[1]


def test_what_is_left_out_is_said() -> None:
    shown = executive.executive(fitted(widest()), FIRST[-1], SECOND[-1], digest="0" * 64)
    assert shown.more_actions == "35 more priority 1 actions are in the assessment report."
    assert shown.more_decision == "9 more conditions are in the assessment report."
    assert shown.more_domains == "6 more domains are in the assessment report."
    assert shown.more_findings == "32 more findings are in the assessment report."
    assert shown.trend is not None
    assert shown.trend.left_out == "9 earlier scores are not drawn."


def test_nothing_is_left_out_where_there_is_room() -> None:
    shown = executive.executive(fitted(samples.full()), FIRST[0], SECOND[0], digest="0" * 64)
    assert (shown.more_actions, shown.more_decision, shown.more_domains, shown.more_findings) == ("", "", "", "")
    assert len(shown.findings) == 12


def test_the_trend_says_in_words_what_it_draws() -> None:
    shown = executive.executive(fitted(decided()), FIRST[0], SECOND[0], digest="0" * 64).trend
    assert shown is not None
    assert shown.alt == "Score over time: 4.1 in 2024, 5.2 in 2025 and 7.7 in 2026."
    assert [(point.score, point.y) for point in shown.points] == [("4.1", "65"), ("5.2", "54"), ("7.7", "29")]
    assert executive.executive(fitted(samples.empty()), FIRST[0], SECOND[0], digest="0" * 64).trend is None


def test_a_draft_says_so_and_what_is_missing() -> None:
    draft = samples.draft()
    shown = executive.executive(fitted(draft), FIRST[0], SECOND[0], digest=draft.digest())
    assert dict(shown.facts)["Status"] == "Draft, 17 of 33 reviewed"
    assert shown.pending == "16 questions are not reviewed yet."
    assert shown.decision is None


def test_the_same_gives_the_same_bytes_and_steps_are_told_once(pdf: bytes) -> None:
    steps: list[tuple[int, int]] = []
    given = dataclasses.replace(material(decided(), "summary"), on_step=lambda *step: steps.append(step))
    out = io.BytesIO()
    write(Snapshot.from_json(decided().to_json()), given, out)
    assert out.getvalue() == pdf
    assert steps == [(number, 7) for number in range(1, 8)]


def test_it_carries_the_manifest_and_is_sealed(pdf: bytes) -> None:
    assert is_whole(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        facts = json.loads(document.attachments["manifest.json"].get_file().read_bytes())
    assert (facts["document"], facts["snapshot_sha256"]) == ("summary", decided().digest())
    assert facts["audit"] == {"hash": "5" * 64, "position": 7}


def test_the_logo_is_shown_with_words() -> None:
    brand = Brand(samples.bitmap("PNG", (300, 100)), "image/png", "#7a1f5c")
    pdf = pdf_of(samples.empty(), brand)
    assert pdf != pdf_of(samples.empty())
    assert len(words_of(pdf)) == 2
