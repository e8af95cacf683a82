"""Ask for a report, watch it being made, and download it."""

from typing import BinaryIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import access
from assessments.access import NotNow
from assessments.actions import reports
from assessments.models import Report
from assessments.policy import Permission
from assessments.views.evidence import DOWNLOAD_POLICY
from assessments.views.staff import back_to, staff_only


@require_POST
@staff_only
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze what the assessment says and queue the PDF. A second click gets the same job."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    try:
        access.check(request.user, assessment, Permission.REPORT)
    except NotNow as error:
        messages.error(request, str(error))
    else:
        report = reports.request(assessment=assessment, by=request.user)
        if report.state == Report.State.READY:
            messages.info(request, _("Nothing has changed since the report was made, so it is ready for download."))
    return back_to(request, pk)


@require_GET
@staff_only
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a page that says where a report stands; asked for again until it is done."""
    report = access.report_for(request.user, pk)
    context = {
        "report": report,
        "small": request.GET.get("small") == "1",
        "announce": True,
        "may_report": access.may(request.user, report.assessment, Permission.REPORT),
    }
    return render(request, "assessments/staff/report_status.html", context)


@require_GET
@staff_only
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF, never shown inside a page of ours. Its name tells nobody who the vendor is."""
    report = access.report_for(request.user, pk)
    if report.state != Report.State.READY:
        messages.error(request, _("This report is not ready yet."))
        return redirect("assessments:detail", report.assessment_id)
    try:
        file = report.file.open("rb")
    except OSError:
        messages.error(request, _("The file of this report could not be read. Try again, or prepare the report again."))
        return redirect("assessments:detail", report.assessment_id)
    return pdf_attachment(file, f"aws-assessment-report-{report.pk}.pdf")


def pdf_attachment(file: BinaryIO, name: str) -> FileResponse:
    """A PDF of ours to be saved, never to be opened in the site's name."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
