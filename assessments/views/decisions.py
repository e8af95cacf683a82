"""A manager decides about a vendor."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import access
from assessments.access import NotNow
from assessments.actions import decisions as actions
from assessments.actions.decisions import DecisionRefused
from assessments.forms.decisions import ADD, ConditionMetForm, DecisionForm
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.queries import decisions as queries
from assessments.views.staff import staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form; store the decision and go back to the overview."""
    if request.method == "GET":
        assessment = access.assessment_for(request.user, pk, Permission.DECIDE)
        return _page(request, assessment, DecisionForm())
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    form = DecisionForm(request.POST)
    try:
        access.check(request.user, assessment, Permission.DECIDE)
    except NotNow as error:  # it was opened again while the page was open: what was typed stays, to be copied
        form.add_error(None, str(error))
        return _page(request, assessment, form, status=403)
    if ADD in request.POST:
        return _page(request, assessment, DecisionForm(typed=request.POST.dict()))
    if form.is_valid():
        try:
            actions.decide(
                assessment=assessment, content=form.content(), form_key=form.cleaned_data["form_key"], by=request.user
            )
        except DecisionRefused as error:
            form.refuse(error.problems)
        else:
            messages.success(request, _("Your decision is stored."))
            return redirect("assessments:detail", pk)
    return _page(request, assessment, form, status=422)


def _page(request: HttpRequest, assessment: Assessment, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    """The form with what was typed, beside what was decided before."""
    context = {
        "form": form,
        "assessment": assessment,
        "decisions": queries.of_vendor(request.user, assessment.vendor),
    }
    return render(request, "assessments/staff/decide.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff_only
def meet(request: HttpRequest, pk: int, decision: int, place: int) -> HttpResponse:
    """Ask what was seen of one condition, keep it, and go back to the assessment."""
    is_sent = request.method == "POST"
    found = access.decision_for(request.user, pk, decision, Permission.VIEW_OVERVIEW if is_sent else Permission.DECIDE)
    condition = next((one for one in queries.conditions_of(found) if one.place == place), None)
    form = ConditionMetForm(request.POST if is_sent else None)
    status = 200
    try:
        access.check(request.user, found.assessment, Permission.DECIDE)
    except NotNow as error:  # it was opened again while the page was open: what was typed stays, to be copied
        form.add_error(None, str(error))
        status = 403
    if condition is None:
        raise Http404
    if is_sent and status == 200:
        if form.is_valid():
            try:
                actions.meet_condition(decision=found, place=place, note=form.cleaned_data["note"], by=request.user)
            except DecisionRefused as error:
                form.refuse(error.problems)
            else:
                messages.success(request, _("The condition is kept as met."))
                return redirect("assessments:detail", pk)
        status = 422
    context = {"form": form, "assessment": found.assessment, "condition": condition}
    return render(request, "assessments/staff/condition.html", context, status=status)
