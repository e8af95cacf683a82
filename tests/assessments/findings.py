"""Findings for tests, made as people make them."""

from datetime import timedelta

from django.utils import timezone

from assessments.actions import findings, workflow
from assessments.models import Assessment, Finding
from assessments.scoring import Result
from assessments.states import State
from tests import factories
from users.models import User
from vendors.models import Vendor


def raised(assessment: Assessment, number: int, *, by: User, result: str = Result.NOT_MET, note: str = "") -> Finding:
    """The finding of one question of an assessment in review, which gets this result first."""
    answer = assessment.answers.select_related("criterion").get(criterion__number=number)
    factories.review_with(answer, result, by=by, note=note)
    return findings.raise_finding(answer=answer, by=by)


def closed_with(vendor: Vendor, *numbers: int, by: User, period: str = "2026") -> Finding | tuple[Finding, ...]:
    """Findings on these questions of a closed assessment, for one number the finding itself."""
    assessment = factories.make_assessment(vendor=vendor, state=State.SUBMITTED, period=period, analyst=by)
    made = [raised(assessment, number, by=by) for number in numbers]
    workflow.close(assessment=factories.review_all(assessment, by=by), by=by)
    found = tuple(Finding.objects.select_related("answer__assessment").get(pk=one.pk) for one in made)
    return found if len(found) > 1 else found[0]


def late(finding: Finding, days: int = 3) -> Finding:
    """The finding, which should have been fixed so many days ago."""
    Finding.objects.filter(pk=finding.pk).update(due_on=timezone.localdate() - timedelta(days=days))
    finding.refresh_from_db()
    return finding


def verified(finding: Finding, *, by: User) -> Finding:
    """The finding, after our analyst has seen that it is fixed."""
    finding.refresh_from_db()
    return findings.verify(finding=finding, words="Seen in a call.", base_version=finding.version, by=by)
