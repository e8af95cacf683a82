"""The files of one assessment."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST


@require_GET
def evidence_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_GET
def view(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_GET
def preview(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_GET
def download(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def link(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def unlink(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def withdraw(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def state_date(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Not written yet."""
    raise Http404
