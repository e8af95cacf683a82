"""Ask for, watch and download a report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["POST"])
def create(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["GET"])
def status(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@require_http_methods(["GET"])
def download(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
