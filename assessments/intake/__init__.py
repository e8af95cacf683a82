"""The one door for files. Every path by which bytes come in goes through `examine`, whatever they claim to be."""

from assessments.intake.door import Accepted, examine
from assessments.intake.refusal import Refused

__all__ = ["Accepted", "Refused", "examine"]
