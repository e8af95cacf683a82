"""The files of one assessment: add, look at, download, use for more questions, take back."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.access import NotNow, answer_for, assessment_for, evidence_for, evidence_to_change
from assessments.actions import evidence as actions
from assessments.actions.evidence import EvidenceRefused
from assessments.forms.evidence import DateForm, PlaceForm, upload_ids
from assessments.models import Answer, Assessment, Evidence, EvidenceKind
from assessments.policy import Permission
from assessments.queries import check_page, contents, files, pages
from assessments.queries.evaluations import checked
from assessments.views import shown
from assessments.views.bodies import UPLOAD_BODY_BYTES, at_most
from assessments.views.uploads import TOO_LARGE, keep, tell
from config.middleware import wants_json
from users.models import User

# Whatever a file holds, opening it from here runs and loads nothing.
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
MARK_LENGTH = 500  # characters of a name to mark in a file
PREVIEW_POLICY = "default-src 'none'; frame-ancestors 'none'"


def _to_look_at(user: User) -> Permission:
    """Staff look at what was submitted, the vendor's people at what is theirs."""
    return Permission.VIEW_SUBMITTED if user.staff_role else Permission.VIEW_QUESTIONS


@require_GET
def evidence_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Every file, with the questions it is used for."""
    assessment = assessment_for(request.user, pk, Permission.VIEW_QUESTIONS)
    return render(request, "assessments/evidence/evidence_list.html", shown.of_library(assessment, request.user))


def _turn_away(request: HttpRequest, status: int, sentence: str, back: str) -> HttpResponse:
    """Say why not: to a script in JSON, to a person on the page they came from."""
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    messages.error(request, sentence)
    return redirect(back.partition("#")[0])  # to the top, where it is said


def _library(pk: int) -> str:
    return reverse("assessments:evidence-list", args=[pk])


def _may_upload(request: HttpRequest, pk: int) -> HttpResponse | None:
    """The door, before the body is read."""
    try:
        request.assessment = assessment_for(request.user, pk, Permission.ANSWER)
    except NotNow as closed:
        return _turn_away(request, 423, str(closed), _library(pk))
    return None


def _too_large(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn_away(request, 413, TOO_LARGE, _library(pk))


@require_POST
@at_most(UPLOAD_BODY_BYTES, _too_large, before=_may_upload)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Store files: one from a script, which gets its row back, or several from a plain form."""
    assessment: Assessment = request.assessment  # which came through the door before the body was read
    number = request.POST.get("number", "")
    back = _library(pk)
    try:
        answer = answer_for(request.user, pk, int(number), Permission.ANSWER) if number else None
    except ValueError:
        raise Http404 from None
    except NotNow as closed:
        return _turn_away(request, 423, str(closed), back)
    if answer is not None:
        back = _question(answer) + "#evidence"
    sent = request.FILES.getlist("file")
    ids = upload_ids(request.POST.get("upload_id", ""), len(sent))
    if not sent or ids is None:
        return _turn_away(request, 422, _("Choose a file first."), back)
    stored, refusals = keep(sent, ids, assessment=assessment, asked_at=answer, by=request.user)
    if wants_json(request):
        if refusals:
            return JsonResponse({"error": refusals[0][1]}, status=422)
        return _stored(request, stored[0], answer)
    tell(request, stored, refusals)
    return redirect(back)


def _question(answer: Answer) -> str:
    return reverse("assessments:answer-edit", args=[answer.assessment_id, answer.criterion.number])


def _stored(request: HttpRequest, item: Evidence, answer: Answer | None) -> HttpResponse:
    """The row of a file, for the page to put in its list."""
    number = answer.criterion.number if answer else None
    context = {"row": files.one_row(item, request.user, number), "number": number, "can_change": True}
    context["back"] = f"{_question(answer)}#evidence" if answer else _library(item.assessment_id)
    if answer is None:
        context["titles"] = files.titles_of(item.assessment, request.user)
    html = render_to_string("assessments/evidence/row.html", context, request=request)
    return JsonResponse({"html": html, "warnings": []}, status=201)


@require_GET
def view(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """One file as far as it can be shown safely: preview, table, text or list; never the file itself."""
    item = evidence_for(request.user, pk, evidence, _to_look_at(request.user))
    asked, question = request.GET, request.GET.get("question", "")
    mark = asked.get("mark", "")[:MARK_LENGTH]
    try:
        content = contents.readable(item, asked.get("page", ""), member=asked.get("member", ""), mark=mark)
    except contents.NoSuchMember as error:
        raise Http404 from error
    context = {
        "assessment": item.assessment,
        "item": item,
        "row": files.one_row(item, request.user, checked=checked(item.assessment, request.user)),
        "content": content,
        "mark": mark,
        "question": question if question.isascii() and question.isdecimal() and len(question) < 4 else "",
    }
    return render(request, "assessments/evidence/evidence_view.html", context)


@require_GET
def preview(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """The picture we rebuilt from the pixels of an image, or of one page of a PDF."""
    item = evidence_for(request.user, pk, evidence, _to_look_at(request.user))
    key = pages.key_asked(item, request.GET.get("page", "")) if item.kind == EvidenceKind.PDF else item.preview.name
    if not key:
        raise Http404
    try:
        file = default_storage.open(key)
    except OSError as error:  # lost, or the store does not answer: the page shows the words for a picture without one
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def download(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """The file as it came; always to be saved, never to be opened in the site's name."""
    item = evidence_for(request.user, pk, evidence, _to_look_at(request.user))
    try:
        file = item.file.open("rb")
    except OSError:
        back = reverse("assessments:evidence-view", args=[pk, evidence])
        sentence = _("%(name)s could not be read. Try again, or add it again.") % {"name": item.name}
        return _turn_away(request, 404, sentence, back)
    response = FileResponse(file, as_attachment=True, filename=item.name, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _back(request: HttpRequest, pk: int) -> str:
    """The page to go back to."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if is_ours else _library(pk)


def _linkable(request: HttpRequest, pk: int, evidence: int) -> tuple[Evidence, str]:
    """The file, if this person may use it for questions of theirs, and the page to go back to."""
    return evidence_for(request.user, pk, evidence, Permission.ANSWER), _back(request, pk)


def _changeable(request: HttpRequest, pk: int, evidence: int) -> tuple[Evidence, str]:
    """The file, if this person may take it back and describe it, and the page to go back to."""
    return evidence_to_change(request.user, pk, evidence), _back(request, pk)


def _numbered(request: HttpRequest, assessment: Assessment) -> Answer:
    """The answer the form names; it must be open for changes."""
    number = request.POST.get("number", "")
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    return answer_for(request.user, assessment.pk, int(number), Permission.ANSWER)


def _done(request: HttpRequest, sentence: str, back: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"done": sentence})
    messages.success(request, sentence)
    return redirect(back)


@require_POST
def link(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Use a file for one more question."""
    item, back = _linkable(request, pk, evidence)
    try:
        answer = _numbered(request, item.assessment)
        actions.link(evidence=item, answer=answer, by=request.user)
    except (EvidenceRefused, NotNow) as refused:
        return _turn_away(request, 423, str(refused), back)
    words = _("%(name)s is used for question %(number)s.")
    return _done(request, words % {"name": item.name, "number": answer.criterion.number}, back)


@require_POST
def unlink(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Stop using a file for one question."""
    item, back = _linkable(request, pk, evidence)
    try:
        answer = _numbered(request, item.assessment)
        actions.unlink(evidence=item, answer=answer, by=request.user)
    except (EvidenceRefused, NotNow) as refused:
        return _turn_away(request, 423, str(refused), back)
    words = _("%(name)s is no longer used for question %(number)s. It stays in the list of evidence.")
    return _done(request, words % {"name": item.name, "number": answer.criterion.number}, back)


@require_POST
def withdraw(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Take a file back before it is submitted."""
    item, back = _changeable(request, pk, evidence)
    try:
        actions.withdraw(evidence=item, by=request.user)
    except EvidenceRefused as refused:
        return _turn_away(request, 423, str(refused), back)
    words = _("%(name)s was withdrawn. It is not evidence any more.")
    return _done(request, words % {"name": item.name}, back)


@require_POST
def state_date(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Say of what day a file is that does not carry its own date."""
    item, back = _changeable(request, pk, evidence)
    form = DateForm(request.POST)
    if not form.is_valid():
        return _turn_away(request, 422, f"{item.name}: {form.errors['day'][0]}", back)
    try:
        actions.state_date(evidence=item, day=form.moment(), by=request.user)
    except EvidenceRefused as refused:
        return _turn_away(request, 422, f"{item.name}: {refused}", back)
    words = _("%(name)s is of %(day)s.")
    return _done(request, words % {"name": item.name, "day": files.day(form.cleaned_data["day"])}, back)


@require_POST
def state_place(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Say which account and region the output of a command is from; what was wrong is asked again on a page."""
    item, back = _changeable(request, pk, evidence)
    form = PlaceForm(request.POST, accounts=check_page.accounts_of(item.assessment))
    if form.is_valid():
        try:
            actions.state_place(evidence=item, **form.cleaned_data, by=request.user)
        except EvidenceRefused as refused:
            form.add_error(None, str(refused))
        else:
            words = _("%(name)s is from %(place)s.")
            return _done(request, words % {"name": item.name, "place": files.place_words(**form.cleaned_data)}, back)
    context = {"assessment": item.assessment, "item": item, "form": form, "back": back}
    return render(request, "assessments/evidence/place.html", context, status=422)
