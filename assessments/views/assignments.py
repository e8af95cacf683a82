"""Who works on what: assign questions to colleagues, hand the whole request on, confirm what was said last time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.access import assessment_for, may
from assessments.actions import assignments as actions
from assessments.actions import carrying
from assessments.actions.assignments import AssignmentRefused, InvitationRefused
from assessments.forms.assignments import NEW, NOBODY, AssignForm, ForwardForm
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.queries import assignments as queries
from assessments.wording import listed


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question with who works on it, and a form to hand some of them to somebody."""
    permission = Permission.ASSIGN if request.method == "POST" else Permission.VIEW_ALL
    assessment = assessment_for(request.user, pk, permission)
    parts = queries.parts_of(assessment, request.user)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        numbers=[task.number for part in parts for task in part.tasks if task.is_open],
        colleagues=queries.colleagues_of(assessment),
        may_invite=may(request.user, assessment, Permission.FORWARD),
    )
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _assign(assessment, form.cleaned_data, request))
            return redirect("assessments:assign", pk)
        except AssignmentRefused as refused:
            form.add_error(None, str(refused))
        except InvitationRefused as refused:
            form.add_error("email", str(refused))
    return _page(request, assessment, parts, form, status=422 if form.is_bound else 200)


def _assign(assessment: Assessment, data: dict[str, object], request: HttpRequest) -> str:
    """Do what the form says; returns what was done, in words."""
    numbers = sorted(data["questions"])
    common = {"assessment": assessment, "numbers": numbers, "by": request.user}
    if data["who"] == NOBODY:
        actions.take_back(**common)
        words = ngettext(
            "Question %(numbers)s is not assigned to anybody.",
            "Questions %(numbers)s are not assigned to anybody.",
            len(numbers),
        )
        return words % {"numbers": listed(numbers)}
    if data["who"] == NEW:
        invitation = actions.assign_new(email=data["email"], name=data["name"], **common)
        words = ngettext(
            "Question %(numbers)s is assigned to %(who)s, who was invited by mail.",
            "Questions %(numbers)s are assigned to %(who)s, who was invited by mail.",
            len(numbers),
        )
        return words % {"numbers": listed(numbers), "who": invitation.email}
    members = queries.colleagues_of(assessment)
    member = next((one for one in members if str(one.user_id) == data["who"]), None)
    if member is None:
        raise AssignmentRefused(_("This person does not act for you any more. Choose somebody else."))
    actions.assign(to=member.user, **common)
    words = ngettext(
        "Question %(numbers)s is assigned to %(who)s.", "Questions %(numbers)s are assigned to %(who)s.", len(numbers)
    )
    return words % {"numbers": listed(numbers), "who": member.user.name}


@require_http_methods(["POST"])
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the whole request to the right person."""
    assessment = assessment_for(request.user, pk, Permission.FORWARD)
    form = ForwardForm(request.POST, prefix="forward")
    if form.is_valid():
        data = form.cleaned_data
        try:
            invitation = actions.forward(assessment=assessment, email=data["email"], name=data["name"], by=request.user)
        except AssignmentRefused as refused:
            form.add_error(None, str(refused))
        except InvitationRefused as refused:
            form.add_error("email", str(refused))
        else:
            words = _("%(email)s was invited to take over. You stay a lead beside them.")
            messages.success(request, words % {"email": invitation.email})
            return redirect("assessments:assign", pk)
    parts = queries.parts_of(assessment, request.user)
    blank = AssignForm(
        numbers=[task.number for part in parts for task in part.tasks if task.is_open],
        colleagues=queries.colleagues_of(assessment),
        may_invite=True,
    )
    return _page(request, assessment, parts, blank, forward=form, status=422)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    parts: list[queries.Part],
    form: AssignForm,
    *,
    forward: ForwardForm | None = None,
    status: int = 200,
) -> HttpResponse:
    may_forward = may(request.user, assessment, Permission.FORWARD)
    context = {
        "assessment": assessment,
        "parts": parts,
        "form": form,
        "forward": forward or (ForwardForm(prefix="forward") if may_forward else None),
        "chosen": _chosen(request, parts, form),
        "may_assign": may(request.user, assessment, Permission.ASSIGN),
        "may_invite": may_forward,
        "invited": queries.invited_to(assessment),
    }
    return render(request, "assessments/vendor/assign.html", context, status=status)


def _chosen(request: HttpRequest, parts: list[queries.Part], form: AssignForm) -> set[int]:
    """The questions to tick: those that were sent, or the one or the domain that the address names."""
    if form.is_bound:
        return {int(value) for value in request.POST.getlist("questions") if value.isdecimal() and len(value) < 5}
    one, domain = request.GET.get("q", ""), request.GET.get("domain", "")
    return {
        task.number
        for part in parts
        for task in part.tasks
        if task.is_open and (str(task.number) == one or part.slug == domain)
    }


@require_http_methods(["POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Complete last time's answers as they are: those of the questions that were sent."""
    assessment = assessment_for(request.user, pk, Permission.ANSWER)
    numbers = {int(value) for value in request.POST.getlist("number") if value.isdecimal() and len(value) < 5}
    confirmed = carrying.confirm(assessment=assessment, numbers=numbers, by=request.user)
    if confirmed.done:
        words = ngettext(
            "Question %(numbers)s confirmed and completed.",
            "Questions %(numbers)s confirmed and completed.",
            len(confirmed.done),
        )
        messages.success(request, words % {"numbers": listed(confirmed.done)})
    for number, reason in confirmed.left.items():
        words = _("Question %(number)s stays open. %(reason)s.")
        messages.error(request, words % {"number": number, "reason": reason})
    if not confirmed.done and not confirmed.left:
        sentence = _("Nothing was left to confirm: somebody confirmed or changed these answers meanwhile.")
        messages.error(request, sentence)
    return redirect("assessments:answer-list", pk)
