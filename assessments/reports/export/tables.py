"""What a snapshot says as tables; no cell of them can become a formula. Pure."""

from collections.abc import Iterator

from assessments.reports import words
from assessments.reports.evidence_facts import EvidenceItem
from assessments.reports.material import Material
from assessments.reports.snapshot import CriterionResult, Finding, Snapshot
from assessments.spreadsheets.tables import Table, Value

_VERDICTS = {"acceptable": "Acceptable", "failure": "Failure", "undetermined": "Undetermined"}
_SOURCES = {"read": "Read from the file", "stated": "Stated by the vendor", "": "Not known"}


def alone(snapshot: Snapshot) -> Table:
    """The results for a file of their own: every line says of which assessment and under which licence it stands."""
    table, playbook = results(snapshot), snapshot.playbook
    head = [snapshot.vendor.name, snapshot.period]
    tail = [f"{playbook.title} {playbook.version}", f"{playbook.licence}. {playbook.attribution}"]
    return Table(
        table.title,
        ("Vendor", "Period", *table.headings, "Playbook", "Licence"),
        [[*head, *row, *tail] for row in table.rows],
    )


def results(snapshot: Snapshot) -> Table:
    """One line for each question."""
    domains = {domain.slug: domain.name for domain in snapshot.domains}
    return Table(
        "Results",
        (
            *("No.", "Code", "Domain", "Title", "Question", "Severity"),
            *("Result", "Assurance", "Answer", "Reason", "Notes", "Plan to fix", "Plan by"),
            *("Responses found true", "Deviation", "Note", "Evidence", "Files say otherwise"),
            *("Verdict of the files", "What the files show", "Offending resources", "Gaps"),
            *("Accounts with files", "Accounts required"),
        ),
        [_result(one, domains.get(one.domain, one.domain)) for one in snapshot.criteria],
        fixed=4,
    )


def _result(one: CriterionResult, domain: str) -> list[Value]:
    answer = "\n".join(one.statements) or words.ANSWERS.get(one.answer_kind, one.answer_kind)
    return [
        *(one.number, one.code, domain, one.short_title, one.question),
        words.SEVERITIES.get(one.severity, one.severity),
        words.RESULTS.get(one.result, one.result),
        words.ASSURANCES.get(one.assurance, one.assurance) if one.assurance else None,
        *(answer, one.reason, one.notes, one.plan, one.plan_due_on),
        "\n".join(f"{words.SIDES.get(match.side, match.side)}: {match.text}" for match in one.matched),
        *(one.deviation, one.note, _files(one.evidence), "Yes" if one.is_contradiction else "No"),
        *_evaluation(one),
    ]


def _evaluation(one: CriterionResult) -> list[Value]:
    found = one.evaluation
    if found is None:
        return [None] * 6
    return [
        _VERDICTS.get(found.verdict, found.verdict),
        found.summary,
        _named([f"{item.ref}: {item.reason}" for item in found.offenders], found.offender_count),
        _named([f"{item.ref}: {item.reason}" for item in found.gaps], found.gap_count),
        *(found.accounts_seen, found.accounts_required),
    ]


def _named(lines: list[str], count: int) -> str:
    """The lines, and how many more there are."""
    more = count - len(lines)
    return "\n".join([*lines, f"and {more:,} more"] if more > 0 else lines)


def _files(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"E{number}" for number in numbers)


def findings(snapshot: Snapshot) -> Table:
    """One line for each gap, most serious first."""
    return Table(
        "Findings",
        (
            *("No.", "Question", "Code", "Title", "Result", "Severity", "Priority", "Fix by"),
            *("What we saw", "Why it matters", "What to do", "Vendor's response", "Response by", "Evidence"),
        ),
        [_finding(one) for one in snapshot.findings],
        fixed=4,
    )


def _finding(one: Finding) -> list[Value]:
    return [
        *(one.number, one.question, one.code, one.title, words.RESULTS.get(one.result, one.result)),
        *(words.SEVERITIES.get(one.severity, one.severity), one.priority, one.due_on),
        *("\n".join(one.what_we_saw), one.why_it_matters, "\n".join(one.what_to_do)),
        *(one.response, one.response_due_on, _files(one.evidence)),
    ]


def evidence(snapshot: Snapshot, missing: frozenset[int]) -> Table:
    """One line for each file."""
    return Table(
        "Evidence",
        (
            *("No.", "File", "Kind", "Format", "Size in bytes", "SHA-256", "Received on", "Received from"),
            *("Shows the state of", "Known from", "AWS accounts", "Questions", "Stored"),
        ),
        [_file(one, is_missing=one.number in missing) for one in snapshot.evidence],
        fixed=2,
    )


def _file(one: EvidenceItem, *, is_missing: bool) -> list[Value]:
    return [
        f"E{one.number}",
        *(one.name, words.KINDS.get(one.kind, one.kind), words.FORMATS.get(one.format, one.format)),
        *(one.size, one.sha256, one.received_on, one.received_by),
        *(one.effective_on, _SOURCES.get(one.effective_source, one.effective_source)),
        "\n".join(one.accounts),
        ", ".join(str(number) for number in one.questions),
        "Missing" if is_missing else "Yes",
    ]


def about(snapshot: Snapshot, material: Material) -> Table:
    """Of what the tables are, how it was scored, and under which licence their texts stand."""
    return Table("About", ("What", "Value"), list(_about(snapshot, material)))


def _about(snapshot: Snapshot, material: Material) -> Iterator[list[Value]]:
    playbook, decision = snapshot.playbook, snapshot.decision
    yield ["Vendor", snapshot.vendor.name]
    yield ["Service", snapshot.vendor.service]
    yield ["Assessment", snapshot.period]
    yield ["State", "Draft" if snapshot.is_draft else "Closed"]
    yield ["Assessed by", snapshot.organisation]
    yield ["Analyst", snapshot.analyst]
    yield ["Submitted on", snapshot.submitted_on]
    yield ["Closed on", snapshot.closed_on]
    yield ["Made on", snapshot.made_on]
    yield ["Score, from 0 to 10", snapshot.score.value]
    yield ["Grade", snapshot.score.grade]
    yield ["Score is provisional", "Yes" if snapshot.is_provisional else "No"]
    for domain in snapshot.domains:
        yield [f"Score: {domain.name}", domain.score.value]
    if decision is not None:
        yield ["Decision", words.DECISIONS.get(decision.kind, decision.kind)]
        yield ["Decided on", decision.decided_on]
        yield ["Decision holds until", decision.expires_on]
    for account in snapshot.accounts:
        yield ["AWS account in scope", ", ".join(filter(None, [account.id, account.name, account.stage]))]
    for found in snapshot.coverage.found_only:
        yield ["AWS account in the files, not in scope", found]
    yield ["Playbook", f"{playbook.title} {playbook.version}"]
    yield ["Source", playbook.attribution]
    yield ["Licence of its texts", f"{playbook.licence}, {playbook.licence_url}"]
    yield ["Changes made", playbook.changes_made]
    yield ["No warranty", playbook.disclaimer]
    yield ["SHA-256 of the snapshot", material.digest]
    yield ["Audit trail, events", material.trail.position]
    yield ["Audit trail, last hash", material.trail.hash]
