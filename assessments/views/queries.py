"""Questions back to the vendor."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["POST"])
def query_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    raise Http404


@require_http_methods(["POST"])
def query_remove(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
