"""Lists of assessments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessments.forms.portfolio import STATES, StateForm
from assessments.policy import Permission
from assessments.queries import decisions, second_looks
from assessments.queries import worklist as queries
from assessments.queries.findings import finding_work, lapsed
from assessments.queries.recurrence import to_send
from assessments.views.staff import may_ever, staff_only


@require_GET
@staff_only
def worklist(request: HttpRequest) -> HttpResponse:
    """What there is to review, and whose answers come next."""
    context = {
        "to_send": to_send(queries.MOST_ROWS) if may_ever(request.user, Permission.SEND) else [],
        "work": queries.worklist(request.user, request.GET.get("show", "")),
        "to_renew": decisions.to_renew(request.user),
        "conditions": decisions.conditions_for(request.user),
        "lapsed": lapsed(request.user) if may_ever(request.user, Permission.VIEW_FINDINGS) else [],
        "may_decide": may_ever(request.user, Permission.DECIDE),
        "findings": finding_work(request.user) if may_ever(request.user, Permission.VIEW_FINDINGS) else None,
        "second_looks": second_looks.waiting_for(request.user),
        "may_review": may_ever(request.user, Permission.REVIEW),
        "may_view_review": may_ever(request.user, Permission.VIEW_REVIEW),
    }
    return render(request, "assessments/staff/worklist.html", context)


@require_GET
def assessment_list(request: HttpRequest) -> HttpResponse:
    """Every assessment for our own people; for a vendor's person their home."""
    page = request.GET.get("page", 1)
    if not request.user.staff_role:
        return render(request, "assessments/list.html", {"sheet": queries.home_of(request.user, page)})
    state = StateForm(request.GET).chosen()
    context = {
        "sheet": queries.assessment_page(request.user, state, page),
        "chosen": state,
        "states": STATES,
        "query": f"state={state}" if state else "",
        "may_open": may_ever(request.user, Permission.SEND),
    }
    return render(request, "assessments/staff/assessments.html", context)
