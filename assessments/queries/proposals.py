"""What the evaluation of one question says to the analyst: who breaks it, what is missing, which result.

It proposes and contradicts. It ticks no box, and the result is always given by a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

from assessments.agreement import Agreement, of_answer
from assessments.evaluators import State as Verdict
from assessments.evaluators.formats import CREDENTIAL_REPORT
from assessments.evaluators.result import GLOBAL
from assessments.limits import REPORT_NOTE_LENGTH
from assessments.models import Review
from assessments.queries.evaluations import Checked, Named, Shown
from assessments.scoring import RESULT_LABELS, Result

if TYPE_CHECKING:
    from django.http import QueryDict

SHOWN = 20  # offenders of the table; the rest is folded away
FIRST = 3  # offenders named in the sentence of a contradiction
_RESULTS = {Verdict.ACCEPTABLE: Result.MET, Verdict.FAILURE: Result.NOT_MET}
_DETAILS = {
    "access_key_1": gettext_lazy("access key 1"),
    "access_key_2": gettext_lazy("access key 2"),
    "mfa": "MFA",
    "password_last_used": gettext_lazy("last use of the password"),
}
_KINDS = {"db": gettext_lazy("database"), "ou": gettext_lazy("organizational unit")}

Pieces = Sequence[tuple[bool, str]]
"""A sentence in parts; True for one that is a command or a name to copy."""


def pieces(sentence: str) -> Pieces:
    """Cut at the backticks in which the evaluators write commands."""
    return [(place % 2 == 1, part) for place, part in enumerate(sentence.split("`")) if part]


@dataclass(frozen=True)
class Offender:
    """One account, region, user, key or resource of a table. `row` is the id of its row in a file shown, or ""."""

    id: str  # of its own row
    ref: str
    account: str
    region: str
    name: str  # "bob"; of a whole account or region its id
    kind: str  # "user"
    detail: str  # "access key 1"
    reason: str
    row: str = ""

    @property
    def about(self) -> str:
        """What it is: "user, access key 1"."""
        return ", ".join(filter(None, (self.kind, self.detail)))

    @property
    def short(self) -> str:
        """For a sentence: "bob (access key 1)"."""
        return f"{self.name} ({self.detail})" if self.detail else self.name


def offender(number: int, named: Named, rows: Mapping[tuple[str, str], str], table: str = "offender") -> Offender:
    """Take the name of a resource apart: `account/region/type/name#detail`, or an ARN as it is."""
    path, _, detail = named.name.partition("#") if named.account else (named.ref, "", "")
    region, name, kind = "", path, ""
    if named.account and path == named.account:
        kind = "account"
    elif named.account:
        region, _, rest = path.partition("/")
        what, _, called = rest.partition("/")
        name, kind = (called, str(_KINDS.get(what, what.replace("-", " ")))) if called else (what, "")
        if not rest:
            name, kind, region = region, "region", ""
    return Offender(
        id=f"{table}-{number}",
        ref=named.ref,
        account=named.account,
        region="" if region == GLOBAL else region,
        name=name,
        kind=kind,
        detail=str(_DETAILS.get(detail, detail)),
        reason=named.reason,
        row=rows.get((named.account, user_of(named)), ""),
    )


def user_of(named: Named) -> str:
    """Which user of a credential report a name speaks of: "bob", "<root_account>", or "" for anything else."""
    path = named.name.partition("#")[0]
    if path == f"{GLOBAL}/root":
        return "<root_account>"
    return path.removeprefix(f"{GLOBAL}/user/") if path.startswith(f"{GLOBAL}/user/") else ""


def marks_of(shown: Shown | None) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """For each user of an account that breaks the question: key or property, reason, and id of the offender's row."""
    marks: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for place, named in enumerate(shown.offenders if shown else (), 1):
        if user := user_of(named):
            one = offender(place, named, {})
            marks.setdefault((named.account, user), []).append((one.detail, one.reason, one.id))
    return marks


@dataclass(frozen=True)
class Proposal:
    """The result that the evidence speaks for. `token` changes with it, so that only what was seen can be accepted."""

    result: str
    label: str
    matched: Sequence[str]
    deviation: str  # what was found, where no statement of the playbook fits
    note: str  # the same in the words of the evaluation, where a statement fits
    token: str


def proposal(shown: Shown | None) -> Proposal | None:
    """Acceptable proposes met, a failure not met; what is undetermined proposes nothing."""
    result = _RESULTS.get(Verdict(shown.verdict)) if shown else None
    if shown is None or result is None:
        return None
    deviation = shown.summary if result is Result.NOT_MET and not shown.responses else ""
    content = json.dumps([shown.verdict, list(shown.responses), shown.summary, shown.offender_count])
    return Proposal(
        result=result.value,
        label=gettext(RESULT_LABELS[result]),
        matched=shown.responses,
        deviation=deviation,
        note="" if deviation else shown.summary[:REPORT_NOTE_LENGTH],
        token=hashlib.sha256(content.encode()).hexdigest()[:16],
    )


def filled(offered: Proposal, data: QueryDict, *, needs_reason: bool) -> QueryDict:
    """The form as if the person had chosen what is proposed; what they wrote is theirs and stays.

    Where the result needs a reason, the words of the evaluation are noted.
    """
    form = data.copy()
    form["result"] = offered.result
    form.setlist("matched", list(offered.matched))
    if not form.get("deviation", "").strip():
        form["deviation"] = offered.deviation
    if needs_reason and not form.get("note", "").strip():
        form["note"] = offered.note
    return form


@dataclass(frozen=True)
class Machine:
    """All that the workbench shows of the evaluation of one question."""

    state: str  # "" without machine evidence, else queued, running, ready or failed
    is_pending: bool
    problem: str
    reference: str  # of a failure, as it stands in the log
    at: datetime | None
    version: str
    shown: Shown | None
    summary: Pieces
    matched: Sequence[str]  # texts of the responses
    flag: str  # what stands beside a matched response
    offenders: Sequence[Offender]
    rest: Sequence[Offender]
    leads: Sequence[Offender]
    gaps: Sequence[tuple[str, Pieces]]
    files: Sequence[str]  # names of those it was read from, as far as they belong to this answer
    more_files: int
    proposal: Proposal | None  # as long as it is there to be accepted
    agreement: Agreement
    vendor_says: str  # where the evidence says otherwise

    @property
    def is_contradiction(self) -> bool:
        """Whether the evidence says otherwise than the answer that was submitted."""
        return self.agreement is Agreement.CONTRADICTS

    @property
    def first(self) -> str:
        """The first offenders, for a sentence: "root (access key 1), bob (access key 1) and 3 more"."""
        names = [one.short for one in self.offenders[:FIRST]]
        left = (self.shown.offender_count if self.shown else 0) - len(names)
        shown = ", ".join(names)
        return gettext("%(names)s and %(count)s more") % {"names": shown, "count": f"{left:,}"} if left > 0 else shown


def machine(
    checked: Checked,
    number: int,
    *,
    kind: str,
    statements: Sequence[tuple[str, str, str, bool]],
    review: Review | None,
    rows: Mapping[tuple[str, str], str],
    names: Mapping[int, str],
) -> Machine:
    """Put it together for one question.

    `kind` and `statements` (key, text, side, whether chosen) are the answer as it was submitted; `rows` and `names` are
    the rows and the files of the page.
    """
    shown = checked.shown.get(number)
    chosen = [(key, text) for key, text, _, is_chosen in statements if is_chosen]
    sides = {key: side for key, _, side, _ in statements}
    agreement = Agreement.OPEN
    if shown:
        agreement = of_answer(kind=kind, statements=[key for key, _ in chosen], sides=sides, verdict=shown.verdict)
    found = [offender(place, named, rows) for place, named in enumerate(shown.offenders if shown else (), 1)]
    read = [pk for pk, file in checked.files.items() if number in file.numbers]
    reports = [checked.files[pk].format == CREDENTIAL_REPORT for pk in read]
    return Machine(
        state=checked.state,
        is_pending=checked.is_pending,
        problem=checked.problem,
        reference=checked.reference,
        at=checked.at,
        version=checked.version,
        shown=shown,
        summary=pieces(shown.summary) if shown else (),
        matched=[text for key, text, _, _ in statements if shown and key in shown.responses],
        flag=gettext("Credential report shows this")
        if reports and all(reports)
        else gettext("The evidence shows this"),
        offenders=found[:SHOWN],
        rest=found[SHOWN:],
        leads=[offender(place, one, rows, "lead") for place, one in enumerate(shown.leads if shown else (), 1)],
        gaps=[(one.ref, pieces(one.reason)) for one in (shown.gaps if shown else ())],
        files=[names[pk] for pk in read if pk in names],
        more_files=sum(1 for pk in read if pk not in names),
        proposal=_open_proposal(shown, checked.at, review),
        agreement=agreement,
        vendor_says=_vendor_says(kind, [text for _, text in chosen]),
    )


def _open_proposal(shown: Shown | None, at: datetime | None, review: Review | None) -> Proposal | None:
    """Nothing is proposed against a result that was given in sight of this evaluation."""
    offered = proposal(shown)
    if offered is None or review is None:
        return offered
    is_same = (review.result, list(review.matched)) == (offered.result, list(offered.matched))
    return None if is_same or at is None or review.at >= at else offered


def _vendor_says(kind: str, texts: Sequence[str]) -> str:
    return gettext("This does not apply.") if kind == "not_applicable" else " ".join(f"“{text}”" for text in texts)
