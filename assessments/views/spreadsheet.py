"""The questionnaire as a spreadsheet: download it, upload it, look at what would change, confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from assessments import intake
from assessments.access import assessment_for
from assessments.actions.answers import AnswerIncomplete, AnswerLocked, StaleAnswer
from assessments.actions.spreadsheet import take_over
from assessments.forms import spreadsheet as forms
from assessments.limits import MB, SPREADSHEET_BYTES
from assessments.models import Assessment
from assessments.policy import Permission
from assessments.spreadsheets.read import WrongFile
from assessments.views.bodies import TEXT_BODY_BYTES, at_most
from assessments.views.downloads import attachment
from assessments.wording import spoken

NOTHING = gettext_lazy("Nothing to change: the file says what is stored here already.")
TOO_LARGE = gettext_lazy("That is too much at once. The spreadsheet may have 5 MB; remove pictures from it.")


@require_GET
def spreadsheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file is fetched and brought back."""
    return _page(request, assessment_for(request.user, pk, Permission.ANSWER))


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The questionnaire with the answers so far."""
    assessment = assessment_for(request.user, pk, Permission.ANSWER)
    return attachment(
        forms.to_download(assessment, request.user), f"{slugify(assessment.recorded_title)}-questions.xlsx"
    )


def _may_answer(request: HttpRequest, pk: int) -> None:
    """The door, before the body is read."""
    request.assessment = assessment_for(request.user, pk, Permission.ANSWER)


def _too_large(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, request.assessment, error=TOO_LARGE, status=413)


@require_POST
@at_most(SPREADSHEET_BYTES + MB, _too_large, before=_may_answer)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a file that came back, and show what it would change. Nothing is written."""
    assessment: Assessment = request.assessment
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, assessment, error=_("Choose a file first."), status=422)
    try:
        proposal = forms.propose(assessment, request.user, intake.examine_spreadsheet(sent.file))
        return _preview(request, assessment, proposal)
    except (intake.Refused, WrongFile) as refused:
        return _page(request, assessment, error=spoken(refused), status=422)


@require_POST
@at_most(TEXT_BODY_BYTES, _too_large, before=_may_answer)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was looked at, if it can still be saved as it was looked at."""
    assessment: Assessment = request.assessment
    text = request.POST.get("changes", "")
    try:
        proposal = forms.unpacked(text, assessment, request.user)
        if not proposal.is_whole:
            return _preview(request, assessment, proposal, is_late=True)
        if not proposal.changes:
            messages.info(request, NOTHING)
            return redirect("assessments:answer-list", pk)
        changes = [proposed.change for proposed in proposal.changes]
        count = take_over(assessment=assessment, changes=changes, by=request.user)
    except WrongFile as refused:
        return _page(request, assessment, error=spoken(refused), status=422)
    except (StaleAnswer, AnswerIncomplete, AnswerLocked):  # in the very moment between looking and saving
        return _preview(request, assessment, forms.unpacked(text, assessment, request.user), is_late=True)
    words = ngettext(
        "%(count)s answer saved from your spreadsheet.", "%(count)s answers saved from your spreadsheet.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("assessments:answer-list", pk)


def _page(request: HttpRequest, assessment: Assessment, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "assessment": assessment,
        "error": error,
        "problems": [{"href": "#spreadsheet-file", "text": error}] if error else [],
    }
    return render(request, "assessments/vendor/spreadsheet.html", context, status=status)


def _preview(
    request: HttpRequest, assessment: Assessment, proposal: forms.Proposal, *, is_late: bool = False
) -> HttpResponse:
    """What would change, what stands against it, and the button; `is_late` after pressing it. Raises WrongFile."""
    context = {
        "assessment": assessment,
        "proposal": proposal,
        "packed": forms.packed(proposal, assessment, request.user) if proposal.changes else "",
        "is_late": is_late,
        "is_same": proposal.is_whole and not proposal.changes,
    }
    return render(request, "assessments/vendor/spreadsheet_preview.html", context, status=409 if is_late else 200)
