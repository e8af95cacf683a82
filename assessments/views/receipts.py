"""Receipts of what was submitted, round by round: see where they stand, try again, download."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.access import assessment_for, submission_for
from assessments.actions.receipts import try_again
from assessments.models import Submission
from assessments.policy import Permission
from assessments.queries.receipts import rounds_of
from assessments.reports.kinds import PDF
from assessments.views.reports import stored_attachment


@require_http_methods(["GET", "POST"])
def receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """All rounds, the newest first; a script gets the part that changes while a receipt is made. POST tries again."""
    assessment = assessment_for(request.user, pk, Permission.RECEIPT)
    rounds = rounds_of(request.user, assessment)
    if request.method == "POST":
        for one in rounds:
            try_again(submission=one, by=request.user)
        return redirect("assessments:receipt", pk)
    is_part = "HX-Request" in request.headers
    context = {
        "assessment": assessment,
        "rounds": rounds,
        "is_waiting": any(one.state in {Submission.State.QUEUED, Submission.State.RENDERING} for one in rounds),
        "is_part": is_part,
    }
    template = "assessments/receipt_rounds.html" if is_part else "assessments/receipt.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def download(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The PDF of one round. Its name tells nobody who the vendor is."""
    submission = submission_for(request.user, pk, number)
    if submission.state != Submission.State.READY:
        messages.error(request, _("This receipt is not ready yet."))
        return redirect("assessments:receipt", pk)
    try:
        file = submission.file.open("rb")
    except OSError:
        messages.error(request, _("The file of this receipt could not be read. Try again later."))
        return redirect("assessments:receipt", pk)
    return stored_attachment(file, f"aws-assessment-receipt-{pk}-round-{number}.pdf", PDF)
