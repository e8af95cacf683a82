"""Rows of a stored credential report for a page: only those it shows are read, whatever the size of the file."""

from dataclasses import dataclass

from assessments.evaluators.formats import credential_report
from assessments.evaluators.formats.times import DateOrder
from assessments.models import Evidence


@dataclass(frozen=True)
class ReportRows:
    """A stored report, and what was found when it came in."""

    data: bytes
    count: int  # rows that can be read
    has_many_accounts: bool
    order: DateOrder

    def between(self, start: int, stop: int) -> tuple[credential_report.Row, ...]:
        """The rows from `start`, counted from 0, up to and without `stop`."""
        return credential_report.rows_between(self.data, self.order, start, min(stop, self.count))


def report_rows(evidence: Evidence) -> ReportRows:
    """The rows of a file, none of which is read yet. Raises OSError or Unreadable where the file is lost."""
    with evidence.file.open("rb") as stored:
        data = bytes(stored.read())
    facts = evidence.facts
    if "date_order" not in facts:  # it came in before this was noted
        facts = credential_report.summary(credential_report.parse(data, received_at=evidence.received_at))
    return ReportRows(data, facts["rows"], len(facts["accounts"]) > 1, DateOrder(facts["date_order"]))
