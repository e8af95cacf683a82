"""The letter to the vendor: what it says, and that it says nothing a vendor may not read."""

import dataclasses
import io
import json
import re
from datetime import date
from decimal import Decimal

import pikepdf
import pytest

from assessments.reports.letter import NOT_CLOSED, write
from assessments.reports.material import RenderFailed
from assessments.reports.snapshot import ConditionOfApproval, DecisionFacts, Finding, Snapshot
from tests.reports import samples
from tests.reports.pdfs import bookmarks, is_within_the_margins, made, material, words_of

SECRET = "canary"


def marked() -> Snapshot:
    """A closed assessment with a canary in everything that is ours alone."""
    full = samples.full()
    found = {finding.question for finding in full.findings}
    criteria = tuple(
        dataclasses.replace(
            one,
            note=f"{SECRET} note",
            deviation=f"{SECRET} deviation",
            matched=tuple(dataclasses.replace(item, text=f"{SECRET} response") for item in one.matched),
            notes=f"{SECRET}: the vendor's own, and not asked for here",
            evaluation=None if one.number in found else one.evaluation,
        )
        for one in full.criteria
    )
    decision = DecisionFacts(
        "conditions",
        f"{SECRET} reason",
        (ConditionOfApproval(f"{SECRET} condition", date(2027, 3, 3)),),
        date(2027, 12, 31),
        date(2026, 12, 18),
        f"{SECRET} manager",
    )
    return dataclasses.replace(
        full,
        criteria=criteria,
        decision=decision,
        closed_by=f"{SECRET} closer",
        previous=dataclasses.replace(full.previous, period=f"{SECRET} period") if full.previous else None,
    )


def pdf_of(snapshot: Snapshot) -> bytes:
    """The letter about one snapshot."""
    return made(write, snapshot, material(snapshot, "letter"))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return pdf_of(marked())


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return words_of(pdf)


def test_the_first_page_says_what_is_asked_for(pages: list[str]) -> None:
    for said in (
        "Halvorsen Payments 17 December 2026",
        "Findings of the AWS assessment 2026",
        "Dear team at Halvorsen Payments,",
        "On 11 December 2026 you submitted your answers to the AWS assessment 2026: 33 questions and 7 files about 3 "
        "AWS accounts. We finished our review on 16 December 2026 and ask you to fix 12 things, the first by "
        "16 January 2027.",
        "1 IAM roles instead of access keys 12 16 Jan 2027",
        "12 AWS incident response plan 30 17 Mar 2027",
        "Sign in and open “Findings”.",
        "For 20 questions we found nothing that has to change.",
    ):
        assert said in pages[0], said


def test_each_finding_says_what_why_what_to_do_plan_and_files(pages: list[str]) -> None:
    words = " ".join(pages)
    for said in (
        "Please ask Ana Okafor at Alder Mutual, if anything is unclear or a day cannot be kept.",
        "Kind regards Ana Okafor Alder Mutual, Third-party risk",
        "Question 13 Fix by: 15 Feb 2027",
        "Three of seven active keys in payments-prod had no use in 90 days",
        "A forgotten key still works for whoever finds it, and nobody is watching it.",
        samples.PLANS[13],
        "Planned for 8 January 2027.",
        "Your files credential-report-payments-prod.csv payments-prod-users.png",
        "Adapted from the RiskRecon AWS Assessment Playbook (June 2020)",
    ):
        assert said in words, said
    assert words.count("What we saw") == 12


def test_nothing_of_ours_is_told(pdf: bytes, pages: list[str]) -> None:
    words = " ".join(pages)
    for said in (
        "grade",
        "score",
        "7.7",
        "high severity",
        "priority",
        "not met",
        "partly",
        "not verified",
        "assurance",
    ):
        assert not re.search(rf"\b{said}\b", words, re.IGNORECASE), said
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        attached = document.attachments["manifest.json"].get_file().read_bytes().decode("ascii")
        said = [words, attached, str(metadata), *(str(value) for value in document.docinfo.values())]
        assert [text for text in said if SECRET in text.lower()] == []
        assert json.loads(attached)["document"] == "letter"


def test_no_heading_stands_alone_and_no_short_finding_is_split(pages: list[str]) -> None:
    headings = ("What to fix, and by when", "How to answer", "What was good", "Whom to ask", "The findings in full")
    for page in pages:
        body = page.split(" Confidential · ")[0]
        assert not body.endswith(headings)
        assert not re.search(r"\d+\. [A-Z][^.]*Question \d+ Fix by: [\w ]{8,15}$", body)
        assert page.count("What we saw") == page.count("What to do")


def test_the_parts_are_bookmarks(pdf: bytes) -> None:
    assert bookmarks(pdf) == [
        "What to fix, and by when",
        "How to answer",
        "What was good",
        "Whom to ask",
        "The findings in full",
    ]


def test_one_thing_and_nothing_to_fix_are_said_as_such() -> None:
    full = samples.full()
    one: Finding = dataclasses.replace(full.findings[0], due_on=None)
    words = " ".join(words_of(pdf_of(dataclasses.replace(full, findings=(one,), analyst=""))))
    assert "We finished our review on 16 December 2026 and ask you to fix 1 thing." in words
    assert "Fix by: Next assessment" in words
    assert "Please ask the person at Alder Mutual who works with you, if anything is unclear" in words
    none = words_of(pdf_of(dataclasses.replace(full, findings=())))
    assert len(none) == 1
    assert "Result of the AWS assessment 2026" in none[0]
    assert "There is nothing for you to fix now. Thank you for your work." in none[0]
    assert "How to answer" not in none[0]


def test_before_it_is_closed_there_is_no_letter() -> None:
    with pytest.raises(RenderFailed, match=re.escape(NOT_CLOSED)):
        pdf_of(samples.draft())


def test_awkward_texts_are_printed_literally_within_the_page() -> None:
    pdf = pdf_of(samples.extreme())
    assert is_within_the_margins(pdf)
    words = " ".join(words_of(pdf))
    assert "<script>alert(1)</script>" in words
    assert "{{ settings.SECRET_KEY }}" in words
    assert "<b>bold</b>.pdf" in words


def test_a_finding_with_many_files_names_the_first() -> None:
    full = samples.full()
    finding = dataclasses.replace(full.findings[0], evidence=tuple(range(1, 8)))
    words = " ".join(words_of(pdf_of(dataclasses.replace(full, findings=(finding,)))))
    assert "patch-schedule-2026.pdf and 1 more file" in words


def test_no_score_is_needed() -> None:
    full = samples.full()
    other = dataclasses.replace(full, score=dataclasses.replace(full.score, value=Decimal("1.0"), grade="F"))
    assert words_of(pdf_of(other)) == words_of(pdf_of(full))


def test_only_what_was_raised_and_is_not_fixed_is_asked_for() -> None:
    snapshot = samples.full()
    states = ("open", "planned", "fixed", "verified", "accepted", "")
    findings = tuple(
        dataclasses.replace(one, state=states[min(place, 5)]) for place, one in enumerate(snapshot.findings)
    )
    current = dataclasses.replace(snapshot, findings=findings)
    assert [one.number for one in current.left_to_vendor()] == [1, 2]
    assert len(dataclasses.replace(current, schema_version=3).left_to_vendor()) == len(findings)


def test_a_letter_that_would_ask_for_nothing_although_there_are_gaps_is_not_written() -> None:
    snapshot = samples.full()
    unraised = tuple(dataclasses.replace(one, state="") for one in snapshot.findings)
    with pytest.raises(RenderFailed, match="No finding was raised from the gaps of this assessment"):
        pdf_of(dataclasses.replace(snapshot, findings=unraised))
