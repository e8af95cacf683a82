"""The workbench."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "POST"])
def score_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    raise Http404
