"""The front door."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views.decorators.http import require_GET


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
