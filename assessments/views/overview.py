"""Our page of one assessment."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["GET", "POST"])
def open_assessment(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["GET"])
def event_list(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
