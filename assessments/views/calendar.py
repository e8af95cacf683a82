"""What is due, month by month."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessments.policy import Permission
from assessments.queries.calendar import calendar
from assessments.views.staff import may_ever, staff_only


@require_GET
@staff_only
def due(request: HttpRequest) -> HttpResponse:
    """Twelve months from the one the address names, or from this one."""
    with_findings = may_ever(request.user, Permission.VIEW_FINDINGS)
    sheet = calendar(request.user, request.GET.get("from", ""), with_findings=with_findings)
    return render(request, "assessments/staff/calendar.html", {"sheet": sheet})
