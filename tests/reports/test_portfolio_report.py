"""The portfolio report from its frozen snapshot: words, figures, signs, pages."""

import dataclasses
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from assessments.reports import portfolio_render
from assessments.reports.document import DOCUMENT_STYLE
from assessments.reports.plain import SnapshotError
from assessments.reports.portfolio_snapshot import (
    DecisionInForce,
    DomainColumn,
    LowestScore,
    OpenFinding,
    PortfolioSnapshot,
    PortfolioVendor,
    PriorityCount,
)
from assessments.reports.portfolio_view import portfolio_view
from assessments.reports.text import fitted
from assessments.scoring import GRADES
from tests.reports.pdfs import is_within_the_margins, material, words_of

TODAY = date(2026, 12, 17)
DOMAINS = ("Accounts", "Encryption", "Identity", "Network", "Detection", "Processes")


def vendor(name: str, score: str | None, grade: str, **changes: object) -> PortfolioVendor:
    """One vendor whose domains all have its score, but for the last."""
    value = Decimal(score) if score else None
    plain = PortfolioVendor(
        name=name,
        service="Card settlement",
        tier="critical",
        status="Closed",
        period="2026",
        answers_due_on=None,
        score=value,
        grade=grade,
        is_draft=False,
        domain_scores=(*[value] * 5, None),
        findings=3,
        analyst="Ana Okafor",
        decision=None,
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]  # fields of a vendor


def finding(number: int, **changes: object) -> OpenFinding:
    """One open finding."""
    plain = OpenFinding("Halvorsen", "2026", number, f"Finding {number}", "high", "P1", TODAY, False, "Open")
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]  # fields of a finding


def portfolio() -> PortfolioSnapshot:
    """Four vendors: good, bad, late with its answers, and without an assessment."""
    soon = DecisionInForce("approved", TODAY + timedelta(days=90), "")
    gone = DecisionInForce("conditions", TODAY - timedelta(days=9), "Expired on 8 Dec 2026")
    later = DecisionInForce("approved", TODAY + timedelta(days=91), "")
    return PortfolioSnapshot(
        organisation="Alder Mutual",
        made_on=TODAY,
        made_by="Max Solheim",
        filters=(),
        domains=tuple(DomainColumn(name.lower(), name, f"{name} in full") for name in DOMAINS),
        grades=(*(LowestScore(grade, lowest) for grade, lowest in GRADES), LowestScore("F", Decimal("0.0"))),
        vendors=(
            vendor("Halvorsen Payments", "9.1", "A", decision=soon),
            vendor("Orchard Payroll", "2.4", "F", decision=gone, findings=28),
            vendor(
                "Quill Logistics", "7.4", "B", is_draft=True, answers_due_on=TODAY - timedelta(days=10), decision=later
            ),
            vendor("Tarn Analytics", None, "", status="No assessment", period="", tier="low", findings=0),
        ),
        priorities=(
            PriorityCount("P1", 26, 4),
            PriorityCount("P2", 1, 0),
            PriorityCount("P3", 0, 0),
            PriorityCount("P4", 0, 0),
        ),
        findings=(finding(1, is_overdue=True, due_on=date(2026, 12, 1)), *(finding(at) for at in range(2, 26))),
    )


def many(number: int) -> PortfolioSnapshot:
    """So many vendors."""
    base = portfolio()
    names = (f"Vendor {at} of many" for at in range(number))
    return dataclasses.replace(base, vendors=tuple(vendor(name, "6.0", "C") for name in names))


def pdf_of(snapshot: PortfolioSnapshot) -> bytes:
    """The report of one snapshot."""
    out = io.BytesIO()
    portfolio_render.write(snapshot, material(snapshot, "portfolio"), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return words_of(pdf_of(portfolio()))


def test_the_report_says_how_the_vendors_stand(pages: list[str]) -> None:
    words = " ".join(pages)
    for said in (
        "Portfolio report · 17 December 2026 All vendors",
        "3 of 4 vendors have a grade; 1 stands below C, 1 of them critical to us. 26 findings of priority 1 are open, "
        "4 of them overdue.",
        "4 3 1 1 27 Vendors With a grade Below C Answers overdue Open findings",
        "A 8.5 to 10.0 1 25 %",
        "– Not graded 1 25 %",
        "Priority 1 26 4",
        "P1 Finding 1 (question 1) Halvorsen, 2026 High Open 1 Dec 2026 overdue",
        "7 more findings are listed in Assay.",
        "Quill Logistics Closed, 2026 7 Dec 2026 10 days overdue",
        "Orchard Payroll Approved with conditions 8 Dec 2026 Expired on 8 Dec 2026",
        "Halvorsen Payments Approved 17 Mar 2027 Ends in 90 days",
        "Accounts: Accounts in full",
        f"Asked for by Max Solheim. Made from the record with the SHA-256 {portfolio().digest()}",
    ):
        assert said in words, said
    assert "18 Mar 2027" not in words


def test_every_cell_says_its_score_and_f_and_nothing_have_signs_of_their_own() -> None:
    rows = {row.name: row for row in portfolio_view(fitted(portfolio()), digest="0" * 64).vendors}
    assert [(cell.score, cell.css) for cell in rows["Orchard Payroll"].cells] == [("2.4", "g-f")] * 5 + [
        ("–", "g-none")
    ]
    assert (rows["Quill Logistics"].grade, rows["Quill Logistics"].note) == ("B", "draft")
    assert rows["Tarn Analytics"].total.css == "g-none"
    assert rows["Tarn Analytics"].findings == "0"
    css = DOCUMENT_STYLE.read_text("utf-8")
    assert ".hc.g-f { border-color: #701414;" in css
    assert ".hc.g-none { background: #ffffff; border: .25mm dashed" in css


def test_the_filter_is_printed_in_words() -> None:
    narrow = dataclasses.replace(portfolio(), filters=("Importance: critical", "Grade: below C"), vendors=())
    words = " ".join(words_of(pdf_of(narrow)))
    assert "The vendors of this filter Importance: critical · Grade: below C No vendor matches." in words


def test_endless_names_and_markup_stay_within_the_page() -> None:
    base, long = portfolio(), "W" * 300
    awkward = "<b>{{ settings.SECRET_KEY }}</b> شركة 🔐"
    snapshot = dataclasses.replace(
        base,
        organisation=long,
        made_by=long,
        filters=("Name or service contains “<b>{{ settings.SECRET_KEY }}</b>”", f"Analyst: {long}"),
        domains=tuple(dataclasses.replace(one, short=long, name=long) for one in base.domains),
        vendors=(vendor(long, "9.1", "A", service=long, period=long), vendor(awkward, "1.0", "F")),
        findings=(finding(1, vendor=long, title=long, period=long), finding(2, title=awkward)),
    )
    pdf = pdf_of(snapshot)
    assert is_within_the_margins(pdf)
    assert "Name or service contains “<b>{{ settings.SECRET_KEY }}</b>”" in " ".join(words_of(pdf))


def test_several_hundred_vendors_have_the_heads_of_the_table_on_each_page() -> None:
    pages = words_of(pdf_of(many(150)))
    with_rows = [page for page in pages if "of many Card" in page or "of many 6" in page or "of many C" in page]
    assert len(with_rows) >= 4
    for page in with_rows:
        assert "Accounts Encryption Identity Network Detection Processes" in page
    assert sum(page.count(" of many") for page in pages) == 150


def test_what_is_left_out_of_a_very_long_table_is_said() -> None:
    view = portfolio_view(fitted(many(1_003)), digest="0" * 64)
    assert (len(view.vendors), view.more_vendors) == (1_000, "3 more vendors are listed in Assay.")


def test_the_snapshot_is_canonical_and_reads_back() -> None:
    snapshot = portfolio()
    assert PortfolioSnapshot.from_json(snapshot.to_json()) == snapshot
    assert json.loads(snapshot.to_json())["vendors"][0]["domain_scores"] == ["9.1"] * 5 + [None]
    assert len(snapshot.digest()) == 64
    assert dataclasses.replace(snapshot, made_by="Ada").digest() != snapshot.digest()


@pytest.mark.parametrize("version", [0, 2, None, True, "1"])
def test_another_version_is_refused(version: object) -> None:
    with pytest.raises(SnapshotError, match="this version reads 1"):
        PortfolioSnapshot.from_data({**portfolio().to_data(), "schema_version": version})


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    snapshot = dataclasses.replace(portfolio(), findings=())
    assert pdf_of(snapshot) == pdf_of(PortfolioSnapshot.from_json(snapshot.to_json()))
