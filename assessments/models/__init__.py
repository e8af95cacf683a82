"""Everything stored about an assessment."""

from assessments.models.answers import Answer, AnswerKind, AnswerVersion
from assessments.models.assessments import Assessment
from assessments.models.campaigns import Campaign
from assessments.models.decisions import Condition, ConditionMet, Decision, DecisionKind
from assessments.models.evaluations import Evaluation, EvaluationRun
from assessments.models.evidence import Evidence, EvidenceKind, EvidenceLink
from assessments.models.findings import Finding
from assessments.models.notes import InternalNote
from assessments.models.page_images import PageImages
from assessments.models.reports import Report
from assessments.models.reviews import Query, Review
from assessments.models.second_looks import SecondLook, SecondReview, SettledBy
from assessments.models.submissions import Submission

__all__ = [
    "Answer",
    "AnswerKind",
    "AnswerVersion",
    "Assessment",
    "Campaign",
    "Condition",
    "ConditionMet",
    "Decision",
    "DecisionKind",
    "Evaluation",
    "EvaluationRun",
    "Evidence",
    "EvidenceKind",
    "EvidenceLink",
    "Finding",
    "InternalNote",
    "PageImages",
    "Query",
    "Report",
    "Review",
    "SecondLook",
    "SecondReview",
    "SettledBy",
    "Submission",
]
