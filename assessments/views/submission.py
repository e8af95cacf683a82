"""Check the answers and submit them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST


@require_GET
def submit_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404
