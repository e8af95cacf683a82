"""Ask for a document, watch it being made, and download it."""

from typing import BinaryIO

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import access
from assessments.access import NotNow
from assessments.actions import reports
from assessments.forms.portfolio import PortfolioForm
from assessments.letters import documents_of
from assessments.models import Report
from assessments.policy import Permission
from assessments.queries import documents as queries
from assessments.reports.kinds import ABOUT, Kind
from assessments.reports.makers import MAKERS
from assessments.states import State
from assessments.views.evidence import DOWNLOAD_POLICY
from assessments.views.staff import back_to, check_ever, staff_only
from users.models import StaffRole


@require_POST
@staff_only
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze what the assessment says and queue a document. A second click gets the same job."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    kind = request.POST.get("kind", Kind.REPORT)
    if kind not in MAKERS or kind == Kind.PORTFOLIO:
        raise BadRequest(_("There is no such document."))
    try:
        access.check(request.user, assessment, Permission.REPORT)
    except NotNow as error:
        messages.error(request, str(error))
    else:
        if ABOUT[Kind(kind)].needs_closed and assessment.state != State.CLOSED:
            messages.error(request, _("This goes to the vendor, so the assessment has to be closed first."))
            return redirect("assessments:documents", pk)
        _say_if_ready(request, reports.request(assessment=assessment, by=request.user, kind=Kind(kind)))
    if request.POST.get("back") == "documents":
        return redirect("assessments:documents", pk)
    return back_to(request, pk)


def _say_if_ready(request: HttpRequest, report: Report) -> None:
    if report.state == Report.State.READY:
        messages.info(request, _("Nothing has changed since it was made, so it is ready for download."))


@require_GET
@staff_only
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Every kind of document of one assessment, and all that were made."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    check_ever(request.user, Permission.REPORT)
    context = {
        "assessment": assessment,
        "sheet": queries.documents_of(request.user, assessment, request.GET.get("page", 1)),
        "may_report": access.may(request.user, assessment, Permission.REPORT),
        "is_draft": assessment.state != State.CLOSED,
    }
    return render(request, "assessments/staff/documents.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def portfolio_documents(request: HttpRequest) -> HttpResponse:
    """Documents on all vendors together; a new one is of the vendors that the filters in the address leave."""
    if request.user.staff_role != StaffRole.MANAGER:
        raise PermissionDenied(_("Your role does not allow this. Nothing was changed."))
    if request.method == "POST":
        chosen = PortfolioForm(request.GET).chosen()
        _say_if_ready(request, reports.request_portfolio(chosen=chosen, by=request.user))
        return redirect("assessments:portfolio-documents")
    context = {
        "sheet": queries.portfolio_documents(request.user, request.GET.get("page", 1)),
        "may_report": True,
    }
    return render(request, "assessments/staff/documents.html", context)


@require_GET
@staff_only
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a page that says where a report stands; asked for again until it is done."""
    report = access.report_for(request.user, pk)
    context = {
        "report": report,
        "small": request.GET.get("small") == "1",
        "announce": True,
        "may_report": report.assessment is None or access.may(request.user, report.assessment, Permission.REPORT),
    }
    part = "document_status" if request.GET.get("list") == "1" else "report_status"
    return render(request, f"assessments/staff/{part}.html", context)


@require_GET
@staff_only
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document, never shown inside a page of ours. Its name tells nobody who the vendor is."""
    report = access.report_for(request.user, pk)
    if report.state != Report.State.READY:
        messages.error(request, _("This document is not ready yet."))
        return redirect(documents_of(report))
    try:
        file = report.file.open("rb")
    except OSError:
        messages.error(request, _("The file of this document could not be read. Try again, or prepare it again."))
        return redirect(documents_of(report))
    return stored_attachment(file, report.file_name, report.about.media_type)


def stored_attachment(file: BinaryIO, name: str, media_type: str) -> FileResponse:
    """A document of ours to be saved, never to be opened in the site's name."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
