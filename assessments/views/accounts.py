"""The AWS accounts in scope."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404
