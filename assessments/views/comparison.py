"""Vendors side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessments.queries import comparison as queries
from assessments.views.staff import staff_only


@require_GET
@staff_only
def compare(request: HttpRequest) -> HttpResponse:
    """The vendors that the address names, and a form to add another one."""
    sheet = queries.comparison(request.user, request.GET.getlist("vendor"))
    return render(request, "assessments/staff/compare.html", {"sheet": sheet})
