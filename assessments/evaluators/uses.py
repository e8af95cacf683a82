"""What each file was used for: which criteria asked for what is in it, whose accounts it is of, and of when."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from assessments.evaluators.estate import CREDENTIAL_REPORT
from assessments.evaluators.reading import Harvest


@dataclass
class Use:
    """One file. `holds` are calls ("ec2 describe-volumes") and checks of Prowler; `made_at` is what the file itself
    says, the latest where it says several."""

    holds: set[str]
    accounts: set[str]
    criteria: tuple[str, ...] = ()
    made_at: datetime | None = None

    def note(self, held: str, account: str, made_at: datetime | None) -> None:
        """One more thing that is in the file."""
        self.holds.add(held)
        if account:
            self.accounts.add(account)
        if made_at and made_at.tzinfo and (self.made_at is None or made_at > self.made_at):
            self.made_at = made_at


def uses_of(found: Harvest, asked: Mapping[str, AbstractSet[str]]) -> dict[str, Use]:
    """Path of each file with machine evidence to what it was used for; `asked` has what each criterion asked for."""
    uses: dict[str, Use] = {}
    for fact, path in found.facts:
        uses.setdefault(path, Use(set(), set())).note(fact.call, fact.account, fact.collected_at)
    for report in found.reports:
        use = uses.setdefault(report.path, Use(set(), set()))
        for account in report.report.accounts:
            use.note(CREDENTIAL_REPORT, account, report.report.generated_at or report.collected_at)
    for finding, path in found.findings:
        moment = None if finding.is_local_time else finding.at
        uses.setdefault(path, Use(set(), set())).note(finding.check, finding.account, moment)
    for use in uses.values():
        use.criteria = tuple(name for name, calls in asked.items() if not use.holds.isdisjoint(calls))
    return uses
