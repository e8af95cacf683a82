"""The one door for files. Every path by which bytes come in goes through here, whatever they claim to be.

`examine` takes evidence, `examine_spreadsheet` the questionnaire that was filled in as a spreadsheet, and
`examine_manifest` a document of ours that comes back to be checked.
"""

from assessments.intake.door import Accepted, examine
from assessments.intake.manifests import Carried, examine_manifest
from assessments.intake.refusal import Refused
from assessments.intake.signed import Signer, Wholeness, wholeness
from assessments.intake.spreadsheets import examine_spreadsheet

__all__ = [
    "Accepted",
    "Carried",
    "Refused",
    "Signer",
    "Wholeness",
    "examine",
    "examine_manifest",
    "examine_spreadsheet",
    "wholeness",
]
