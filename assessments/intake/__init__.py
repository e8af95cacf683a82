"""The one door for files. Every path by which bytes come in goes through here, whatever they claim to be.

`examine` takes evidence, `examine_spreadsheet` the questionnaire that was filled in as a spreadsheet.
"""

from assessments.intake.door import Accepted, examine
from assessments.intake.refusal import Refused
from assessments.intake.spreadsheets import examine_spreadsheet

__all__ = ["Accepted", "Refused", "examine", "examine_spreadsheet"]
