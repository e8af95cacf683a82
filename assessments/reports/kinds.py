"""The documents that can be made from a snapshot. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from assessments.marking import gettext_noop as _


class Kind(StrEnum):
    """What a document is, as it is stored and stands in addresses."""

    REPORT = "report"
    SUMMARY = "summary"
    LETTER = "letter"
    PORTFOLIO = "portfolio"
    WORKBOOK = "workbook"
    TABLE = "table"
    DATA = "data"
    OSCAL = "oscal"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class About:
    """How people and browsers know a kind. `purpose` says what it is good for; `ending` is that of the file name.

    What `needs_closed` is made of a closed assessment alone: it goes to the vendor, and a draft must not.
    """

    label: str
    purpose: str
    name: str
    ending: str
    media_type: str
    needs_closed: bool = False


PDF, JSON = "application/pdf", "application/json"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ABOUT = {
    Kind.REPORT: About(
        _("Assessment report"), _("Everything, with evidence: for the file."), "aws-assessment-report", "pdf", PDF
    ),
    Kind.SUMMARY: About(_("Executive summary"), _("Two pages for the board."), "aws-assessment-summary", "pdf", PDF),
    Kind.LETTER: About(
        _("Letter to the vendor"),
        _("Findings and what to do, without scores."),
        "aws-assessment-letter",
        "pdf",
        PDF,
        True,
    ),
    Kind.PORTFOLIO: About(_("Portfolio report"), _("All vendors on a few pages."), "portfolio-report", "pdf", PDF),
    Kind.WORKBOOK: About(
        _("Workbook"), _("Results, findings and evidence as tables."), "aws-assessment-results", "xlsx", _XLSX
    ),
    Kind.TABLE: About(_("Results"), _("One line for each question."), "aws-assessment-results", "csv", "text/csv"),
    Kind.DATA: About(_("Record"), _("All of the report, for programs."), "aws-assessment-record", "json", JSON),
    Kind.OSCAL: About(_("OSCAL results"), _("For tools that read OSCAL 1.2."), "aws-assessment-oscal", "json", JSON),
    Kind.ARCHIVE: About(
        _("Evidence"), _("All files as received, with a manifest."), "aws-assessment-evidence", "zip", "application/zip"
    ),
}
