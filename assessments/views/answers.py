"""What the vendor answers, question by question."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST


@require_GET
def answer_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_http_methods(["GET", "POST"])
def answer_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Not written yet."""
    raise Http404


@require_POST
def answer_draft(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Not written yet."""
    raise Http404
