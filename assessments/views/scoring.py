"""The workbench: one answer, its evidence, and the result."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from assessments import access
from assessments.access import NotNow
from assessments.actions import reviews
from assessments.actions.reviews import ReviewRefused, StaleReview
from assessments.forms.problems import show
from assessments.forms.reviews import NoteForm, QueryForm, ReviewForm
from assessments.models import Answer, Review
from assessments.policy import Permission
from assessments.queries import review_sheet as queries
from assessments.queries import sources
from assessments.queries.findings import finding_at
from assessments.queries.proposals import filled
from assessments.scoring import RESULT_LABELS, Result
from assessments.views.staff import staff_only

# How each result looks, and the key that chooses it.
LOOKS = {
    "met": "met",
    "partly_met": "partly",
    "not_met": "notmet",
    "not_verified": "unverified",
    "not_applicable": "na",
}
RESULTS = [
    (result.value, gettext_lazy(label), LOOKS[result], place)
    for place, (result, label) in enumerate(RESULT_LABELS.items(), 1)
]


@require_http_methods(["GET", "POST"])
@staff_only
def score_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show one question; save its result and go to the next one without a result, or stay."""
    if request.method == "GET":
        answer = access.answer_for(request.user, pk, number, Permission.VIEW_REVIEW)
        return workbench(request, answer, ReviewForm.of(answer))
    try:
        answer = access.answer_for(request.user, pk, number, Permission.REVIEW)
    except NotNow as error:
        return _closed_meanwhile(request, pk, number, error)
    data, is_old = _with_proposal(request, answer)
    form = ReviewForm.of(answer, data)
    is_valid = form.is_valid()
    if is_old:
        form.add_error(None, _("The evidence was evaluated again meanwhile. Look at what it shows now."))
    if is_old or not is_valid:
        return workbench(request, answer, form, status=422)
    version = form.cleaned_data["base_version"]
    try:
        reviews.review_answer(answer=answer, content=form.content(), base_version=version, by=request.user)
    except StaleReview as error:
        return _stale(request, answer, form, error.current)
    except ReviewRefused as error:
        show(form, error.problems)
        return workbench(request, answer, form, status=422)
    return _after(request, answer)


def _with_proposal(request: HttpRequest, answer: Answer) -> tuple[QueryDict, bool]:
    """What was sent, filled with the proposal where the person accepts it; and whether another one was seen."""
    token = request.POST.get("accept")
    if token is None:
        return request.POST, False
    offered = queries.offered(request.user, answer)
    if offered is None or offered.token != token:
        return request.POST, True
    needs_reason = offered.result != Result.MET or reviews.is_contradicted(answer, request.user)
    return filled(offered, request.POST, needs_reason=needs_reason), False


def workbench(
    request: HttpRequest,
    answer: Answer,
    form: ReviewForm,
    *,
    ask: QueryForm | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was typed when it is shown again."""
    context = {
        "back": "assessments:detail",
        "here": "assessments:score-edit",
        "sheet": queries.review_sheet(request.user, answer),
        "assessment": answer.assessment,
        "criterion": answer.criterion,
        "form": form,
        "chosen": form.chosen(),
        "results": RESULTS,
        "ask": ask or QueryForm(),
        "note": note or NoteForm(),
        "may_note": access.may(request.user, answer.assessment, Permission.NOTE),
        "may_review": access.may(request.user, answer.assessment, Permission.REVIEW),
        "raised": finding_at(answer),
        "may_raise": access.may(request.user, answer.assessment, Permission.FINDINGS),
    }
    return render(request, "assessments/staff/score.html", context, status=status)


def _closed_meanwhile(request: HttpRequest, pk: int, number: int, error: NotNow) -> HttpResponse:
    """It left our hands while the page was open: the question to read, and what was typed, to be copied."""
    answer = access.answer_for(request.user, pk, number, Permission.VIEW_REVIEW)
    messages.error(request, str(error))
    return workbench(request, answer, ReviewForm.of(answer, request.POST), status=403)


def _after(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Where to go once a result is stored."""
    pk, number = answer.assessment_id, answer.criterion.number
    if request.POST.get("action") == "stay":
        messages.success(request, _("Question %(number)s was saved.") % {"number": number})
        return redirect("assessments:score-edit", pk, number)
    following = queries.next_unscored(request.user, answer)
    if following is None:
        messages.success(request, _("Every question has a result. Send questions back, or close the assessment."))
        return redirect("assessments:detail", pk)
    return redirect("assessments:score-edit", pk, following)


def _stale(request: HttpRequest, answer: Answer, form: ReviewForm, current: Review | None) -> HttpResponse:
    """Somebody else was faster: show both, and let the person choose."""
    texts = dict(form.fields["matched"].choices)
    mine = form.cleaned_data
    context = {
        "answer": answer,
        "assessment": answer.assessment,
        "mine": mine,
        "my_statements": [texts[key] for key in mine["matched"]],
        "current": current,
        "is_own": current is not None and current.by_id == request.user.pk,
        "their_statements": [texts.get(key, key) for key in current.matched] if current else [],
        "base_version": current.version if current else 0,
        "action": request.POST.get("action", ""),
    }
    return render(request, "assessments/staff/review_stale.html", context, status=409)


@require_GET
@staff_only
def score_source(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """From a resource that the evaluation names to the place in the evidence it was found in."""
    answer = access.answer_for(request.user, pk, number, Permission.VIEW_SUBMITTED)
    try:
        place = sources.place_of(request.user, answer, request.GET.get("ref", ""))
    except sources.NotNamed as error:
        raise Http404 from error
    if place is None:
        messages.warning(request, _("No single file names this resource. What it was decided from is listed below."))
        return redirect(f"{reverse('assessments:score-edit', args=[pk, number])}#shows")
    query = {"question": number, "mark": place.mark, **({"member": place.member} if place.member else {})}
    return redirect(f"{reverse('assessments:evidence-view', args=[pk, place.evidence])}?{urlencode(query)}#mark")


@require_GET
@staff_only
def score_evaluation(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Whether the evidence of one question is evaluated by now: a part of the workbench, asked for while it waits."""
    answer = access.answer_for(request.user, pk, number, Permission.VIEW_SUBMITTED)
    context = {"assessment": answer.assessment, "criterion": answer.criterion, "asked_again": True}
    context["machine"] = queries.waiting_for(request.user, answer)
    return render(request, "assessments/staff/score_waiting.html", context)
