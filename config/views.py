"""The front door."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_GET
from django.views.i18n import JavaScriptCatalog

WORDS_KEPT = 600  # seconds; a text that a new release brings is in English for as long


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where this person's work is."""
    if request.user.staff_role == "analyst":
        return redirect("assessments:worklist")
    if request.user.staff_role:
        return redirect("assessments:portfolio")
    return redirect("assessments:list")


@login_not_required
@require_GET
def session_check(request: HttpRequest) -> JsonResponse:
    """Asked by a page whose session ended, before it saves again: signed in or not, and the token to send."""
    return JsonResponse({"signed_in": request.user.is_authenticated, "csrf": get_token(request)})


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For a load balancer: 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
@conditional_page
@cache_control(private=True, max_age=WORDS_KEPT)
def words(request: HttpRequest, language: str) -> HttpResponse:
    """The texts of our scripts, see static/js/words.js. Each language has its own address, so a browser may keep it."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        response = JavaScriptCatalog.as_view()(request)
    response.headers["Content-Language"] = language
    return response
