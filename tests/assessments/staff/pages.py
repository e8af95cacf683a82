"""What several tests of the staff pages need."""

import re
from datetime import timedelta

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment, Evidence, EvidenceKind, EvidenceLink, Report
from users.models import User


def address(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


def texts(response: HttpResponse) -> str:
    """The page as one line of words, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def said(response: HttpResponse) -> list[str]:
    """The messages shown after a redirect was followed."""
    return [str(message) for message in response.context["messages"]]


def count_queries(client: Client, path: str) -> int:
    """Queries of one page, which has to open."""
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(path).status_code == 200
    return len(context)


def add_evidence(
    assessment: Assessment, number: int, by: User, *, name: str = "users.json", **values: object
) -> Evidence:
    """A file that was submitted with the answer to one question."""
    at = assessment.submitted_at - timedelta(minutes=1)
    answer = assessment.answers.get(criterion__number=number)
    plain = {"kind": EvidenceKind.JSON, "content_type": "application/json", "size": 10, "sha256": "ab" * 32}
    evidence = Evidence.objects.create(
        assessment=assessment, name=name, received_at=at, received_by=by, **{**plain, **values}
    )
    link = EvidenceLink.objects.create(evidence=evidence, answer=answer, by=by)
    EvidenceLink.objects.filter(pk=link.pk).update(at=at)
    return evidence


def make_report(assessment: Assessment, by: User, *, state: str = Report.State.QUEUED, **values: object) -> Report:
    """A report in one state."""
    at = assessment.submitted_at
    return Report.objects.create(
        assessment=assessment,
        state=state,
        snapshot={},
        snapshot_sha256=f"{Report.objects.count():064}",
        requested_by=by,
        requested_at=at,
        touched_at=at,
        **values,
    )
