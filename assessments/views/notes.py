"""Remarks of our own people on one question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments import access
from assessments.actions import notes
from assessments.forms.reviews import NoteForm, ReviewForm
from assessments.policy import Permission
from assessments.views.scoring import workbench
from assessments.views.staff import staff_only


@require_POST
@staff_only
def note_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Keep one remark; it is shown on the workbench and nowhere else."""
    answer = access.answer_for(request.user, pk, number, Permission.NOTE)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return workbench(request, answer, ReviewForm.of(answer), note=form, status=422)
    notes.add_note(answer=answer, text=form.cleaned_data["note_text"], by=request.user)
    messages.success(request, _("The note is kept. Vendors and reports never show it."))
    return redirect(reverse("assessments:score-edit", args=[pk, number]) + "#notes")
