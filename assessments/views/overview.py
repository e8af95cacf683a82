"""Our page of one assessment, starting one, and its trail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments import access
from assessments.access import Blind
from assessments.actions import workflow
from assessments.actions.workflow import MoveRefused
from assessments.forms.assessments import EditForm, OpenForm, default_due_on
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.queries import decisions, events, second_looks
from assessments.queries import overview as queries
from assessments.queries.bars import PARTS
from assessments.queries.worklist import vendors_to_assess
from assessments.views.staff import check_ever, staff_only
from playbook.queries import newest_published
from users.models import User

_ASKED = (
    Permission.EDIT, Permission.SEND, Permission.CANCEL, Permission.VIEW_REVIEW, Permission.REVIEW,
    Permission.SEND_BACK, Permission.CLOSE, Permission.REOPEN, Permission.REPORT, Permission.RECEIPT,
    Permission.FINDINGS, Permission.VIEW_FINDINGS,
    Permission.DECIDE, Permission.ASK_SECOND, Permission.SETTLE, Permission.ASSIGN_REVIEWER,
)  # fmt: skip


def _may(user: User, assessment: Assessment) -> dict[str, bool]:
    """Which buttons this person gets, by permission with underscores; the doors check again."""
    return {one.replace(" ", "_"): access.may(user, assessment, one) for one in _ASKED}


@require_GET
@staff_only
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, what was found, and the next move."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    second = second_looks.standing(assessment)
    if second is not None and second.look.is_blind_for(request.user):
        raise Blind(pk)
    context = {
        "second": second,
        "sheet": queries.overview(request.user, assessment),
        "assessment": assessment,
        "decisions": decisions.of_assessment(request.user, assessment),
        "may": _may(request.user, assessment),
        "parts": PARTS,
        "closed_it": assessment.closed_by_id == request.user.pk,
    }
    return render(request, "assessments/staff/detail.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def open_assessment(request: HttpRequest) -> HttpResponse:
    """Start an assessment with the newest playbook."""
    check_ever(request.user, Permission.SEND)
    playbook = newest_published()
    initial = {
        "vendor": request.GET.get("vendor", ""),
        "period": str(timezone.localdate().year),
        "due_on": default_due_on(),
        "analyst": request.user if request.user.staff_role == "analyst" else None,
    }
    choices = {"vendors": vendors_to_assess(request.user), "analysts": queries.analysts()}
    form = OpenForm(request.POST or None, initial=initial, **choices)
    if request.method == "POST" and form.is_valid() and playbook is not None:
        try:
            made = workflow.open_assessment(playbook=playbook, by=request.user, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error("vendor", str(error))
        else:
            messages.success(request, _("The assessment was started. Check it, then send it to the vendor."))
            return redirect("assessments:detail", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/staff/open.html", {"form": form, "playbook": playbook}, status=status)


@require_http_methods(["GET", "POST"])
@staff_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change period, due date or analyst."""
    assessment = access.assessment_for(request.user, pk, Permission.EDIT)
    initial = {"period": assessment.period, "due_on": assessment.due_on, "analyst": assessment.analyst_id}
    form = EditForm(request.POST or None, initial=initial, analysts=queries.analysts(assessment.analyst_id))
    if request.method == "POST" and form.is_valid():
        try:
            workflow.edit_assessment(assessment=assessment, by=request.user, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error("due_on", str(error))
        else:
            messages.success(request, _("The changes were saved."))
            return redirect("assessments:detail", pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/staff/edit.html", {"form": form, "assessment": assessment}, status=status)


@require_GET
@staff_only
def event_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that happened, newest first."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    page, lines = events.event_page(assessment, request.GET.get("page", 1))
    context = {"assessment": assessment, "page": page, "lines": lines}
    return render(request, "assessments/staff/events.html", context)
