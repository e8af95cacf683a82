"""Error pages: what happened to your data, what to do, and a reference to quote. They never touch the database."""

import logging
import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.middleware import wants_json

log = logging.getLogger("assay.errors")


def _page(request: HttpRequest, status: int, title: str, words: str, reference: str = "") -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": words, "reference": reference}, status=status)
    context = {"title": title, "words": words, "reference": reference, "status": status}
    return HttpResponse(render_to_string("errors/page.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is wrong."""
    return _page(request, 400, _("We could not read that request"), _("Nothing was changed. Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: yours to see, but not to do, or not now."""
    words = str(exception) or _(
        "Your role does not allow this, or the assessment is in a state in which it cannot be done."
    )
    return _page(request, 403, _("You cannot do this"), words)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: unknown, or not yours; the two look the same."""
    return _page(
        request,
        404,
        _("Page not found"),
        _("Check the address, or open it from your list. If the assessment was closed, ask your contact."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old."""
    return _page(
        request,
        403,
        _("This page is too old to send"),
        _(
            "You have signed in or out since it was opened, or cookies are blocked. Nothing was changed. "
            "Go back, copy what you typed, reload the page and send it again."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database cannot be reached."""
    reference = secrets.token_hex(4).upper()
    error = sys.exc_info()[1]
    log.error("request failed", extra={"reference": reference, "error": type(error).__name__})
    if isinstance(error, OperationalError | InterfaceError):
        response = _page(
            request,
            503,
            _("The service is not available right now"),
            _(
                "Nothing was saved. What you typed is still on the page before this one: "
                "go back, wait a minute and send it again."
            ),
            reference,
        )
        response.headers["Retry-After"] = "30"
        return response
    return _page(
        request,
        500,
        _("There is a problem with the service"),
        _("Answers that were saved are safe. Try again in a few minutes."),
        reference,
    )
