"""What every criterion does alike: go through the accounts and regions, count coverage, name offenders, decide.

A criterion makes one `Case`, walks over `case.accounts(...)` or `case.places(...)`, calls `offend`, `doubt` or `lead`
for what it sees, and ends with `case.decide(...)`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assessments.evaluators.algebra import Truth, verdict
from assessments.evaluators.answers import Answer
from assessments.evaluators.arns import plain_ref
from assessments.evaluators.clock import Clock
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields, json_text
from assessments.evaluators.formats.calls import command
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.reports import AccountReport
from assessments.evaluators.result import GLOBAL, Coverage, Evaluation, Resource, State, ref

_NAMED: Final = 3  # gaps and leads a sentence names; all of them stand in the lists beside it
_LEADS: Final = 500
_ACCOUNT: Final = re.compile(r"\b\d{12}\b")
BUNDLE: Final = "Or run the collector in every account and add its bundle."

# What makes a region active, as Prowler names it; it writes "unknown" where there is nothing.
_HOLDS: Final = re.compile(
    r"arn:[a-z-]+:(?:ec2:[^:]*:\d*:(?:instance|volume|network-interface)/|rds:[^:]*:\d*:(?:db|cluster):"
    r"|lambda:[^:]*:\d*:function:|elasticfilesystem:[^:]*:\d*:file-system/|dynamodb:[^:]*:\d*:table/|s3:::)"
    r"(?!unknown$)."
)


@dataclass(frozen=True)
class Place:
    """One account in one region, or in `global`; asking it notes what is missing."""

    case: "Case"
    account: str
    region: str
    is_active: bool = True  # False: facts were read from here, although nothing has to be

    def call(self, call: str, argument: str = "") -> Answer:
        """The answer, whatever it is; nothing is noted."""
        return self.case.estate.call(self.account, self.region, call, argument)

    def need(self, call: str, argument: str = "") -> Answer:
        """The answer; where it is not known, that is a gap in coverage."""
        answer = self.call(call, argument)
        if not answer.is_known:
            self.gap(call, answer.why(), argument)
        return answer

    def items(self, call: str, key: str, argument: str = "") -> list[Item]:
        """The objects listed in an answer, also in an incomplete one; an answer without that list is a gap."""
        answer = self.need(call, argument)
        if answer.bodies and not answer.has(key):
            self.gap(call, f"lacks {key}", argument)
        return answer.items(key)

    def gap(self, call: str, why: str, argument: str = "") -> None:
        """Note that an answer is not known here, and the command that would bring it."""
        if self.is_active:
            line = command(call, self.account, self.region, argument)
            self.case.gap(self.account, self.region, f"`{line}` {why}")

    def clock(self, call: str, argument: str = "") -> Clock:
        """The instant to which ages in an answer are counted."""
        return self.call(call, argument).clock

    def ref(self, kind: str, name: str, detail: str = "") -> str:
        """The name of something here: `account/region/type/name#detail`."""
        return ref(self.account, self.region, kind, name, detail)


class Case:
    """One criterion under examination. Its methods note; only `decide` judges."""

    def __init__(self, estate: Estate, criterion: str) -> None:
        self.estate = estate
        self.criterion = criterion
        self._offenders: dict[str, str] = {}
        self._twins: dict[str, str] = {}  # names of Prowler to the names that our own answers give the same things
        self._doubts: dict[str, str] = {}
        self._leads: dict[str, str] = {}
        self._notes: dict[str, None] = {}
        self._asks: dict[str, None] = {}
        self._gaps: dict[str, list[str]] = {}
        self._wanted: dict[str, None] = {}
        if estate.members.bodies and not estate.members.is_known:
            line = f"`{command('organizations list-accounts')}` {estate.members.why()}, so accounts may be unknown"
            self.gap(estate.management or min(estate.listed, default=""), GLOBAL, line)

    # --- Where to look --------------------------------------------------------------------------------------------

    def accounts(self, *calls: str) -> list[Place]:
        """Every account; a required one lacks coverage where one of these global calls is not known."""
        places = [Place(self, account, GLOBAL, account in self.estate.required) for account in self.estate.accounts]
        return self._with_needs(places, calls)

    def places(self, *calls: str) -> list[Place]:
        """Every active region of every account, and regions beyond from which one of these calls was read.

        A required account lacks coverage where its regions are unknown, or a call is not known in an active one.
        """
        places = []
        for account in self.estate.accounts:
            required, active = account in self.estate.required, self.estate.regions(account)
            if required and not self.estate.knows_regions(account):
                self.gap(account, "", "`aws ec2 describe-regions` or the collector's manifest.json is missing")
            for region in sorted({*active, *self.estate.regions_with(account, *calls)}):
                places.append(Place(self, account, region, required and region in active))
        return self._with_needs(places, calls)

    def reports(self, *, needs_root: bool = False, needs_times: bool = False) -> list[AccountReport]:
        """The credential reports that count; accounts without one, and damaged ones, lack coverage.

        `needs_root`: so do reports without their root row. `needs_times`: so do those whose dates contradict.
        """
        self._wanted[command("iam get-credential-report")] = None
        found = []
        for place in self.accounts():
            reports = self.estate.reports(place.account)
            if not reports:
                place.gap("iam get-credential-report", place.call("iam get-credential-report").why())
            for report in reports:
                found.append(report)
                if report.is_damaged:
                    place.gap("iam get-credential-report", "has damaged rows, which were left out")
                if needs_root and not report.has_root:
                    place.gap("iam get-credential-report", "lacks the row of root, which a real report always has")
                if needs_times and report.has_doubtful_times:
                    place.gap("iam get-credential-report", "has dates that contradict each other")
                _check_summary(place, report, needs_root=needs_root)
        return found

    def _with_needs(self, places: list[Place], calls: Iterable[str]) -> list[Place]:
        for call in calls:
            self._wanted[command(call, "ACCOUNT")] = None
            for place in places:
                place.need(call)
        return places

    # --- What was seen --------------------------------------------------------------------------------------------

    def offend(self, name: str, reason: str) -> None:
        """A proven offender, by its ref; the first reason stays."""
        self._offenders.setdefault(name, reason)

    def doubt(self, name: str, reason: str) -> None:
        """Something that could break the criterion and is not known: it is named, and nothing is acceptable."""
        self._doubts.setdefault(name, reason)

    def lead(self, name: str, reason: str) -> None:
        """Something worth a look that proves nothing; the first few hundred are kept."""
        if len(self._leads) < _LEADS:
            self._leads.setdefault(name, reason)

    def note(self, sentence: str) -> None:
        """A sentence for the explanation, whatever the state."""
        self._notes[sentence] = None

    def ask(self, sentence: str) -> None:
        """What to bring or state, for the explanation of an undetermined criterion."""
        self._asks[sentence] = None

    def gap(self, account: str, region: str, what: str) -> None:
        """Note that a required account, or one region of it, was not seen; `what` is missing."""
        listed = self.estate.members.bodies and account == self.estate.management
        if account in self.estate.required or listed:
            gaps = self._gaps.setdefault(ref(account, "" if region == GLOBAL else region), [])
            if what not in gaps:
                gaps.append(what)

    def prowler(
        self,
        *checks: str,
        name: Callable[[Finding], str] = lambda finding: finding.uid,
        when: Callable[[Finding], bool] = lambda finding: True,
        statuses: Collection[str] = ("FAIL",),
    ) -> bool:
        """Take the FAILs of these checks as offenders where `when` holds; True if there was one.

        `name` says what the finding is about: its resource, or `by_account` or `by_region`. Other `statuses` are for
        checks whose text says more than their result.
        """
        found = False
        for finding in self.estate.findings(*checks):
            if finding.status in statuses and when(finding):
                muted = " Muted in Prowler." if finding.is_muted else ""
                self.offend(name(finding), f"Prowler: {finding.text}{muted}")
                if twin := plain_ref(name(finding), finding.account):
                    self._twins[name(finding)] = twin
                found = True
        return found

    @property
    def offenders(self) -> tuple[str, ...]:
        """The refs of the offenders so far, sorted; one that Prowler found as well is named once."""
        return tuple(sorted(self._named_once()))

    @property
    def offending_accounts(self) -> int:
        """How many accounts the offenders are in."""
        return len({found[0] for name in self.offenders if (found := _ACCOUNT.search(name))})

    def _named_once(self) -> dict[str, str]:
        """The offenders; what Prowler says of one that our own answers name is added to its reason."""
        own = {name.partition("#")[0] for name in self._offenders if name not in self._twins}
        kept = {name: why for name, why in self._offenders.items() if self._twins.get(name) not in own}
        for name, why in self._offenders.items():
            if name not in kept and self._twins[name] in kept:
                kept[self._twins[name]] += f" {why}"
        return kept

    @property
    def clean(self) -> Truth:
        """False with an offender, unknown with a doubt, else true of what was seen (coverage is weighed later)."""
        if self._offenders:
            return False
        return None if self._doubts else True

    @property
    def coverage(self) -> Coverage:
        """What was seen so far."""
        unseen = {place.partition("/")[0] for place in self._gaps}
        seen = sum(account not in unseen for account in self.estate.required)
        return Coverage(len(self.estate.required), seen, tuple(sorted(self._gaps)))

    # --- The verdict ----------------------------------------------------------------------------------------------

    def decide(
        self, *, acceptable: Mapping[str, Truth], failure: Mapping[str, Truth], says: Mapping[State, str]
    ) -> Evaluation:
        """Weigh the responses ("a1", "f1" ...) and put the explanation together.

        `says` holds one sentence a state for a manager; what is missing, notes and requests follow by themselves.
        """
        coverage = self.coverage
        found = verdict(acceptable, failure, is_complete=coverage.is_complete)
        offends = found.state is State.FAILURE
        offenders = self._named_once()
        leads = {**({} if offends else offenders), **self._doubts, **self._leads}
        summary = self._summary(found.state, says)
        return Evaluation(
            state=found.state,
            responses=tuple(f"{self.criterion}-{name}" for name in found.matched),
            resources=_resources(offenders) if offends else (),
            explanation=" ".join(filter(None, (summary, self._missing(found.state)))),
            coverage=coverage,
            leads=_resources(leads),
            summary=summary,
            gaps=tuple(Resource(place, what) for place, whats in sorted(self._gaps.items()) for what in whats),
        )

    def _summary(self, state: State, says: Mapping[State, str]) -> str:
        sentences = [says[state]] if state in says else []
        sentences += self._notes
        if state is State.UNDETERMINED:
            if not self.estate.required:
                wanted = " and ".join(f"`{line}`" for line in list(self._wanted)[:_NAMED])
                sentences.append(
                    f"Nothing that decides this was read. Add the output of {wanted}. {BUNDLE}" if wanted else ""
                )
            sentences += self._asks
            if self._doubts:
                doubts = [f"{name}: {why.rstrip('.')}" for name, why in sorted(self._doubts.items())]
                sentences.append(f"To be settled: {_some(doubts)}.")
        return " ".join(filter(None, sentences))

    def _missing(self, state: State) -> str:
        if not self._gaps or state is State.ACCEPTABLE:
            return ""
        gaps = [f"{place}: {what}" for place, whats in sorted(self._gaps.items()) for what in whats]
        return f"Still missing: {_some(gaps)}."


def _check_summary(place: Place, report: AccountReport, *, needs_root: bool) -> None:
    """The account counts its users and root's keys, inactive ones too: a report with less was edited, or is old."""
    summary, call = place.call("iam get-account-summary"), "iam get-credential-report"
    users, keys = summary.get("SummaryMap", "Users"), summary.get("SummaryMap", "AccountAccessKeysPresent")
    if isinstance(users, int) and report.users < users:
        place.gap(call, f"lists {report.users} of the {users} users of the account")
    if needs_root and isinstance(keys, int) and keys > 0:
        roots = [key for row in report.rows if row.is_root for key in row.keys]
        if roots and all(key.active is False and not isinstance(key.last_rotated, datetime) for key in roots):
            place.gap(call, "shows no access key of root, and the account's summary counts one")


def _resources(found: Mapping[str, str]) -> tuple[Resource, ...]:
    return tuple(Resource(name, reason) for name, reason in sorted(found.items()))


def _some(parts: list[str]) -> str:
    more = len(parts) - _NAMED
    return "; ".join(parts[:_NAMED]) + (f"; and {more:,} more" if more > 0 else "")


def by_account(finding: Finding) -> str:
    """Prowler's finding names a whole account."""
    return ref(finding.account)


def by_region(finding: Finding) -> str:
    """Prowler's finding names a region."""
    return ref(finding.account, finding.region)


def held_regions(estate: Estate) -> set[tuple[str, str]]:
    """Account and region wherever Prowler names something that makes a region active."""
    return {(finding.account, finding.region) for finding in estate.findings() if _HOLDS.match(finding.uid)}


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 key", "2,000 keys"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def statements(document: Any) -> list[Item] | None:
    """The statements of a policy, which Organizations prints as text and IAM as an object; None if it is neither."""
    if isinstance(document, str):
        try:
            document = json_text.load(document.encode())
        except (Unreadable, UnicodeEncodeError):
            return None
    found = list(fields.items(document, "Statement"))
    return found or None
