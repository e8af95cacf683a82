"""Questions back to the vendor: collected while scoring, sent together from the overview."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments import access
from assessments.actions import reviews
from assessments.actions.reviews import ReviewRefused
from assessments.forms.reviews import QueryForm, ReviewForm
from assessments.policy import Permission
from assessments.views.scoring import workbench
from assessments.views.staff import staff_only


@require_POST
@staff_only
def query_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Collect one question; the vendor gets it when all are sent back."""
    answer = access.answer_for(request.user, pk, number, Permission.REVIEW)
    form = QueryForm(request.POST)
    if not form.is_valid():
        return workbench(request, answer, ReviewForm.of(answer), ask=form, status=422)
    try:
        reviews.ask(answer=answer, text=form.cleaned_data["text"], by=request.user)
    except ReviewRefused as error:
        form.add_error("text", error.problems["text"])
        return workbench(request, answer, ReviewForm.of(answer), ask=form, status=422)
    messages.success(request, _("The question was added to the ones to send back."))
    return redirect("assessments:score-edit", pk, number)


@require_POST
@staff_only
def query_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a question that was not sent. Taking it back twice is no error."""
    try:
        query = access.query_for(request.user, pk, Permission.REVIEW)
    except Http404:
        return _removed_already(request)
    answer = query.answer
    if query.round is None:
        try:
            reviews.remove_query(query=query, by=request.user)
        except ReviewRefused as error:
            messages.error(request, error.problems["text"])
        else:
            messages.success(request, _("The question was removed."))
    else:
        messages.error(request, _("This question was sent already, so it stays."))
    if request.POST.get("back") == "score":
        return redirect("assessments:score-edit", answer.assessment_id, answer.criterion.number)
    return redirect("assessments:detail", answer.assessment_id)


def _removed_already(request: HttpRequest) -> HttpResponse:
    """A second click: the question is gone, so the form says which assessment it belonged to."""
    given = request.POST.get("assessment", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    assessment = access.assessment_for(request.user, int(given), Permission.VIEW_OVERVIEW)
    messages.info(request, _("The question was removed already."))
    return redirect("assessments:detail", assessment.pk)
