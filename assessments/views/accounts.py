"""The AWS accounts in scope."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from assessments.access import assessment_for, may
from assessments.actions.accounts import declare
from assessments.forms.accounts import AccountForm, accounts_form
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.queries.check_page import accounts_of, digest_of
from vendors.actions.vendors import AccountsChanged

CHANGED = gettext_lazy(
    "Somebody changed the accounts while this page was open. Compare your rows with the list below, then save again."
)


@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare the accounts, or read them where that is not yours to do."""
    if request.method == "POST":
        return _declare(request, assessment_for(request.user, pk, Permission.DECLARE_ACCOUNTS))
    permission = Permission.VIEW_OVERVIEW if request.user.staff_role else Permission.VIEW_ALL
    assessment = assessment_for(request.user, pk, permission)
    stored = accounts_of(assessment)
    context = {"can_declare": may(request.user, assessment, Permission.DECLARE_ACCOUNTS)}
    if context["can_declare"]:
        context["accounts"] = accounts_form(None, stored, digest_of(stored))
    return _page(request, assessment, context | {"stored": stored})


def _declare(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    stored = accounts_of(assessment)
    form = accounts_form(request.POST, stored, "")
    context = {"can_declare": True, "accounts": form, "stored": stored, "problems": form.problems}
    if not form.is_valid():
        return _page(request, assessment, context, status=422)
    if form.paste.cleaned_data["seen"] != digest_of(stored):
        return _changed(request, assessment, context)
    try:
        declared = declare(assessment=assessment, accounts=form.accounts(), by=request.user, known=stored)
    except AccountsChanged:
        return _changed(request, assessment, context | {"stored": accounts_of(assessment)})
    count = len(declared)
    words = ngettext("%(count)s AWS account in scope saved.", "%(count)s AWS accounts in scope saved.", count)
    messages.success(request, words % {"count": count})
    return redirect("assessments:detail" if request.user.staff_role else "assessments:answer-list", assessment.pk)


def _changed(request: HttpRequest, assessment: Assessment, context: dict[str, object]) -> HttpResponse:
    """The page with the list as it stands now; saving once more is then done in sight of it."""
    paste = context["accounts"].paste
    paste.data = paste.data.copy()
    paste.data["seen"] = digest_of(context["stored"])
    return _page(request, assessment, context | {"changed": CHANGED}, status=409)


def _page(request: HttpRequest, assessment: Assessment, context: dict[str, object], status: int = 200) -> HttpResponse:
    context |= {"assessment": assessment, "empty_row": AccountForm(prefix="form-__prefix__")}
    return render(request, "assessments/vendor/accounts.html", context, status=status)
