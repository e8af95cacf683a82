"""Who scores which questions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments import access
from assessments.actions.reviewers import ReviewerRefused, assign_reviewer
from assessments.forms.reviewers import ReviewersForm
from assessments.policy import Permission
from assessments.queries import reviewers as queries
from assessments.queries.overview import analysts
from assessments.views.staff import staff_only
from assessments.wording import listed


@require_http_methods(["GET", "POST"])
@staff_only
def reviewers(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question with who scores it, and a form to assign some of them to an analyst."""
    assessment = access.assessment_for(request.user, pk, Permission.ASSIGN_REVIEWER)
    parts = queries.domains_of(assessment)
    form = ReviewersForm(request.POST if request.method == "POST" else None, parts=parts, analysts=analysts())
    if request.method == "POST" and form.is_valid():
        try:
            assign_reviewer(assessment=assessment, numbers=form.numbers(), reviewer=form.person(), by=request.user)
        except ReviewerRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _done(form))
            return redirect("assessments:reviewers", pk)
    context = {
        "assessment": assessment,
        "parts": parts,
        "form": form,
        "chosen": set(request.POST.getlist("questions")),
        "whole": set(request.POST.getlist("domains")),
    }
    return render(request, "assessments/staff/reviewers.html", context, status=422 if form.is_bound else 200)


def _done(form: ReviewersForm) -> str:
    """What was done, in words."""
    numbers, person = form.numbers(), form.person()
    if person is None:
        words = ngettext(
            "Question %(numbers)s is not assigned to anybody.",
            "Questions %(numbers)s are not assigned to anybody.",
            len(numbers),
        )
        return words % {"numbers": listed(numbers)}
    words = ngettext(
        "Question %(numbers)s is assigned to %(who)s.", "Questions %(numbers)s are assigned to %(who)s.", len(numbers)
    )
    return words % {"numbers": listed(numbers), "who": person.name}
