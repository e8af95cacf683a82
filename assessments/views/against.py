"""One assessment beside an earlier one of the same vendor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessments import access
from assessments.policy import Permission
from assessments.queries import against as queries
from assessments.states import State
from assessments.views.staff import staff_only


@require_GET
@staff_only
def against(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since last time, or since the assessment that `with` names."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_REVIEW)
    context = {
        "assessment": assessment,
        "sheet": queries.against(request.user, assessment, request.GET.get("with", "")),
        "is_draft": assessment.state != State.CLOSED,
    }
    return render(request, "assessments/staff/against.html", context)
