"""What every response carries, and who may come in without signing in."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


def wants_json(request: HttpRequest) -> bool:
    """Whether one of our scripts asks, and not a person's browser opening a page."""
    return "application/json" in request.headers.get("Accept", "")


class ResponseHeaders:
    """Headers that SecurityMiddleware does not know, on every response including errors."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # Pages show one company's weaknesses: no cache keeps them, and the back button after signing out shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Language:
    """A person's own language; before signing in, what the browser asks for. What staff read is in English only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        if not user.is_authenticated:
            patch_vary_headers(response, ["Accept-Language"])
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Closed by default. A script gets 401 and never a redirect, which it would follow and take for success."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if wants_json(request):
            return JsonResponse({"error": _("You have been signed out. Sign in again.")}, status=401)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": reverse("account_login")})
        return super().handle_no_permission(request, view_func)
