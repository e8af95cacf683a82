"""Send one playbook to many vendors: the list, what it would do, the act, and how far it has come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.access import campaign_for
from assessments.actions import campaigns as actions
from assessments.actions.campaigns import CampaignRefused, PlanChanged
from assessments.forms.assessments import default_due_on
from assessments.forms.campaigns import CampaignForm
from assessments.forms.portfolio import StateForm
from assessments.limits import MB
from assessments.policy import Permission
from assessments.queries import campaigns as queries
from assessments.queries.campaign_plan import Plan, plan
from assessments.queries.overview import analysts
from assessments.views.bodies import at_most
from assessments.views.staff import check_ever, may_ever, staff_only
from playbook.models import Playbook
from playbook.queries import newest_published

TOO_LARGE = gettext_lazy("That is too much at once. The list may have 200 kB: make two campaigns of it.")
NO_PLAYBOOK = gettext_lazy("There is no playbook yet. Nothing was sent.")


@require_GET
@staff_only
def campaign_list(request: HttpRequest) -> HttpResponse:
    """All campaigns."""
    page = queries.campaign_page(request.user, request.GET.get("page", 1))
    context = {"page": page, "may_start": may_ever(request.user, Permission.SEND)}
    return render(request, "assessments/staff/campaign_list.html", context)


@require_GET
@staff_only
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one campaign has come."""
    found = campaign_for(request.user, pk)
    state = StateForm(request.GET).chosen()
    context = {
        "campaign": found,
        "sheet": queries.progress(request.user, found, state, request.GET.get("page", 1)),
        "chosen": state,
        "query": f"state={state}" if state else "",
    }
    return render(request, "assessments/staff/campaign.html", context)


def _blank(request: HttpRequest) -> CampaignForm:
    """The form with what it offers, or with what was typed before somebody went back to it."""
    offered = {
        "period": str(timezone.localdate().year),
        "due_on": default_due_on(),
        "analyst": request.user if request.user.staff_role == "analyst" else None,
    }
    return CampaignForm(analysts=analysts(), initial={**offered, **request.POST.dict()})


def _may_send(request: HttpRequest) -> None:
    """The door, before the body is read."""
    if request.user.staff_role:  # for anybody else the page does not exist, which `staff_only` says
        check_ever(request.user, Permission.SEND)


def _too_large(request: HttpRequest) -> HttpResponse:
    form = CampaignForm(analysts=analysts(), initial={"period": str(timezone.localdate().year)})
    return _page(request, form, newest_published(), error=str(TOO_LARGE), status=413)


@require_http_methods(["GET", "POST"])
@staff_only
@at_most(MB, _too_large, before=_may_send)
def create(request: HttpRequest) -> HttpResponse:
    """The form; then what the list would do, or what is wrong with it. Nothing is written."""
    playbook = newest_published()
    if request.method == "GET" or "change" in request.POST:
        return _page(request, _blank(request), playbook)
    form = CampaignForm(request.POST, request.FILES, analysts=analysts())
    if not form.is_valid() or playbook is None:
        return _page(request, form, playbook, status=422)
    found = plan(request.user, form.found)
    return _looked_at(request, form, playbook, found)


@require_POST
@staff_only
@at_most(MB, _too_large, before=_may_send)
def confirm(request: HttpRequest) -> HttpResponse:
    """Do what was looked at, if it is still what would happen."""
    playbook = newest_published()
    form = CampaignForm(request.POST, analysts=analysts())
    if not form.is_valid() or playbook is None:
        return _page(request, form, playbook, status=422)
    typed = form.cleaned_data
    try:
        made = actions.start(
            content=form.content(),
            playbook=playbook,
            found=form.found,
            looked_at=typed["looked_at"],
            form_key=typed["form_key"],
            by=request.user,
        )
    except PlanChanged as changed:
        return _looked_at(request, form, playbook, changed.plan, is_late=True)
    except CampaignRefused as refused:
        return _page(request, form, playbook, error=str(refused), status=409)
    count = len(form.found.rows)
    words = ngettext("Sent to %(count)s vendor.", "Sent to %(count)s vendors.", count)
    messages.success(request, words % {"count": count})
    return redirect("assessments:campaign", made.pk)


def _page(
    request: HttpRequest,
    form: CampaignForm,
    playbook: Playbook | None,
    *,
    wrong: Plan | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form, above it the lines of the list that cannot be sent to."""
    context = {"form": form, "playbook": playbook, "wrong": wrong, "error": error}
    return render(request, "assessments/staff/campaign_new.html", context, status=status)


def _looked_at(
    request: HttpRequest, form: CampaignForm, playbook: Playbook, found: Plan, *, is_late: bool = False
) -> HttpResponse:
    """What would happen, with the button; or the form again where a line is wrong."""
    if found.problems:
        return _page(request, form, playbook, wrong=found, status=422)
    context = {"form": form, "typed": form.cleaned_data, "playbook": playbook, "plan": found, "is_late": is_late}
    return render(request, "assessments/staff/campaign_preview.html", context, status=409 if is_late else 200)
