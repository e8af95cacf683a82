"""Hand-made snapshots: a vendor reviewed in full, a draft half way, and one whose texts are as awkward as can be.

People, companies and account numbers are invented.
"""

import dataclasses
import functools
import hashlib
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from assessments.reports.evidence_facts import CoverageFacts, EvaluationFacts, EvidenceItem, Extract, ExtractRow, Named
from assessments.reports.material import Material, Trail
from assessments.reports.render import write
from assessments.reports.snapshot import (
    AccountInScope,
    Counts,
    CriterionResult,
    DomainResult,
    Erratum,
    Finding,
    GradeBand,
    MatchedResponse,
    Method,
    PastScore,
    PlaybookFacts,
    PreviousScore,
    PriorityTime,
    ScoreFacts,
    SecondLookFacts,
    SeverityWeight,
    Snapshot,
    VendorFacts,
)
from assessments.scoring import CAP, GRADES, WEIGHTS, Mark, Result, assurance, grade_for, priority, score

PLAYBOOK = Path(__file__).parents[2] / "playbook" / "data" / "aws-core.yaml"
MADE_ON = date(2026, 12, 17)
DAYS = {"P1": 30, "P2": 60, "P3": 90}
HISTORY = (
    PastScore("2024", date(2024, 12, 12), Decimal("4.1"), "D"),
    PastScore("2025", date(2025, 12, 15), Decimal("5.2"), "D"),
)
RESULTS = (
    dict.fromkeys((3, 11, 24, 30), "partly_met")
    | dict.fromkeys((7, 12, 13, 14, 16, 22, 32), "not_met")
    | {17: "not_applicable", 26: "not_verified"}
)
NOTES = {
    3: "Five of six accounts send CloudTrail logs to the logging account. The sandbox account keeps its own.",
    12: "Four application users in payments-prod sign API calls with static keys. Two are shared between systems.",
    13: "Three of seven active keys in payments-prod had no use in 90 days or were never used: j.moreau, "
    "svc-legacy-sftp and t.lind (key 2). The answer given was that all keys are in use.",
    16: "AdministratorAccess is attached to the Engineers group with 11 members.",
    26: "The screenshot shows that a trail exists, but not whether object actions are part of it.",
}
PLANS = {
    12: "Move the settlement export and the deployment jobs to roles.",
    13: "Removal of svc-legacy-sftp is change CHG-4821.",
}
MARKUP = '<script>alert(1)</script> <img src="file:///etc/passwd"> {{ settings.SECRET_KEY }} {% debug %} &amp;'
EVALUATIONS = {
    13: EvaluationFacts(
        verdict="failure",
        summary="3 of 7 active keys had no use in 90 days.",
        offenders=(
            Named("111122223333/global/user/j.moreau#access_key_1", "active and never used"),
            Named("111122223333/global/user/svc-legacy-sftp#access_key_1", "last used 214 days before the report"),
            Named("111122223333/global/user/t.lind#access_key_2", "active and never used"),
        ),
        offender_count=3,
        gaps=(Named("444455556666", "no credential report of this account"),),
        gap_count=2,
        accounts_required=3,
        accounts_seen=1,
        missing_accounts=("444455556666", "555555555555"),
        calls=("iam get-credential-report",),
    ),
    5: EvaluationFacts("acceptable", "Every root user has MFA.", (), 0, (), 0, 3, 3, (), ("iam get-account-summary",)),
}
FILES = (
    ("credential-report-payments-prod.csv", "csv", (5, 6, 12, 13, 14)),
    ("payments-prod-users.png", "image", (12, 13, 14)),
    ("organizations-accounts.png", "image", (1, 2, 4)),
    ("org-trail-destination.png", "image", (3,)),
    ("security-groups-outbound.pdf", "pdf", (19, 22)),
    ("patch-schedule-2026.pdf", "pdf", (32,)),
    ("statement-operations.pdf", "pdf", (8, 9, 10, 15, 18, 20, 21, 23, 25, 27, 28, 29, 31, 33)),
)


def full() -> Snapshot:
    """Every question reviewed, assessment closed."""
    return _snapshot(dict.fromkeys(range(1, 34), "met") | RESULTS, is_draft=False)


def draft() -> Snapshot:
    """Seventeen of 33 questions reviewed; the rest is answered, the last two are not."""
    reviewed = dict.fromkeys(range(1, 18), "met") | {key: value for key, value in RESULTS.items() if key < 18}
    return _snapshot(reviewed, is_draft=True)


def empty() -> Snapshot:
    """Nothing answered, nothing reviewed, no evidence, no account."""
    snapshot = _snapshot({}, is_draft=True)
    criteria = tuple(
        dataclasses.replace(one, answer_kind="", statements=(), notes="", evidence=()) for one in snapshot.criteria
    )
    return dataclasses.replace(
        snapshot,
        criteria=criteria,
        evidence=(),
        accounts=(),
        submitted_on=None,
        due_on=None,
        analyst="",
        previous=None,
        coverage=CoverageFacts(),
    )


def extreme() -> Snapshot:
    """Unbroken, endless, right-to-left and marked-up text wherever a person can type."""
    markup = MARKUP + " \x00\ud800 end"
    lines = "\n".join(f"line {number}" for number in range(500))
    arabic, emoji = "شركة المدفوعات الآمنة", "Ünïcode 🔐👩‍💻 Zahlungsverkehrsdienstleistungsgesellschaft"
    texts = {1: "x" * 50_000, 2: lines, 3: markup, 12: arabic * 20, 13: "e\u0301" * 3_000, 14: "\u202egnp.exe " + emoji}
    base = full()

    def awkward(one: CriterionResult) -> CriterionResult:
        text = texts.get(one.number)
        return one if text is None else dataclasses.replace(one, notes=text, note=text, reason=text, plan=text)

    findings = tuple(
        dataclasses.replace(item, what_we_saw=(texts[item.question],), response=texts[item.question])
        if item.question in texts
        else item
        for item in base.findings
    )
    names = ("a" * 150 + ".png", f"{arabic}.png", f"{emoji}.csv", "<b>bold</b>.pdf")
    evidence = tuple(
        dataclasses.replace(item, name=names[index] if index < len(names) else item.name, received_by=arabic)
        for index, item in enumerate(base.evidence)
    )
    return dataclasses.replace(
        base,
        vendor=VendorFacts(f"{emoji} {arabic} {'W' * 200}", "<i>Zahlung</i> " + "v" * 300, "critical"),
        organisation="Donaudampfschifffahrtsgesellschaft " * 4,
        analyst=arabic,
        accounts=tuple(AccountInScope(f"{number:012d}", "n" * 60, "production") for number in range(60)),
        criteria=tuple(awkward(one) for one in base.criteria),
        findings=findings,
        evidence=evidence,
    )


def open_image(key: str) -> bytes:
    """A picture that looks a little like a console page."""
    return _picture(key)


def material(
    snapshot: Snapshot,
    *,
    kind: str = "report",
    open_image: Callable[[str], bytes] = open_image,
    on_step: Callable[[int, int], None] = lambda step, steps: None,
    **values: Any,
) -> Material:
    """What a maker gets beside this snapshot; the stored images are pictures unless told."""
    trail = Trail(12, hashlib.sha256(b"trail").hexdigest())
    return Material(kind, snapshot.digest(), trail, lambda key: io.BytesIO(open_image(key)), on_step, **values)


def rendered(snapshot: Snapshot, **values: Any) -> bytes:
    """The assessment report of this snapshot."""
    out = io.BytesIO()
    write(snapshot, material(snapshot, **values), out)
    return out.getvalue()


def bitmap(kind: str, size: tuple[int, int]) -> bytes:
    """A black image of this format and size."""
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


@functools.cache
def _picture(key: str) -> bytes:
    image = Image.new("RGB", (1400, 788), "#f4f6f9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1400, 48), fill="#17202e")
    draw.text((24, 16), key, fill="#ffffff")
    for row in range(14):
        draw.rectangle((260, 120 + row * 44, 1360, 121 + row * 44), fill="#c4ccd8")
        draw.text((280, 134 + row * 44), f"svc-user-{row:02d}    Active    {row * 17 + 3} days ago", fill="#17202e")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@functools.cache
def _playbook() -> dict[str, Any]:
    return yaml.safe_load(PLAYBOOK.read_text("utf-8"))


def _snapshot(results: dict[int, str], *, is_draft: bool) -> Snapshot:
    data = _playbook()
    criteria = tuple(_criterion(item, results.get(item["number"], "")) for item in data["criteria"])
    marks = [
        Mark(one.domain, one.severity, Result(one.result) if one.result else None, bool(one.answer_kind))
        for one in criteria
    ]
    outcome = score(marks)
    header = data["playbook"]
    return Snapshot(
        organisation="Alder Mutual",
        vendor=VendorFacts("Halvorsen Payments", "Card settlement service", "critical"),
        period="2026",
        made_on=MADE_ON,
        is_draft=is_draft,
        analyst="Ana Okafor",
        closed_by="" if is_draft else "Ana Okafor",
        closed_on=None if is_draft else date(2026, 12, 16),
        submitted_on=date(2026, 12, 11),
        due_on=date(2026, 12, 14),
        accounts=(
            AccountInScope("111122223333", "payments-prod", "Production"),
            AccountInScope("444455556666", "payments-staging", "Staging or test"),
            AccountInScope("555555555555", "sandbox", "Development"),
        ),
        playbook=PlaybookFacts(
            slug=header["slug"],
            title=header["title"],
            version=header["version"],
            attribution=header["attribution"],
            licence=header["licence"]["name"],
            licence_url=header["licence"]["url"],
            changes_made=header["changes_made"],
            disclaimer=header["disclaimer"],
            sha256=hashlib.sha256(b"playbook").hexdigest(),
        ),
        score=ScoreFacts(outcome.total.score, outcome.grade, outcome.total.earned, Decimal(outcome.total.possible)),
        is_provisional=outcome.is_provisional,
        is_grade_capped=outcome.is_capped,
        previous=None if is_draft else PreviousScore("2025", Decimal("5.2"), "D"),
        counts=_counts(criteria),
        domains=tuple(_domain(item, criteria, outcome.domains[item["slug"]]) for item in data["domains"]),
        criteria=criteria,
        findings=_findings(data, criteria),
        evidence=tuple(_evidence(index, *file) for index, file in enumerate(FILES, start=1)),
        errata=tuple(
            Erratum(item["number"], one["where"], one["source_problem"], one["we_use"])
            for item in data["criteria"]
            for one in item["erratum"]
        ),
        method=Method(
            weights=tuple(SeverityWeight(name, Decimal(weight)) for name, weight in WEIGHTS.items()),
            grades=(*(GradeBand(grade, lowest) for grade, lowest in GRADES), GradeBand("F", Decimal("0.0"))),
            priorities=tuple(PriorityTime(name, DAYS.get(name)) for name in ("P1", "P2", "P3", "P4")),
            cap_grade=CAP,
        ),
        assessment=7,
        history=() if is_draft else HISTORY,
        second_look=None if is_draft else SecondLookFacts("Ines Duarte", 12, 10, 2, Decimal("0.71")),
        coverage=CoverageFacts(("111122223333", "444455556666", "555555555555"), ("111122223333",), ("999999999999",)),
    )


def _criterion(item: dict[str, Any], result: str) -> CriterionResult:
    number = item["number"]
    is_bad = result in ("not_met", "not_verified")
    options = [("failure", one) for one in item["failure_responses"]] if is_bad else []
    options = options or [("acceptable", one) for one in item["acceptable_responses"]]
    side, option = options[0]
    evidence = tuple(index for index, (_, _, questions) in enumerate(FILES, start=1) if number in questions)
    kind = "" if not result and number > 31 else "not_applicable" if result == "not_applicable" else "statements"
    has_match = result in ("met", "not_met")
    return CriterionResult(
        number=number,
        code=item["id"],
        domain=item["domain"],
        short_title=item["short_title"],
        question=item["question"],
        question_source=item["question_source"],
        severity=item["severity"]["level"],
        answer_kind=kind,
        statements=(option["text"],) if kind == "statements" else (),
        reason="No such service is used." if kind == "not_applicable" else "",
        notes="The same holds in every account." if kind and number % 3 == 0 else "",
        plan=PLANS.get(number, "") if result == "not_met" else "",
        plan_due_on=date(2027, 1, 8) if result == "not_met" and number in PLANS else None,
        result=result,
        matched=(MatchedResponse(option["key"], side, option["text"]),) if has_match else (),
        deviation="Five of six accounts are as they should be; one is not." if result == "partly_met" else "",
        note=NOTES.get(number, "") if result else "",
        assurance=assurance(has_evidence=bool(evidence)) if result else "",
        evidence=evidence if kind else (),
        is_contradiction=number == 13 and bool(kind),
        evaluation=EVALUATIONS.get(number) if kind else None,
    )


def _counts(criteria: tuple[CriterionResult, ...]) -> Counts:
    found = Counter(one.result or "pending" for one in criteria)
    return Counts(**{name: found[name] for name in (*Result, "pending")})


def _domain(item: dict[str, Any], criteria: tuple[CriterionResult, ...], part: Any) -> DomainResult:
    own = tuple(one for one in criteria if one.domain == item["slug"])
    facts = ScoreFacts(part.score, grade_for(part.score), part.earned, Decimal(part.possible))
    return DomainResult(item["slug"], item["name"], facts, _counts(own))


def _findings(data: dict[str, Any], criteria: tuple[CriterionResult, ...]) -> tuple[Finding, ...]:
    source = {item["number"]: item for item in data["criteria"]}
    bad = [one for one in criteria if one.result in ("not_met", "partly_met", "not_verified")]
    ranked = sorted(
        (priority(severity=one.severity, tier="critical", result=Result(one.result)), one.number, one) for one in bad
    )
    return tuple(
        Finding(
            number=index,
            question=number,
            code=one.code,
            title=one.short_title,
            result=one.result,
            severity=one.severity,
            priority=rank,
            due_on=MADE_ON + timedelta(days=DAYS[rank]) if rank in DAYS else None,
            what_we_saw=(one.note or one.deviation or one.matched[0].text,),
            why_it_matters=source[number]["severity"]["rationale"],
            what_to_do=tuple(source[number]["remediation"]),
            response=one.plan,
            response_due_on=one.plan_due_on,
            evidence=one.evidence,
            state="planned" if one.plan else "open",
        )
        for index, (rank, number, one) in enumerate(ranked, start=1)
    )


def _evidence(number: int, name: str, kind: str, questions: tuple[int, ...]) -> EvidenceItem:
    is_report = kind == "csv"
    rows = (
        ExtractRow(("j.moreau", "yes", "no", "active, never used", "–"), "Never used"),
        ExtractRow(("svc-legacy-sftp", "no", "–", "active, 20 Apr 2026", "–"), "Unused 214 days"),
        ExtractRow(("<root_account>", "–", "yes", "none", "–"), ""),
        ExtractRow(("ci-deploy-eu", "no", "–", "active, 19 Nov 2026", "–"), ""),
    )
    return EvidenceItem(
        number=number,
        name=name,
        kind=kind,
        format="iam-credential-report" if is_report else "",
        effective_on=date(2026, 11, 20) if kind != "pdf" else None,
        effective_source={"csv": "read", "image": "stated"}.get(kind, ""),
        received_on=date(2026, 11, 23),
        received_by="Rita Raman",
        size=12_345 * number,
        sha256=hashlib.sha256(name.encode("utf-8")).hexdigest(),
        accounts=("111122223333",) if is_report else (),
        questions=questions,
        preview=f"previews/{number}.jpg" if kind == "image" else "",
        preview_width=1400 if kind == "image" else 0,
        preview_height=788 if kind == "image" else 0,
        extract=Extract(("User", "Password", "MFA", "Key 1", "Key 2"), rows, 12) if is_report else None,
        file=f"evidence/{number}",
    )
