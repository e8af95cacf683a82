"""The moves of an assessment."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["POST"])
def send(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
