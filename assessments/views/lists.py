"""Lists of assessments."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET"])
def worklist(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_http_methods(["GET"])
def assessment_list(request: HttpRequest) -> HttpResponse:
    raise Http404
