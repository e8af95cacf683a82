"""What the vendor answers, question by question."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.access import NotNow, answer_for, assessment_for, is_open_for_changes, may
from assessments.actions.answers import AnswerIncomplete, AnswerLocked, StaleAnswer, save
from assessments.forms.answers import ALONE, AnswerForm, fields_of, needs_plan, token
from assessments.models import Answer
from assessments.policy import Permission
from assessments.queries import question_page, vendor_pages
from assessments.queries.evaluations import checked
from assessments.queries.findings import to_fix
from assessments.states import WITH_VENDOR, State
from assessments.views import shown
from assessments.views.bodies import TEXT_BODY_BYTES, UPLOAD_BODY_BYTES, at_most
from assessments.views.uploads import TOO_LARGE, keep, tell

CLOSED_FOR_CHANGES = gettext_lazy(
    "This answer is closed for changes. What you typed since then is not saved; copy it from the page."
)
TYPED = ("reason", "notes", "plan")
# Where a problem with completing is shown: the field of the form, or the evidence beside it.
FIELD_OF = {"kind": "choice", "reason": "reason"}


@require_GET
def answer_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The vendor's list of questions, with what is to be done next."""
    assessment = assessment_for(request.user, pk, Permission.VIEW_QUESTIONS)
    found = checked(assessment, request.user)
    sheet = vendor_pages.question_list(assessment, request.user, request.GET.get("show", ""), found)
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "checked": found,
        "distance": vendor_pages.distance(assessment.due_on),
    }
    context["to_fix"] = to_fix(request.user, assessment) if assessment.state == State.CLOSED else 0
    context["is_with_vendor"] = assessment.state in WITH_VENDOR
    context["sees_all"] = may(request.user, assessment, Permission.VIEW_ALL)
    context["is_overdue"] = assessment.due_on is not None and assessment.due_on < timezone.localdate()
    return render(request, "assessments/vendor/answer_list.html", context)


def _may_see(request: HttpRequest, pk: int, number: int) -> None:
    """The door, before the body is read: files may come with it."""
    if request.method == "POST":
        answer_for(request.user, pk, number, Permission.VIEW_QUESTIONS)


def _too_many_files(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    nothing = _("Nothing was stored; go back in your browser to find what you typed.")
    messages.error(request, f"{TOO_LARGE} {nothing}")
    return redirect("assessments:answer-edit", pk, number)


@require_http_methods(["GET", "POST"])
@at_most(UPLOAD_BODY_BYTES, _too_many_files, before=_may_see)
def answer_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One question: read it, answer it, complete it. Without JavaScript its files come with the same form."""
    answer = answer_for(request.user, pk, number, Permission.VIEW_QUESTIONS)
    options = question_page.options_of(answer)
    if request.method == "GET":
        return _page(request, answer, AnswerForm(answer=answer, options=options))
    form = AnswerForm(request.POST, answer=answer, options=options)
    try:
        answer_for(request.user, pk, number, Permission.ANSWER)
        all_kept = _keep_files(request, answer)
        if not form.is_valid():
            return _page(request, answer, form, status=422)
        return _save(request, answer, form, action=request.POST.get("action", "") if all_kept else "stay")
    except StaleAnswer as stale:
        return _merge(request, form, stale.current)
    except AnswerIncomplete as incomplete:
        return _incomplete(request, answer, form, incomplete)
    except (AnswerLocked, NotNow):
        return _page(request, answer, form, status=403, is_locked=True)


def _keep_files(request: HttpRequest, answer: Answer) -> bool:
    """Store the files that came with the form, whatever becomes of its text; False when there is something to mend."""
    sent = request.FILES.getlist("file")
    if not sent and request.POST.get("action") == "upload":
        messages.error(request, _("Choose a file first."))
        return False
    ids = [uuid4() for _ in sent]
    stored, refusals = keep(sent, ids, assessment=answer.assessment, asked_at=answer, by=request.user)
    tell(request, stored, refusals)
    return not refusals


def _save(request: HttpRequest, answer: Answer, form: AnswerForm, *, action: str) -> HttpResponse:
    """Store the answer and go on: to the next open question, to the list, or back to the files of this one."""
    complete = action == "complete"
    plan_was_shown = needs_plan(form.options, answer.statements)
    content = form.content()
    saved = save(
        answer=answer,
        content=content,
        base_version=form.cleaned_data["base_version"],
        complete=complete,
        by=request.user,
    )
    assessment = saved.assessment_id
    if needs_plan(form.options, saved.statements) and not plan_was_shown and not saved.plan:
        # Without JavaScript the plan could not appear while the statement was being chosen.
        messages.info(
            request, _("Saved. Say below what you will do about it and by when, or go on to another question.")
        )
        return redirect(_address(saved) + "#plan")
    if action in {"upload", "stay"}:  # what was refused is said at the top
        return redirect(_address(saved) + ("#evidence" if action == "upload" else ""))
    if not complete:
        return redirect("assessments:answer-list", assessment)
    following = question_page.next_open(answer, request.user)
    if following is None and not may(request.user, answer.assessment, Permission.VIEW_ALL):
        messages.success(request, _("That was the last open question of yours. Your lead submits the answers."))
        return redirect("assessments:answer-list", assessment)
    if following is None:
        messages.success(request, _("That was the last open question. Check your answers, then submit them."))
        return redirect("assessments:submit-check", assessment)
    return redirect("assessments:answer-edit", assessment, following)


def _address(answer: Answer) -> str:
    return reverse("assessments:answer-edit", args=[answer.assessment_id, answer.criterion.number])


def _incomplete(request: HttpRequest, answer: Answer, form: AnswerForm, incomplete: AnswerIncomplete) -> HttpResponse:
    """The page again with what is missing; nothing was stored and everything typed is kept."""
    evidence = ""
    for name, sentence in incomplete.problems.items():
        if name in FIELD_OF:
            form.add_error(FIELD_OF[name], sentence)
        else:
            evidence = sentence
    return _page(request, answer, form, status=422, evidence_error=evidence)


def _page(
    request: HttpRequest,
    answer: Answer,
    form: AnswerForm,
    *,
    status: int = 200,
    is_locked: bool = False,
    evidence_error: str = "",
) -> HttpResponse:
    """The page of one question, to write or only to read."""
    sheet = question_page.question_sheet(answer, request.user, form.options)
    is_open = not is_locked and is_open_for_changes(answer)
    wanted = form["choice"].value() or []
    chosen = [key for mark, key in form.keys.items() if mark in ([wanted] if isinstance(wanted, str) else wanted)]
    context = shown.of_question(answer, request.user, sheet.requests, is_open=is_open) | {
        "answer": answer,
        "criterion": answer.criterion,
        "form": form,
        "sheet": sheet,
        "is_open": is_open,
        "is_locked": is_locked,
        "may_assign": is_open and may(request.user, answer.assessment, Permission.ASSIGN),
        "typed": [(form[name].label, form[name].value()) for name in TYPED if form[name].value()] if is_locked else [],
        "said": [] if is_open else question_page.statements_chosen(answer, form.options),
        "shows_plan": needs_plan(form.options, chosen),
        "evidence_error": evidence_error,
        "problems": [{"href": "#evidence-file", "text": evidence_error}] if evidence_error else [],
    }
    return render(request, "assessments/vendor/answer_edit.html", context, status=status)


def _merge(request: HttpRequest, form: AnswerForm, current: Answer) -> HttpResponse:
    """Both versions side by side, where somebody saved meanwhile; works without JavaScript."""
    theirs = fields_of(current)
    rows = [
        (form[name].label, _words(form, name, form.cleaned_data.get(name)), _words(form, name, theirs[name]))
        for name in ("choice", "reason", "notes", "plan", "plan_due_on")
    ]
    mine = [
        (name, value)
        for name in ("choice", "reason", "notes", "plan", "plan_due_on")
        for value in request.POST.getlist(name)
    ]
    context = {
        "assessment": current.assessment,
        "answer": current,
        "who": str(current.updated_by),
        "first": str(current.updated_by).split()[0],
        "is_own": current.updated_by == request.user,  # in another window
        "rows": [row for row in rows if row[1] or row[2]],
        "mine": mine,
        "action": "complete" if request.POST.get("action") == "complete" else "save",
    }
    return render(request, "assessments/vendor/answer_merge.html", context, status=409)


def _words(form: AnswerForm, name: str, value: object) -> str:
    """A field's value as a person reads it."""
    if name != "choice":
        return str(value or "")
    words = form.answer.criterion.words
    texts = {token(option.key): words.statement(option) for option in form.options} | ALONE
    chosen = [value] if isinstance(value, str) else value or []
    return "\n".join(str(text) for mark, text in texts.items() if mark in chosen)  # equal choices read equal


def _too_large(request: HttpRequest, **kwargs: object) -> HttpResponse:
    sentence = _("This is far too long to be stored. Shorten it, or add it as a file.")
    return JsonResponse({"errors": {"notes": sentence}}, status=413)


@require_POST
@at_most(TEXT_BODY_BYTES, _too_large)
def answer_draft(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Store a draft while a person types. Replies are JSON; nothing is ever completed here."""
    try:
        answer = answer_for(request.user, pk, number, Permission.ANSWER)
        form = AnswerForm(request.POST, answer=answer, options=question_page.options_of(answer))
        if not form.is_valid():
            return _refused(form)
        saved = save(
            answer=answer, content=form.content(), base_version=form.cleaned_data["base_version"], by=request.user
        )
    except StaleAnswer as stale:
        return _stale(stale.current, is_own=stale.current.updated_by == request.user)
    except (AnswerLocked, NotNow):
        return JsonResponse({"error": CLOSED_FOR_CHANGES}, status=423)
    reply = {
        "version": saved.version,
        "savedAt": f"{timezone.localtime():%H:%M:%S}",
        "warnings": [],
        "plan": needs_plan(form.options, saved.statements),
    }
    return JsonResponse(reply)


def _refused(form: AnswerForm) -> HttpResponse:
    errors = {name: " ".join(sentences) for name, sentences in form.errors.items()}
    too_long = any(error.code == "max_length" for problems in form.errors.as_data().values() for error in problems)
    return JsonResponse({"errors": errors}, status=413 if too_long else 422)


def _stale(current: Answer, *, is_own: bool) -> HttpResponse:
    reply = {
        "version": current.version,
        "by": str(current.updated_by),
        "own": is_own,  # in another window of the same person
        "at": f"{timezone.localtime(current.updated_at):%H:%M}",
        "fields": fields_of(current),
    }
    return JsonResponse(reply, status=409)
