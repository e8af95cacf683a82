"""All vendors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET"])
def portfolio(request: HttpRequest) -> HttpResponse:
    raise Http404
