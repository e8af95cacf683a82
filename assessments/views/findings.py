"""Findings: our list and the vendor's, one finding with its history, and what either side does about it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import access
from assessments.access import finding_for
from assessments.actions import findings as actions
from assessments.actions.findings import FindingRefused, StaleFinding
from assessments.forms.evidence import upload_ids
from assessments.forms.findings import FilterForm, FindingForm, PlanForm, RecheckForm, WordsForm
from assessments.models import Finding
from assessments.policy import Permission
from assessments.queries import findings as queries
from assessments.queries.findings import FindingFilter
from assessments.views.bodies import UPLOAD_BODY_BYTES, at_most
from assessments.views.staff import check_ever, staff_only
from assessments.views.uploads import TOO_LARGE, keep, tell


def _query(chosen: FindingFilter) -> str:
    """The address of the same list, without what is not set."""
    values = {"q": chosen.q, "state": chosen.state, "priority": chosen.priority, "owner": chosen.owner}
    values["overdue"] = "on" if chosen.overdue else ""
    return urlencode({name: value for name, value in values.items() if value})


@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """Every finding for our own people; for a vendor's person those of their vendor."""
    page = request.GET.get("page", 1)
    if not request.user.staff_role:
        return render(
            request, "assessments/vendor/finding_list.html", {"sheet": queries.findings_of(request.user, page)}
        )
    check_ever(request.user, Permission.VIEW_FINDINGS)
    form = FilterForm(request.GET, owners=queries.every_analyst())
    chosen = form.chosen()
    context = {"sheet": queries.finding_page(request.user, chosen, page), "filter": form, "query": _query(chosen)}
    return render(request, "assessments/staff/finding_list.html", context)


@require_POST
@staff_only
def raise_one(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Make a finding of a result, and show it to be gone over."""
    answer = access.answer_for(request.user, pk, number, Permission.FINDINGS)
    try:
        finding = actions.raise_finding(answer=answer, by=request.user)
    except FindingRefused as refused:
        messages.error(request, str(refused))
        return redirect("assessments:score-edit", pk, number)
    messages.success(request, _("The finding was raised. Go over its words: the vendor reads them."))
    return redirect("assessments:finding", finding.pk)


@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one finding; our analysts change what it says."""
    if request.method == "GET":
        found = finding_for(request.user, pk, Permission.VIEW_FINDINGS)
        return _page(request, found)
    found = finding_for(request.user, pk, Permission.FINDINGS)
    form = FindingForm.of(found, request.POST)
    if not form.is_valid():
        return _page(request, found, edit=form, status=422)
    version = form.cleaned_data["base_version"]
    try:
        actions.edit_finding(finding=found, content=form.content(), base_version=version, by=request.user)
    except StaleFinding as stale:
        return _stale(request, stale.current, FindingForm, "edit")
    except FindingRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, edit=form, status=422)
    messages.success(request, _("The finding was saved."))
    return redirect("assessments:finding", pk)


def _page(request: HttpRequest, found: Finding, *, status: int = 200, **forms: object) -> HttpResponse:
    """The page of one finding, with what was typed when it is shown again."""
    user, assessment = request.user, found.assessment
    context = {
        "sheet": queries.finding_sheet(user, found),
        "finding": found,
        "assessment": assessment,
        "edit": FindingForm.of(found),
        "plan": PlanForm.of(found),
        "words": WordsForm(),
        "recheck": RecheckForm.of(found),
        "may_change": access.may(user, assessment, Permission.FINDINGS),
        "may_accept": bool(user.staff_role) and access.may(user, assessment, Permission.ACCEPT_RISK),
        "may_fix": access.may(user, assessment, Permission.FIX_FINDINGS),
        "form": next(iter(forms.values()), None),  # the one with problems
        **forms,
    }
    side = "staff" if user.staff_role else "vendor"
    return render(request, f"assessments/{side}/finding_page.html", context, status=status)


def _stale(request: HttpRequest, current: Finding, form_class: type, name: str) -> HttpResponse:
    """Somebody else was faster: the page as it is now with what was typed, to be saved over it knowingly."""
    data = request.POST.copy()
    data["base_version"] = str(current.version)
    fresh = finding_for(request.user, current.pk, Permission.VIEW_FINDINGS)
    form = form_class.of(fresh, data)
    form.add_error(None, _("This finding was changed meanwhile. Look at it as it is now, then save yours again."))
    return _page(request, fresh, status=409, **{name: form})


@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The vendor says what it will do, and by when."""
    found = finding_for(request.user, pk, Permission.FIX_FINDINGS)
    form = PlanForm.of(found, request.POST)
    if not form.is_valid():
        return _page(request, found, plan=form, status=422)
    try:
        actions.plan_fix(finding=found, by=request.user, **form.cleaned_data)
    except StaleFinding as stale:
        return _stale(request, stale.current, PlanForm, "plan")
    except FindingRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, found, plan=form, status=422)
    messages.success(request, _("Your plan was saved."))
    return redirect("assessments:finding", pk)


def _may_prove(request: HttpRequest, pk: int) -> HttpResponse | None:
    """The door, before the body is read."""
    request.finding = finding_for(request.user, pk, Permission.FIX_FINDINGS)
    return None


def _too_large(request: HttpRequest, pk: int) -> HttpResponse:
    messages.error(request, TOO_LARGE)
    return redirect("assessments:finding", pk)


@require_POST
@at_most(UPLOAD_BODY_BYTES, _too_large, before=_may_prove)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Files that show that it was fixed, by the same door as all evidence."""
    found: Finding = request.finding  # which came through the door before the body was read
    sent = request.FILES.getlist("file")
    ids = upload_ids(request.POST.get("upload_id", ""), len(sent))
    if not sent or ids is None:
        messages.error(request, _("Choose a file first."))
    else:
        stored = keep(sent, ids, assessment=found.assessment, asked_at=None, finding=found, by=request.user)
        tell(request, *stored)
    return redirect(reverse("assessments:finding", args=[pk]))


@require_POST
def fixed(request: HttpRequest, pk: int) -> HttpResponse:
    """The vendor says that it is fixed."""
    found = finding_for(request.user, pk, Permission.FIX_FINDINGS)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, found, words=form, status=422)
    try:
        actions.mark_fixed(finding=found, words=form.cleaned_data["words"], by=request.user)
    except FindingRefused as refused:
        form.add_error("words", str(refused))
        return _page(request, found, words=form, status=422)
    messages.success(request, _("Marked as fixed. You get an email when it was checked."))
    return redirect("assessments:finding", pk)


@require_POST
@staff_only
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Our analyst has checked: it is fixed, or it is not."""
    found = finding_for(request.user, pk, Permission.FINDINGS)
    form = RecheckForm.of(found, request.POST)
    if not form.is_valid():
        return _page(request, found, recheck=form, status=422)
    act = {"verify": actions.verify, "reopen": actions.reopen}[form.cleaned_data["result"]]
    words, version = form.cleaned_data["words"], form.cleaned_data["base_version"]
    try:
        act(finding=found, words=words, base_version=version, by=request.user)
    except StaleFinding as stale:
        return _stale(request, stale.current, RecheckForm, "recheck")
    except FindingRefused as refused:
        form.add_error("words", str(refused))
        return _page(request, found, recheck=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("assessments:finding", pk)


@require_POST
@staff_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a finding the vendor has not seen."""
    found = finding_for(request.user, pk, Permission.FINDINGS)
    try:
        actions.remove_finding(finding=found, by=request.user)
    except FindingRefused as refused:
        messages.error(request, str(refused))
        return redirect("assessments:finding", pk)
    messages.success(request, _("The finding was removed."))
    return redirect("assessments:score-edit", found.answer.assessment_id, found.answer.criterion.number)
