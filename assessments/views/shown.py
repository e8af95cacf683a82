"""What the vendor's files show: parts of pages that ask again by themselves while the evidence is being checked."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from assessments.access import answer_for, assessment_for, is_open_for_changes
from assessments.models import Answer, Assessment
from assessments.policy import Permission
from assessments.queries import check_page, files, question_page, vendor_findings
from assessments.queries.evaluations import checked
from users.models import User


def of_question(
    answer: Answer, reader: User, requests: Iterable[question_page.Request], *, is_open: bool
) -> dict[str, Any]:
    """Everything about files on the page of one question: what they show, and their rows."""
    number, assessment = answer.criterion.number, answer.assessment
    found = vendor_findings.of_question(assessment, reader, number, requests, is_open=is_open)
    rows = files.rows_of(assessment, reader, number=number, checked=found.checked)
    used = [row for row in rows if number in row.numbers]
    scope = _scope(assessment, used) if is_open else []
    return {
        "assessment": assessment,
        "number": number,
        "found": found,
        "checked": found.checked,
        "used": files.held_against(used, [one.account_id for one in scope]),
        "others": [row for row in rows if number not in row.numbers],
        "scope": scope,
        "can_change": is_open,
        "back": reverse("assessments:answer-edit", args=[assessment.pk, number]) + "#evidence",
    }


def of_library(assessment: Assessment, reader: User) -> dict[str, Any]:
    """The list of all files, with what they show."""
    found = checked(assessment, reader)
    rows = files.rows_of(assessment, reader, withdrawn=True, checked=found)
    kept = [row for row in rows if not row.is_withdrawn]
    can_change = files.is_with_vendor(assessment)
    scope = _scope(assessment, kept) if can_change else []
    return {
        "assessment": assessment,
        "checked": found,
        "otherwise": [one.number for one in found.contradictions],
        "rows": files.held_against(kept, [one.account_id for one in scope]),
        "withdrawn": [row for row in rows if row.is_withdrawn],
        "titles": files.titles_of(assessment, reader),
        "scope": scope,
        "can_change": can_change,
        "back": reverse("assessments:evidence-list", args=[assessment.pk]),
    }


def of_check(assessment: Assessment, reader: User, sheet: check_page.CheckSheet) -> dict[str, Any]:
    """What is read before submitting: where the files say otherwise, and old files."""
    found = checked(assessment, reader)
    rows = files.rows_of(assessment, reader, checked=found)
    titles = {row.number: row.title for *_, in_domain in sheet.domains for row in in_domain}
    return {
        "assessment": assessment,
        "checked": found,
        "otherwise": vendor_findings.contradictions(found, titles),
        "bare": vendor_findings.bare_accounts(found, rows, sheet.scope),
        "stale": [row for row in rows if row.stale],
    }


def _scope(assessment: Assessment, rows: Iterable[files.FileRow]) -> list[Any]:
    """The accounts in scope, where a file says which it is from or is to be given one of them. One query, or none."""
    return check_page.accounts_of(assessment) if any(row.wants_place or row.accounts for row in rows) else []


def _part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"is_part": True, "announce": request.GET.get("waited") == "1" and not context["checked"].is_pending}
    return render(request, template, context)


@require_GET
def question(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What the files show for one question, and the rows of its files."""
    answer = answer_for(request.user, pk, number, Permission.VIEW_QUESTIONS)
    requests = question_page.requests_of(answer)
    context = of_question(answer, request.user, requests, is_open=is_open_for_changes(answer))
    return _part(request, "assessments/vendor/shown.html", context)


@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether all files were checked, and their rows."""
    assessment = assessment_for(request.user, pk, Permission.VIEW_QUESTIONS)
    return _part(request, "assessments/evidence/shown.html", of_library(assessment, request.user))


@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What the files say otherwise, on the page that is read before submitting."""
    assessment = assessment_for(request.user, pk, Permission.VIEW_ALL)
    context = of_check(assessment, request.user, check_page.check_sheet(assessment, request.user))
    return _part(request, "assessments/vendor/check_shown.html", context)
