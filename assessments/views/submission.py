"""Check the answers and submit them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from assessments.access import NotNow, assessment_for, may
from assessments.actions import workflow
from assessments.forms.submission import AttestationForm
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.queries import check_page
from assessments.views import shown


@require_GET
def submit_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that will be submitted, and what is missing."""
    return _page(request, assessment_for(request.user, pk, Permission.VIEW_ALL), AttestationForm())


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand all answers in. A second click finds them submitted and changes nothing."""
    try:
        assessment = assessment_for(request.user, pk, Permission.SUBMIT)
    except NotNow:
        return redirect("assessments:answer-list", pk)
    form = AttestationForm(request.POST)
    if not form.is_valid():
        return _page(request, assessment, form, is_refused=True)
    try:
        submitted = workflow.submit(
            assessment=assessment, attested_name=form.cleaned_data["signed_name"], by=request.user
        )
    except workflow.MoveRefused as refused:
        return _page(request, assessment, form, is_refused=True, refused=refused.problems)
    count = submitted.question_count
    words = ngettext(
        "%(count)s answer submitted to %(organisation)s.", "%(count)s answers submitted to %(organisation)s.", count
    )
    messages.success(request, words % {"count": count, "organisation": settings.ORGANISATION_NAME})
    return redirect("assessments:answer-list", pk)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    form: AttestationForm,
    *,
    is_refused: bool = False,
    refused: list[str] | None = None,
) -> HttpResponse:
    sheet = check_page.check_sheet(assessment, request.user)
    problems = _problems(sheet, assessment) if is_refused else []
    if is_refused and form.is_valid() and not problems:
        problems = [{"href": "#main", "text": sentence} for sentence in refused or []]
    context = shown.of_check(assessment, request.user, sheet) | {
        "sheet": sheet,
        "problems": problems,
        "form": form,
        "can_submit": may(request.user, assessment, Permission.SUBMIT),
    }
    return render(request, "assessments/vendor/submit_check.html", context, status=422 if is_refused else 200)


def _problems(sheet: check_page.CheckSheet, assessment: Assessment) -> list[dict[str, str]]:
    """What stands against submitting, each with the place where it is mended."""
    problems = []
    if count := len(sheet.todo):
        words = ngettext(
            "Complete %(count)s question before you submit", "Complete %(count)s questions before you submit", count
        )
        problems.append({"href": "#todo", "text": words % {"count": count}})
    if not sheet.accounts:
        address = reverse("assessments:accounts", args=[assessment.pk])
        problems.append({"href": address, "text": _("Declare the AWS accounts in scope")})
    return problems
