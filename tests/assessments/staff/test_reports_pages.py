"""Asking for a report, watching it and downloading it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from assessments.actions import reports
from assessments.models import Assessment, Report
from assessments.reports.kinds import ABOUT, Kind
from tests import factories
from tests.assessments.staff.pages import address, make_report, said, texts
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, max: User) -> Client:
    client.force_login(max)
    return client


def ready(assessment: Assessment, by: User, data: bytes = b"%PDF-1.7 report") -> Report:
    report = make_report(assessment, by)
    report.file.save("x", ContentFile(data), save=False)
    report.state, report.sha256, report.size, report.finished_at = "ready", "0" * 64, len(data), report.touched_at
    report.save()
    return report


def test_ask_twice_gives_one_job(signed_in: Client, submitted: Assessment, max: User) -> None:
    for _ in range(2):
        response = signed_in.post(address("report-create", submitted.pk))
        assert response.url == address("detail", submitted.pk)
    report = Report.objects.get()
    assert (report.assessment, report.state, report.requested_by) == (submitted, "queued", max)


def test_ask_from_the_portfolio_goes_back_there(signed_in: Client, submitted: Assessment) -> None:
    response = signed_in.post(address("report-create", submitted.pk), {"back": "portfolio"})
    assert response.url == address("portfolio")
    elsewhere = signed_in.post(address("report-create", submitted.pk), {"back": "https://evil.example/"})
    assert elsewhere.url == address("detail", submitted.pk)


def test_failed_report_is_tried_again(signed_in: Client, submitted: Assessment) -> None:
    signed_in.post(address("report-create", submitted.pk))
    Report.objects.update(state="failed", problem="One image could not be read.", reference="5F2A")
    page = texts(signed_in.get(address("detail", submitted.pk)))
    assert "The report could not be made. One image could not be read. Reference 5F2A. Try again" in page
    signed_in.post(address("report-create", submitted.pk))
    assert [(report.state, report.problem) for report in Report.objects.all()] == [("queued", "")]


def test_unchanged_report_says_that_it_is_ready(signed_in: Client, submitted: Assessment) -> None:
    signed_in.post(address("report-create", submitted.pk))
    Report.objects.update(state="ready", file="reports/x.pdf", sha256="0" * 64)
    response = signed_in.post(address("report-create", submitted.pk), follow=True)
    assert said(response) == ["Nothing has changed since it was made, so it is ready for download."]


@pytest.mark.parametrize("small", ["", "?small=1"])
def test_status_asks_again_until_it_is_done(signed_in: Client, submitted: Assessment, max: User, small: str) -> None:
    report = make_report(submitted, max, state="rendering", step=5)
    path = address("report-status", report.pk) + small
    part = signed_in.get(path)
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert f'hx-get="{path}"' in part.content.decode()
    assert "step 5 of 7" in texts(part)
    for state, words in (("ready", "The report is ready"), ("failed", "The report could not be made")):
        Report.objects.update(state=state, file="reports/x.pdf", sha256="0" * 64)
        done = signed_in.get(path).content.decode()
        assert "every 2s" not in done
        assert f'data-announce="{words}"' in done


def test_waiting_report(signed_in: Client, submitted: Assessment, max: User) -> None:
    report = make_report(submitted, max)
    assert "Waiting to be prepared" in texts(signed_in.get(address("report-status", report.pk)))


def test_download_is_a_file_and_names_nobody(signed_in: Client, submitted: Assessment, max: User) -> None:
    report = ready(submitted, max)
    response = signed_in.get(address("report-download", report.pk))
    assert b"".join(response.streaming_content) == b"%PDF-1.7 report"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="aws-assessment-report-{report.pk}.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "no-store"


def test_report_that_is_not_ready_or_lost(signed_in: Client, submitted: Assessment, max: User) -> None:
    waiting = make_report(submitted, max)
    response = signed_in.get(address("report-download", waiting.pk), follow=True)
    assert said(response) == ["This document is not ready yet."]
    lost = ready(submitted, max)
    lost.file.storage.delete(lost.file.name)
    response = signed_in.get(address("report-download", lost.pk), follow=True)
    assert said(response) == ["The file of this document could not be read. Try again, or prepare it again."]


def test_administrator_gets_no_report(client: Client, submitted: Assessment, max: User, ada: User) -> None:
    report = ready(submitted, max)
    client.force_login(ada)
    assert client.get(address("report-download", report.pk)).status_code == 404
    assert client.get(address("report-status", report.pk)).status_code == 404
    assert client.get(address("detail", submitted.pk)).context["sheet"].report is None


def test_report_of_a_closed_assessment(signed_in: Client) -> None:
    assessment = factories.make_assessment(state="closed")
    assert "Prepare report" in texts(signed_in.get(address("detail", assessment.pk)))
    assert signed_in.post(address("report-create", assessment.pk)).status_code == 302
    assert Report.objects.count() == 1


def test_documents_page_lists_what_was_made_and_by_whom(signed_in: Client, submitted: Assessment, ana: User) -> None:
    made = ready(submitted, ana)
    page = texts(signed_in.get(address("documents", submitted.pk)))
    assert "The assessment is not closed, so each is marked as a draft." in page
    assert "Assessment report PDF Everything, with evidence: for the file. Download : Assessment report (PDF)" in page
    assert "Ana Moreau Download : Assessment report, " in page
    assert "SHA-256 0000000000000000…" in page
    response = signed_in.post(address("report-create", submitted.pk), {"kind": "report", "back": "documents"})
    assert response.url == address("documents", submitted.pk)
    assert Report.objects.exclude(pk=made.pk).get().kind == "report"


def test_status_in_the_list_of_documents(signed_in: Client, submitted: Assessment, max: User) -> None:
    report = make_report(submitted, max, state="rendering", step=5)
    path = address("report-status", report.pk) + "?list=1"
    assert f'hx-get="{path}"' in signed_in.get(path).content.decode()
    Report.objects.update(page=15)
    assert "Preparing, step 5 of 7, page 15" in texts(signed_in.get(path))
    Report.objects.update(state="ready", file="reports/x.pdf", sha256="0" * 64, missing=["E3 users.csv"])
    part = texts(signed_in.get(path))
    assert "1 evidence file is missing from the store: E3 users.csv" in part
    Report.objects.update(state="failed", problem="It took longer than a document may take.", reference="5F2A")
    assert "Not made. It took longer than a document may take. Reference 5F2A." in texts(signed_in.get(path))


def test_a_letter_waits_until_the_assessment_is_closed(signed_in: Client, submitted: Assessment) -> None:
    response = signed_in.post(address("report-create", submitted.pk), {"kind": "letter"}, follow=True)
    assert said(response) == ["This goes to the vendor, so the assessment has to be closed first."]
    assert Report.objects.count() == 0
    closed = factories.make_assessment(vendor=factories.make_vendor("Quill Analytics"), state="closed")
    signed_in.post(address("report-create", closed.pk), {"kind": "letter"})
    assert [report.kind for report in Report.objects.all()] == ["letter"]


def test_every_kind_can_be_asked_for_with_one_click(signed_in: Client) -> None:
    closed = factories.make_assessment(state="closed")
    page = texts(signed_in.get(address("documents", closed.pk)))
    kinds = [kind for kind in Kind if kind is not Kind.PORTFOLIO]
    for kind in kinds:
        assert f"{ABOUT[kind].label} {ABOUT[kind].ending.upper()} {ABOUT[kind].purpose} None yet Prepare" in page
        signed_in.post(address("report-create", closed.pk), {"kind": kind})
    assert sorted(Report.objects.values_list("kind", flat=True)) == sorted(kinds)
    for report in Report.objects.all():
        reports.render_now(report_id=report.pk)
        response = signed_in.get(address("report-download", report.pk))
        assert response.headers["Content-Type"] == report.about.media_type
        assert f'filename="{report.file_name}"' in response.headers["Content-Disposition"]
        assert len(b"".join(response.streaming_content)) > 100


def test_portfolio_report_is_for_managers_and_follows_the_filter(
    signed_in: Client, client: Client, submitted: Assessment, max: User, ana: User
) -> None:
    other = factories.make_vendor("Quill Analytics")
    path = address("portfolio-documents")
    assert signed_in.post(f"{path}?q=Quill").url == path
    assert signed_in.post(f"{path}?q=Quill").url == path  # the same job
    report = Report.objects.get()
    assert (report.kind, report.assessment) == ("portfolio", None)
    assert [vendor["name"] for vendor in json.loads(report.snapshot)["vendors"]] == [other.name]
    reports.render_now(report_id=report.pk)
    report.refresh_from_db()
    assert report.state == "ready"
    assert "Portfolio report PDF All vendors on a few pages. Download" in texts(signed_in.get(path))
    client.force_login(ana)
    assert client.get(address("report-download", report.pk)).status_code == 404


@pytest.mark.parametrize("kind", ["novel", "portfolio", ""])
def test_a_document_that_does_not_exist_is_refused(signed_in: Client, submitted: Assessment, kind: str) -> None:
    assert signed_in.post(address("report-create", submitted.pk), {"kind": kind}).status_code == 400
    assert Report.objects.count() == 0


def test_the_number_of_queries_of_documents_does_not_grow(
    signed_in: Client, submitted: Assessment, max: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    signed_in.get(address("documents", submitted.pk))
    for _ in range(2):
        for _ in range(3):
            ready(submitted, max)
        with django_assert_num_queries(6):
            signed_in.get(address("documents", submitted.pk))
