"""The playbook for our own people to read. Vendors see its questions in their assessment and nothing of these pages."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from playbook.exporting import ContentAltered, to_oscal
from playbook.mapping_tables import to_csv
from playbook.mappings import for_playbook
from playbook.models import Playbook
from playbook.queries import criterion_list, criterion_sheet, find, newest_of_all, short_titles


def _staff_only(request: HttpRequest) -> None:
    """404 for vendors' people: how answers are judged is not for them."""
    if not request.user.staff_role:
        raise Http404


def _version_or_404(slug: str, version: str) -> Playbook:
    playbook = find(slug, version)
    if playbook is None:
        raise Http404
    return playbook


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """The version published last, or how to publish one."""
    _staff_only(request)
    playbook = newest_of_all()
    if playbook is None:
        return render(request, "playbook/none.html")
    return render(request, "playbook/criterion_list.html", {"sheet": criterion_list(playbook)})


@require_safe
def version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """All criteria of one version, its errata and its licence."""
    _staff_only(request)
    sheet = criterion_list(_version_or_404(slug, version))
    return render(request, "playbook/criterion_list.html", {"sheet": sheet})


@require_safe
def criterion_detail(request: HttpRequest, slug: str, version: str, number: int) -> HttpResponse:
    """Every field of one criterion."""
    _staff_only(request)
    sheet = criterion_sheet(_version_or_404(slug, version), number)
    if sheet is None:
        raise Http404
    return render(request, "playbook/criterion_detail.html", {"sheet": sheet})


@require_safe
def mappings_download(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """What other frameworks ask for the same, as CSV; 404 where nothing is mapped."""
    _staff_only(request)
    playbook = _version_or_404(slug, version)
    mappings = for_playbook(playbook.slug)
    if not mappings.frameworks:
        raise Http404
    text = to_csv(mappings, short_titles(playbook))
    return _attached(text, f"{playbook.slug}-{playbook.version}-mappings.csv", "text/csv; charset=utf-8")


@require_safe
def oscal_download(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The version as an OSCAL catalog; back to its page with the reason where its rows were altered."""
    _staff_only(request)
    playbook = _version_or_404(slug, version)
    try:
        text = to_oscal(playbook)
    except ContentAltered as error:
        messages.error(request, str(error))
        return redirect(playbook)
    return _attached(text, f"{playbook.slug}-{playbook.version}-oscal-catalog.json", "application/json")


def _attached(text: str, name: str, content_type: str) -> HttpResponse:
    """A file to keep, never a page of ours."""
    response = HttpResponse(text, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
