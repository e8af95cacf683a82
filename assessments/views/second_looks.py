"""A second look: ask for it, score blind, see how far the two agree, settle what differs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import access
from assessments.actions import second_looks as actions
from assessments.actions.reviews import ReviewRefused, StaleReview
from assessments.actions.second_looks import SecondLookRefused
from assessments.forms.problems import show
from assessments.forms.second_looks import AskForm, SecondForm, SettleForm
from assessments.models import Answer, Assessment, SecondLook
from assessments.policy import Permission
from assessments.queries import review_sheet
from assessments.queries import second_looks as queries
from assessments.views.scoring import RESULTS
from assessments.views.staff import staff_only


@require_GET
@staff_only
def second_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the second look stands: for the second analyst the questions, for others how far it is or what it shows."""
    return _page(request, access.assessment_for(request.user, pk, Permission.VIEW_SUBMITTED))


def _page(
    request: HttpRequest,
    assessment: Assessment,
    *,
    ask: AskForm | None = None,
    settle: tuple[int, SettleForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was typed when it is shown again."""
    standing = queries.standing(assessment)
    context: dict[str, object] = {
        "assessment": assessment,
        "standing": standing,
        "may_ask": access.may(request.user, assessment, Permission.ASK_SECOND),
        "may_settle": access.may(request.user, assessment, Permission.SETTLE),
        "form": settle[1] if settle else ask,
    }
    if standing is None:
        context["ask"] = ask or AskForm(analysts=queries.may_look(assessment))
    elif standing.look.finished_at is not None:
        outcome = queries.outcome(request.user, standing.look)
        numbers = [one.pair.number for one in outcome.differences]
        forms = {number: SettleForm.at(number) for number in numbers} | (dict([settle]) if settle else {})
        context["outcome"] = outcome
        context["differences"] = [(one, forms[one.pair.number]) for one in outcome.differences]
    elif standing.look.is_blind_for(request.user):
        context["rail"] = review_sheet.blind_rail(standing.look)[0]
    return render(request, "assessments/staff/second.html", context, status=status)


@require_POST
@staff_only
def second_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask another analyst."""
    assessment = access.assessment_for(request.user, pk, Permission.ASK_SECOND)
    form = AskForm(request.POST, analysts=queries.may_look(assessment))
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.ask(
                assessment=assessment,
                analyst=data["analyst"],
                sample=form.sample(),
                form_key=data["form_key"],
                by=request.user,
            )
        except SecondLookRefused as error:
            show(form, error.problems)
        else:
            messages.success(request, _("%(name)s was asked for a second look.") % {"name": data["analyst"].name})
            return redirect("assessments:second-list", pk)
    if queries.standing(assessment) is not None:  # somebody was quicker: nothing to fill in any more
        messages.error(request, " ".join(form.non_field_errors()))
        return redirect("assessments:second-list", pk)
    return _page(request, assessment, ask=form, status=422)


def _look(assessment: Assessment) -> SecondLook:
    """The second look of an assessment that came through the door; 404 where there is none."""
    standing = queries.standing(assessment)
    if standing is None:
        raise Http404
    return standing.look


@require_http_methods(["GET", "POST"])
@staff_only
def second_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Score one question blind and go to the next one, or stay."""
    answer = access.answer_for(request.user, pk, number, Permission.SECOND)
    look = _look(answer.assessment)
    if not look.is_blind_for(request.user) or number not in look.sample:
        raise Http404
    given = queries.given(look, answer)
    if request.method == "GET":
        return _bench(request, answer, look, SecondForm.for_second(answer, given))
    form = SecondForm.for_second(answer, given, request.POST)
    if not form.is_valid():
        return _bench(request, answer, look, form, status=422)
    version = form.cleaned_data["base_version"]
    try:
        actions.score(look=look, answer=answer, content=form.content(), base_version=version, by=request.user)
    except StaleReview:
        form.data = request.POST.copy()
        form.data["base_version"] = str(given.version if given else 0)
        form.add_error(None, _("You changed this result in another window. Save again to keep what is here."))
        return _bench(request, answer, look, form, status=409)
    except (ReviewRefused, SecondLookRefused) as error:
        show(form, error.problems)
        return _bench(request, answer, look, form, status=422)
    following = queries.next_open(look, number)
    if request.POST.get("action") == "stay":
        messages.success(request, _("Question %(number)s was saved.") % {"number": number})
        return redirect("assessments:second-edit", pk, number)
    if following is None:
        messages.success(request, _("Every question of the second look has a result. Finish it to see both sides."))
        return redirect("assessments:second-list", pk)
    return redirect("assessments:second-edit", pk, following)


def _bench(
    request: HttpRequest, answer: Answer, look: SecondLook, form: SecondForm, *, status: int = 200
) -> HttpResponse:
    """The workbench without anything that somebody found."""
    context = {
        "back": "assessments:second-list",
        "here": "assessments:second-edit",
        "may_review": True,
        "sheet": review_sheet.blind_sheet(request.user, answer, look),
        "assessment": answer.assessment,
        "criterion": answer.criterion,
        "form": form,
        "chosen": form.chosen(),
        "results": RESULTS,
    }
    return render(request, "assessments/staff/second_score.html", context, status=status)


@require_POST
@staff_only
def second_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put both results side by side."""
    assessment = access.assessment_for(request.user, pk, Permission.SECOND)
    try:
        actions.finish(look=_look(assessment), by=request.user)
    except SecondLookRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The second look is finished. Both sides see all results now."))
    return redirect("assessments:second-list", pk)


@require_POST
@staff_only
def second_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Do without it."""
    assessment = access.assessment_for(request.user, pk, Permission.ASK_SECOND)
    try:
        actions.call_off(look=_look(assessment), by=request.user)
    except SecondLookRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The second look was called off."))
    return redirect("assessments:second-list", pk)


@require_POST
@staff_only
def second_settle(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Decide which result stands for one question."""
    assessment = access.assessment_for(request.user, pk, Permission.SETTLE)
    look = _look(assessment)
    review = queries.difference_at(request.user, look, number)
    if review is None:
        raise Http404
    form = SettleForm.at(number, request.POST)
    if form.is_valid():
        try:
            actions.settle(review=review, settlement=form.settlement(), by=request.user)
        except SecondLookRefused as error:
            if None in error.problems:
                messages.error(request, str(error))
                return redirect("assessments:second-list", pk)
            show(form, error.problems)
        else:
            messages.success(request, _("Question %(number)s is settled.") % {"number": number})
            return redirect("assessments:second-list", pk)
    return _page(request, assessment, settle=(number, form), status=422)
