"""The moves of an assessment. Each is one POST; what stands against it is said on the page it came from."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments import access
from assessments.access import NotNow
from assessments.actions import workflow as actions
from assessments.actions.workflow import MoveRefused
from assessments.forms.assessments import ReasonForm
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.states import MOVES
from assessments.views.staff import staff_only

Act = Callable[[Assessment], Assessment]


def _carry_out(request: HttpRequest, pk: int, name: str, permission: Permission, act: Act, done: str) -> HttpResponse:
    """Make one move. A second click finds it made and says so; a wrong state is a sentence and no error page."""
    assessment = access.assessment_for(request.user, pk, Permission.VIEW_OVERVIEW)
    try:
        access.check(request.user, assessment, permission)
        act(assessment)
    except NotNow as error:
        if assessment.state == MOVES[name].target:
            messages.info(request, _("%(done)s It was done already.") % {"done": done})
        else:
            messages.error(request, str(error))
    except MoveRefused as error:
        for problem in error.problems:
            messages.error(request, problem)
    else:
        messages.success(request, done)
    return redirect("assessments:detail", pk)


@require_POST
@staff_only
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the questions to the vendor."""
    return _carry_out(
        request,
        pk,
        "send",
        Permission.SEND,
        lambda assessment: actions.send(assessment=assessment, by=request.user),
        _("The questions were sent to the vendor."),
    )


@require_POST
@staff_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it for good."""
    return _carry_out(
        request,
        pk,
        "cancel",
        Permission.CANCEL,
        lambda assessment: actions.cancel(assessment=assessment, by=request.user),
        _("The assessment was cancelled."),
    )


@require_POST
@staff_only
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish the review."""
    return _carry_out(
        request,
        pk,
        "close",
        Permission.CLOSE,
        lambda assessment: actions.close(assessment=assessment, by=request.user),
        _("The assessment was closed."),
    )


@require_POST
@staff_only
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closed one back into review, with a reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        assessment = access.assessment_for(request.user, pk, Permission.REOPEN)
        messages.error(request, form.errors["reason"][0])
        return redirect("assessments:detail", assessment.pk)
    reason = form.cleaned_data["reason"]
    return _carry_out(
        request,
        pk,
        "reopen",
        Permission.REOPEN,
        lambda assessment: actions.reopen(assessment=assessment, reason=reason, by=request.user),
        _("The assessment is in review again."),
    )


@require_POST
@staff_only
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the collected questions to the vendor."""
    return _carry_out(
        request,
        pk,
        "request_changes",
        Permission.SEND_BACK,
        lambda assessment: actions.request_changes(assessment=assessment, by=request.user),
        _("The questions were sent back to the vendor."),
    )
