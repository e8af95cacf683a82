"""Everything known about a vendor's accounts, merged by account and region: evidence contract, section 0."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from assessments.evaluators.answers import MISSING, Answer, Status, merge
from assessments.evaluators.clock import UNKNOWN, Clock
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.calls import GLOBAL
from assessments.evaluators.formats.facts import CliFact, Finding, Manifest, ManifestAccount, ReportFact
from assessments.evaluators.reports import AccountReport, by_account

_ACCOUNT: Final = re.compile(r"\d{12}")
_CLOSED: Final = ("SUSPENDED", "CLOSED")
# A region is active if one of these is not empty, or a bucket lies there.
_ACTIVITY: Final = (
    ("ec2 describe-instances", "Reservations"),
    ("ec2 describe-volumes", "Volumes"),
    ("ec2 describe-network-interfaces", "NetworkInterfaces"),
    ("rds describe-db-instances", "DBInstances"),
    ("rds describe-db-clusters", "DBClusters"),
    ("lambda list-functions", "Functions"),
    ("efs describe-file-systems", "FileSystems"),
    ("dynamodb list-tables", "TableNames"),
)
CREDENTIAL_REPORT: Final = "iam get-credential-report"
# Two scans that write their time in different ways may be this far from where they seem to be.
_ZONES: Final = timedelta(hours=14)


class Estate:
    """Facts with a place: what is asked of it is answered with values, or with why there are none.

    `declared` are account ids the vendor names, `unread` those with files that cannot be read; `as_of` is the instant
    stated for evidence without its own time.
    Every fact names its account and region. The order of the facts never matters. `asked` gathers the calls and the
    checks of Prowler that a criterion asks for, apart from what is read for every criterion: who the accounts are, and
    which regions are active.
    """

    def __init__(
        self,
        *,
        facts: Iterable[CliFact] = (),
        reports: Iterable[ReportFact] = (),
        findings: Iterable[Finding] = (),
        manifests: Sequence[Manifest] = (),
        declared: Collection[str] = (),
        unread: Collection[str] = (),
        as_of: datetime | None = None,
    ) -> None:
        self._stated = Clock.at(as_of) if as_of else UNKNOWN
        self._facts: dict[tuple[str, str, str], dict[str, list[CliFact]]] = {}
        self._calls: dict[str, dict[str, set[str]]] = {}  # account, region: the calls read from there
        self._cache: dict[tuple[str, str, str, str], Answer] = {}
        self.asked: set[str] = set()
        self._active: dict[str, tuple[str, ...]] = {}
        for fact in facts:
            known = self._facts.setdefault((fact.account, fact.region, fact.call), {})
            for argument in fact.arguments or ("",):
                known.setdefault(argument, []).append(fact)
            self._calls.setdefault(fact.account, {}).setdefault(fact.region, set()).add(fact.call)
        self._reports = by_account(reports, as_of)
        self._findings = _newest(findings)
        self._manifests = _manifest_accounts(manifests)
        self._unread = frozenset(unread)
        declared_ids = [*declared, *(account for manifest in manifests for account in manifest.declared)]
        self.declared = frozenset(filter(_ACCOUNT.fullmatch, declared_ids))

    # --- Accounts -------------------------------------------------------------------------------------------------

    @cached_property
    def collected(self) -> frozenset[str]:
        """Accounts something was collected from, even where it cannot be read."""
        found = set(self._unread) | set(self._calls) | set(self._reports) | set(self._manifests)
        found |= {finding.account for finding in self._findings}
        return frozenset(filter(_ACCOUNT.fullmatch, found))

    @property
    def listing(self) -> Answer:
        """The organization's list of accounts; incomplete where it lacks the management account."""
        self.asked.add("organizations list-accounts")
        return self.members

    @cached_property
    def members(self) -> Answer:
        """The same list, to know which accounts there are."""
        found = [self._call(account, GLOBAL, "organizations list-accounts") for account in sorted(self._calls)]
        read = [answer for answer in found if answer.bodies]
        if not read:
            return next((answer for answer in found if answer.status is Status.REFUSED), MISSING)
        bodies = tuple(body for answer in read for body in answer.bodies)
        listed = {fields.text(item, "Id") for body in bodies for item in fields.items(body, "Accounts")}
        whole = any(answer.is_known for answer in read) and (self.management or "") in listed | {""}
        return Answer(Status.READ if whole else Status.INCOMPLETE, bodies)

    @cached_property
    def listed(self) -> dict[str, str]:
        """Account id to its state in `list-accounts`; `State` counts, else `Status`."""
        states: dict[str, str] = {}
        for item in self.members.items("Accounts"):
            account = fields.text(item, "Id")
            state = fields.text(item, "State") or fields.text(item, "Status") or "ACTIVE"
            if _ACCOUNT.fullmatch(account) and states.get(account) != "ACTIVE":
                states[account] = state.upper()
        return dict(sorted(states.items()))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The accounts that "acceptable" has to cover: active in the list, declared, or collected."""
        active = {account for account, state in self.listed.items() if state == "ACTIVE"}
        closed = {account for account, state in self.listed.items() if state in _CLOSED}
        return tuple(sorted((active | self.declared | self.collected) - closed))

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """All accounts to look at: the required ones, and closed ones that something was collected from."""
        return tuple(sorted({*self.required, *self.collected}))

    @cached_property
    def management(self) -> str | None:
        """The management account of the organization, if anything names it."""
        answers = [self._call(account, GLOBAL, "organizations describe-organization") for account in self.collected]
        named = {
            fields.text(item, "MasterAccountId") for answer in answers for item in answer.items("Organization")
        } | {account for account, said in self._manifests.items() if said.is_management}
        return min(named - {""}, default=None)

    # --- Regions --------------------------------------------------------------------------------------------------

    def enabled_regions(self, account: str) -> frozenset[str] | None:
        """All regions an account may use, or None where nothing says it."""
        said = self._manifests.get(account)
        if said and said.regions_enabled is not None:
            return frozenset(said.regions_enabled)
        for call, state in (("ec2 describe-regions", "OptInStatus"), ("account list-regions", "RegionOptStatus")):
            listed = self._call(account, GLOBAL, call)
            names = {
                fields.text(item, "RegionName")
                for item in listed.items("Regions")
                if fields.text(item, state) not in ("not-opted-in", "DISABLED")
            } - {""}
            if names and listed.is_known:
                return frozenset(names)
        return None

    def knows_regions(self, account: str) -> bool:
        """Whether it is known which regions are active."""
        said = self._manifests.get(account)
        return bool(said and said.regions_active is not None) or self.enabled_regions(account) is not None

    def regions(self, account: str) -> tuple[str, ...]:
        """The active regions, as far as they are known: the manifest's, and those where something was seen.

        Where the manifest does not say, every enabled region counts until its answers show that it is empty.
        """
        if account not in self._active:
            self._active[account] = self._active_regions(account)
        return self._active[account]

    def _active_regions(self, account: str) -> tuple[str, ...]:
        said = self._manifests.get(account)
        seen = {region for region in self.regions_with(account) if self._is_empty(account, region) is False}
        if said and said.regions_active is not None:
            active = set(said.regions_active)
        else:
            enabled = self.enabled_regions(account) or frozenset()
            active = {region for region in enabled if self._is_empty(account, region) is not True}
        return tuple(sorted((active | seen | self._bucket_regions(account)) - {""}))

    def is_active(self, account: str, region: str) -> bool | None:
        """Whether a region is known to hold anything; None where neither the manifest nor the answers tell."""
        said = self._manifests.get(account)
        empty = self._is_empty(account, region)
        if empty is not None or (said and said.regions_active is not None):
            return region in self.regions(account)
        return True if region in self._bucket_regions(account) else None

    def _bucket_regions(self, account: str) -> set[str]:
        located = self._answers(account, GLOBAL, "s3api get-bucket-location").values()
        return {_bucket_region(answer) for answer in located} - {""}

    def regions_with(self, account: str, *calls: str) -> tuple[str, ...]:
        """The regions from which an answer to one of the calls was read, or to any call at all."""
        found = self._calls.get(account, {})
        return tuple(
            sorted(
                region
                for region, read in found.items()
                if region != GLOBAL and (not calls or not read.isdisjoint(calls))
            )
        )

    def _is_empty(self, account: str, region: str) -> bool | None:
        answers = [(self._call(account, region, call), key) for call, key in _ACTIVITY]
        if any(answer.items(key) or answer.strings(key) for answer, key in answers):
            return False
        return True if all(answer.status is Status.READ for answer, _ in answers) else None

    # --- Answers --------------------------------------------------------------------------------------------------

    def call(self, account: str, region: str, call: str, argument: str = "") -> Answer:
        """The answer to a call, such as ("111122223333", "global", "s3api get-bucket-acl", "my-bucket")."""
        self.asked.add(call)
        return self._call(account, region, call, argument)

    def _call(self, account: str, region: str, call: str, argument: str = "") -> Answer:
        key = (account, region, call, argument)
        if key not in self._cache:
            facts = self._facts.get(key[:3], {}).get(argument)
            self._cache[key] = merge(facts, self._stated) if facts else MISSING
        return self._cache[key]

    def answers(self, account: str, region: str, call: str) -> dict[str, Answer]:
        """The answers to a call about many things, by what each is about (its first name), sorted."""
        self.asked.add(call)
        return self._answers(account, region, call)

    def _answers(self, account: str, region: str, call: str) -> dict[str, Answer]:
        facts = self._facts.get((account, region, call), {})
        names = {fact.arguments[0] if fact.arguments else "" for found in facts.values() for fact in found}
        return {name: self._call(account, region, call, name) for name in sorted(names)}

    def reports(self, account: str) -> tuple[AccountReport, ...]:
        """The credential reports of an account that count."""
        self.asked.add(CREDENTIAL_REPORT)
        return self._reports.get(account, ())

    def findings(self, *checks: str) -> tuple[Finding, ...]:
        """What Prowler says for these checks, each resource once, sorted; all its findings without a check."""
        self.asked.update(checks)
        return tuple(finding for finding in self._findings if not checks or finding.check in checks)


def _bucket_region(answer: Answer) -> str:
    """The region of a bucket; `null` is us-east-1, and EU an old name of eu-west-1."""
    if not answer.has("LocationConstraint"):
        return ""
    found = answer.get("LocationConstraint")
    return "us-east-1" if found in (None, "") else {"EU": "eu-west-1"}.get(str(found), str(found))


def _manifest_accounts(manifests: Sequence[Manifest]) -> dict[str, ManifestAccount]:
    """What the manifests say of each account; regions add up, and one that does not know them spoils nothing."""
    found: dict[str, ManifestAccount] = {}
    for manifest in manifests:
        for said in manifest.accounts:
            old = found.get(said.account, said)
            found[said.account] = ManifestAccount(
                said.account,
                old.is_management or said.is_management,
                _together(old.regions_enabled, said.regions_enabled),
                _together(old.regions_active, said.regions_active),
            )
    return found


def _together(first: tuple[str, ...] | None, second: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return tuple(sorted({*(first or ()), *(second or ())})) if first is not None or second is not None else None


def _newest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each check, account, region and resource: that of the newest scan, and a failure in doubt."""
    kept: dict[tuple[str, str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.check, finding.account, finding.region, finding.uid)
        old = kept.get(key)
        if old is None or _replaces(finding, old):
            kept[key] = finding
    return tuple(kept[key] for key in sorted(kept))


def _replaces(new: Finding, old: Finding) -> bool:
    fails = (new.status == "FAIL", not new.is_muted, new.text) > (old.status == "FAIL", not old.is_muted, old.text)
    if new.at is None or old.at is None or new.at == old.at:
        return fails
    if new.is_local_time != old.is_local_time and abs(new.at - old.at) < _ZONES:
        return fails
    return new.at > old.at
