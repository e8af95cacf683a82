"""A manager accepts the risk of a finding, having shown a moment ago who they are."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.access import finding_for
from assessments.actions import acceptances as actions
from assessments.actions.findings import FindingRefused, StaleFinding
from assessments.forms.acceptances import AcceptanceForm
from assessments.models import Finding
from assessments.policy import Permission
from assessments.views.staff import staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The door, then the password or second factor, where it was not asked for in the last minutes."""
    return _accept(request, finding_for(request.user, pk, Permission.ACCEPT_RISK))


# Where it has to ask, what was sent is kept and goes on from here afterwards.
@reauthentication_required
def _accept(request: HttpRequest, found: Finding) -> HttpResponse:
    if request.method == "GET":
        return _page(request, found, AcceptanceForm(initial={"base_version": found.version}))
    form = AcceptanceForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.accept_risk(finding=found, by=request.user, **form.cleaned_data)
    except StaleFinding as stale:
        data = request.POST.copy()
        data["base_version"] = str(stale.current.version)
        form = AcceptanceForm(data)
        form.add_error(None, _("This finding was changed meanwhile. Look at it again, then accept it."))
        return _page(request, finding_for(request.user, found.pk, Permission.ACCEPT_RISK), form, status=409)
    except FindingRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, form, status=422)
    messages.success(request, _("The risk is accepted until the day you chose."))
    return redirect("assessments:finding", found.pk)


def _page(request: HttpRequest, found: Finding, form: AcceptanceForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "finding": found, "assessment": found.assessment}
    return render(request, "assessments/staff/accept_risk.html", context, status=status)
